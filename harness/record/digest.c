/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/digest.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "record_summary.h"

static double p99_value(const struct nb_series *series, const struct nb_round *round)
{
	(void)series;
	return round->p99;
}

static int find_tail(const struct nb_series_rounds *series, struct nb_digest_row *row,
		     struct nb_error *error)
{
	double *values = calloc(series->count + 1, sizeof(*values));
	size_t count;

	if (!values)
		return nb_error_set(error, ENOMEM, "no memory for the tail of %s",
				    series->series.benchmark);
	count = nb_record_collect(series, values, p99_value);
	row->p99 = nb_stats_quantile(values, count, 0.5);
	free(values);
	return 0;
}

/* The number of operations per sample that all rounds have in common, else -1. */
static int64_t common_batch(const struct nb_series_rounds *series)
{
	int64_t batch = 0;

	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];

		if (round->outcome != NB_OK)
			continue;
		if (batch != 0 && round->batch != batch)
			return -1;
		batch = round->batch;
	}
	return batch > 0 ? batch : -1;
}

int nb_digest_row_make(const struct nb_session *session, const struct nb_series_rounds *series,
		       struct nb_digest_row *row, struct nb_error *error)
{
	struct nb_result summed;
	int status = nb_record_summarise_columns(session, series, &summed, error);

	if (status < 0)
		return status;
	*row = (struct nb_digest_row){
		.series = summed.series,
		.level = summed.level,
		.outcome = summed.outcome,
		.evidence = summed.evidence,
		.rounds = isnan(summed.p50) ? 0 : summed.rounds,
		.tagged_rounds = summed.tagged_rounds,
		.batch = common_batch(series),
		.p50 = summed.p50,
		.ci_low = summed.ci_low,
		.ci_high = summed.ci_high,
	};
	nb_base_copy(row->reason, sizeof(row->reason), summed.reason);
	return find_tail(series, row, error);
}

int nb_digest_make(const struct nb_record *record, struct nb_digest *digest, struct nb_error *error)
{
	struct nb_digest made = { .session = record->session, .valid = nb_record_valid(record) };
	int status = 0;

	made.rows = calloc(record->count + 1, sizeof(*made.rows));
	if (!made.rows)
		return nb_error_set(error, ENOMEM, "no memory for %zu series", record->count);
	for (; status == 0 && made.count < record->count; made.count++)
		status = nb_digest_row_make(&record->session, &record->series[made.count],
					    &made.rows[made.count], error);
	if (status < 0)
		nb_digest_free(&made);
	else
		*digest = made;
	return status;
}

void nb_digest_free(struct nb_digest *digest)
{
	free(digest->rows);
	*digest = (struct nb_digest){ 0 };
}
