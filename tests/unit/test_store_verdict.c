/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "store_digests.h"

enum { SERIES = 5 };

static const char *const words[SERIES] = { "same", "improved", "regressed", "inconclusive",
					   "invalid" };

static void make(struct nb_store_verdicts *verdicts, struct nb_store_verdict rows[SERIES])
{
	*verdicts =
		(struct nb_store_verdicts){ .seed = UINT64_MAX - 5, .rows = rows, .count = SERIES };
	nb_base_copy(verdicts->base, sizeof(verdicts->base), "label:host=a");
	nb_base_copy(verdicts->candidate, sizeof(verdicts->candidate), "latest");
	nb_base_copy(verdicts->method, sizeof(verdicts->method), "hodges-lehmann, mann-whitney");
	nb_base_copy(verdicts->version, sizeof(verdicts->version), "0.1.0");
	for (unsigned i = 0; i < SERIES; i++) {
		rows[i] = (struct nb_store_verdict){ .margin = 0.03,
						     .ratio = 1.0 / 3 + i,
						     .ci_low = i == 4 ? NAN : 0.1 * i,
						     .ci_high = 0.7 + i,
						     .p_adjusted = i == 3 ? NAN : 0.05 / (1 + i),
						     .mde = i == 2 ? INFINITY : 0.01 * i,
						     .indicative = i == 1 };
		fixture_series(&rows[i].series, i);
		nb_base_copy(rows[i].verdict, sizeof(rows[i].verdict), words[i]);
	}
}

static void expect_equal(const struct nb_store_verdict *a, const struct nb_store_verdict *b)
{
	assert_string_equal(a->series.benchmark, b->series.benchmark);
	assert_int_equal(a->series.vantage, b->series.vantage);
	assert_reals_equal(a->margin, b->margin);
	assert_reals_equal(a->ratio, b->ratio);
	assert_reals_equal(a->ci_low, b->ci_low);
	assert_reals_equal(a->ci_high, b->ci_high);
	assert_reals_equal(a->p_adjusted, b->p_adjusted);
	assert_reals_equal(isinf(a->mde) ? NAN : a->mde, b->mde);
	assert_int_equal(a->indicative, b->indicative);
	assert_string_equal(a->verdict, b->verdict);
}

static void verdicts_come_back_comparison_by_comparison(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_store_verdict rows[SERIES];
	struct nb_store_verdicts verdicts, *read;
	size_t count;

	make(&verdicts, rows);
	/* Twice the same is two comparisons. */
	for (int i = 0; i < 2; i++)
		assert_success(fixture, nb_store_add_verdicts(store, &verdicts, &fixture->error));
	verdicts.count = 2;
	assert_success(fixture, nb_store_add_verdicts(store, &verdicts, &fixture->error));
	assert_success(fixture, nb_store_list_verdicts(store, &read, &count, &fixture->error));
	assert_int_equal(count, 3);
	assert_string_not_equal(read[0].id, read[1].id);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(read[i].count, i < 2 ? SERIES : 2);
		assert_int_equal(read[i].created[10], 'T');
		assert_string_equal(read[i].base, verdicts.base);
		assert_string_equal(read[i].candidate, verdicts.candidate);
		assert_string_equal(read[i].method, verdicts.method);
		assert_string_equal(read[i].version, verdicts.version);
		assert_true(read[i].seed == verdicts.seed);
		for (size_t j = 0; j < read[i].count; j++)
			expect_equal(&rows[j], &read[i].rows[j]);
	}
	nb_store_free_verdicts(read, count);
	nb_store_close(store);
}

static void a_verdict_of_another_word_is_refused_with_all_of_its_comparison(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store = open_store(fixture, fixture->path, NB_STORE_WRITE);
	struct nb_store_verdict rows[SERIES];
	struct nb_store_verdicts verdicts, *read;
	size_t count = 7;

	make(&verdicts, rows);
	nb_base_copy(rows[3].verdict, sizeof(rows[3].verdict), "worse");
	assert_int_equal(nb_store_add_verdicts(store, &verdicts, &fixture->error), -EINVAL);
	make(&verdicts, rows);
	memset(verdicts.method, 'x', sizeof(verdicts.method));
	assert_int_equal(nb_store_add_verdicts(store, &verdicts, &fixture->error), -EINVAL);
	assert_success(fixture, nb_store_list_verdicts(store, &read, &count, &fixture->error));
	assert_int_equal(count, 0);
	nb_store_free_verdicts(read, count);
	nb_store_close(store);
	assert_int_equal(query(fixture->path, "SELECT count(*) FROM series"), 0);
}

static void an_impossible_verdict_is_refused_with_a_reason(void **state)
{
	static const char *const faults[] = {
		"comparison = 'x'",
		"series = 99",
		"indicative = 2",
		"ratio = 9e999",
		"base = hex(zeroblob(600))",
		"verdict = hex(zeroblob(20))",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct nb_store *store;
		struct nb_store_verdict rows[SERIES];
		struct nb_store_verdicts verdicts, *read;
		char text[128];
		size_t count;

		(void)unlink(fixture->path);
		store = open_store(fixture, fixture->path, NB_STORE_WRITE);
		make(&verdicts, rows);
		assert_success(fixture, nb_store_add_verdicts(store, &verdicts, &fixture->error));
		nb_store_close(store);
		snprintf(text, sizeof(text), "UPDATE verdict SET %s WHERE id = 3", faults[i]);
		execute(fixture->path, text);
		store = open_store(fixture, fixture->path, NB_STORE_READ);
		if (nb_store_list_verdicts(store, &read, &count, &fixture->error) != -EBADMSG)
			fail_msg("%s: %s", faults[i], fixture->error.text);
		nb_store_close(store);
	}
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(verdicts_come_back_comparison_by_comparison),
		TEST(a_verdict_of_another_word_is_refused_with_all_of_its_comparison),
		TEST(an_impossible_verdict_is_refused_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
