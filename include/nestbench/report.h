/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_H
#define NB_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "nestbench/error.h"
#include "nestbench/record.h"

/*
 * Writers (and, for JSON, the reader of what they wrote). They see records only, never a database
 * or /dev/kvm. Writers return -EIO when the stream failed, as on a full disk.
 */

struct nb_report_style {
	bool colour; /* ANSI, for a terminal */
	int width;   /* columns that long reasons are cut to; 0: no limit */
};

/* The session's table: by family, with its conditions above and its warnings below. */
int nb_report_table(FILE *stream, const struct nb_record *record,
		    const struct nb_report_style *style, struct nb_error *error);

/* Percentiles and an ASCII histogram of one series. */
int nb_report_distribution(FILE *stream, const struct nb_record *record, size_t series,
			   const struct nb_report_style *style, struct nb_error *error);

/* JSON, schema nestbench/1. rounds: every round with its histogram too, which import needs. */
int nb_report_json(FILE *stream, const struct nb_record *record, bool rounds,
		   struct nb_error *error);
/* One row a round; RFC 4180. header: with the line of column names. */
int nb_report_csv(FILE *stream, const struct nb_record *record, bool header,
		  struct nb_error *error);

/*
 * Reads what nb_report_json() wrote with rounds. text need not be terminated. -EBADMSG with the
 * place of the fault for anything else; hostile input cannot crash it nor make it allocate much
 * more than its own size. The caller frees *record.
 */
int nb_report_json_read(const char *text, size_t size, struct nb_record *record,
			struct nb_error *error);

enum { NB_REPORT_VALUE_SIZE = 32, NB_REPORT_DIGITS = 3 };

/*
 * "12.3 µs": value in unit with so many significant digits. Nanoseconds become the unit that
 * fits; any other unit is kept. "n/a" for NAN and infinity.
 */
void nb_report_value(char *text, size_t size, double value, const char *unit, int digits);

/* "12.1 – 12.4 µs": both ends in the unit that fits the larger one. */
void nb_report_interval(char *text, size_t size, double low, double high, const char *unit);

/* "12.3 µs": three significant digits and a unit that a person reads; "n/a" for NAN. */
void nb_report_duration(char *text, size_t size, double nanoseconds);

/*
 * Copies text for a terminal: control characters, also those that turn the direction of text, and
 * what is not UTF-8 become "?", because a database or a file of somebody else may hold anything.
 */
void nb_report_plain(char *target, size_t size, const char *text);

/*
 * Writes text, cleaned likewise, in GitHub's dialect of Markdown: nothing in it is taken for
 * Markdown, HTML, a link or the name of a user. code: as a code span.
 */
void nb_report_markdown(FILE *stream, const char *text);
void nb_report_markdown_code(FILE *stream, const char *text);

/* "exit.cpuid ring=3", plain; and "guest L2", or "guest" where the level is not known. */
void nb_report_series(char *text, size_t size, const struct nb_series *series);
void nb_report_where(char *text, size_t size, const struct nb_series *series, int level);

/* Shortens text, in place, to so many columns (at least 1); the last one is "…" then. */
void nb_report_cut(char *text, size_t size, size_t columns);

/* Flushes; -EIO with the cause if anything written to the stream was lost. */
int nb_report_finish(FILE *stream, struct nb_error *error);

/* Base 64 of RFC 4648 with padding, without line ends; the caller frees it, NULL: no memory. */
char *nb_report_base64_encode(const uint8_t *bytes, size_t size);

/*
 * A grid of text columns, padded to their widest cell (counted in code points, not bytes).
 * align: one character a column, '<' or '>'. cells: rows x columns, row by row; NULL is "".
 */
int nb_report_grid(FILE *stream, const char *align, const char *const *cells, size_t rows,
		   struct nb_error *error);

#endif
