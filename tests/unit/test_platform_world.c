/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/world.h"

#include "test_platform_tree.h"

/* What the two kinds of machines answer, the one that we run on and recorded ones. */

static int read_text(const struct nb_world *world, const char *path, char *text, size_t size)
{
	memset(text, 'x', size);
	return world->read(world->self, path, text, size);
}

static void a_file_is_read_as_it_is_and_no_further_than_there_is_room(void **state)
{
	struct nb_world world;
	char text[8];

	tree_write_bytes(*state, "/proc/binary", "ab\0c \n", 6);
	world = tree_world(*state);
	assert_int_equal(read_text(&world, "/proc/binary", text, sizeof(text)), 6);
	assert_memory_equal(text, "ab\0c \n", 7);
	assert_int_equal(read_text(&world, "/proc/binary", text, 4), 3);
	assert_memory_equal(text, "ab\0\0", 4);
	assert_int_equal(read_text(&world, "/proc/binary", text, 1), 0);
	assert_int_equal(text[0], '\0');
	nb_world_close(&world);
}

static void what_is_missing_is_told_by_its_errno(void **state)
{
	struct nb_world world;
	struct nb_world_names names;
	char text[8];

	tree_write(*state, "/proc/folder/file", "x");
	world = tree_world(*state);
	assert_int_equal(read_text(&world, "/proc/other", text, sizeof(text)), -ENOENT);
	assert_string_equal(text, "");
	assert_int_equal(read_text(&world, "/proc/folder", text, sizeof(text)), -EISDIR);
	assert_int_equal(read_text(&world, "/proc/folder/file/x", text, sizeof(text)), -ENOTDIR);
	assert_int_equal(world.link(world.self, "/proc/other", text, sizeof(text)), -ENOENT);
	assert_int_equal(world.probe(world.self, "kvm", text, sizeof(text)), -ENOENT);
	assert_false(world.exists(world.self, "/proc/other"));
	assert_true(world.exists(world.self, "/proc/folder"));
	assert_true(world.exists(world.self, "/proc/folder/file"));
	world.names(world.self, "/proc/other", "", &names);
	assert_int_equal(names.count, 0);
	world.names(world.self, "/proc/folder/file", "", &names);
	assert_int_equal(names.count, 0);
	nb_world_close(&world);
}

static void probes_are_files_and_links_have_a_file_beside_them(void **state)
{
	struct nb_world world;
	char text[32];

	tree_write(*state, "/probe/kvm", "open=ok\nboot_ms=1.5\n");
	tree_link(*state, "/proc/self/ns/pid", "pid:[4026531836]\n");
	world = tree_world(*state);
	assert_int_equal(world.probe(world.self, "kvm", text, sizeof(text)), 20);
	assert_string_equal(text, "open=ok\nboot_ms=1.5\n");
	assert_int_equal(world.link(world.self, "/proc/self/ns/pid", text, sizeof(text)), 16);
	assert_string_equal(text, "pid:[4026531836]");
	nb_world_close(&world);
}

static void names_are_sorted_and_without_links_and_dots(void **state)
{
	struct nb_world_names names;
	struct nb_world world;

	tree_write(*state, "/sys/b2", "");
	tree_write(*state, "/sys/b10", "");
	tree_write(*state, "/sys/b1/x", "");
	tree_write(*state, "/sys/a", "");
	tree_write(*state, "/sys/.hidden", "");
	tree_link(*state, "/sys/b3", "target");
	tree_write(*state,
		   "/sys/b-name-that-is-longer-than-the-sixty-three-characters-that-we-keep", "");
	world = tree_world(*state);
	world.names(world.self, "/sys", "b", &names);
	assert_int_equal(names.count, 3);
	assert_string_equal(names.name[0], "b1");
	assert_string_equal(names.name[1], "b10");
	assert_string_equal(names.name[2], "b2");
	nb_world_close(&world);
}

static void of_many_names_the_first_are_kept(void **state)
{
	struct nb_world_names names;
	struct nb_world world;

	for (int i = 299; i >= 0; i--) {
		char path[32];

		snprintf(path, sizeof(path), "/sys/entry%03d", i);
		tree_write(*state, path, "");
	}
	world = tree_world(*state);
	world.names(world.self, "/sys", "", &names);
	assert_int_equal(names.count, NB_WORLD_NAMES_MAX);
	assert_string_equal(names.name[0], "entry000");
	assert_string_equal(names.name[NB_WORLD_NAMES_MAX - 1], "entry127");
	nb_world_close(&world);
}

static void no_path_leads_out_of_a_recording(void **state)
{
	struct nb_world_names names;
	struct nb_world world;
	char inside[PATH_MAX];
	char link[PATH_MAX];
	char text[64];

	tree_write(*state, "/outside/secret", "secret");
	tree_write(*state, "/inside/proc/file", "x");
	tree_make_place(*state, "/inside", inside);
	tree_make_place(*state, "/inside/etc", link);
	assert_int_equal(symlink("/etc", link), 0);
	tree_make_place(*state, "/inside/proc/secret", link);
	assert_int_equal(symlink("../../outside/secret", link), 0);
	world = tree_world(inside);
	assert_true(read_text(&world, "/../outside/secret", text, sizeof(text)) < 0);
	assert_true(read_text(&world, "/proc/../../outside/secret", text, sizeof(text)) < 0);
	assert_true(read_text(&world, "/etc/passwd", text, sizeof(text)) < 0);
	assert_true(read_text(&world, "/proc/secret", text, sizeof(text)) < 0);
	assert_string_equal(text, "");
	assert_true(world.probe(world.self, "../../outside/secret", text, sizeof(text)) < 0);
	assert_false(world.exists(world.self, "/.."));
	assert_false(world.exists(world.self, "/etc/passwd"));
	world.names(world.self, "/..", "", &names);
	assert_int_equal(names.count, 0);
	world.names(world.self, "/etc", "", &names);
	assert_int_equal(names.count, 0);
	assert_int_equal(read_text(&world, "proc/./file", text, sizeof(text)), 1);
	nb_world_close(&world);
}

/* Opened without care either would wait for ever. */
static void pipes_are_not_read(void **state)
{
	struct nb_world world, live;
	char pipe[PATH_MAX];
	char text[8];

	tree_make_place(*state, "/proc/version", pipe);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	world = tree_world(*state);
	nb_world_live(&live, NULL, 0);
	assert_int_equal(read_text(&world, "/proc/version", text, sizeof(text)), -EINVAL);
	assert_int_equal(read_text(&live, pipe, text, sizeof(text)), -EINVAL);
	nb_world_close(&world);
}

static void more_than_a_megabyte_is_never_read(void **state)
{
	enum { SIZE = 3 * NB_WORLD_TEXT_MAX };
	struct nb_world world;
	char *text = malloc(SIZE);

	assert_non_null(text);
	memset(text, 'a', SIZE);
	tree_write_bytes(*state, "/sys/class/dmi/id/sys_vendor", text, SIZE);
	world = tree_world(*state);
	assert_int_equal(read_text(&world, "/sys/class/dmi/id/sys_vendor", text, SIZE),
			 NB_WORLD_TEXT_MAX);
	assert_int_equal(strlen(text), NB_WORLD_TEXT_MAX);
	nb_world_close(&world);
	free(text);
}

static void lines_and_numbers_are_taken_from_what_is_there(void **state)
{
	struct nb_world world;
	char text[16];

	tree_write(*state, "/line", "\t two\x1b words \r\nmore");
	tree_write(*state, "/empty", "\n");
	tree_write(*state, "/number", " 42 kB\n");
	tree_write(*state, "/negative", "-1");
	tree_write(*state, "/large", "99999999999999999999");
	tree_write(*state, "/word", "N");
	world = tree_world(*state);
	assert_true(nb_world_line(&world, "/line", text, sizeof(text)));
	assert_string_equal(text, "two? words");
	assert_true(nb_world_line(&world, "/line", text, 5));
	assert_string_equal(text, "tw"); /* the blanks before it took room */
	assert_false(nb_world_line(&world, "/empty", text, sizeof(text)));
	assert_false(nb_world_line(&world, "/none", text, sizeof(text)));
	assert_string_equal(text, "");
	assert_int_equal(nb_world_number(&world, "/number"), 42);
	assert_int_equal(nb_world_number(&world, "/negative"), -1);
	assert_int_equal(nb_world_number(&world, "/large"), -1);
	assert_int_equal(nb_world_number(&world, "/word"), -1);
	assert_int_equal(nb_world_number(&world, "/none"), -1);
	nb_world_close(&world);
}

static void values_are_found_by_their_whole_key(void **state)
{
	static const char text[] = "reopen=no\nopen=ok\nrun=EIO: x=y\x07 \nlast=\nlong=12345678";
	char value[8];

	(void)state;
	assert_true(nb_world_value(text, "open", value, sizeof(value)));
	assert_string_equal(value, "ok");
	assert_true(nb_world_value(text, "run", value, sizeof(value)));
	assert_string_equal(value, "EIO: x=");
	assert_true(nb_world_value(text, "last", value, sizeof(value)));
	assert_string_equal(value, "");
	assert_true(nb_world_value(text, "long", value, sizeof(value)));
	assert_string_equal(value, "1234567");
	assert_false(nb_world_value(text, "pen", value, sizeof(value)));
	assert_false(nb_world_value(text, "lon", value, sizeof(value)));
	assert_string_equal(value, "");
	assert_false(nb_world_value("", "open", value, sizeof(value)));
}

static void values_are_numbers_where_they_are_whole_ones(void **state)
{
	static const char text[] = "free=17\nnone=\nnegative=-1\npart=1.5\n"
				   "most=9223372036854775807\nmore=9223372036854775808\n";

	(void)state;
	assert_int_equal(nb_world_value_number(text, "free"), 17);
	assert_int_equal(nb_world_value_number(text, "most"), INT64_MAX);
	assert_int_equal(nb_world_value_number(text, "more"), -1);
	assert_int_equal(nb_world_value_number(text, "none"), -1);
	assert_int_equal(nb_world_value_number(text, "negative"), -1);
	assert_int_equal(nb_world_value_number(text, "part"), -1);
	assert_int_equal(nb_world_value_number(text, "missing"), -1);
}

static void a_folder_that_is_none_is_refused(void **state)
{
	static char endless[2 * PATH_MAX];
	struct nb_world world = { 0 };
	struct nb_error error = { 0 };
	char path[PATH_MAX];

	memset(endless, '/', sizeof(endless) - 1);
	assert_int_equal(nb_world_replay(&world, endless, &error), -ENAMETOOLONG);
	snprintf(path, sizeof(path), "%s/none", (char *)*state);
	assert_int_equal(nb_world_replay(&world, path, &error), -ENOENT);
	assert_non_null(strstr(error.text, path));
	tree_write(*state, "/none", "");
	assert_int_equal(nb_world_replay(&world, path, &error), -ENOTDIR);
	assert_null(world.self);
	nb_world_close(&world);
	nb_world_close(&world);
}

static int answer(void *context, char *text, size_t size)
{
	snprintf(text, size, "%s", (const char *)context);
	return 0;
}

static int answer_with_error(void *context, char *text, size_t size)
{
	(void)context;
	snprintf(text, size, "half");
	return -EIO;
}

static void a_live_world_runs_its_probes(void **state)
{
	static char said[] = "open=ok\n";
	const struct nb_world_probe probes[] = { { "kvm", answer, said },
						 { "imds", answer_with_error, NULL } };
	struct nb_world world;
	char text[32];

	(void)state;
	nb_world_live(&world, probes, 2);
	assert_int_equal(world.probe(world.self, "kvm", text, sizeof(text)), 8);
	assert_string_equal(text, "open=ok\n");
	assert_int_equal(world.probe(world.self, "kvm", text, 5), 4);
	assert_int_equal(world.probe(world.self, "imds", text, sizeof(text)), -EIO);
	assert_string_equal(text, "");
	assert_int_equal(world.probe(world.self, "vmware", text, sizeof(text)), -ENOENT);
}

static void a_live_world_sees_this_machine(void **state)
{
	struct nb_world_names names;
	struct nb_cpuid registers;
	struct nb_world world;
	char text[64];

	(void)state;
	nb_world_live(&world, NULL, 0);
	assert_true(nb_world_line(&world, "/proc/sys/kernel/ostype", text, sizeof(text)));
	assert_string_equal(text, "Linux");
	assert_true(world.link(world.self, "/proc/self/ns/pid", text, sizeof(text)) > 0);
	assert_int_equal(strncmp(text, "pid:[", 5), 0);
	assert_int_equal(world.link(world.self, "/proc/self/ns/pid", text, 4), 3);
	assert_string_equal(text, "pid");
	assert_true(world.exists(world.self, "/proc/self"));
	assert_int_equal(read_text(&world, "/proc", text, sizeof(text)), -EISDIR);
	assert_int_equal(read_text(&world, "/dev/null", text, sizeof(text)), -EINVAL);
	world.names(world.self, "/proc/self/ns", "p", &names);
	assert_true(names.count > 0);
	assert_true(world.cpuid(world.self, 0, 0, &registers));
	assert_true(registers.eax > 0 && registers.ebx != 0);
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(a_file_is_read_as_it_is_and_no_further_than_there_is_room),
		IN_TREE(what_is_missing_is_told_by_its_errno),
		IN_TREE(probes_are_files_and_links_have_a_file_beside_them),
		IN_TREE(names_are_sorted_and_without_links_and_dots),
		IN_TREE(of_many_names_the_first_are_kept),
		IN_TREE(no_path_leads_out_of_a_recording),
		IN_TREE(pipes_are_not_read),
		IN_TREE(more_than_a_megabyte_is_never_read),
		IN_TREE(lines_and_numbers_are_taken_from_what_is_there),
		cmocka_unit_test(values_are_found_by_their_whole_key),
		cmocka_unit_test(values_are_numbers_where_they_are_whole_ones),
		IN_TREE(a_folder_that_is_none_is_refused),
		cmocka_unit_test(a_live_world_runs_its_probes),
		cmocka_unit_test(a_live_world_sees_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
