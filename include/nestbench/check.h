/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CHECK_H
#define NB_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/error.h"
#include "nestbench/record.h"

/*
 * What a record may hold, as one rule for all that come from elsewhere: files, other databases.
 * -EINVAL with the place of the fault as it is called in JSON, "results[3].round_data[0].p99: ...".
 * The text holds nothing of the record that could harm a terminal. What rounds claim to have
 * measured must be what their own histograms say.
 */
int nb_record_check(const struct nb_record *record, struct nb_error *error);

/* One word of a name: it cannot break a table, a shell line or a list of params. */
bool nb_record_word_valid(const char *word);
/* KEY: letters, digits, ".", "_" and "-"; VALUE: UTF-8 without control characters; neither "". */
bool nb_record_label_valid(const struct nb_label *label);

/*
 * Fills samples, min .. max and the histogram of a round whose batch, tick_hz and null_ticks are
 * known, from the ticks of its samples; the unit of the series is one of time. count > 0.
 */
int nb_record_fill(const struct nb_series *series, const uint64_t *ticks, size_t count,
		   struct nb_round *round, struct nb_error *error);

#endif
