/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../harness/run/run_private.h"

/* The runner's parts that need neither a VM nor a process. */

static const struct nb_run_options defaults = { .cpu = -1,
						.level = NB_LEVEL_UNKNOWN,
						.kvm_device = "/nonexistent/kvm" };

static void an_order_is_a_permutation_that_the_seed_decides(void **state)
{
	enum { COUNT = 61 };
	size_t first[COUNT], second[COUNT];
	struct nb_random random;
	bool seen[COUNT] = { false };

	(void)state;
	nb_random_seed(&random, 7);
	nb_run_order(first, COUNT, &random);
	for (size_t i = 0; i < COUNT; i++) {
		assert_in_range(first[i], 0, COUNT - 1);
		assert_false(seen[first[i]]);
		seen[first[i]] = true;
	}
	nb_random_seed(&random, 7);
	nb_run_order(second, COUNT, &random);
	assert_memory_equal(first, second, sizeof(first));
	nb_run_order(second, COUNT, &random);
	assert_memory_not_equal(first, second, sizeof(first));
}

static bool keys_are_sorted(const char *params)
{
	char last[40] = "";

	while (*params) {
		size_t key = strcspn(params, "=");

		if (key == 0 || key >= sizeof(last) || params[key] != '=')
			return false;
		if (last[0] && strncmp(last, params, key) >= 0)
			return false;
		memcpy(last, params, key);
		last[key] = '\0';
		params += strcspn(params, ",");
		params += *params == ',';
	}
	return true;
}

static void every_series_has_a_name_of_its_own(void **state)
{
	struct nb_run_catalogue all;

	(void)state;
	assert_int_equal(nb_run_catalogue(&defaults, &all, NULL), 0);
	assert_true(all.count > 50);
	for (size_t i = 0; i < all.count; i++) {
		const struct nb_series *a = &all.entries[i].series;

		assert_non_null(strchr(a->benchmark, '.'));
		assert_true(keys_are_sorted(a->params));
		for (size_t j = 0; j < i; j++) {
			const struct nb_series *b = &all.entries[j].series;

			assert_false(strcmp(a->benchmark, b->benchmark) == 0 &&
				     a->vantage == b->vantage && strcmp(a->params, b->params) == 0);
		}
	}
	nb_run_catalogue_free(&all);
}

static void without_kvm_the_user_vantage_is_left(void **state)
{
	struct nb_run_catalogue all;

	(void)state;
	assert_int_equal(nb_run_catalogue(&defaults, &all, NULL), 0);
	for (size_t i = 0; i < all.count; i++) {
		const struct nb_run_entry *entry = &all.entries[i];

		if (entry->series.vantage == NB_GUEST) {
			assert_false(entry->runnable);
			assert_non_null(strstr(entry->reason, "/nonexistent/kvm"));
		} else if (entry->needs[0] == '\0') {
			assert_true(entry->runnable);
		}
	}
	nb_run_catalogue_free(&all);
}

static void a_pattern_that_matches_nothing_names_the_nearest(void **state)
{
	static const char *const patterns[] = { "exit.null", "exit.cpiud" };
	struct nb_run_options options = defaults;
	struct nb_run_catalogue all = { 0 };
	struct nb_error error = { 0 };

	(void)state;
	options.patterns = patterns;
	options.pattern_count = 2;
	assert_int_equal(nb_run_catalogue(&options, &all, &error), -ENOENT);
	assert_non_null(strstr(error.text, "'exit.cpiud'"));
	assert_non_null(strstr(error.text, "nearest: exit.cpuid"));
	assert_null(all.entries);
}

static void expectations_follow_the_vendor(void **state)
{
	static const struct nb_bench bench = { .expect = NB_EXPECT_VENDOR(0, 1, 3, 4) };
	static const struct nb_bench silent = { .absent = NULL };

	(void)state;
	assert_float_equal(nb_run_evidence_expected(&bench, NB_VIRT_VMX, 0.9), 1, 1e-6);
	assert_float_equal(nb_run_evidence_expected(&bench, NB_VIRT_VMX, 3.0), 1, 1e-6);
	assert_float_equal(nb_run_evidence_expected(&bench, NB_VIRT_SVM, 0.9), 3, 1e-6);
	assert_float_equal(nb_run_evidence_expected(&bench, NB_VIRT_OTHER, 3.9), 4, 1e-6);
	assert_true(isnan(nb_run_evidence_expected(&silent, NB_VIRT_VMX, 0)));
}

static void evidence_is_verified_only_near_the_expected_count(void **state)
{
	struct nb_run_exchange *exchange = calloc(1, sizeof(*exchange));

	(void)state;
	assert_non_null(exchange);
	exchange->ops = 1000;
	exchange->exits_per_op = 1.01;
	assert_int_equal(nb_run_evidence_judge(exchange, 1), NB_UNAVAILABLE);
	exchange->counted = true;
	assert_int_equal(nb_run_evidence_judge(exchange, 1), NB_VERIFIED);
	assert_int_equal(nb_run_evidence_judge(exchange, 0), NB_UNVERIFIED);
	exchange->exits_per_op = 1.05;
	assert_int_equal(nb_run_evidence_judge(exchange, 1), NB_UNVERIFIED);
	exchange->emulated = true;
	assert_int_equal(nb_run_evidence_judge(exchange, 1), NB_EMULATED);
	free(exchange);
}

static struct nb_run_count count_of(uint64_t exits, uint64_t irq_exits, uint64_t samples)
{
	struct nb_run_count count = { .valid = true, .samples = samples };

	count.before.count = count.after.count = 2;
	strcpy(count.before.items[0].name, "exits");
	strcpy(count.after.items[0].name, "exits");
	strcpy(count.before.items[1].name, "irq_exits");
	strcpy(count.after.items[1].name, "irq_exits");
	count.before.items[0].value = 100;
	count.after.items[0].value = 100 + exits;
	count.after.items[1].value = irq_exits;
	return count;
}

static void host_interrupts_and_the_loops_own_exits_do_not_count(void **state)
{
	static const struct nb_bench bench = { .expect = NB_EXPECT(1) };
	struct nb_run_exchange *exchange = calloc(1, sizeof(*exchange));
	struct nb_run_count null = count_of(4, 1, 500);
	struct nb_run_count loop = count_of(1000 + 3 + 20, 20, 1000);

	(void)state;
	assert_non_null(exchange);
	exchange->ops = 1000;
	nb_run_evidence_fill(&null, &loop, &bench, exchange);
	assert_float_equal(exchange->exits_per_op, 1, 1e-6);
	assert_string_equal(exchange->kinds[0].name, "exits");
	assert_int_equal(exchange->kinds[0].count, 1023);
	/* A clock that exits twice a sample is the loop's, not the operation's. */
	null = count_of(1000, 0, 500);
	loop = count_of(3000, 0, 1000);
	nb_run_evidence_fill(&null, &loop, &bench, exchange);
	assert_float_equal(exchange->exits_per_op, 1, 1e-6);
	free(exchange);
}

static void an_entry_that_begins_a_loop_in_the_inner_guest_does_not_count(void **state)
{
	static const struct nb_bench bench = { .expect = NB_EXPECT_STAT("nested_run", 1) };
	struct nb_run_exchange *exchange = calloc(1, sizeof(*exchange));
	struct nb_run_count null = count_of(0, 0, 500);
	struct nb_run_count loop = count_of(30, 4, 8);

	(void)state;
	assert_non_null(exchange);
	loop.before.count = loop.after.count = 4;
	strcpy(loop.after.items[2].name, "nested_run");
	strcpy(loop.before.items[2].name, "nested_run");
	strcpy(loop.after.items[3].name, "inner_loops");
	strcpy(loop.before.items[3].name, "inner_loops");
	loop.before.items[2].value = 50;
	loop.after.items[2].value = 50 + 8 + 4;
	loop.after.items[3].value = 4;
	exchange->ops = 8;
	nb_run_evidence_fill(&null, &loop, &bench, exchange);
	assert_float_equal(exchange->exits_per_op, 1, 1e-6);
	free(exchange);
}

static const struct nb_guards quiet = {
	.wall_ms = 100, .tsc_ppm = 5, .stall_us = 20, .canary_before_us = 40, .canary_after_us = 41
};

static void each_guard_tags_its_own_trouble(void **state)
{
	struct nb_guards guards = quiet;

	(void)state;
	assert_int_equal(nb_run_guards_judge(&guards, false), 0);
	guards.steal_ms = 10;
	assert_int_equal(nb_run_guards_judge(&guards, false), NB_TAG_STEAL);
	guards = quiet;
	guards.migrations = 1;
	guards.clocksource = 1;
	assert_int_equal(nb_run_guards_judge(&guards, false),
			 NB_TAG_MIGRATION | NB_TAG_CLOCKSOURCE);
	guards = quiet;
	guards.tsc_ppm = -201;
	guards.swap_ins = 1;
	assert_int_equal(nb_run_guards_judge(&guards, false), NB_TAG_TSC | NB_TAG_SWAP);
	guards = quiet;
	guards.canary_after_us = 80;
	assert_int_equal(nb_run_guards_judge(&guards, false), NB_TAG_CANARY);
	guards = quiet;
	guards.switches = 50;
	guards.psi_cpu_ms = 60;
	assert_int_equal(nb_run_guards_judge(&guards, false), NB_TAG_SWITCHES | NB_TAG_PSI);
	assert_int_equal(nb_run_guards_judge(&guards, true), NB_TAG_SWITCHES);
	guards = quiet;
	guards.steal_ms = guards.psi_cpu_ms = guards.tsc_ppm = NAN;
	guards.switches = guards.swap_ins = -1;
	assert_int_equal(nb_run_guards_judge(&guards, false), 0);
}

static void options_override_the_profile(void **state)
{
	struct nb_run_options options = { .profile = NB_PROFILE_THOROUGH };
	struct nb_run_profile profile = nb_run_profile(&options);

	(void)state;
	assert_true(profile.half_width > 0);
	options.rounds = 3;
	options.max_time_s = 9;
	profile = nb_run_profile(&options);
	assert_int_equal(profile.rounds, 3);
	assert_int_equal(profile.rounds_max, 3);
	assert_float_equal(profile.half_width, 0, 1e-6);
	assert_float_equal(profile.max_time_s, 9, 1e-6);
	options = (struct nb_run_options){ .profile = NB_PROFILE_QUICK };
	assert_int_equal(nb_run_profile(&options).rounds, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_order_is_a_permutation_that_the_seed_decides),
		cmocka_unit_test(every_series_has_a_name_of_its_own),
		cmocka_unit_test(without_kvm_the_user_vantage_is_left),
		cmocka_unit_test(a_pattern_that_matches_nothing_names_the_nearest),
		cmocka_unit_test(expectations_follow_the_vendor),
		cmocka_unit_test(evidence_is_verified_only_near_the_expected_count),
		cmocka_unit_test(host_interrupts_and_the_loops_own_exits_do_not_count),
		cmocka_unit_test(an_entry_that_begins_a_loop_in_the_inner_guest_does_not_count),
		cmocka_unit_test(each_guard_tags_its_own_trouble),
		cmocka_unit_test(options_override_the_profile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
