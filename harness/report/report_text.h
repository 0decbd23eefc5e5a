/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_TEXT_H
#define NB_REPORT_TEXT_H

#include <stddef.h>
#include <stdio.h>

#include "nestbench/error.h"
#include "nestbench/report.h"

/* Numbers and words as a person reads them; shared by the writers for people. */

enum { NB_REPORT_VALUE_SIZE = 32, NB_REPORT_DIGITS = 3 };

/*
 * "12.3 µs": value in unit with so many significant digits. Nanoseconds become the unit that
 * fits; any other unit is kept. "n/a" for NAN and infinity.
 */
void nb_report_value(char *text, size_t size, double value, const char *unit, int digits);

/* "12.1 – 12.4 µs": both ends in the unit that fits the larger one. */
void nb_report_interval(char *text, size_t size, double low, double high, const char *unit);

/* Columns on a terminal: code points, without ANSI colour sequences. */
size_t nb_report_columns(const char *text);

/* Appends separator and word to a list in text[size]; the first word stands alone. */
void nb_report_join(char *text, size_t size, const char *separator, const char *word);

/* The names of all tags, with the separator between them. */
void nb_report_tags(char *text, size_t size, const char *separator, uint32_t tags);

/* Flushes; -EIO with the cause if anything written to the stream was lost. */
int nb_report_finish(FILE *stream, struct nb_error *error);

#endif
