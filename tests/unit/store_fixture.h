/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_FIXTURE_H
#define STORE_FIXTURE_H

#include <dirent.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "nestbench/base.h"
#include "nestbench/check.h"
#include "nestbench/store.h"

#include "store_targets.h"

/* What the tests of the store share: a folder of their own, records, and how to compare them. */

enum { FIXTURE_PATH_SIZE = 256, FIXTURE_FILE_MAX = 4 << 20, FIXTURE_SAMPLES_MAX = 60000 };

struct fixture {
	char folder[64];
	char path[FIXTURE_PATH_SIZE]; /* of the database */
	struct nb_error error;
	struct nb_random random;
};

#define assert_success(fixture, status) fixture_expect(fixture, status, __FILE__, __LINE__)

static inline void fixture_expect(const struct fixture *fixture, int status, const char *file,
				  int line)
{
	if (status == 0)
		return;
	print_error("%s\n", fixture->error.text);
	_fail(file, line);
}

static inline int fixture_setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return -1;
	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/nestbench-test-XXXXXX");
	if (!mkdtemp(fixture->folder)) {
		free(fixture);
		return -1;
	}
	snprintf(fixture->path, sizeof(fixture->path), "%s/test.db", fixture->folder);
	nb_random_seed(&fixture->random, 1);
	*state = fixture;
	return 0;
}

static inline int fixture_remove_entry(const char *path, const struct stat *information, int kind,
				       struct FTW *walk)
{
	(void)information;
	(void)kind;
	(void)walk;
	return remove(path);
}

static inline int fixture_teardown(void **state)
{
	struct fixture *fixture = *state;
	int status = nftw(fixture->folder, fixture_remove_entry, 8, FTW_DEPTH | FTW_PHYS);

	free(fixture);
	return status;
}

static inline size_t fixture_files(const struct fixture *fixture)
{
	DIR *folder = opendir(fixture->folder);
	size_t count = 0;

	assert_non_null(folder);
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(folder);
	return count;
}

/* The caller frees what is returned. */
static inline char *fixture_read(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *bytes = malloc(FIXTURE_FILE_MAX);

	assert_non_null(file);
	assert_non_null(bytes);
	*size = fread(bytes, 1, FIXTURE_FILE_MAX, file);
	assert_true(*size < FIXTURE_FILE_MAX);
	fclose(file);
	return bytes;
}

static inline void fixture_write(const char *path, const char *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static inline double fixture_uniform(struct nb_random *random)
{
	return (nb_random_next(random) + 0.5) / 4294967296.0;
}

/* Lognormal, as times of VM exits roughly are, with a far outlier now and then. */
static inline uint64_t fixture_ticks(struct nb_random *random, double median)
{
	double normal = sqrt(-2 * log(fixture_uniform(random))) *
			cos(6.283185307179586 * fixture_uniform(random));
	double outlier = nb_random_below(random, 100) == 0 ? 10 : 1;

	return (uint64_t)(median * exp(0.06 * normal) * outlier);
}

static inline void fixture_machine(struct nb_machine *machine)
{
	memset(machine, 0, sizeof(*machine));
#define FILL_TEXT(field, size) nb_base_copy(machine->field, size, #field " of a test");
#define FILL_NUMBER(field)     machine->field = (int64_t)strlen(#field);
	NB_MACHINE_TEXTS(FILL_TEXT)
	NB_MACHINE_NUMBERS(FILL_NUMBER)
#undef FILL_TEXT
#undef FILL_NUMBER
	machine->cloud[0] = '\0';
	machine->swap_bytes = -1;
}

/* number: makes ids differ; they sort by it. */
static inline void fixture_session(struct nb_session *session, unsigned number)
{
	memset(session, 0, sizeof(*session));
	snprintf(session->id, sizeof(session->id), "01JD0000000000000000%06u", number);
	snprintf(session->started, sizeof(session->started), "2026-11-21T03:%02u:%02u.000Z",
		 number / 60 % 60, number % 60);
	nb_base_copy(session->version, sizeof(session->version), "0.1.0");
	nb_base_copy(session->profile, sizeof(session->profile), "standard");
	session->seed = UINT64_MAX - number;
	session->level = 1;
	session->cpu = 0;
	session->fifo = true;
	session->label_count = 1;
	nb_base_copy(session->labels[0].key, sizeof(session->labels[0].key), "host");
	nb_base_copy(session->labels[0].value, sizeof(session->labels[0].value), "a b\"c'd");
	fixture_targets(session);
	fixture_machine(&session->machine);
}

static inline void fixture_series(struct nb_series *series, unsigned number)
{
	memset(series, 0, sizeof(*series));
	snprintf(series->benchmark, sizeof(series->benchmark), "exit.number_%u", number / 2);
	series->vantage = number % 2 == 0 ? NB_USER : NB_GUEST;
	nb_base_copy(series->params, sizeof(series->params), number % 3 == 0 ? "ring=3" : "");
	nb_base_copy(series->metric, sizeof(series->metric), "latency");
	nb_base_copy(series->unit, sizeof(series->unit), "ns");
	series->lower_is_better = true;
}

static inline void fixture_guards(struct nb_guards *guards, struct nb_random *random)
{
	*guards = (struct nb_guards){
		.wall_ms = 10 + fixture_uniform(random),
		.steal_ms = 0,
		.switches = nb_random_below(random, 3),
		.tsc_ppm = fixture_uniform(random),
		.stall_us = 20 * fixture_uniform(random),
		.swap_ins = 0,
		.psi_cpu_ms = NAN,
		.canary_before_us = 100 + fixture_uniform(random),
		.canary_after_us = 100 + fixture_uniform(random),
		.tags = nb_random_below(random, 20) == 0 ? NB_TAG_SWITCHES : 0,
	};
}

/* The kinds of exits that a measured round of the guest vantage has. */
static inline void fixture_exits(struct nb_round *round, const struct nb_series *series)
{
	static const char *const names[] = { "exits", "io_exits", "insn_emulation", "host_state" };

	if (series->vantage == NB_USER) {
		round->evidence = NB_UNAVAILABLE;
		round->ops = -1;
		round->exits_per_op = NAN;
		round->expected = NAN;
		return;
	}
	round->ops = round->samples;
	round->exits_per_op = 1 + 1.0 / (double)round->samples;
	round->expected = 1;
	round->kind_count = sizeof(names) / sizeof(names[0]);
	for (size_t i = 0; i < round->kind_count; i++) {
		nb_base_copy(round->kinds[i].name, sizeof(round->kinds[i].name), names[i]);
		round->kinds[i].count = round->samples + (int64_t)i;
	}
}

/* A measured round. The caller frees its histogram. */
static inline void fixture_round(struct nb_round *round, const struct nb_series *series,
				 int ordinal, size_t samples, struct nb_random *random)
{
	static uint64_t ticks[FIXTURE_SAMPLES_MAX];
	double median = 1500 * (1 + (double)nb_random_below(random, 20));

	memset(round, 0, sizeof(*round));
	assert_true(samples <= FIXTURE_SAMPLES_MAX);
	for (size_t i = 0; i < samples; i++)
		ticks[i] = fixture_ticks(random, median);
	round->ordinal = ordinal;
	round->batch = 1;
	round->tick_hz = 2.3e9 + fixture_uniform(random);
	round->null_ticks = 48;
	round->clock = series->vantage == NB_GUEST ? NB_CLOCK_GUEST_TSC : NB_CLOCK_HOST;
	assert_int_equal(nb_record_fill(series, ticks, samples, round, NULL), 0);
	fixture_exits(round, series);
	fixture_guards(&round->guards, random);
}

static inline void fixture_record(struct nb_record *record, unsigned number, unsigned series_count,
				  int rounds, size_t samples)
{
	struct nb_random random;

	memset(record, 0, sizeof(*record));
	fixture_session(&record->session, number);
	nb_random_seed(&random, number);
	for (unsigned i = 0; i < series_count; i++) {
		struct nb_series series;

		fixture_series(&series, i);
		for (int j = 0; j < rounds; j++) {
			struct nb_round round;

			fixture_round(&round, &series, j, samples, &random);
			assert_int_equal(nb_record_append(record, &series, &round, NULL), 0);
		}
	}
}

static inline void assert_reals_equal(double a, double b)
{
	if (!isnan(a) || !isnan(b))
		assert_memory_equal(&a, &b, sizeof(a));
}

static inline void assert_machines_equal(const struct nb_machine *a, const struct nb_machine *b)
{
#define EQUAL_TEXT(field, size) assert_string_equal(a->field, b->field);
#define EQUAL_NUMBER(field)	assert_int_equal(a->field, b->field);
	NB_MACHINE_TEXTS(EQUAL_TEXT)
	NB_MACHINE_NUMBERS(EQUAL_NUMBER)
#undef EQUAL_TEXT
#undef EQUAL_NUMBER
}

static inline void assert_sessions_equal(const struct nb_session *a, const struct nb_session *b)
{
	assert_string_equal(a->id, b->id);
	assert_string_equal(a->started, b->started);
	assert_string_equal(a->version, b->version);
	assert_string_equal(a->profile, b->profile);
	assert_true(a->seed == b->seed);
	assert_int_equal(a->level, b->level);
	assert_int_equal(a->cpu, b->cpu);
	assert_int_equal(a->fifo, b->fifo);
	assert_int_equal(a->locked, b->locked);
	assert_int_equal(a->partial, b->partial);
	assert_int_equal(a->label_count, b->label_count);
	for (size_t i = 0; i < a->label_count; i++) {
		assert_string_equal(a->labels[i].key, b->labels[i].key);
		assert_string_equal(a->labels[i].value, b->labels[i].value);
	}
	assert_int_equal(a->target_count, b->target_count);
	for (size_t i = 0; i < a->target_count; i++)
		assert_targets_equal(&a->targets[i], &b->targets[i]);
	assert_machines_equal(&a->machine, &b->machine);
}

static inline void assert_histograms_equal(const struct nb_histogram *a,
					   const struct nb_histogram *b)
{
	assert_true(a->count == b->count && a->min == b->min && a->max == b->max);
	assert_int_equal(a->length, b->length);
	for (size_t i = 0; i < a->length; i++) {
		assert_int_equal(a->buckets[i].index, b->buckets[i].index);
		assert_true(a->buckets[i].count == b->buckets[i].count);
	}
}

static inline void assert_guards_equal(const struct nb_guards *a, const struct nb_guards *b)
{
	assert_reals_equal(a->wall_ms, b->wall_ms);
	assert_reals_equal(a->steal_ms, b->steal_ms);
	assert_int_equal(a->switches, b->switches);
	assert_int_equal(a->migrations, b->migrations);
	assert_int_equal(a->clocksource, b->clocksource);
	assert_reals_equal(a->tsc_ppm, b->tsc_ppm);
	assert_reals_equal(a->stall_us, b->stall_us);
	assert_int_equal(a->swap_ins, b->swap_ins);
	assert_reals_equal(a->psi_cpu_ms, b->psi_cpu_ms);
	assert_reals_equal(a->canary_before_us, b->canary_before_us);
	assert_reals_equal(a->canary_after_us, b->canary_after_us);
	assert_int_equal(a->tags, b->tags);
}

static inline void assert_rounds_equal(const struct nb_round *a, const struct nb_round *b)
{
	assert_int_equal(a->ordinal, b->ordinal);
	assert_int_equal(a->outcome, b->outcome);
	assert_string_equal(a->reason, b->reason);
	assert_int_equal(a->samples, b->samples);
	assert_int_equal(a->batch, b->batch);
	assert_reals_equal(a->tick_hz, b->tick_hz);
	assert_reals_equal(a->null_ticks, b->null_ticks);
	assert_int_equal(a->clock, b->clock);
	assert_reals_equal(a->min, b->min);
	assert_reals_equal(a->p50, b->p50);
	assert_reals_equal(a->p95, b->p95);
	assert_reals_equal(a->p99, b->p99);
	assert_reals_equal(a->p999, b->p999);
	assert_reals_equal(a->max, b->max);
	assert_int_equal(a->evidence, b->evidence);
	assert_int_equal(a->ops, b->ops);
	assert_reals_equal(a->exits_per_op, b->exits_per_op);
	assert_reals_equal(a->expected, b->expected);
	assert_int_equal(a->kind_count, b->kind_count);
	for (size_t i = 0; i < a->kind_count; i++) {
		assert_string_equal(a->kinds[i].name, b->kinds[i].name);
		assert_int_equal(a->kinds[i].count, b->kinds[i].count);
	}
	assert_guards_equal(&a->guards, &b->guards);
	assert_histograms_equal(&a->histogram, &b->histogram);
}

static inline void assert_records_equal(const struct nb_record *a, const struct nb_record *b)
{
	assert_sessions_equal(&a->session, &b->session);
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct nb_series_rounds *left = &a->series[i], *right = &b->series[i];

		assert_string_equal(left->series.benchmark, right->series.benchmark);
		assert_int_equal(left->series.vantage, right->series.vantage);
		assert_string_equal(left->series.params, right->series.params);
		assert_string_equal(left->series.metric, right->series.metric);
		assert_string_equal(left->series.unit, right->series.unit);
		assert_int_equal(left->series.lower_is_better, right->series.lower_is_better);
		assert_int_equal(left->count, right->count);
		for (size_t j = 0; j < left->count; j++)
			assert_rounds_equal(&left->rounds[j], &right->rounds[j]);
	}
}

#endif
