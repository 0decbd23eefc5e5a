/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_DIGESTS_H
#define STORE_DIGESTS_H

#include <sqlite3.h>

#include "nestbench/archive.h"
#include "nestbench/digest.h"

#include "store_fixture.h"

/* What the tests of summaries share. */

static inline struct nb_store *open_store(struct fixture *fixture, const char *path,
					  enum nb_store_mode mode)
{
	struct nb_store *store = NULL;

	assert_success(fixture, nb_store_open(&store, path, mode, &fixture->error));
	return store;
}

/* Past everything that the store itself would keep from happening. */
static inline void execute(const char *path, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "PRAGMA ignore_check_constraints = ON; "
				      "PRAGMA foreign_keys = OFF",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static inline int64_t query(const char *path, const char *text)
{
	sqlite3_stmt *statement;
	sqlite3 *db;
	int64_t value;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, text, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return value;
}

/* Nothing was measured, and so there is nothing but the reason. */
static inline void make_failure(struct nb_round *round, enum nb_outcome outcome, size_t number)
{
	nb_stats_histogram_free(&round->histogram);
	round->outcome = outcome;
	snprintf(round->reason, sizeof(round->reason), "reason %zu", number);
	round->samples = 0;
	round->min = round->p50 = round->p95 = round->p99 = round->p999 = round->max = NAN;
}

/* 64 operations in each sample, of which each then took a 64th. */
static inline void make_batches(struct nb_round *round)
{
	round->batch = 64;
	round->min /= 64;
	round->p50 /= 64;
	round->p95 /= 64;
	round->p99 /= 64;
	round->max /= 64;
}

/* With so few samples that there is no median (5) or no 99th percentile (20). */
static inline void make_short(struct nb_round *round, const struct nb_series *series,
			      size_t samples)
{
	struct nb_random random;
	int ordinal = round->ordinal;

	nb_random_seed(&random, samples);
	nb_stats_histogram_free(&round->histogram);
	fixture_round(round, series, ordinal, samples, &random);
}

/*
 * Rounds of all kinds: series 1 changes its batch, 2 lacks numbers, 3 could not be run, 4 failed
 * once, 5 is emulated and unverified.
 */
static inline void make_odd(const struct nb_series *series, size_t i, struct nb_round *round,
			    size_t j)
{
	if (i == 1 && j == 1)
		make_batches(round);
	if (i == 2)
		make_short(round, series, j % 2 == 0 ? 5 : 20);
	if (i == 3)
		make_failure(round, NB_SKIP, j);
	if (i == 4 && j == 1)
		make_failure(round, NB_ERROR, j);
	if (i == 5)
		round->evidence = j == 0 ? NB_EMULATED : NB_UNVERIFIED;
}

static inline void make_uneven(struct nb_record *record)
{
	for (size_t i = 0; i < record->count; i++)
		for (size_t j = 0; j < record->series[i].count; j++)
			make_odd(&record->series[i].series, i, &record->series[i].rounds[j], j);
}

static inline void make_record(struct nb_record *record, unsigned number, unsigned series,
			       int rounds)
{
	fixture_record(record, number, series, rounds, 400);
	make_uneven(record);
}

static inline void import_record(struct fixture *fixture, struct nb_store *store,
				 const struct nb_record *record)
{
	bool added = false;

	assert_success(fixture, nb_store_import(store, record, &added, &fixture->error));
	assert_true(added);
}

/* As "nestbench run" stores them: session, rounds, end. */
static inline void write_rounds(struct fixture *fixture, struct nb_store *store,
				const struct nb_record *record)
{
	assert_success(fixture, nb_store_begin_session(store, &record->session, &fixture->error));
	for (size_t i = 0; i < record->count; i++)
		for (size_t j = 0; j < record->series[i].count; j++)
			assert_success(fixture,
				       nb_store_add_round(store, record->session.id,
							  &record->series[i].series, (int)i,
							  &record->series[i].rounds[j],
							  &fixture->error));
}

static inline void assert_rows_equal(const struct nb_digest_row *a, const struct nb_digest_row *b)
{
	assert_string_equal(a->series.benchmark, b->series.benchmark);
	assert_int_equal(a->series.vantage, b->series.vantage);
	assert_string_equal(a->series.params, b->series.params);
	assert_string_equal(a->series.metric, b->series.metric);
	assert_string_equal(a->series.unit, b->series.unit);
	assert_int_equal(a->series.lower_is_better, b->series.lower_is_better);
	assert_int_equal(a->level, b->level);
	assert_int_equal(a->outcome, b->outcome);
	assert_string_equal(a->reason, b->reason);
	assert_int_equal(a->evidence, b->evidence);
	assert_int_equal(a->rounds, b->rounds);
	assert_int_equal(a->tagged_rounds, b->tagged_rounds);
	assert_int_equal(a->batch, b->batch);
	assert_reals_equal(a->p50, b->p50);
	assert_reals_equal(a->ci_low, b->ci_low);
	assert_reals_equal(a->ci_high, b->ci_high);
	assert_reals_equal(a->p99, b->p99);
}

static inline void assert_digests_equal(const struct nb_digest *a, const struct nb_digest *b)
{
	assert_sessions_equal(&a->session, &b->session);
	assert_int_equal(a->valid, b->valid);
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		assert_rows_equal(&a->rows[i], &b->rows[i]);
}

/* Each of the selected sessions, against what its loaded record comes to. */
static inline void expect_digests(struct fixture *fixture, struct nb_store *store,
				  const char *selector, size_t expected)
{
	struct nb_digest *digests = NULL;
	size_t count = 0;

	assert_success(fixture,
		       nb_store_digests(store, selector, &digests, &count, &fixture->error));
	assert_int_equal(count, expected);
	for (size_t i = 0; i < count; i++) {
		struct nb_record record = { 0 };
		struct nb_digest made;

		assert_success(fixture, nb_store_load(store, digests[i].session.id, &record,
						      &fixture->error));
		assert_success(fixture, nb_digest_make(&record, &made, &fixture->error));
		assert_true(made.count > 0);
		assert_digests_equal(&made, &digests[i]);
		if (i > 0)
			assert_true(strcmp(digests[i - 1].session.started,
					   digests[i].session.started) <= 0);
		nb_digest_free(&made);
		nb_record_free(&record);
	}
	nb_store_free_digests(digests, count);
}

#endif
