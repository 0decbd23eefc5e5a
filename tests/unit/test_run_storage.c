/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../harness/run/run_storage_private.h"

/* Targets of io.*: found, named, put into parameters. Nothing here writes to them. */

enum { FOLDERS = 9, PATH_SIZE = 64, WORD_SIZE = 96 };

struct folders {
	char root[32];
	char paths[FOLDERS][PATH_SIZE];
};

static int make_folders(void **state)
{
	struct folders *folders = calloc(1, sizeof(*folders));

	strcpy(folders->root, "/tmp/nb-storage-XXXXXX");
	assert_non_null(mkdtemp(folders->root));
	for (int i = 0; i < FOLDERS; i++) {
		snprintf(folders->paths[i], PATH_SIZE, "%s/%d", folders->root, i);
		assert_int_equal(mkdir(folders->paths[i], 0700), 0);
	}
	*state = folders;
	return 0;
}

static int remove_folders(void **state)
{
	struct folders *folders = *state;

	for (int i = 0; i < FOLDERS; i++)
		rmdir(folders->paths[i]);
	assert_int_equal(rmdir(folders->root), 0);
	free(folders);
	return 0;
}

static struct nb_run_storage *find(const char *const *paths, size_t count, struct nb_error *error)
{
	const struct nb_run_storage_options options = { .paths = paths, .path_count = count };
	struct nb_run_storage *found = NULL;
	int result = nb_run_storage_find(&options, 1 << 20, &found, error);

	assert_int_equal(result, found ? 0 : -EINVAL);
	return found;
}

static const struct nb_target *named(const struct nb_run_storage *storage, const char *name)
{
	for (size_t i = 0; i < storage->count; i++) {
		if (strcmp(storage->targets[i].name, name) == 0)
			return &storage->targets[i];
	}
	return NULL;
}

static void paths_get_numbers_or_the_names_they_are_given(void **state)
{
	const struct folders *folders = *state;
	char word[WORD_SIZE];
	const char *const paths[] = { folders->paths[0], word, folders->paths[2] };
	struct nb_run_storage *found;

	snprintf(word, sizeof(word), "fast-1=%s", folders->paths[1]);
	found = find(paths, 3, NULL);
	assert_non_null(found);
	assert_string_equal(found->targets[0].name, "cwd");
	assert_string_equal(named(found, "path1")->path, folders->paths[0]);
	assert_string_equal(named(found, "fast-1")->path, folders->paths[1]);
	assert_string_equal(named(found, "path3")->path, folders->paths[2]);
	free(found);
}

static void the_users_name_wins_over_ours_and_no_other_name_of_his(void **state)
{
	const struct folders *folders = *state;
	char first[WORD_SIZE], second[WORD_SIZE];
	const char *const paths[] = { folders->paths[0], first, second };
	struct nb_error error = { 0 };
	struct nb_run_storage *found;

	snprintf(first, sizeof(first), "one=%s", folders->paths[0]);
	snprintf(second, sizeof(second), "two=%s", folders->paths[0]);
	found = find(paths, 2, NULL);
	assert_non_null(found);
	assert_string_equal(named(found, "one")->path, folders->paths[0]);
	assert_null(named(found, "path1"));
	free(found);
	assert_null(find(paths, 3, &error));
	assert_non_null(strstr(error.text, "one and two are the same folder"));
}

static void there_is_an_end_to_targets(void **state)
{
	const struct folders *folders = *state;
	const char *paths[FOLDERS];
	struct nb_error error = { 0 };

	for (int i = 0; i < FOLDERS; i++)
		paths[i] = folders->paths[i];
	assert_null(find(paths, FOLDERS, &error));
	assert_non_null(strstr(error.text, "more than 8 targets"));
}

static void drives_have_names_that_parameters_can_hold(void **state)
{
	static const struct {
		const char *path, *name;
	} drives[] = {
		{ "/mnt/c", "c" },
		{ "/mnt/C", "c" },
		{ "/mnt/d drive", "d-drive" },
		{ "/mnt/My  Disk (2)", "my-disk-2" },
		{ "/mnt/\xc3\xa4", "drive" },
		{ "/mnt/--", "drive" },
		{ "/", "drive" },
		{ "/mnt/averyveryverylongnameofadrive", "averyveryverylongnam" },
	};
	char name[21];

	(void)state;
	for (size_t i = 0; i < sizeof(drives) / sizeof(drives[0]); i++) {
		nb_run_storage_drive(drives[i].path, name, sizeof(name));
		assert_string_equal(name, drives[i].name);
	}
}

/* An entry of io.rand_read_4k_q32, which has the longest parameters. */
static struct nb_run_entry queued_entry(struct nb_run_catalogue *all)
{
	static const char *const patterns[] = { "io.rand_read_4k_q32" };
	const struct nb_run_options options = {
		.patterns = patterns, .pattern_count = 1, .cpu = -1, .kvm_device = "/nonexistent"
	};

	assert_int_equal(nb_run_catalogue(&options, all, NULL), 0);
	assert_true(all->count > 0);
	return all->entries[0];
}

static void the_longest_parameters_are_whole(void **state)
{
	struct nb_run_storage *storage = calloc(1, sizeof(*storage));
	struct nb_run_catalogue all;
	struct nb_run_entry entry = queued_entry(&all);

	(void)state;
	assert_non_null(storage);
	entry.at.target = 0;
	strcpy(storage->targets[0].name, "twenty-characters-20");
	strcpy(storage->targets[0].kind, "fuse-a-kind-of-twenty-3");
	storage->sites[0].made = true;
	storage->sites[0].workspace.mode = NB_IO_DIRECT_REMOTE;
	nb_run_params(&entry, storage);
	assert_string_equal(entry.series.params,
			    "engine=threads,fs=fuse-a-kind-of-twenty-3,"
			    "mode=guest-direct-remote,target=twenty-characters-20");
	nb_run_catalogue_free(&all);
	free(storage);
}

static void a_transport_is_part_of_the_file_system(void **state)
{
	struct nb_run_storage *storage = calloc(1, sizeof(*storage));
	struct nb_run_catalogue all;
	struct nb_run_entry entry = queued_entry(&all);

	(void)state;
	assert_non_null(storage);
	entry.at.target = 0;
	strcpy(storage->targets[0].name, "c");
	strcpy(storage->targets[0].kind, "9p");
	strcpy(storage->targets[0].transport, "fd");
	nb_run_params(&entry, storage);
	assert_string_equal(entry.series.params, "fs=9p-fd,target=c");
	nb_run_catalogue_free(&all);
	free(storage);
}

static void what_is_in_the_way_of_a_target_is_the_reason_of_its_series(void **state)
{
	struct nb_run_storage *storage = calloc(1, sizeof(*storage));
	struct nb_run_entry entry = { .runnable = true };

	(void)state;
	assert_non_null(storage);
	nb_run_storage_judge(&entry, storage);
	assert_true(entry.runnable);
	strcpy(storage->sites[0].reason, "gone");
	nb_run_storage_judge(&entry, storage);
	assert_false(entry.runnable);
	assert_string_equal(entry.reason, "gone");
	free(storage);
}

static void without_a_pattern_no_place_is_written_to(void **state)
{
	const struct nb_run_options options = { .cpu = -1, .kvm_device = "/nonexistent" };
	struct nb_run_place places[NB_TARGET_MAX];
	struct nb_run_catalogue all;

	(void)state;
	assert_int_equal(nb_run_catalogue(&options, &all, NULL), 0);
	assert_int_equal(nb_run_places(&options, &all, places), 0);
	assert_null(nb_run_no_uring(&all));
	nb_run_catalogue_free(&all);
	queued_entry(&all);
	assert_true(nb_run_places(&options, &all, places) > 0);
	assert_string_equal(places[0].target->name, "cwd");
	assert_int_equal(places[0].series, 1);
	nb_run_catalogue_free(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(paths_get_numbers_or_the_names_they_are_given,
						make_folders, remove_folders),
		cmocka_unit_test_setup_teardown(
			the_users_name_wins_over_ours_and_no_other_name_of_his, make_folders,
			remove_folders),
		cmocka_unit_test_setup_teardown(there_is_an_end_to_targets, make_folders,
						remove_folders),
		cmocka_unit_test(drives_have_names_that_parameters_can_hold),
		cmocka_unit_test(the_longest_parameters_are_whole),
		cmocka_unit_test(a_transport_is_part_of_the_file_system),
		cmocka_unit_test(what_is_in_the_way_of_a_target_is_the_reason_of_its_series),
		cmocka_unit_test(without_a_pattern_no_place_is_written_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
