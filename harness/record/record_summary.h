/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_RECORD_SUMMARY_H
#define NB_RECORD_SUMMARY_H

#include "nestbench/record.h"

/* nb_record_summarise() without what needs histograms: p95, p99 and p999 stay 0. */
int nb_record_summarise_columns(const struct nb_session *session,
				const struct nb_series_rounds *series, struct nb_result *result,
				struct nb_error *error);

/* Sorted values of all NB_OK rounds that have one; values has room for series->count. */
typedef double (*nb_record_value_of)(const struct nb_series *series, const struct nb_round *round);
size_t nb_record_collect(const struct nb_series_rounds *series, double *values,
			 nb_record_value_of value_of);

#endif
