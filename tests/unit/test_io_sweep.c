/* SPDX-License-Identifier: Apache-2.0 */
#include "io_place.h"

/* What goes with a workspace, and what stays because it is not ours. */

static void what_benchmarks_make_goes(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_io_workspace workspace = nb_place_workspace(place.path);
	char path[600];
	char name[32];

	(void)state;
	nb_place_folder(workspace.folder, "a");
	nb_place_folder(workspace.folder, "a/b");
	nb_place_folder(workspace.folder, "a/b/c");
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "%s%d", i % 2 ? "a/b/c/file" : "a/file", i);
		nb_place_write(workspace.folder, name, "");
	}
	/* Only the link goes, not where it leads to. */
	nb_place_path(path, workspace.folder, "a/out");
	nb_place_write(place.path, "victim", "dear");
	assert_int_equal(symlink("../..", path), 0);
	nb_place_path(path, workspace.folder, "pipe");
	assert_int_equal(mkfifo(path, 0600), 0);
	nb_place_unmake(&workspace);
	nb_place_path(path, place.path, "victim");
	assert_int_equal(unlink(path), 0);
	nb_place_remove(&place);
}

/* Removing refuses with that text, and the folder is still there. */
static void stays(struct nb_io_workspace *workspace, int code, const char *text)
{
	char folder[sizeof(workspace->folder)];
	struct nb_error error = { 0 };

	memcpy(folder, workspace->folder, sizeof(folder));
	assert_int_equal(nb_io_workspace_remove(workspace, &error), -code);
	assert_non_null(strstr(error.text, folder));
	if (!strstr(error.text, text))
		fail_msg("\"%s\" is not in: %s", text, error.text);
	assert_true(nb_place_entries(folder) >= 0);
	nb_place_no_children();
}

static void clear(const struct nb_place *place)
{
	char command[300];

	snprintf(command, sizeof(command), "rm -r '%s'/.nestbench-*", place->path);
	assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): the test's own words */
}

static void what_somebody_else_put_there_stays(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_io_workspace workspace = nb_place_workspace(place.path);
	char path[600];

	(void)state;
	nb_place_write(workspace.folder, "letter", "dear");
	nb_place_path(path, workspace.folder, "letter");
	if (geteuid() == 0 && chown(path, 65534, 65534) == 0) {
		stays(&workspace, EPERM, "letter");
		assert_int_equal(truncate(path, 4), 0);
		clear(&place);
	} else {
		print_message("skipped: only root can give a file away\n");
		nb_place_unmake(&workspace);
	}
	nb_place_remove(&place);
}

static void deeper_folders_than_any_benchmark_makes_stay(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_io_workspace workspace = nb_place_workspace(place.path);

	(void)state;
	nb_place_folder(workspace.folder, "a");
	nb_place_folder(workspace.folder, "a/b");
	nb_place_folder(workspace.folder, "a/b/c");
	nb_place_folder(workspace.folder, "a/b/c/d");
	nb_place_write(workspace.folder, "a/b/c/d/letter", "dear");
	stays(&workspace, ENOTEMPTY, "because of d in it");
	clear(&place);
	nb_place_remove(&place);
}

static void a_mount_inside_stays(void **state)
{
	struct nb_place place = nb_place_make();
	/* Before the workspace, which would otherwise look at the mounts of before. */
	bool may_mount = nb_place_may_mount();
	struct nb_io_workspace workspace = nb_place_workspace(place.path);
	char inside[600];
	char outside[600];

	(void)state;
	nb_place_folder(place.path, "outside");
	nb_place_write(place.path, "outside/letter", "dear");
	nb_place_folder(workspace.folder, "inside");
	nb_place_path(outside, place.path, "outside");
	nb_place_path(inside, workspace.folder, "inside");
	/* The same file system: the device alone would not tell. */
	if (may_mount && mount(outside, inside, NULL, MS_BIND, NULL) == 0) {
		stays(&workspace, EXDEV, "inside");
		assert_int_equal(nb_place_entries(outside), 1);
		assert_int_equal(umount(inside), 0);
		clear(&place);
	} else {
		print_message("skipped: nothing can be mounted here\n");
		nb_place_unmake(&workspace);
	}
	nb_place_path(outside, place.path, "outside/letter");
	assert_int_equal(unlink(outside), 0);
	nb_place_path(outside, place.path, "outside");
	assert_int_equal(rmdir(outside), 0);
	nb_place_remove(&place);
}

static void a_folder_without_the_marker_stays(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_io_workspace workspace = nb_place_workspace(place.path);
	char path[600];

	(void)state;
	nb_place_path(path, workspace.folder, ".nestbench-workspace");
	assert_int_equal(unlink(path), 0);
	stays(&workspace, EPERM, "not marked");
	clear(&place);
	nb_place_remove(&place);
}

static void a_folder_that_is_gone_is_fine(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_io_workspace workspace = nb_place_workspace(place.path);

	(void)state;
	clear(&place);
	nb_place_opening_fails(&workspace, ENOENT);
	nb_place_unmake(&workspace);
	nb_place_unmake(&workspace); /* twice */
	nb_place_remove(&place);
}

static void a_link_in_the_folder_s_place_is_not_followed(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_io_workspace workspace = nb_place_workspace(place.path);
	char moved[600];
	char link[sizeof(workspace.folder)];

	(void)state;
	memcpy(link, workspace.folder, sizeof(link));
	nb_place_path(moved, place.path, "moved");
	assert_int_equal(rename(workspace.folder, moved), 0);
	assert_int_equal(symlink("moved", workspace.folder), 0);
	nb_place_opening_fails(&workspace, ENOTDIR);
	assert_true(nb_io_workspace_remove(&workspace, NULL) < 0);
	assert_int_equal(nb_place_entries(moved), 2);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(rename(moved, link), 0);
	clear(&place);
	nb_place_remove(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_benchmarks_make_goes),
		cmocka_unit_test(what_somebody_else_put_there_stays),
		cmocka_unit_test(deeper_folders_than_any_benchmark_makes_stay),
		cmocka_unit_test(a_mount_inside_stays),
		cmocka_unit_test(a_folder_without_the_marker_stays),
		cmocka_unit_test(a_folder_that_is_gone_is_fine),
		cmocka_unit_test(a_link_in_the_folder_s_place_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
