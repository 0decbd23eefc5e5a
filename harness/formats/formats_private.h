/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FORMATS_PRIVATE_H
#define NB_FORMATS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "nestbench/formats.h"

/* What the writers share (text.c): texts cut to size, which each writer cleans and escapes. */

enum { NB_FORMATS_NAME_SIZE = 160, NB_FORMATS_WORD_SIZE = 64, NB_FORMATS_TEXT_SIZE = 512 };

/* The group's sessions have a figure of the series. */
bool nb_formats_measured(const struct nb_view_cell *cell);

/* The cell's p50, "12.3 µs"; "~0 ns" where it cannot be told from the empty operation. */
void nb_formats_median(char *text, size_t size, const struct nb_view_row *row, size_t group);
/* "12.1 – 12.4 µs", with "(range)" behind it where it is the spread of sessions. */
void nb_formats_interval(char *text, size_t size, const struct nb_view_row *row, size_t group);
/* "regressed", ..., "indicative" */
const char *nb_formats_verdict(const struct nb_compare_row *verdict);
/* Why there is no figure, or what to mind about it and its verdict; "" for nothing. */
void nb_formats_notes(char *text, size_t size, const struct nb_view_cell *cell);

#endif
