/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TESTS_MODEL_SAMPLE_H
#define NB_TESTS_MODEL_SAMPLE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nestbench/model_result.h"

#include "report_sample.h"

/* Sessions whose numbers can be worked out in the head. */

static inline void session_at(struct nb_record *record, int level)
{
	*record = (struct nb_record){ 0 };
	snprintf(record->session.id, sizeof(record->session.id), "01JD6QJ3C0ABCDEFGHJKMNPQR%c",
		 (char)('0' + level));
	record->session.level = level;
}

/* Rounds whose medians are center - spread, center and center + spread, in turn. */
static inline struct nb_series_rounds *add_spread(struct nb_record *record, const char *benchmark,
						  enum nb_vantage vantage, double center,
						  double spread)
{
	struct nb_series series = sample_series(benchmark, vantage, "");

	for (int i = 0; i < SAMPLE_ROUNDS; i++)
		sample_append(record, &series,
			      sample_round(i, center + spread * (i % 3 - 1), 1000));
	return &record->series[record->count - 1];
}

static inline struct nb_series_rounds *add_user(struct nb_record *record, const char *benchmark,
						double center)
{
	return add_spread(record, benchmark, NB_USER, center, 0);
}

static inline void set_evidence(struct nb_series_rounds *series, enum nb_evidence evidence,
				double exits_per_op)
{
	for (size_t i = 0; i < series->count; i++) {
		series->rounds[i].evidence = evidence;
		series->rounds[i].exits_per_op = exits_per_op;
		series->rounds[i].kind_count = 2;
		series->rounds[i].kinds[0] = (struct nb_exit_kind){
			"exits", isnan(exits_per_op)
					 ? 0
					 : (int64_t)(exits_per_op * (double)series->rounds[i].ops)
		};
		series->rounds[i].kinds[1] = (struct nb_exit_kind){ "request_irq_exits", 1 };
	}
}

static inline struct nb_series_rounds *add_guest(struct nb_record *record, const char *benchmark,
						 double center)
{
	struct nb_series_rounds *series = add_spread(record, benchmark, NB_GUEST, center, 0);

	set_evidence(series, NB_VERIFIED, 1);
	return series;
}

/* The session of an L1 in which a CPUID takes 1 us, and 13 us in its guest: Turtles' b = 12. */
static inline void turtles(struct nb_record *record)
{
	session_at(record, 1);
	add_guest(record, "exit.cpuid", 13000);
	add_user(record, "exit.cpuid", 1000);
}

static inline int try_model(const struct nb_record *shallow, const struct nb_record *deep,
			    const struct nb_model_options *options, struct nb_model *model,
			    struct nb_error *error)
{
	const struct nb_model_options usual = { .level = NB_LEVEL_UNKNOWN };

	return nb_model_make(shallow, deep, options ? options : &usual, model, error);
}

static inline struct nb_model model_of(const struct nb_record *shallow,
				       const struct nb_record *deep)
{
	struct nb_error error = { 0 };
	struct nb_model model = { 0 };

	if (try_model(shallow, deep, NULL, &model, &error) < 0)
		fail_msg("%s", error.text);
	return model;
}

static inline const struct nb_model_row *row_of(const struct nb_model *model, const char *benchmark)
{
	for (size_t i = 0; i < model->row_count; i++)
		if (strcmp(model->rows[i].series.benchmark, benchmark) == 0)
			return &model->rows[i];
	fail_msg("no row of %s", benchmark);
	return NULL;
}

static inline void assert_near(double value, double expected)
{
	if (!(fabs(value - expected) <= 1e-9 * fabs(expected)))
		fail_msg("%.12g is not %.12g", value, expected);
}

static inline void assert_value(struct nb_model_value value, double expected)
{
	assert_near(value.value, expected);
	assert_near(value.low, expected);
	assert_near(value.high, expected);
}

#endif
