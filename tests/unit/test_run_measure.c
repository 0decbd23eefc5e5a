/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../harness/run/run_private.h"

/* Calibration and the order of steps, on a driver that plays back fixed times. */

struct script {
	uint64_t null_ticks, op_ticks; /* of one sample; op_ticks per operation */
	uint64_t exits_per_clock;
	bool fails;
	bool null;
	char steps[64]; /* n: setup null, s: setup, r: run, t: teardown */
	struct nb_run_tuning last;
	uint64_t exits, emulated_per_sample, emulated;
	uint64_t samples[NB_RUN_SAMPLES_MAX];
};

static void note(struct script *script, char step)
{
	size_t length = strlen(script->steps);

	if (length < sizeof(script->steps) - 1)
		script->steps[length] = step;
}

static int setup(void *context, bool null, struct nb_run_verdict *verdict)
{
	struct script *script = context;

	script->null = null;
	note(script, null ? 'n' : 's');
	if (null || !script->fails)
		return 0;
	verdict->outcome = NB_SKIP;
	strcpy(verdict->reason, "no such thing");
	return -1;
}

static int run(void *context, const struct nb_run_tuning *tuning, struct nb_run_verdict *verdict)
{
	struct script *script = context;
	uint64_t ticks = script->null_ticks;

	(void)verdict;
	note(script, 'r');
	if (!script->null)
		ticks += script->op_ticks * tuning->batch;
	for (uint64_t i = 0; i < tuning->count; i++)
		script->samples[i] = ticks;
	script->exits += tuning->count * script->exits_per_clock * 2 + 1;
	script->emulated += tuning->count * script->emulated_per_sample;
	script->last = *tuning;
	return 0;
}

static int teardown(void *context, struct nb_run_verdict *verdict)
{
	(void)verdict;
	note(context, 't');
	return 0;
}

static const uint64_t *samples(void *context)
{
	const struct script *script = context;

	return script->samples;
}

static bool counters(void *context, struct nb_vmm_stats *stats)
{
	const struct script *script = context;

	stats->count = 2;
	strcpy(stats->items[0].name, "exits");
	stats->items[0].value = script->exits;
	strcpy(stats->items[1].name, "insn_emulation");
	stats->items[1].value = script->emulated;
	return true;
}

static void no_loop(struct nb_loop *loop)
{
	(void)loop;
}

static const struct nb_bench plain = { .untimed = no_loop, .expect = NB_EXPECT(0) };

static struct nb_run_exchange *play_bench(const struct nb_bench *bench, struct script *script,
					  struct nb_run_tuning tuning)
{
	static const struct nb_run_profile profile = { .budget_ms = 1, .samples_max = 2048 };
	struct nb_run_driver driver = { .context = script,
					.bench = bench,
					.setup = setup,
					.run = run,
					.teardown = teardown,
					.samples = samples,
					.counters = counters };
	struct nb_run_exchange *exchange = calloc(1, sizeof(*exchange));

	assert_non_null(exchange);
	exchange->tuning = tuning;
	nb_run_measure(&driver, &profile, 0, exchange);
	return exchange;
}

static struct nb_run_exchange *play(struct script *script, struct nb_run_tuning tuning)
{
	return play_bench(&plain, script, tuning);
}

static struct script *script_of(uint64_t null_ticks, uint64_t op_ticks)
{
	struct script *script = calloc(1, sizeof(*script));

	assert_non_null(script);
	script->null_ticks = null_ticks;
	script->op_ticks = op_ticks;
	return script;
}

static void an_operation_near_the_clocks_resolution_is_batched(void **state)
{
	struct script *fast = script_of(70, 20);
	struct script *slow = script_of(70, 2000);
	struct nb_run_exchange *batched = play(fast, (struct nb_run_tuning){ 0 });
	struct nb_run_exchange *single = play(slow, (struct nb_run_tuning){ 0 });

	(void)state;
	assert_int_equal(batched->tuning.batch, 64);
	assert_int_equal(batched->ops, batched->tuning.count * 64);
	assert_int_equal(single->tuning.batch, 1);
	assert_float_equal(single->null_ticks, 70, 1e-6);
	assert_int_equal(single->samples[0], 2070);
	free(batched);
	free(single);
	free(fast);
	free(slow);
}

static void later_rounds_repeat_the_first_ones_tuning(void **state)
{
	struct nb_run_tuning tuning = { .count = 33, .batch = 5 };
	struct script *script = script_of(70, 20);
	struct nb_run_exchange *exchange = play(script, tuning);

	(void)state;
	assert_string_equal(script->steps, "nrrtsrrtnrrtsrrtnrrtsrrtnrrtsrrt");
	assert_memory_equal(&exchange->tuning, &tuning, sizeof(tuning));
	assert_int_equal(script->last.count, 9); /* of the last of four blocks: 8, 8, 8, 9 */
	assert_int_equal(exchange->samples[32], 70 + 20 * 5);
	assert_int_equal(exchange->samples[33], 0);
	assert_int_equal(exchange->ops, 33 * 5);
	free(exchange);
	free(script);
}

static void a_clock_that_exits_is_not_used(void **state)
{
	struct script *script = script_of(5000, 100);
	struct nb_run_exchange *exchange;

	(void)state;
	script->exits_per_clock = 1;
	exchange = play(script, (struct nb_run_tuning){ 0 });
	assert_true(exchange->tuning.untimed);
	assert_float_equal(exchange->tick_hz, 1e9, 1e-6);
	assert_true(exchange->tuning.batch > 1);
	free(exchange);
	free(script);
}

static void software_emulation_is_told_from_a_slow_clock(void **state)
{
	struct script *script = script_of(10000, 900);
	struct nb_run_exchange *exchange;

	(void)state;
	script->emulated_per_sample = 20;
	exchange = play(script, (struct nb_run_tuning){ 0 });
	assert_true(exchange->emulated);
	assert_false(exchange->tuning.untimed);
	assert_int_equal(exchange->tuning.batch, 1);
	free(exchange);
	free(script);
}

static void a_setup_that_refuses_ends_the_round_with_its_reason(void **state)
{
	struct script *script = script_of(70, 20);
	struct nb_run_exchange *exchange;

	(void)state;
	script->fails = true;
	exchange = play(script, (struct nb_run_tuning){ 0 });
	assert_int_equal(exchange->verdict.outcome, NB_SKIP);
	assert_string_equal(exchange->verdict.reason, "no such thing");
	free(exchange);
	free(script);
}

static void a_sample_that_reads_its_own_clock_is_timed_even_if_reading_exits(void **state)
{
	static const struct nb_bench sampled = { .batch = 1, .expect = NB_EXPECT(0) };
	struct script *script = script_of(3000, 100000);
	struct nb_run_exchange *exchange =
		play_bench(&sampled, script, (struct nb_run_tuning){ 0 });

	(void)state;
	assert_false(exchange->tuning.untimed);
	assert_int_equal(exchange->tuning.batch, 1);
	free(exchange);
	free(script);
}

static void a_benchmark_that_states_its_batch_and_its_most_samples_is_obeyed(void **state)
{
	static const struct nb_bench bench = {
		.untimed = no_loop, .batch = 7, .samples_max = 5, .expect = NB_EXPECT(0)
	};
	struct script *script = script_of(20, 1);
	struct nb_run_exchange *exchange = play_bench(&bench, script, (struct nb_run_tuning){ 0 });

	(void)state;
	assert_int_equal(exchange->tuning.batch, 7);
	assert_int_equal(exchange->tuning.count, 20);
	assert_int_equal(script->last.count, 5);
	free(exchange);
	free(script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_operation_near_the_clocks_resolution_is_batched),
		cmocka_unit_test(later_rounds_repeat_the_first_ones_tuning),
		cmocka_unit_test(a_clock_that_exits_is_not_used),
		cmocka_unit_test(software_emulation_is_told_from_a_slow_clock),
		cmocka_unit_test(a_sample_that_reads_its_own_clock_is_timed_even_if_reading_exits),
		cmocka_unit_test(a_benchmark_that_states_its_batch_and_its_most_samples_is_obeyed),
		cmocka_unit_test(a_setup_that_refuses_ends_the_round_with_its_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
