/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nestbench/run.h"

#include "kvm_test.h"

/* Short real sessions: plan, processes, VMs, records. */

struct session {
	struct nb_run_options options;
	struct nb_run_catalogue catalogue;
	struct nb_record record;
	volatile sig_atomic_t stop;
	size_t stop_after; /* rounds; 0: never */
	size_t rounds;
	struct nb_run_summary summary;
};

static int keep_round(void *context, size_t entry, struct nb_round *round, struct nb_error *error)
{
	struct session *session = context;

	session->rounds++;
	if (session->rounds == session->stop_after)
		session->stop = 1;
	return nb_record_append(&session->record, &session->catalogue.entries[entry].series, round,
				error);
}

static void run_session(struct session *session, const char *const *patterns, size_t count)
{
	struct nb_run_hooks hooks = { .context = session, .round_done = keep_round };
	struct nb_error error = { 0 };

	session->options.patterns = patterns;
	session->options.pattern_count = count;
	session->options.rounds = session->options.rounds ? session->options.rounds : 2;
	session->options.seed = 1;
	session->options.cpu = -1;
	session->options.level = NB_LEVEL_UNKNOWN;
	session->options.kvm_device = "/dev/kvm";
	session->options.stop = &session->stop;
	if (nb_run_catalogue(&session->options, &session->catalogue, &error) < 0 ||
	    nb_run_session(&session->options, &session->record.session, &error) < 0 ||
	    nb_run_execute(&session->options, &session->catalogue, &session->record.session, &hooks,
			   &session->summary, &error) < 0)
		fail_msg("%s", error.text);
}

static void end_session(struct session *session)
{
	nb_record_free(&session->record);
	nb_run_catalogue_free(&session->catalogue);
}

static void every_round_has_its_distribution_and_its_null(void **state)
{
	static const char *const patterns[] = { "exit.cpuid", "exit.null" };
	struct session session = { 0 };

	(void)state;
	run_session(&session, patterns, 2);
	assert_false(session.summary.partial);
	assert_int_equal(session.rounds, 2 * session.catalogue.count);
	for (size_t i = 0; i < session.record.count; i++) {
		const struct nb_series_rounds *series = &session.record.series[i];

		assert_int_equal(series->count, 2);
		for (size_t j = 0; j < series->count; j++) {
			const struct nb_round *round = &series->rounds[j];

			assert_int_equal(round->outcome, NB_OK);
			assert_int_equal(round->histogram.count, round->samples);
			assert_true(round->samples >= 16);
			assert_true(round->min <= round->p50 && round->p50 <= round->max);
			assert_true(round->tick_hz > 1e6);
			assert_int_equal(round->batch, series->rounds[0].batch);
		}
	}
	end_session(&session);
}

static void a_faulting_benchmark_does_not_end_the_session(void **state)
{
	static const char *const patterns[] = { "exit.*" };
	struct session session = { .options = { .rounds = 1 } };
	size_t outcomes[3] = { 0 };

	(void)state;
	run_session(&session, patterns, 1);
	assert_int_equal(session.record.count, session.catalogue.count);
	for (size_t i = 0; i < session.record.count; i++) {
		const struct nb_round *round = &session.record.series[i].rounds[0];

		outcomes[round->outcome]++;
		if (round->outcome != NB_OK)
			assert_true(strlen(round->reason) > 5);
	}
	print_message("%zu ok, %zu skip, %zu error\n", outcomes[NB_OK], outcomes[NB_SKIP],
		      outcomes[NB_ERROR]);
	assert_true(outcomes[NB_OK] > session.catalogue.count / 2);
	end_session(&session);
}

static void a_stop_keeps_what_is_finished(void **state)
{
	static const char *const patterns[] = { "exit.null" };
	struct session session = { .stop_after = 3, .options = { .rounds = 5 } };

	(void)state;
	run_session(&session, patterns, 1);
	assert_true(session.summary.partial);
	assert_int_equal(session.rounds, 3);
	end_session(&session);
}

static void the_seed_alone_decides_the_order(void **state)
{
	static const char *const patterns[] = { "exit.null", "exit.rdtsc", "exit.pause" };
	struct session first = { .options = { .rounds = 1 } };
	struct session second = { .options = { .rounds = 1 } };

	(void)state;
	run_session(&first, patterns, 3);
	run_session(&second, patterns, 3);
	assert_int_equal(first.record.count, second.record.count);
	for (size_t i = 0; i < first.record.count; i++) {
		const struct nb_series *a = &first.record.series[i].series;
		const struct nb_series *b = &second.record.series[i].series;

		assert_string_equal(a->benchmark, b->benchmark);
		assert_string_equal(a->params, b->params);
		assert_int_equal(a->vantage, b->vantage);
	}
	end_session(&first);
	end_session(&second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_round_has_its_distribution_and_its_null),
		cmocka_unit_test(a_faulting_benchmark_does_not_end_the_session),
		cmocka_unit_test(a_stop_keeps_what_is_finished),
		cmocka_unit_test(the_seed_alone_decides_the_order),
	};

	if (!nb_test_has_kvm())
		return NB_TEST_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
