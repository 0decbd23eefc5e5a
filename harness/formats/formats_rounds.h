/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FORMATS_ROUNDS_H
#define NB_FORMATS_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "nestbench/view.h"

#include "formats_private.h"

/* What the formats share that show every round: benchfmt, gbench and hdr. */

/* Operations of the round; at least 1. */
int64_t nb_rounds_operations(const struct nb_round *round);

/* The word that a name has to carry because the time is not what it says; NULL: none. */
const char *nb_rounds_caveat(enum nb_evidence evidence);

/*
 * Writes length bytes of text as one word: what is no printable ASCII, and what is in the list
 * taken because it separates words in this format, becomes "_".
 */
void nb_rounds_put_word(FILE *stream, const char *text, size_t length, const char *taken);

/* Text within a line, cut to what fits into one and clean as nb_report_plain() makes it. */
void nb_rounds_put_line(FILE *stream, const char *text);

/*
 * "match=data,ring=3" pair by pair: false after the last one. *text goes on to the next pair, with
 * 0 where there is no value.
 */
struct nb_rounds_pair {
	const char *key, *value;
	size_t key_length, value_length;
};
bool nb_rounds_next_pair(const char **text, struct nb_rounds_pair *pair);

#endif
