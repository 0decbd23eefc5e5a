/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPARE_SAMPLE_H
#define COMPARE_SAMPLE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/compare.h"

/* Sessions as compare wants them, without a store: all alike until a test makes them differ. */

struct sample {
	struct nb_digest *sessions;
	size_t count;
};

static inline void sample_name(struct nb_session *session, size_t number)
{
	snprintf(session->id, sizeof(session->id), "01ARZ3NDEKTSV4RRFFQ69G%04zu", number);
	snprintf(session->started, sizeof(session->started), "2026-11-%02zuT03:00:00.000Z",
		 1 + number % 30);
	nb_base_copy(session->profile, sizeof(session->profile), "standard");
	nb_base_copy(session->machine.kernel, sizeof(session->machine.kernel), "6.1.0");
	session->level = 1;
	session->machine.cpus = 4;
	session->machine.memory_bytes = INT64_C(16) << 30;
}

static inline void sample_row(struct nb_digest_row *row, size_t number)
{
	*row = (struct nb_digest_row){
		.level = 2,
		.rounds = 20,
		.batch = 1,
		.p50 = 1000,
		.ci_low = 990,
		.ci_high = 1010,
		.p99 = NAN,
	};
	snprintf(row->series.benchmark, sizeof(row->series.benchmark), "exit.b%02zu", number);
	nb_base_copy(row->series.metric, sizeof(row->series.metric), "latency");
	nb_base_copy(row->series.unit, sizeof(row->series.unit), "ns");
	row->series.vantage = NB_GUEST;
	row->series.lower_is_better = true;
}

static inline struct sample sample_make(size_t count, size_t series)
{
	struct sample sample = { calloc(count + 1, sizeof(*sample.sessions)), count };

	assert_non_null(sample.sessions);
	for (size_t i = 0; i < count; i++) {
		struct nb_digest *session = &sample.sessions[i];

		sample_name(&session->session, i);
		session->valid = true;
		session->rows = calloc(series + 1, sizeof(*session->rows));
		assert_non_null(session->rows);
		session->count = series;
		for (size_t j = 0; j < series; j++)
			sample_row(&session->rows[j], j);
	}
	return sample;
}

static inline void sample_free(struct sample *sample)
{
	for (size_t i = 0; i < sample->count; i++)
		nb_digest_free(&sample->sessions[i]);
	free(sample->sessions);
	*sample = (struct sample){ 0 };
}

/* Values of one series around center, evenly over -spread .. spread (relative), none equal. */
static inline void sample_spread(const struct sample *sample, size_t series, double center,
				 double spread)
{
	for (size_t i = 0; i < sample->count; i++) {
		double place =
			sample->count > 1 ? 2.0 * (double)i / (double)(sample->count - 1) - 1 : 0;

		/* In no order, as sessions come. */
		sample->sessions[(7 * i + 3) % sample->count].rows[series].p50 =
			center * (1 + spread * place);
	}
}

static inline struct nb_compare_group sample_group(const struct sample *sample)
{
	return (struct nb_compare_group){ sample->sessions, sample->count };
}

static inline struct nb_comparison sample_compare(const struct sample *base,
						  const struct sample *candidate,
						  const struct nb_compare_options *options)
{
	struct nb_compare_group left = sample_group(base), right = sample_group(candidate);
	struct nb_comparison comparison;
	struct nb_error error = { 0 };
	int result = nb_compare(&left, &right, options ? options : &nb_compare_defaults,
				&comparison, &error);

	if (result < 0)
		fail_msg("%s", error.text);
	return comparison;
}

static inline const struct nb_compare_row *sample_find(const struct nb_comparison *comparison,
						       const char *benchmark)
{
	for (size_t i = 0; i < comparison->count; i++)
		if (strcmp(comparison->rows[i].series.benchmark, benchmark) == 0)
			return &comparison->rows[i];
	fail_msg("no row of %s", benchmark);
	return NULL;
}

static inline void assert_near(double value, double expected, double part)
{
	if (!(fabs(value - expected) <= part * fabs(expected)))
		fail_msg("%.9g is not near %.9g", value, expected);
}

#endif
