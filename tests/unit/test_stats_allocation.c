/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lets the N-th allocation fail, for N = 1, 2, ... until the call succeeds. The sources are
 * included, so that only their own calls are replaced and the library needs no hook for it.
 */
#include <assert.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/stats.h"

static int calls_until_failure;

static void *failing_calloc(size_t count, size_t size)
{
	if (--calls_until_failure == 0)
		return NULL;
	return calloc(count, size);
}

#define calloc failing_calloc
#include "../../harness/stats/histogram.c"	/* NOLINT(bugprone-suspicious-include) */
#include "../../harness/stats/histogram_code.c" /* NOLINT(bugprone-suspicious-include) */
#undef calloc

static const uint64_t values[] = { 1, 5, 5, 70000 };

static void assert_refused(int status, const struct nb_error *error)
{
	assert_int_equal(status, -ENOMEM);
	assert_int_equal(error->code, ENOMEM);
	assert_true(error->text[0] != '\0');
}

static void building_fails_cleanly_at_each_allocation(void **state)
{
	struct nb_histogram histogram = { .count = 42 };
	int failures = 0;

	(void)state;
	for (;; failures++) {
		struct nb_error error = { 0 };
		int status;

		calls_until_failure = failures + 1;
		status = nb_stats_histogram_build(&histogram, values, 4, &error);
		if (status == 0)
			break;
		assert_refused(status, &error);
		assert_true(histogram.count == 42 && !histogram.buckets);
	}
	assert_int_equal(failures, 2);
	assert_true(histogram.count == 4);
	nb_stats_histogram_free(&histogram);
}

static void merging_without_memory_leaves_the_target_unchanged(void **state)
{
	struct nb_histogram into = { 0 }, from = { 0 }, before;
	struct nb_error error = { 0 };

	(void)state;
	calls_until_failure = 0;
	assert_int_equal(nb_stats_histogram_build(&into, values, 3, NULL), 0);
	assert_int_equal(nb_stats_histogram_build(&from, values, 4, NULL), 0);
	before = into;
	calls_until_failure = 1;
	assert_refused(nb_stats_histogram_merge(&into, &from, &error), &error);
	assert_memory_equal(&into, &before, sizeof(into));
	assert_int_equal(nb_stats_histogram_merge(&into, &from, &error), 0);
	assert_true(into.count == 7);
	nb_stats_histogram_free(&into);
	nb_stats_histogram_free(&from);
}

static void coding_without_memory_leaves_the_results_unchanged(void **state)
{
	struct nb_histogram histogram = { 0 }, decoded = { 0 };
	struct nb_error error = { 0 };
	uint8_t *bytes = NULL;
	size_t size = 0;

	(void)state;
	calls_until_failure = 0;
	assert_int_equal(nb_stats_histogram_build(&histogram, values, 4, NULL), 0);
	calls_until_failure = 1;
	assert_refused(nb_stats_histogram_encode(&histogram, &bytes, &size, &error), &error);
	assert_true(!bytes && size == 0);
	assert_int_equal(nb_stats_histogram_encode(&histogram, &bytes, &size, &error), 0);
	calls_until_failure = 1;
	assert_refused(nb_stats_histogram_decode(&decoded, bytes, size, &error), &error);
	assert_true(!decoded.buckets && decoded.count == 0);
	assert_int_equal(nb_stats_histogram_decode(&decoded, bytes, size, &error), 0);
	nb_stats_histogram_free(&decoded);
	nb_stats_histogram_free(&histogram);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(building_fails_cleanly_at_each_allocation),
		cmocka_unit_test(merging_without_memory_leaves_the_target_unchanged),
		cmocka_unit_test(coding_without_memory_leaves_the_results_unchanged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
