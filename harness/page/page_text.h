/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PAGE_TEXT_H
#define NB_PAGE_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "nestbench/compare.h"
#include "nestbench/record.h"

/* Texts and numbers as they stand in the page. */

enum { NB_PAGE_NUMBER_SIZE = 48 };

/*
 * Text between tags or within a quoted attribute. What could end either is escaped; control
 * characters, those that turn the direction of text, and what is not UTF-8 become U+FFFD.
 */
void nb_page_text(FILE *stream, const char *text);
/* As nb_page_text(), at most so many characters, "…" for the rest. */
void nb_page_text_cut(FILE *stream, const char *text, size_t characters);
/* The text of an assembled line: printf into it, then escaped. */
void nb_page_textf(FILE *stream, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* <bdi>...</bdi>: texts of others beside ours, which must not turn the direction of the line. */
void nb_page_word(FILE *stream, const char *text);

/* The name of a series and, below it, where it was measured and its parameters. */
void nb_page_series(FILE *stream, const struct nb_series *series, int level);

/* "12.3 µs", "n/a" for NAN; of times, what is not above 0 is "~0 ns". Escaped where need be. */
void nb_page_value(FILE *stream, double value, const char *unit);
/* "12.1 – 12.4 µs" */
void nb_page_interval(FILE *stream, double low, double high, const char *unit);
/* "+12.3 %" up to a factor of two, then "3.21x" */
void nb_page_change(char text[NB_PAGE_NUMBER_SIZE], double ratio);
void nb_page_change_interval(char text[NB_PAGE_NUMBER_SIZE], double low, double high);
/* "1", "0.98", "1 234": exits an operation */
void nb_page_count(char text[NB_PAGE_NUMBER_SIZE], double count);
/* "3.21x" */
void nb_page_factor(char text[NB_PAGE_NUMBER_SIZE], double ratio);
/* "15.6 GiB"; "" for -1 */
void nb_page_bytes(char text[NB_PAGE_NUMBER_SIZE], int64_t bytes);
/* " data-v="1.23e3"", what the script sorts by; nothing for NAN. */
void nb_page_sort_key(FILE *stream, double value);

/* A cell "3.21x", below it "3.1x to 3.4x" where that is known; sorted by the ratio. */
void nb_page_ratio(FILE *stream, double ratio, double low, double high);

/* "2026-11-21 03:12 UTC" of a time stamp */
void nb_page_time(FILE *stream, const char *timestamp);

/* Word and symbol of a verdict, never the colour alone; "indicative" where it is that. */
struct nb_page_mark {
	const char *word, *symbol, *class;
};
struct nb_page_mark nb_page_verdict_mark(enum nb_verdict verdict, bool indicative);
struct nb_page_mark nb_page_evidence_mark(enum nb_evidence evidence);
/* <span class="mark CLASS"><span aria-hidden="true">SYMBOL</span> WORD</span> */
void nb_page_mark(FILE *stream, struct nb_page_mark mark);

#endif
