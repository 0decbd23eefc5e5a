/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "formats_rounds_sample.h"

enum { REPETITIONS = 2 * SAMPLE_ROUNDS };

static json_t *written(size_t sessions)
{
	char *text = rounds_text(nb_formats_gbench, sessions);
	json_t *tree = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(tree);
	free(text);
	return tree;
}

/* The entry of that name, the n-th of them from 0. */
static json_t *entry(json_t *tree, const char *name, size_t n)
{
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(tree, "benchmarks"), i, entry)
	{
		if (strcmp(json_string_value(json_object_get(entry, "name")), name) == 0 &&
		    n-- == 0)
			return entry;
	}
	return NULL;
}

static double number(json_t *entry, const char *name)
{
	assert_true(json_is_number(json_object_get(entry, name)));
	return json_number_value(json_object_get(entry, name));
}

static const char *word(json_t *entry, const char *name)
{
	assert_true(json_is_string(json_object_get(entry, name)));
	return json_string_value(json_object_get(entry, name));
}

static void each_round_is_a_repetition(void **state)
{
	json_t *tree = written(2);
	json_t *last = entry(tree, "exit.cpuid/user/level:1", REPETITIONS - 1);

	(void)state;
	assert_non_null(last);
	assert_null(entry(tree, "exit.cpuid/user/level:1", REPETITIONS));
	assert_string_equal(word(last, "run_type"), "iteration");
	assert_string_equal(word(last, "time_unit"), "ns");
	assert_true(number(last, "repetitions") == REPETITIONS);
	assert_true(number(last, "repetition_index") == REPETITIONS - 1);
	assert_true(number(last, "iterations") == 401);
	assert_true(number(last, "real_time") == 2003);
	assert_true(number(last, "cpu_time") == 2003);
	json_decref(tree);
}

/* Medians 1998 .. 2003: mean 2000.5, sample deviation sqrt(3.5). */
static void aggregates_are_of_the_rounds(void **state)
{
	static const struct {
		const char *name;
		double value;
	} aggregates[] = { { "mean", 2000.5 },
			   { "median", 2000.5 },
			   { "stddev", 1.8708286933869707 },
			   { "cv", 1.8708286933869707 / 2000.5 } };
	json_t *tree = written(1);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char name[64];
		json_t *found;

		snprintf(name, sizeof(name), "exit.cpuid/user/level:1_%s", aggregates[i].name);
		found = entry(tree, name, 0);
		assert_non_null(found);
		assert_string_equal(word(found, "run_type"), "aggregate");
		assert_string_equal(word(found, "run_name"), "exit.cpuid/user/level:1");
		assert_string_equal(word(found, "aggregate_name"), aggregates[i].name);
		assert_true(fabs(number(found, "real_time") - aggregates[i].value) < 1e-9);
	}
	json_decref(tree);
}

static void platforms_differ_by_their_letter_and_the_unverified_by_a_word(void **state)
{
	json_t *tree = written(3);

	(void)state;
	assert_non_null(entry(tree, "A/exit.cpuid/guest/level:2", 0));
	assert_non_null(entry(tree, "B/exit.cpuid/guest/level:2", 0));
	assert_non_null(entry(
		tree, "B/exit.msr_read/guest/level:2/match:data/ring:3/evidence:unverified", 0));
	json_decref(tree);
}

static void what_was_not_measured_stands_apart_with_its_reason(void **state)
{
	json_t *tree = written(1);
	json_t *list = json_object_get(tree, "not_measured");

	(void)state;
	assert_null(entry(tree, "exit.rdpmc/guest/level:2", 0));
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(word(json_array_get(list, 0), "name"), "exit.rdpmc/guest/level:2");
	assert_string_equal(word(json_array_get(list, 0), "outcome"), "skip");
	assert_string_equal(word(json_array_get(list, 0), "reason"), "a,b \"c\"?<script>?[31m?");
	assert_string_equal(word(json_array_get(list, 1), "outcome"), "error");
	json_decref(tree);
}

static void the_host_has_no_name(void **state)
{
	json_t *tree = written(1);
	json_t *context = json_object_get(tree, "context");

	(void)state;
	assert_string_equal(word(context, "host_name"), "unknown");
	assert_true(number(context, "num_cpus") == 4);
	assert_true(json_is_null(json_object_get(context, "mhz_per_cpu")));
	json_decref(tree);
}

static void a_full_disk_is_an_error(void **state)
{
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(rounds_into_full(nb_formats_gbench, &error), -EIO);
	assert_non_null(strstr(error.text, "No space left"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_round_is_a_repetition),
		cmocka_unit_test(aggregates_are_of_the_rounds),
		cmocka_unit_test(platforms_differ_by_their_letter_and_the_unverified_by_a_word),
		cmocka_unit_test(what_was_not_measured_stands_apart_with_its_reason),
		cmocka_unit_test(the_host_has_no_name),
		cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
