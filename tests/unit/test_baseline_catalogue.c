/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/baseline.h"

static const char *const names[] = {
	"azure-d4as-v5", "azure-d4s-v3", "azure-d4s-v4", "azure-d4s-v5", "azure-d4s-v6",
	"azure-d8s-v5",	 "esxi-4c12g",	 "dune-2012",	 "dvh-2020",	 "eli-2012",
	"hyperv-evmcs",	 "neve-2017",	 "nova-2010",	 "pvm-2023",	 "turtles-2010",
};
enum { NAMES = sizeof(names) / sizeof(names[0]) };

static void the_shipped_ones_are_all_there_sizes_first(void **state)
{
	(void)state;
	assert_int_equal(nb_baseline_count(), NAMES);
	for (size_t i = 0; i < NAMES; i++) {
		struct nb_baseline baseline = { 0 };
		struct nb_error error = { 0 };

		if (nb_baseline_load(i, &baseline, &error) < 0)
			fail_msg("%s: %s", names[i], error.text);
		assert_string_equal(baseline.name, names[i]);
		assert_int_equal(baseline.size, i < 7);
		nb_baseline_free(&baseline);
	}
}

static double value(const char *name, const char *metric)
{
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };
	const struct nb_figure *figure;
	double found;

	if (nb_baseline_find(name, &baseline, &error) < 0)
		fail_msg("%s", error.text);
	figure = nb_baseline_figure(&baseline, metric);
	if (!figure)
		fail_msg("%s: no %s", name, metric);
	found = figure->value;
	nb_baseline_free(&baseline);
	return found;
}

static void sizes_are_what_their_vendors_document(void **state)
{
	static const struct {
		const char *name;
		double vcpus, memory, iops, throughput, network;
	} sizes[] = {
		{ "azure-d4s-v5", 4, 16, 6400, 145, 12500 },
		{ "azure-d8s-v5", 8, 32, 12800, 290, 12500 },
		{ "azure-d4s-v3", 4, 16, 6400, 96, 2000 },
		{ "azure-d4s-v4", 4, 16, 6400, 96, 10000 },
		{ "azure-d4as-v5", 4, 16, 6400, 144, 12500 },
		{ "azure-d4s-v6", 4, 16, 6400, 212, 12500 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_true(value(sizes[i].name, "vcpus") == sizes[i].vcpus);
		assert_true(value(sizes[i].name, "memory") == sizes[i].memory);
		assert_true(value(sizes[i].name, "disk_iops") == sizes[i].iops);
		assert_true(value(sizes[i].name, "disk_throughput") == sizes[i].throughput);
		assert_true(value(sizes[i].name, "network") == sizes[i].network);
		assert_true(value(sizes[i].name, "nested_virtualization") == 1);
	}
	assert_true(value("esxi-4c12g", "vcpus") == 4);
	assert_true(value("esxi-4c12g", "memory") == 12);
}

/* Nobody has published any: one that turns up here was invented or belongs to another name. */
static void no_size_has_timings(void **state)
{
	(void)state;
	for (size_t i = 0; i < 7; i++) {
		struct nb_baseline baseline = { 0 };
		struct nb_error error = { 0 };

		assert_int_equal(nb_baseline_load(i, &baseline, &error), 0);
		for (size_t j = 0; j < baseline.count; j++)
			assert_null(strchr(baseline.figures[j].metric, '.'));
		nb_baseline_free(&baseline);
	}
}

static void an_unknown_name_is_answered_with_the_nearest(void **state)
{
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(nb_baseline_find("azure-d4s-v55", &baseline, &error), -ENOENT);
	assert_string_equal(error.text,
			    "no baseline \"azure-d4s-v55\"; did you mean \"azure-d4s-v5\"?");
	assert_int_equal(nb_baseline_find("\x1b[2J", &baseline, &error), -ENOENT);
	assert_null(strchr(error.text, '\x1b'));
	assert_int_equal(nb_baseline_find("", &baseline, &error), -ENOENT);
}

static void every_kind_of_figure_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(nb_figure_kind_name(NB_FIGURE_MEASURED), "measured");
	assert_string_equal(nb_figure_kind_name(NB_FIGURE_PUBLISHED_SECONDARY),
			    "published-secondary");
	assert_string_equal(nb_figure_kind_name(NB_FIGURE_DERIVED), "derived");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_shipped_ones_are_all_there_sizes_first),
		cmocka_unit_test(sizes_are_what_their_vendors_document),
		cmocka_unit_test(no_size_has_timings),
		cmocka_unit_test(an_unknown_name_is_answered_with_the_nearest),
		cmocka_unit_test(every_kind_of_figure_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
