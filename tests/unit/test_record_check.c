/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/check.h"

enum { SAMPLES = 400, ROUNDS = 3 };

struct fixture {
	struct nb_record record;
	struct nb_session *session;
	struct nb_series *series;
	struct nb_round *round; /* the second one of the series */
};

/* Batches of 16 whose ticks are far apart, so that no bucket has two of them. */
static struct nb_round make_round(const struct nb_series *series, int ordinal)
{
	struct nb_round round = { .ordinal = ordinal,
				  .batch = 16,
				  .tick_hz = 2.4e9,
				  .null_ticks = 48.5,
				  .ops = 6400,
				  .exits_per_op = 1,
				  .expected = NAN,
				  .kinds = { { "exits", 6400 }, { "io_exits", 0 } },
				  .kind_count = 2,
				  .guards = { .psi_cpu_ms = NAN, .swap_ins = -1 } };
	uint64_t ticks[SAMPLES];

	for (size_t i = 0; i < SAMPLES; i++)
		ticks[i] = 5000 + 100 * (i * 7 % SAMPLES);
	assert_int_equal(nb_record_fill(series, ticks, SAMPLES, &round, NULL), 0);
	return round;
}

static void set_up(struct fixture *fixture)
{
	static const struct nb_session session = {
		.id = "01JD6QJ3C0ABCDEFGHJKMNPQRS",
		.started = "2026-11-21T03:12:05.123Z",
		.version = "0.1.0",
		.profile = "quick",
		.level = NB_LEVEL_UNKNOWN,
		.label_count = 2,
		.labels = { { "size", "D4s_v5, large" }, { "Disk.kind-2", "5 µs" } },
	};
	static const struct nb_series series = { .benchmark = "exit.msr_read",
						 .vantage = NB_GUEST,
						 .params = "match=data,ring=3",
						 .metric = "latency",
						 .unit = "ns",
						 .lower_is_better = true };

	*fixture = (struct fixture){ .record = { .session = session } };
	for (int i = 0; i < ROUNDS; i++) {
		struct nb_round round = make_round(&series, 2 * i);

		assert_int_equal(nb_record_append(&fixture->record, &series, &round, NULL), 0);
	}
	fixture->session = &fixture->record.session;
	fixture->series = &fixture->record.series[0].series;
	fixture->round = &fixture->record.series[0].rounds[1];
}

/* fault: part of what is said; NULL: the record is good. */
static void expect(const struct fixture *fixture, const char *change, const char *fault)
{
	struct nb_error error = { 0 };
	int status = nb_record_check(&fixture->record, &error);

	if (status != (fault ? -EINVAL : 0) || !strstr(error.text, fault ? fault : ""))
		fail_msg("%s: %d \"%s\"", change, status, error.text);
}

/* change: a statement about the good record "at". */
#define EXPECT(change, fault)                \
	do {                                 \
		struct fixture at;           \
                                             \
		set_up(&at);                 \
		change;                      \
		expect(&at, #change, fault); \
		nb_record_free(&at.record);  \
	} while (0)
#define SET(field, text) nb_base_copy(field, sizeof(field), text)

static void a_good_record_passes(void **state)
{
	(void)state;
	EXPECT((void)0, NULL);
}

static void a_session_is_named_by_plain_words(void **state)
{
	(void)state;
	EXPECT(SET(at.session->id, "01JD6QJ3C0ABCDEFGHJKMNPQRU"), "session.id: not a ULID");
	EXPECT(SET(at.session->id, ""), "session.id: ");
	EXPECT(SET(at.session->started, "2026-11-21T03:12:05.12"), "session.started: not a UTC");
	EXPECT(SET(at.session->started, "2026-11-21 03:12:05.123Z"), "session.started: ");
	EXPECT(SET(at.session->version, "0.1 0"), "session.version: not a plain word");
	EXPECT(SET(at.session->version, ""), "session.version: ");
	EXPECT(SET(at.session->profile, "fast"), "session.profile: no such word");
	EXPECT(at.session->level = 9, NULL);
	EXPECT(at.session->level = 10, "session.level: not in 0 .. 9");
	EXPECT(at.session->level = -2, "session.level: ");
	EXPECT(at.session->cpu = -1, NULL);
	EXPECT(at.session->cpu = 65536, "session.cpu: not in 0 .. 65535");
}

static void labels_are_those_that_run_takes(void **state)
{
	(void)state;
	EXPECT(at.session->label_count = 33, "session.labels: more than 32");
	EXPECT(SET(at.session->labels[1].key, ""), "session.labels: a name is not of letters");
	EXPECT(SET(at.session->labels[1].key, "a b"), "session.labels: a name");
	EXPECT(SET(at.session->labels[1].key, "a/b"), "session.labels: a name");
	EXPECT(SET(at.session->labels[1].key, "size"), "session.labels.size: a second time");
	EXPECT(SET(at.session->labels[1].value, ""), "session.labels.Disk.kind-2: empty");
	EXPECT(SET(at.session->labels[0].value, "a\nb"),
	       "session.labels.size: empty, or not UTF-8");
	EXPECT(SET(at.session->labels[0].value, "\xb5s"), "session.labels.size: ");
}

static const struct nb_target target = { .name = "cwd",
					 .path = "/srv/\xc3\xa9 b",
					 .kind = "fuse-sshfs",
					 .options = "rw,noatime",
					 .device = "vda1",
					 .rotational = -1,
					 .queue_depth = -1,
					 .size_bytes = -1,
					 .free_bytes = 0 };

/* As EXPECT, with targets "cwd" and "c". */
#define EXPECT_TARGETS(change, fault)                                       \
	EXPECT(                                                             \
		do {                                                        \
			at.session->target_count = 2;                       \
			at.session->targets[0] = target;                    \
			at.session->targets[1] = target;                    \
			nb_base_copy(at.session->targets[1].name, 24, "c"); \
			change;                                             \
		} while (0),                                                \
		fault)

#define EXPECT_TARGET(change, fault) EXPECT_TARGETS(t = &at.session->targets[1]; change, fault)

static void targets_have_names_of_their_own(void **state)
{
	struct nb_target *t;

	(void)state;
	EXPECT_TARGETS((void)0, NULL);
	EXPECT_TARGETS(at.session->target_count = 9, "session.targets: more than 8");
	EXPECT_TARGET(SET(t->name, "cwd"), "session.targets[1].name: \"cwd\" a second time");
}

static void targets_have_plain_names(void **state)
{
	struct nb_target *t;

	(void)state;
	EXPECT_TARGET(SET(t->name, ""), "session.targets[1].name: not of");
	EXPECT_TARGET(SET(t->name, "a,b"), "session.targets[1].name: ");
	EXPECT_TARGET(SET(t->name, "C"), "session.targets[1].name: ");
}

static void targets_have_absolute_paths(void **state)
{
	struct nb_target *t;

	(void)state;
	EXPECT_TARGET(SET(t->path, ""), "session.targets[1].path: not absolute");
	EXPECT_TARGET(SET(t->path, "srv"), "session.targets[1].path: ");
	EXPECT_TARGET(SET(t->path, "/a\nb"), "session.targets[1].path: ");
	EXPECT_TARGET(SET(t->path, "/a\xff"), "session.targets[1].path: ");
	EXPECT_TARGET(SET(t->path, "/\xc2\x85"), "session.targets[1].path: ");
}

static void texts_of_targets_are_plain(void **state)
{
	struct nb_target *t;

	(void)state;
	EXPECT_TARGET(SET(t->kind, ""), "session.targets[1].kind: not of");
	EXPECT_TARGET(SET(t->kind, "fuse.x"), "session.targets[1].kind: ");
	EXPECT_TARGET(SET(t->transport, "f d"), "session.targets[1].transport: not plain");
	EXPECT_TARGET(SET(t->options, "\033[2J"), "session.targets[1].options: ");
}

static void devices_of_targets_are_plain(void **state)
{
	struct nb_target *t;

	(void)state;
	EXPECT_TARGET(SET(t->device, "\xc3\xa9"), "session.targets[1].device: ");
	EXPECT_TARGET(SET(t->disk, "\t"), "session.targets[1].disk: ");
	EXPECT_TARGET(SET(t->scheduler, "\177"), "session.targets[1].scheduler: ");
	EXPECT_TARGET(SET(t->write_cache, "\n"), "session.targets[1].write_cache: ");
}

static void numbers_of_targets_are_in_range(void **state)
{
	struct nb_target *t;

	(void)state;
	EXPECT_TARGET(t->rotational = 2, "session.targets[1].rotational: out of");
	EXPECT_TARGET(t->queue_depth = -2, "session.targets[1].queue_depth: ");
	EXPECT_TARGET(t->size_bytes = INT64_C(1) << 53, "session.targets[1].size_bytes: ");
	EXPECT_TARGET(t->free_bytes = INT64_MIN, "session.targets[1].free_bytes: ");
	EXPECT_TARGET(t->free_bytes = (INT64_C(1) << 53) - 1, NULL);
}

#undef EXPECT_TARGET

static void a_series_is_named_by_plain_words(void **state)
{
	(void)state;
	EXPECT(SET(at.series->benchmark, "exit"), "results[0].benchmark: not a name like");
	EXPECT(SET(at.series->benchmark, "exit."), "results[0].benchmark: ");
	EXPECT(SET(at.series->benchmark, ".cpuid"), "results[0].benchmark: ");
	EXPECT(SET(at.series->benchmark, "exit.cpuid.x"), "results[0].benchmark: ");
	EXPECT(SET(at.series->benchmark, "exit.CPUID"), "results[0].benchmark: ");
	EXPECT(SET(at.series->metric, ""), "results[0].metric: not a plain word");
	EXPECT(SET(at.series->unit, "n s"), "results[0].unit: not a plain word");
	EXPECT(at.series->vantage = (enum nb_vantage)2, "results[0].vantage: no such word");
}

static void params_are_pairs_in_order(void **state)
{
	(void)state;
	EXPECT(SET(at.series->params, ""), NULL);
	EXPECT(SET(at.series->params, "a=1,aa=1,b=-2.5%"), NULL);
	EXPECT(SET(at.series->params, "ring=3,match=data"), "results[0].params: not plain words");
	EXPECT(SET(at.series->params, "ring=3,ring=3"), "results[0].params: ");
	EXPECT(SET(at.series->params, "aa=1,a=1"), "results[0].params: ");
	EXPECT(SET(at.series->params, "ring"), "results[0].params: ");
	EXPECT(SET(at.series->params, "ring="), "results[0].params: ");
	EXPECT(SET(at.series->params, "=3"), "results[0].params: ");
	EXPECT(SET(at.series->params, "ring=3,"), "results[0].params: ");
	EXPECT(SET(at.series->params, "ring=3;x"), "results[0].params: ");
	EXPECT(SET(at.series->params, "ring=3=4"), "results[0].params: ");
}

#define PLACE "results[0].round_data[1]."

static void a_round_holds_words_and_numbers_that_there_are(void **state)
{
	(void)state;
	EXPECT(at.round->ordinal = 1000001, PLACE "ordinal: not in 0 .. 1000000");
	EXPECT(at.round->ordinal = -1, PLACE "ordinal: ");
	EXPECT(at.round->ordinal = 0, PLACE "ordinal: not in ascending order");
	EXPECT(at.round->outcome = (enum nb_outcome)3, PLACE "outcome: ");
	EXPECT(at.round->clock = (enum nb_clock)2, PLACE "clock: ");
	EXPECT(at.round->evidence = (enum nb_evidence)4, PLACE "evidence: ");
	EXPECT(at.round->ops = -1, NULL);
	EXPECT(at.round->ops = -2, PLACE "ops: negative");
	EXPECT(at.round->exits_per_op = NAN, NULL);
	EXPECT(at.round->exits_per_op = INFINITY, PLACE "exits_per_op: infinite");
	EXPECT(at.round->guards.steal_ms = -INFINITY, PLACE "guards.steal_ms: infinite");
	EXPECT(at.round->guards.switches = -2, PLACE "guards.switches: negative");
	EXPECT(at.round->guards.tags = 1U << 31, PLACE "guards.tags: no such tag");
}

static void exit_kinds_are_different_plain_words(void **state)
{
	(void)state;
	EXPECT(at.round->kind_count = NB_KIND_MAX + 1, PLACE "by_kind: more than 24");
	EXPECT(SET(at.round->kinds[1].name, ""), PLACE "by_kind: a name is not a plain word");
	EXPECT(SET(at.round->kinds[1].name, "a b"), PLACE "by_kind: ");
	EXPECT(SET(at.round->kinds[1].name, "exits"), PLACE "by_kind.exits: a second time");
	EXPECT(at.round->kinds[1].count = -2, PLACE "by_kind.io_exits: negative");
}

static void a_measured_round_can_be_computed_with(void **state)
{
	(void)state;
	EXPECT(at.round->tick_hz = 0, PLACE "tick_hz: not above 0");
	EXPECT(at.round->tick_hz = NAN, PLACE "tick_hz: ");
	EXPECT(at.round->batch = 0, PLACE "batch: not above 0");
	EXPECT(at.round->null_ticks = NAN, PLACE "null_ticks: not 0 or above");
	EXPECT(at.round->samples = 399, PLACE "samples: the histogram has 400");
	EXPECT(at.round->samples = -1, PLACE "samples: ");
	EXPECT(nb_stats_histogram_free(&at.round->histogram), PLACE "histogram: missing");
}

static void claims_are_what_the_histogram_says(void **state)
{
	(void)state;
	EXPECT(at.round->min -= 0.01, PLACE "min: ");
	EXPECT(at.round->p50 += 1, PLACE "p50: ");
	EXPECT(at.round->p50 -= 1, PLACE "p50: ");
	EXPECT(at.round->p50 = NAN, PLACE "p50: missing, but known from 400 samples");
	EXPECT(at.round->p95 *= 1.002, PLACE "p95: ");
	EXPECT(at.round->p99 *= 1.002, PLACE "p99: ");
	EXPECT(at.round->p999 = at.round->max, PLACE "p999: cannot be known from 400 samples");
	EXPECT(at.round->max += 0.01, PLACE "max: ");
	EXPECT(at.round->max = NAN, PLACE "max: missing");
	EXPECT(at.round->min = at.round->p95, PLACE "p50: less than what stands before it");
	/* Half the time for the same samples. */
	EXPECT(at.round->batch = 32, PLACE "min: ");
	EXPECT(at.round->tick_hz = 4.8e9, PLACE "min: ");
}

static void what_rounding_may_do_is_no_fault(void **state)
{
	(void)state;
	EXPECT(at.round->min = nextafter(at.round->min, 0), NULL);
	EXPECT(at.round->max = nextafter(at.round->max, INFINITY), NULL);
}

static void a_round_that_failed_has_a_reason_and_nothing_else(void **state)
{
	(void)state;
	EXPECT(at.round->outcome = NB_SKIP, PLACE "reason: missing");
	EXPECT(at.round->outcome = NB_ERROR; SET(at.round->reason, "x"), PLACE "samples: some");
	EXPECT(at.round->outcome = NB_ERROR; SET(at.round->reason, "x");
	       at.round->samples = 0, PLACE "histogram: there");
	EXPECT(at.round->outcome = NB_ERROR; SET(at.round->reason, "x"); at.round->samples = 0;
	       nb_stats_histogram_free(&at.round->histogram), PLACE "min: known");
}

/* How another unit comes from ticks is not known; what can be said without that still holds. */
static void rates_are_checked_as_far_as_they_can_be(void **state)
{
	(void)state;
	EXPECT(SET(at.series->unit, "MB/s"); at.round->p50 += 1, NULL);
	EXPECT(SET(at.series->unit, "MB/s"); at.round->p999 = at.round->max, PLACE "p999: cannot");
	EXPECT(SET(at.series->unit, "MB/s"); at.round->samples = 1, PLACE "samples: ");
	EXPECT(SET(at.series->unit, "MB/s"); at.round->p50 = at.round->max + 1, PLACE "p95: less");
}

static void values_that_are_filled_in_are_quantiles_net_of_the_null(void **state)
{
	static const uint64_t ticks[] = { 70, 20, 60, 30, 50, 40 };
	static const struct nb_series series = { .unit = "us" };
	struct nb_round round = { .batch = 2, .tick_hz = 1e6, .null_ticks = 10 };

	(void)state;
	assert_int_equal(nb_record_fill(&series, ticks, 5, &round, NULL), 0);
	assert_int_equal(round.samples, 5);
	assert_true(isnan(round.p50));
	nb_stats_histogram_free(&round.histogram);
	assert_int_equal(nb_record_fill(&series, ticks, 6, &round, NULL), 0);
	assert_int_equal(round.samples, 6);
	assert_true(fabs(round.min - 5) < 1e-12);
	assert_true(fabs(round.p50 - 17.5) < 1e-12);
	assert_true(fabs(round.max - 30) < 1e-12);
	assert_true(isnan(round.p95) && isnan(round.p99) && isnan(round.p999));
	assert_int_equal(round.histogram.count, 6);
	nb_stats_histogram_free(&round.histogram);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_record_passes),
		cmocka_unit_test(a_session_is_named_by_plain_words),
		cmocka_unit_test(labels_are_those_that_run_takes),
		cmocka_unit_test(targets_have_names_of_their_own),
		cmocka_unit_test(targets_have_plain_names),
		cmocka_unit_test(targets_have_absolute_paths),
		cmocka_unit_test(texts_of_targets_are_plain),
		cmocka_unit_test(devices_of_targets_are_plain),
		cmocka_unit_test(numbers_of_targets_are_in_range),
		cmocka_unit_test(a_series_is_named_by_plain_words),
		cmocka_unit_test(params_are_pairs_in_order),
		cmocka_unit_test(a_round_holds_words_and_numbers_that_there_are),
		cmocka_unit_test(exit_kinds_are_different_plain_words),
		cmocka_unit_test(a_measured_round_can_be_computed_with),
		cmocka_unit_test(claims_are_what_the_histogram_says),
		cmocka_unit_test(what_rounding_may_do_is_no_fault),
		cmocka_unit_test(a_round_that_failed_has_a_reason_and_nothing_else),
		cmocka_unit_test(rates_are_checked_as_far_as_they_can_be),
		cmocka_unit_test(values_that_are_filled_in_are_quantiles_net_of_the_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
