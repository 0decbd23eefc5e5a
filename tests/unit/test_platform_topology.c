/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "../../harness/platform/platform_parts.h"
#include "test_platform_tree.h"

#define EXPECT(expected, ...)                                                                  \
	do {                                                                                   \
		struct nb_platform_thread threads[] = { __VA_ARGS__ };                         \
		char text[48];                                                                 \
                                                                                               \
		nb_platform_topology_text(threads, sizeof(threads) / sizeof(threads[0]), text, \
					  sizeof(text));                                       \
		assert_string_equal(text, expected);                                           \
	} while (0)

static void one_of_each_is_singular(void **state)
{
	(void)state;
	EXPECT("1 socket x 1 core x 1 thread", { 0, 0 });
}

static void order_and_gaps_in_numbers_do_not_matter(void **state)
{
	(void)state;
	EXPECT("2 sockets x 2 cores x 2 threads", { 3, 8 }, { 0, 1 }, { 3, 40 }, { 0, 2 }, { 3, 8 },
	       { 0, 2 }, { 3, 40 }, { 0, 1 });
}

static void every_cpu_in_a_socket_of_its_own_is_told(void **state)
{
	(void)state;
	EXPECT("4 sockets x 1 core x 1 thread", { 0, 0 }, { 1, 1 }, { 2, 2 }, { 3, 3 });
}

static void equal_core_numbers_in_two_sockets_are_two_cores(void **state)
{
	(void)state;
	EXPECT("2 sockets x 1 core x 1 thread", { 0, 0 }, { 1, 0 });
}

static void cores_that_differ_are_told_as_totals(void **state)
{
	(void)state;
	EXPECT("1 socket, 3 cores, 4 threads (uneven)", { 0, 0 }, { 0, 0 }, { 0, 2 }, { 0, 3 });
}

static void sockets_that_differ_are_told_as_totals(void **state)
{
	(void)state;
	EXPECT("2 sockets, 3 cores, 3 threads (uneven)", { 0, 0 }, { 0, 1 }, { 1, 2 });
}

static void an_unknown_place_makes_it_unknown(void **state)
{
	(void)state;
	EXPECT("", { 0, 0 }, { 0, -1 });
	EXPECT("", { -1, 0 }, { 0, 0 });
}

static void write_place(const char *root, int cpu, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/%s", cpu, name);
	tree_write(root, path, text);
}

/* As on a package of two dies, each of which numbers its cores from 0. */
static void siblings_tell_cores_apart_that_share_a_number(void **state)
{
	static const char *const siblings[] = { "0,2", "1,3", "0,2", "1,3" };
	struct nb_machine machine;

	tree_write(*state, "/sys/devices/system/cpu/online", "0-3\n");
	for (int cpu = 0; cpu < 4; cpu++) {
		write_place(*state, cpu, "physical_package_id", "0\n");
		write_place(*state, cpu, "core_id", "0\n");
		write_place(*state, cpu, "thread_siblings_list", siblings[cpu]);
	}
	tree_read_files(&machine, *state);
	assert_string_equal(machine.topology, "1 socket x 2 cores x 2 threads");
}

static void core_numbers_stand_in_for_missing_siblings(void **state)
{
	struct nb_machine machine;

	tree_write(*state, "/sys/devices/system/cpu/online", "0,2\n");
	for (int cpu = 0; cpu < 4; cpu++) {
		write_place(*state, cpu, "physical_package_id", "0\n");
		write_place(*state, cpu, "core_id", cpu < 2 ? "0\n" : "1\n");
	}
	tree_read_files(&machine, *state);
	assert_string_equal(machine.topology, "1 socket x 2 cores x 1 thread");
	assert_int_equal(machine.cpus, 2);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_of_each_is_singular),
		cmocka_unit_test(order_and_gaps_in_numbers_do_not_matter),
		cmocka_unit_test(every_cpu_in_a_socket_of_its_own_is_told),
		cmocka_unit_test(equal_core_numbers_in_two_sockets_are_two_cores),
		cmocka_unit_test(cores_that_differ_are_told_as_totals),
		cmocka_unit_test(sockets_that_differ_are_told_as_totals),
		cmocka_unit_test(an_unknown_place_makes_it_unknown),
		IN_TREE(siblings_tell_cores_apart_that_share_a_number),
		IN_TREE(core_numbers_stand_in_for_missing_siblings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
