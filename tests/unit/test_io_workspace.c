/* SPDX-License-Identifier: Apache-2.0 */
#include "io_place.h"

static void refuses(const char *target, const struct nb_io_plan *plan, int code,
		    struct nb_error *error)
{
	struct nb_io_workspace workspace;
	int files = nb_place_files();

	assert_int_equal(nb_io_workspace_make(&workspace, target, plan, error), -code);
	assert_int_equal(error->code, code);
	assert_non_null(strstr(error->text, target));
	assert_int_equal(nb_place_files(), files);
	nb_place_no_children();
}

/* Two equal blocks, or a byte that is twice as frequent as another, would be compressible. */
static void check_contents(const char *path)
{
	static uint8_t data[NB_PLACE_FILE];
	uint64_t seen[256] = { 0 };
	FILE *file = fopen(path, "re");

	assert_non_null(file);
	assert_int_equal(fread(data, 1, sizeof(data), file), sizeof(data));
	fclose(file);
	for (size_t i = 0; i < sizeof(data); i++)
		seen[data[i]]++;
	for (size_t i = 0; i < 256; i++)
		assert_in_range(seen[i], sizeof(data) / 256 * 9 / 10, sizeof(data) / 256 * 11 / 10);
	for (size_t i = NB_IO_BLOCK; i < sizeof(data); i += NB_IO_BLOCK)
		assert_memory_not_equal(data, data + i, NB_IO_BLOCK);
}

static void a_workspace_holds_a_file_that_is_really_there_and_goes(void **state)
{
	struct nb_place place = nb_place_make();
	int files = nb_place_files();
	struct nb_io_workspace workspace = nb_place_workspace(place.path);
	struct stat facts;
	char path[600];

	(void)state;
	print_message("here: %s, io_uring %s\n", nb_io_mode_name(workspace.mode),
		      workspace.uring ? "works" : workspace.no_uring);
	assert_int_equal(nb_place_entries(place.path), 1);
	assert_int_equal(stat(workspace.folder, &facts), 0);
	assert_int_equal(facts.st_mode & 07777, 0700);
	assert_int_equal(nb_place_entries(workspace.folder), 2);
	nb_place_path(path, workspace.folder, "data");
	assert_int_equal(stat(path, &facts), 0);
	assert_int_equal(facts.st_size, NB_PLACE_FILE);
	assert_true(facts.st_blocks * 512 >= NB_PLACE_FILE);
	check_contents(path);
	nb_place_unmake(&workspace);
	assert_int_equal(nb_place_entries(place.path), 0);
	assert_int_equal(nb_place_files(), files);
	nb_place_remove(&place);
}

static void check_mode(const char *target, enum nb_io_mode mode)
{
	struct nb_io_workspace workspace = nb_place_workspace(target);

	assert_string_equal(nb_io_mode_name(workspace.mode), nb_io_mode_name(mode));
	nb_place_unmake(&workspace);
}

static void tmpfs_accepts_direct_and_is_buffered(void **state)
{
	struct nb_place place = nb_place_make();

	(void)state;
	if (nb_place_mount_tmpfs(&place, "size=16m"))
		check_mode(place.path, NB_IO_BUFFERED);
	nb_place_remove(&place);
}

static void ext4_is_direct(void **state)
{
	struct nb_place place = nb_place_make();

	(void)state;
	if (nb_place_mount_ext4(&place))
		check_mode(place.path, NB_IO_DIRECT);
	nb_place_remove(&place);
}

/* The overlay's own page cache is always empty, so this fails where that one is asked. */
static void check_overlay(const struct nb_place *place, enum nb_io_mode mode)
{
	struct nb_place top = nb_place_make();
	char options[700];

	nb_place_folder(place->path, "lower");
	nb_place_folder(place->path, "upper");
	nb_place_folder(place->path, "work");
	snprintf(options, sizeof(options), "lowerdir=%s/lower,upperdir=%s/upper,workdir=%s/work",
		 place->path, place->path, place->path);
	if (mount("none", top.path, "overlay", 0, options) == 0)
		check_mode(top.path, mode);
	else
		print_message("skipped: no overlay can be mounted here: %s\n", strerror(errno));
	nb_place_remove(&top);
}

static void an_overlay_is_what_lies_below_it(void **state)
{
	struct nb_place tmpfs = nb_place_make();
	struct nb_place ext4 = nb_place_make();

	(void)state;
	if (nb_place_mount_tmpfs(&tmpfs, "size=16m"))
		check_overlay(&tmpfs, NB_IO_BUFFERED);
	if (nb_place_mount_ext4(&ext4))
		check_overlay(&ext4, NB_IO_DIRECT);
	nb_place_remove(&ext4);
	nb_place_remove(&tmpfs);
}

static void too_little_space_is_refused_with_both_figures(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_error error = { 0 };

	(void)state;
	/* The file itself fits. */
	if (nb_place_mount_tmpfs(&place, "size=4200k")) {
		refuses(place.path, &nb_place_plan, ENOSPC, &error);
		assert_non_null(strstr(error.text, "4.1 MiB are free"));
		assert_non_null(strstr(error.text, "4.4 MiB are needed"));
		assert_int_equal(nb_place_entries(place.path), 0);
	}
	nb_place_remove(&place);
}

static void out_of_inodes_leaves_nothing_behind(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_error error = { 0 };

	(void)state;
	/* Its root, the folder and the marker. */
	if (nb_place_mount_tmpfs(&place, "size=16m,nr_inodes=3")) {
		refuses(place.path, &nb_place_plan, ENOSPC, &error);
		assert_non_null(strstr(error.text, "the data file"));
		assert_int_equal(nb_place_entries(place.path), 0);
	}
	nb_place_remove(&place);
}

static void a_read_only_mount_is_refused(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_error error = { 0 };

	(void)state;
	if (nb_place_mount_tmpfs(&place, "size=16m,ro"))
		refuses(place.path, &nb_place_plan, EROFS, &error);
	nb_place_remove(&place);
}

static void what_is_no_folder_is_refused(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_io_plan odd = { .file_bytes = 5000 };
	struct nb_io_plan none = { .file_bytes = 0 };
	struct nb_error error = { 0 };
	char path[600];
	char long_path[600];

	(void)state;
	nb_place_path(path, place.path, "vanished");
	refuses(path, &nb_place_plan, ENOENT, &error);
	nb_place_write(place.path, "vanished", "not a folder");
	refuses(path, &nb_place_plan, ENOTDIR, &error);
	assert_int_equal(unlink(path), 0);
	refuses(place.path, &odd, EINVAL, &error);
	refuses(place.path, &none, EINVAL, &error);
	memset(long_path, '/', 300);
	snprintf(long_path + 300, sizeof(long_path) - 300, "%s", place.path);
	assert_int_equal(nb_io_workspace_make(&(struct nb_io_workspace){ 0 }, long_path,
					      &nb_place_plan, &error),
			 -ENAMETOOLONG);
	nb_place_remove(&place);
}

static void a_folder_of_somebody_else_is_refused(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_error error = { 0 };
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(chmod(place.path, 0755), 0);
	pid = fork();
	if (pid == 0) {
		struct nb_io_workspace workspace;
		int result = geteuid() == 0 ? setuid(65534) : -1;

		if (result == 0)
			result = nb_io_workspace_make(&workspace, place.path, &nb_place_plan,
						      &error);
		_exit(result == -EACCES && error.code == EACCES ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (geteuid() == 0)
		assert_int_equal(status, 0);
	else
		print_message("skipped: only root can become somebody else\n");
	nb_place_remove(&place);
}

static void a_planted_link_is_not_followed(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_io_workspace workspace = nb_place_workspace(place.path);
	char data[600];
	char victim[600];

	(void)state;
	nb_place_write(place.path, "victim", "dear");
	nb_place_path(victim, place.path, "victim");
	nb_place_path(data, workspace.folder, "data");
	assert_int_equal(unlink(data), 0);
	nb_place_opening_fails(&workspace, ENOENT);
	assert_int_equal(symlink(victim, data), 0);
	nb_place_opening_fails(&workspace, ELOOP);
	assert_int_equal(unlink(data), 0);
	/* Nor is a second name of another file, as large as ours. */
	assert_int_equal(truncate(victim, NB_PLACE_FILE), 0);
	assert_int_equal(link(victim, data), 0);
	nb_place_opening_fails(&workspace, ESTALE);
	nb_place_unmake(&workspace);
	assert_int_equal(nb_place_entries(place.path), 1);
	assert_int_equal(truncate(victim, 4), 0); /* still there */
	assert_int_equal(unlink(victim), 0);
	nb_place_remove(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_workspace_holds_a_file_that_is_really_there_and_goes),
		cmocka_unit_test(tmpfs_accepts_direct_and_is_buffered),
		cmocka_unit_test(ext4_is_direct),
		cmocka_unit_test(an_overlay_is_what_lies_below_it),
		cmocka_unit_test(too_little_space_is_refused_with_both_figures),
		cmocka_unit_test(out_of_inodes_leaves_nothing_behind),
		cmocka_unit_test(a_read_only_mount_is_refused),
		cmocka_unit_test(what_is_no_folder_is_refused),
		cmocka_unit_test(a_folder_of_somebody_else_is_refused),
		cmocka_unit_test(a_planted_link_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
