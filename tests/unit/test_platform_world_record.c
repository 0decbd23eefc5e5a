/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>

#include "nestbench/redact.h"
#include "nestbench/world.h"

#include "test_platform_tree.h"

/* What is recorded answers like the machine that it was recorded from. */

enum { TEXT_SIZE = 4096 };

/* *state is a folder with the machine below /machine; the recording goes to /recording. */
static void part(const char *root, const char *name, char path[PATH_MAX])
{
	tree_make_place(root, name, path);
}

struct pair {
	struct nb_world inner, recorder;
};

static void start(struct pair *pair, const char *root, bool redact)
{
	struct nb_error error = { 0 };
	char path[PATH_MAX];

	part(root, "/machine", path);
	mkdir(path, 0700);
	pair->inner = tree_world(path);
	part(root, "/recording", path);
	assert_int_equal(nb_world_record(&pair->recorder, &pair->inner, path, redact, &error), 0);
}

/* Ends the recording and opens it. */
static struct nb_world finish(const char *root, struct pair *pair)
{
	struct nb_error error = { 0 };
	char path[PATH_MAX];

	assert_int_equal(nb_world_recorded(&pair->recorder, &error), 0);
	nb_world_close(&pair->recorder);
	nb_world_close(&pair->inner);
	part(root, "/recording", path);
	return tree_world(path);
}

static void expect_text(const struct nb_world *world, const char *path, const char *expected)
{
	char text[TEXT_SIZE];

	assert_int_equal(world->read(world->self, path, text, sizeof(text)), strlen(expected));
	assert_string_equal(text, expected);
}

static void every_kind_of_answer_is_replayed(void **state)
{
	struct nb_world_names names;
	struct nb_cpuid registers;
	char text[TEXT_SIZE];
	struct nb_world replay;
	struct pair pair;

	tree_write(*state, "/machine/cpuid.raw",
		   "CPU:\n 0x00000001 0x00: eax=0x1 ebx=0xffffffff ecx=0x2 edx=0x3\n"
		   "0x0000000b 0x01: eax=0x4 ebx=0x5 ecx=0x6 edx=0x7\n");
	tree_write(*state, "/machine/proc/version", "Linux \x01\xff\n");
	tree_write(*state, "/machine/probe/kvm", "open=ok\n");
	tree_write(*state, "/machine/sys/list/one", "1");
	tree_write(*state, "/machine/sys/list/two/deep", "2");
	tree_write(*state, "/machine/dev/kvm", "");
	tree_link(*state, "/machine/proc/self/ns/pid", "pid:[1]");
	start(&pair, *state, false);
	assert_true(pair.recorder.cpuid(pair.recorder.self, 1, 0, &registers));
	assert_true(pair.recorder.cpuid(pair.recorder.self, 1, 0, &registers));
	assert_true(pair.recorder.cpuid(pair.recorder.self, 0xb, 1, &registers));
	assert_false(pair.recorder.cpuid(pair.recorder.self, 2, 0, &registers));
	assert_int_equal(pair.recorder.read(pair.recorder.self, "/proc/version", text, 4), 3);
	assert_string_equal(text, "Lin");
	assert_int_equal(pair.recorder.probe(pair.recorder.self, "kvm", text, sizeof(text)), 8);
	assert_int_equal(pair.recorder.probe(pair.recorder.self, "imds", text, sizeof(text)),
			 -ENOENT);
	pair.recorder.names(pair.recorder.self, "/sys/list", "", &names);
	assert_int_equal(names.count, 2);
	expect_text(&pair.recorder, "/sys/list/two/deep", "2");
	assert_true(pair.recorder.exists(pair.recorder.self, "/dev/kvm"));
	assert_false(pair.recorder.exists(pair.recorder.self, "/dev/none"));
	assert_int_equal(
		pair.recorder.link(pair.recorder.self, "/proc/self/ns/pid", text, sizeof(text)), 7);

	replay = finish(*state, &pair);
	assert_true(replay.cpuid(replay.self, 1, 0, &registers));
	assert_int_equal(registers.ebx, UINT32_MAX);
	assert_true(replay.cpuid(replay.self, 0xb, 1, &registers));
	assert_int_equal(registers.edx, 7);
	assert_false(replay.cpuid(replay.self, 2, 0, &registers));
	expect_text(&replay, "/proc/version", "Linux \x01\xff\n");
	assert_int_equal(replay.probe(replay.self, "kvm", text, sizeof(text)), 8);
	assert_int_equal(replay.probe(replay.self, "imds", text, sizeof(text)), -ENOENT);
	replay.names(replay.self, "/sys/list", "", &names);
	assert_int_equal(names.count, 2);
	assert_string_equal(names.name[1], "two");
	expect_text(&replay, "/sys/list/two/deep", "2");
	expect_text(&replay, "/sys/list/one", "");
	assert_true(replay.exists(replay.self, "/dev/kvm"));
	assert_false(replay.exists(replay.self, "/dev/none"));
	assert_int_equal(replay.link(replay.self, "/proc/self/ns/pid", text, sizeof(text)), 7);
	assert_string_equal(text, "pid:[1]");
	nb_world_close(&replay);
}

static void the_order_of_questions_does_not_matter(void **state)
{
	struct nb_world_names names;
	struct nb_world replay;
	struct pair pair;

	tree_write(*state, "/machine/sys/a/b/c", "text");
	start(&pair, *state, false);
	assert_true(pair.recorder.exists(pair.recorder.self, "/sys/a"));
	pair.recorder.names(pair.recorder.self, "/sys/a", "", &names);
	assert_true(pair.recorder.exists(pair.recorder.self, "/sys/a/b/c"));
	expect_text(&pair.recorder, "/sys/a/b/c", "text");
	assert_true(pair.recorder.exists(pair.recorder.self, "/sys/a/b/c"));
	pair.recorder.names(pair.recorder.self, "/sys", "", &names);
	replay = finish(*state, &pair);
	expect_text(&replay, "/sys/a/b/c", "text");
	nb_world_close(&replay);
}

static void the_first_answer_stays(void **state)
{
	struct nb_world replay;
	struct pair pair;

	tree_write(*state, "/machine/proc/stat", "cpu 1\n");
	start(&pair, *state, false);
	expect_text(&pair.recorder, "/proc/stat", "cpu 1\n");
	tree_write(*state, "/machine/proc/stat", "cpu 2\n");
	expect_text(&pair.recorder, "/proc/stat", "cpu 2\n");
	replay = finish(*state, &pair);
	expect_text(&replay, "/proc/stat", "cpu 1\n");
	nb_world_close(&replay);
}

static void a_redacted_recording_has_no_secrets(void **state)
{
	struct nb_world_names names;
	struct nb_world replay;
	struct pair pair;

	tree_write(*state, "/machine/proc/sys/kernel/hostname", "web01.example.com\n");
	tree_write(*state, "/machine/proc/cmdline", "root=UUID=0b1f1b52-02 quiet -- --token 12\n");
	tree_write(*state, "/machine/sys/class/net/enx02aabbccdd0f/address", "02:aa:bb:cc:dd:0f\n");
	tree_write(*state, "/machine/probe/space", "path=/home/web01\n");
	start(&pair, *state, true);
	expect_text(&pair.recorder, "/proc/sys/kernel/hostname", "web01.example.com\n");
	expect_text(&pair.recorder, "/proc/cmdline", "root=UUID=0b1f1b52-02 quiet -- --token 12\n");
	pair.recorder.names(pair.recorder.self, "/sys/class/net", "", &names);
	expect_text(&pair.recorder, "/sys/class/net/enx02aabbccdd0f/address",
		    "02:aa:bb:cc:dd:0f\n");
	pair.recorder.probe(pair.recorder.self, "space", names.name[0], sizeof(names.name[0]));
	replay = finish(*state, &pair);
	expect_text(&replay, "/proc/sys/kernel/hostname", "<hostname>\n");
	expect_text(&replay, "/proc/cmdline", "root=UUID=<uuid> quiet");
	expect_text(&replay, "/sys/class/net/<mac>/address", "<mac>\n");
	expect_text(&replay, "/probe/space", "path=/home/<hostname>\n");
	replay.names(replay.self, "/sys/class/net", "", &names);
	assert_int_equal(names.count, 1);
	assert_string_equal(names.name[0], "<mac>");
	nb_world_close(&replay);
}

static void environments_and_accounts_are_not_recorded(void **state)
{
	static const char variables[] = "PASSWORD=secret\0container=lxc\0TOKEN=secret";
	char text[TEXT_SIZE];
	struct nb_redactor redactor;
	struct nb_world replay;
	struct pair pair;

	tree_write_bytes(*state, "/machine/proc/1/environ", variables, sizeof(variables));
	tree_write_bytes(*state, "/machine/proc/self/environ", variables, sizeof(variables));
	tree_write(*state, "/machine/etc/passwd", "alice:x:1000:1000::/home/alice:/bin/sh\n");
	start(&pair, *state, false);
	assert_int_equal(
		pair.recorder.read(pair.recorder.self, "/proc/1/environ", text, sizeof(text)),
		sizeof(variables));
	nb_redactor_init(&redactor, &pair.recorder);
	assert_int_equal(redactor.count, 1);
	replay = finish(*state, &pair);
	assert_int_equal(replay.read(replay.self, "/proc/1/environ", text, sizeof(text)), 14);
	assert_memory_equal(text, "container=lxc\0", 15);
	assert_false(replay.exists(replay.self, "/proc/self/environ"));
	assert_false(replay.exists(replay.self, "/etc/passwd"));
	nb_world_close(&replay);
}

static void a_recording_needs_a_folder_of_its_own(void **state)
{
	struct nb_world inner = tree_world(*state);
	struct nb_world world = { 0 };
	struct nb_error error = { 0 };
	char path[PATH_MAX];

	tree_write(*state, "/full/.file", "x");
	part(*state, "/full", path);
	assert_int_equal(nb_world_record(&world, &inner, path, false, &error), -ENOTEMPTY);
	assert_non_null(strstr(error.text, path));
	part(*state, "/full/.file", path);
	assert_int_equal(nb_world_record(&world, &inner, path, false, &error), -ENOTDIR);
	assert_int_equal(nb_world_record(&world, &inner, "/none/none", false, &error), -ENOENT);
	assert_null(world.self);
	part(*state, "/empty", path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(nb_world_record(&world, &inner, path, false, &error), 0);
	nb_world_close(&world);
	nb_world_close(&inner);
}

static void what_cannot_be_written_is_told(void **state)
{
	struct nb_error error = { 0 };
	char text[TEXT_SIZE];
	char path[PATH_MAX];
	struct pair pair;

	tree_write(*state, "/machine/proc/version", "Linux");
	tree_write(*state, "/machine/proc/other", "x");
	start(&pair, *state, false);
	/* Another writer's file where a folder has to go. */
	tree_write(*state, "/recording/proc", "in the way");
	assert_int_equal(
		pair.recorder.read(pair.recorder.self, "/proc/version", text, sizeof(text)), 5);
	assert_string_equal(text, "Linux");
	assert_int_equal(nb_world_recorded(&pair.recorder, &error), -ENOTDIR);
	assert_non_null(strstr(error.text, "/proc/version"));
	part(*state, "/recording/proc", path);
	assert_int_equal(remove(path), 0);
	pair.recorder.read(pair.recorder.self, "/proc/other", text, sizeof(text));
	assert_int_equal(nb_world_recorded(&pair.recorder, &error), -ENOTDIR);
	nb_world_close(&pair.recorder);
	nb_world_close(&pair.inner);
}

static void a_full_disk_is_told(void **state)
{
	const struct rlimit none = { .rlim_cur = 16, .rlim_max = RLIM_INFINITY };
	struct nb_error error = { 0 };
	struct rlimit before;
	char text[TEXT_SIZE];
	struct pair pair;

	tree_write(*state, "/machine/proc/version", "longer than sixteen bytes");
	start(&pair, *state, false);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(
		pair.recorder.read(pair.recorder.self, "/proc/version", text, sizeof(text)), 25);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(nb_world_recorded(&pair.recorder, &error), -EFBIG);
	nb_world_close(&pair.recorder);
	nb_world_close(&pair.inner);
}

static void this_machine_is_the_same_when_it_is_replayed(void **state)
{
	struct nb_machine machine, again;
	struct nb_error error = { 0 };
	struct nb_world live, recorder, replay;
	char path[PATH_MAX];

	part(*state, "/recording", path);
	nb_world_live(&live, NULL, 0);
	assert_int_equal(nb_world_record(&recorder, &live, path, false, &error), 0);
	assert_int_equal(nb_platform_read(&machine, &recorder, 1, &error), 0);
	nb_platform_virtualization(&recorder);
	assert_int_equal(nb_world_recorded(&recorder, &error), 0);
	nb_world_close(&recorder);
	replay = tree_world(path);
	assert_int_equal(nb_platform_read(&again, &replay, 1, &error), 0);
	assert_int_equal(nb_platform_virtualization(&live), nb_platform_virtualization(&replay));
	nb_world_close(&replay);
#define NB_TEXT(field, size) assert_string_equal(machine.field, again.field);
#define NB_NUMBER(field)     assert_int_equal(machine.field, again.field);
	NB_MACHINE_TEXTS(NB_TEXT)
	NB_MACHINE_NUMBERS(NB_NUMBER)
#undef NB_TEXT
#undef NB_NUMBER
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(every_kind_of_answer_is_replayed),
		IN_TREE(the_order_of_questions_does_not_matter),
		IN_TREE(the_first_answer_stays),
		IN_TREE(a_redacted_recording_has_no_secrets),
		IN_TREE(environments_and_accounts_are_not_recorded),
		IN_TREE(a_recording_needs_a_folder_of_its_own),
		IN_TREE(what_cannot_be_written_is_told),
		IN_TREE(a_full_disk_is_told),
		IN_TREE(this_machine_is_the_same_when_it_is_replayed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
