/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "../../harness/platform/platform_leaves.h"
#include "test_platform_tree.h"

/* CPUID as text, and CPUs that answer what no CPU should. */

static int parse(struct nb_platform_dump *dump, const char *text, struct nb_error *error)
{
	return nb_platform_dump_parse(dump, text, strlen(text), error);
}

static void the_format_of_cpuid_is_read(void **state)
{
	static struct nb_platform_dump dump;
	struct nb_cpuid registers;
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(parse(&dump,
			       "# recorded by hand\r\nCPU:\r\n"
			       "   0x00000000 0x00: eax=0x0000000D ebx=0x68747541 ecx=0x444d4163 "
			       "edx=0x69746e65\r\n"
			       "\n\t0x40000000 0x00: eax=0x40000001 ebx=0x4b4d564b ecx=0x564b4d56 "
			       "edx=0x0000004d \n"
			       "0x4 0x1: eax=0x1 ebx=0x2 ecx=0x3 edx=0x4",
			       &error),
			 0);
	assert_int_equal(dump.count, 3);
	assert_true(nb_platform_dump_find(&dump, 0, 0, &registers));
	assert_int_equal(registers.eax, 0xd);
	assert_int_equal(registers.edx, 0x69746e65);
	assert_true(nb_platform_dump_find(&dump, 4, 1, &registers));
	assert_int_equal(registers.ecx, 3);
	assert_false(nb_platform_dump_find(&dump, 4, 0, &registers));
	assert_int_equal(registers.ecx, 0);
}

static void of_several_cpus_and_equal_leaves_the_first_counts(void **state)
{
	static struct nb_platform_dump dump;
	struct nb_cpuid registers;
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(parse(&dump,
			       "CPU 0:\n0x1 0x0: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0\n"
			       "0x1 0x0: eax=0x2 ebx=0x0 ecx=0x0 edx=0x0\n"
			       "CPU 1:\n0x2 0x0: eax=0x3 ebx=0x0 ecx=0x0 edx=0x0\n",
			       &error),
			 0);
	assert_int_equal(dump.count, 1);
	assert_true(nb_platform_dump_find(&dump, 1, 0, &registers));
	assert_int_equal(registers.eax, 1);
}

static void any_other_line_is_refused_by_its_number(void **state)
{
	static const char *const lines[] = {
		"vendor_id = \"GenuineIntel\"",
		"0x1 0x0: eax=0x1 ebx=0x0 ecx=0x0",
		"0x1 0x0: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0 more",
		"0x100000000 0x0: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0",
		"0x 0x0: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0",
		"0x1 0x0: eax=1 ebx=0x0 ecx=0x0 edx=0x0",
		"CPU",
		"\x7f!",
	};
	static struct nb_platform_dump dump;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct nb_error error = { 0 };
		char text[128];

		snprintf(text, sizeof(text), "CPU:\n\n%s\n", lines[i]);
		assert_int_equal(parse(&dump, text, &error), -EBADMSG);
		assert_non_null(strstr(error.text, "line 3 "));
	}
	assert_int_equal(nb_platform_dump_parse(&dump, "CPU:\n\0\n", 7, NULL), -EBADMSG);
}

static void a_recording_with_a_bad_dump_is_refused_with_its_name(void **state)
{
	struct nb_world world = { 0 };
	struct nb_error error = { 0 };

	tree_write(*state, "/cpuid.raw", "CPU:\nnothing\n");
	assert_int_equal(nb_world_replay(&world, *state, &error), -EBADMSG);
	assert_non_null(strstr(error.text, "/cpuid.raw: line 2 "));
	assert_null(world.self);
}

static void more_leaves_than_there_is_room_for_are_left_out(void **state)
{
	enum { LINES = NB_PLATFORM_DUMP_MAX + 100 };
	static struct nb_platform_dump dump;
	static char text[LINES * 64];
	struct nb_error error = { 0 };
	size_t length = 0;

	(void)state;
	for (unsigned i = 0; i < LINES; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length,
					   "0x%x 0x0: eax=0x0 ebx=0x0 ecx=0x0 edx=0x0\n", i);
	assert_int_equal(nb_platform_dump_parse(&dump, text, length, &error), 0);
	assert_int_equal(dump.count, NB_PLATFORM_DUMP_MAX);
}

/* A CPU that answers the same to everything, and counts. */
struct liar {
	struct nb_cpuid answer;
	size_t asked;
};

static bool lie(void *self, uint32_t leaf, uint32_t subleaf, struct nb_cpuid *registers)
{
	struct liar *liar = self;

	(void)leaf;
	(void)subleaf;
	liar->asked++;
	*registers = liar->answer;
	return true;
}

static int no_file(void *self, const char *path, char *text, size_t size)
{
	(void)self;
	(void)path;
	(void)size;
	text[0] = '\0';
	return -ENOENT;
}

static bool not_there(void *self, const char *path)
{
	(void)self;
	(void)path;
	return false;
}

static void no_names(void *self, const char *path, const char *prefix, struct nb_world_names *names)
{
	(void)self;
	(void)path;
	(void)prefix;
	names->count = 0;
}

static struct nb_world lying_world(struct liar *liar)
{
	return (struct nb_world){
		.self = liar,
		.cpuid = lie,
		.read = no_file,
		.link = no_file,
		.exists = not_there,
		.names = no_names,
		.probe = no_file,
	};
}

static void leaves_that_lie_about_their_end_are_not_asked_for_without_end(void **state)
{
	static const struct nb_cpuid answers[] = {
		{ UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX },
		{ UINT32_MAX, 0x756e6547, 0x6c65746e, 0x49656e69 }, /* GenuineIntel */
		{ UINT32_MAX, 0x68747541, 0x444d4163, 0x69746e65 }, /* AuthenticAMD */
		{ 0x3fffffff, 0x68747541, 0xc44d4163, 0x69746e65 },
		{ 0, 0, 0x80000000, 0 },
		{ 0, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct liar liar = { .answer = answers[i] };
		struct nb_world world = lying_world(&liar);
		struct nb_machine machine;
		struct nb_error error = { 0 };

		assert_int_equal(nb_platform_read(&machine, &world, -1, &error), 0);
		assert_in_range(liar.asked, 1, 40);
	}
}

static void a_range_that_ends_before_it_begins_is_empty(void **state)
{
	static struct nb_platform_leaves leaves;
	struct nb_world world;

	tree_write(*state, "/cpuid.raw",
		   "0x0 0x0: eax=0xd ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
		   "0x1 0x0: eax=0x50657 ebx=0x0 ecx=0x80000000 edx=0x0\n"
		   "0x40000000 0x0: eax=0x3 ebx=0x4b4d564b ecx=0x564b4d56 edx=0x4d\n"
		   "0x40000001 0x0: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0\n");
	world = tree_world(*state);
	nb_platform_leaves_read(&leaves, &world);
	assert_non_null(nb_platform_leaf_find(&leaves, 0x40000000));
	assert_null(nb_platform_leaf_find(&leaves, 0x40000001));
	assert_null(nb_platform_leaf_find(&leaves, 0x80000000));
	nb_world_close(&world);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_format_of_cpuid_is_read),
		cmocka_unit_test(of_several_cpus_and_equal_leaves_the_first_counts),
		cmocka_unit_test(any_other_line_is_refused_by_its_number),
		IN_TREE(a_recording_with_a_bad_dump_is_refused_with_its_name),
		cmocka_unit_test(more_leaves_than_there_is_room_for_are_left_out),
		cmocka_unit_test(leaves_that_lie_about_their_end_are_not_asked_for_without_end),
		IN_TREE(a_range_that_ends_before_it_begins_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
