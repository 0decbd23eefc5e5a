/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLOT_LABELS_H
#define NB_PLOT_LABELS_H

#include "plot_private.h"

/*
 * Texts that several plots share. Their tables begin with a block of notes (columns "kind",
 * "text"), which the scripts write below the picture; the blocks of numbers follow, each after two
 * empty lines.
 */
enum { NB_PLOT_LABEL_SIZE = 200, NB_PLOT_NOTE_SIZE = 400 };

/* "exit.cpuid ring=3 (guest L2)" */
void nb_plot_label(char *text, size_t size, const struct nb_series *series, int level);

/* One line of notes; the text is cleaned. */
void nb_plot_note(FILE *stream, const char *kind, const char *text);
/* What the letters of the groups stand for: kind "A", "B", ...; also if there is only one. */
void nb_plot_group_notes(FILE *stream, const struct nb_view *view);
/* Ends a block; the line of column names of the next one. */
void nb_plot_block(FILE *stream, const char *columns);

/* "what for exit.*", for an -ENODATA; pattern NULL: what alone. */
int nb_plot_nothing(const struct nb_plot_query *query, const char *what, struct nb_error *error);

#endif
