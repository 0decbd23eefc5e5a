/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "nestbench/base.h"
#include "nestbench/target.h"

#include "test_platform_tree.h"

/* Which file system a folder is on, by its mount alone; disks: test_platform_target_disk.c. */

enum { MAX = 4, TEXT_SIZE = 16384 };

/* A file of tests/data/mountinfo as that of the machine in root. */
static void use_mounts(const char *root, const char *name)
{
	char path[PATH_MAX];
	char text[TEXT_SIZE];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), NB_TEST_DATA "/mountinfo/%s", name);
	file = fopen(path, "r");
	if (!file) {
		fail_msg("%s: %s", path, strerror(errno));
		return;
	}
	length = fread(text, 1, sizeof(text), file);
	assert_true(length > 0 && length < sizeof(text));
	fclose(file);
	tree_write_bytes(root, "/proc/self/mountinfo", text, length);
}

static int read_target(const char *root, const char *path, struct nb_target *target,
		       struct nb_error *error)
{
	struct nb_world world = tree_world(root);
	int status = nb_target_read(&world, "x", path, target, error);

	nb_world_close(&world);
	return status;
}

static struct nb_target target_of(const char *root, const char *path)
{
	struct nb_target target;
	struct nb_error error = { 0 };

	if (read_target(root, path, &target, &error) < 0)
		fail_msg("%s: %s", path, error.text);
	return target;
}

static const struct {
	const char *mounts, *path, *kind, *transport, *device;
} places[] = {
	{ "wsl1-lxfs", "/home/me", "lxfs", "", "" },
	{ "wsl1-lxfs", "/mnt/c/Users", "drvfs", "", "" },
	{ "wsl1-wslfs", "/home/me", "wslfs", "", "" },
	{ "wsl1-wslfs", "/mnt/c", "drvfs", "", "" },
	{ "wsl2-4.19", "/home/me", "ext4", "", "sdb" },
	{ "wsl2-4.19", "/mnt/c", "9p", "fd", "" },
	{ "wsl2-4.19", "/mnt/wsl", "tmpfs", "", "" },
	{ "wsl2-5.10", "/", "ext4", "", "sdc" },
	{ "wsl2-5.10", "/mnt/c/x", "9p", "fd", "" },
	{ "wsl2-5.10", "/mnt/d drive/x", "9p", "fd", "" },
	{ "wsl2-5.10", "/mnt/d", "ext4", "", "sdc" },
	{ "wsl2-5.15-virtio9p", "/mnt/c", "9p", "virtio", "" },
	{ "wsl2-6.6", "/mnt/c", "9p", "fd", "" },
	{ "wsl2-6.6", "/mnt/cd", "ext4", "", "sdd" },
	{ "wsl2-6.6", "/mnt/wsl/docker-desktop-data/x", "ext4", "", "sde" },
	{ "wsl2-6.6", "/usr/lib/wsl/lib", "overlay", "", "" },
	{ "wsl2-6.18-virtiofs", "/mnt/c/x", "virtiofs", "", "" },
	{ "wsl2-6.18-virtiofs", "/run/wsl", "tmpfs", "", "" },
	{ "wsl2-6.6-virtiofs-single", "/mnt/c", "virtiofs", "", "" },
	{ "docker-wsl2", "/", "overlay", "", "" },
	{ "docker-wsl2", "/src", "9p", "fd", "" },
	{ "docker-wsl2", "/data", "ext4", "", "sde" },
	{ "docker-wsl2", "/etc/hosts", "ext4", "", "sde" },
	{ "docker-wsl2", "/etc/hostsx", "overlay", "", "" },
	{ "docker-hyper-v", "/src", "fuse-grpcfuse", "", "" },
	{ "docker-mac", "/src", "virtiofs", "", "" },
	{ "docker-mac", "/owned", "fakeowner", "", "" },
	{ "server", "/", "ext4", "", "mapper/vg-root" },
	{ "server", "/boot", "xfs", "", "nvme0n1p2" },
	{ "server", "/srv/x", "btrfs", "", "sda1" },
	{ "server", "/srv/nfs", "nfs", "", "" },
	{ "server", "/srv/smb/x", "cifs", "", "" },
	{ "server", "/srv/ssh", "fuse-sshfs", "", "" },
	{ "server", "/media/disk one", "tmpfs", "", "" },
	{ "server", "/cloud", "ext4", "", "" },
};

static void every_place_has_its_kind_and_carrier(void **state)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct nb_target target;

		use_mounts(*state, places[i].mounts);
		target = target_of(*state, places[i].path);
		if (strcmp(target.kind, places[i].kind) != 0 ||
		    strcmp(target.transport, places[i].transport) != 0 ||
		    strcmp(target.device, places[i].device) != 0)
			fail_msg("%s %s: \"%s\" \"%s\" \"%s\"", places[i].mounts, places[i].path,
				 target.kind, target.transport, target.device);
		assert_string_equal(target.name, "x");
		assert_string_equal(target.path, places[i].path);
	}
}

static void a_replay_knows_no_sizes_and_no_disk_that_was_not_recorded(void **state)
{
	struct nb_target target;

	use_mounts(*state, "wsl2-6.6");
	target = target_of(*state, "/");
	assert_string_equal(target.disk, "");
	assert_string_equal(target.scheduler, "");
	assert_string_equal(target.write_cache, "");
	assert_int_equal(target.rotational, -1);
	assert_int_equal(target.queue_depth, -1);
	assert_int_equal(target.size_bytes, -1);
	assert_int_equal(target.free_bytes, -1);
}

static void options_of_mount_and_file_system_are_one_list(void **state)
{
	use_mounts(*state, "wsl2-4.19");
	assert_string_equal(
		target_of(*state, "/mnt/c").options,
		"rw,noatime,dirsync,aname=drvfs;path=C:\\;uid=1000;gid=1000;"
		"symlinkroot=/mnt/,mmap,access=client,msize=65536,trans=fd,rfd=5,wfd=5");
	use_mounts(*state, "server");
	/* Written is what both allow; the folders of an overlay are none of its settings. */
	assert_string_equal(target_of(*state, "/srv/smb").options,
			    "ro,relatime,vers=3.1.1,cache=strict,username=somebody");
	assert_string_equal(target_of(*state, "/merged").options, "rw,relatime");
	assert_string_equal(target_of(*state, "/media/disk one").options, "rw,relatime,size=2048k");
}

static void an_option_that_both_have_is_there_once(void **state)
{
	tree_write(*state, "/proc/self/mountinfo",
		   "1 0 0:1 / / ro,sync,noatime - x y rw,sync,,data=\\134a,noatime,b\\012c\n");
	assert_string_equal(target_of(*state, "/").options, "ro,sync,noatime,data=\\a,b?c");
}

static void options_that_are_too_many_end_in_an_ellipsis(void **state)
{
	char text[1024] = "1 0 0:1 / / rw - x y rw";
	struct nb_target target;

	for (int i = 0; i < 60; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), ",option%d", i);
	tree_write(*state, "/proc/self/mountinfo", text);
	target = target_of(*state, "/");
	assert_true(strlen(target.options) < sizeof(target.options));
	assert_string_equal(target.options + strlen(target.options) - 4, ",...");
}

static void slashes_that_mean_nothing_are_dropped(void **state)
{
	static const char *const paths[] = { "/mnt/c/", "//mnt/c", "/mnt//c//", "/mnt/c" };

	use_mounts(*state, "wsl2-6.6");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct nb_target target = target_of(*state, paths[i]);

		assert_string_equal(target.path, "/mnt/c");
		assert_string_equal(target.kind, "9p");
	}
	assert_string_equal(target_of(*state, "///").path, "/");
}

static void what_is_no_plain_path_is_refused(void **state)
{
	static const char *const paths[] = {
		"",    ".",	  "mnt/c", "/mnt/.",	 "/mnt/./c",
		"/..", "/mnt/..", "/a\nb", "/a\033[31m", "/\xff",
	};
	struct nb_target target = { .name = "before" };
	struct nb_error error;

	use_mounts(*state, "wsl2-6.6");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		assert_int_equal(read_target(*state, paths[i], &target, &error), -EINVAL);
		assert_non_null(strstr(error.text, "target x: its path"));
	}
	assert_string_equal(target.name, "before");
	/* These only look like them. */
	assert_string_equal(target_of(*state, "/mnt/...").path, "/mnt/...");
	assert_string_equal(target_of(*state, "/mnt/c/.x/..y/\xc3\xa9").kind, "9p");
}

static void a_path_has_its_limit(void **state)
{
	char path[300];
	struct nb_target target;
	struct nb_error error;

	use_mounts(*state, "wsl2-6.6");
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[256] = '\0';
	assert_int_equal(read_target(*state, path, &target, &error), -ENAMETOOLONG);
	path[255] = '\0';
	assert_string_equal(target_of(*state, path).path, path);
	path[100] = '/';
	path[254] = '/';
	assert_int_equal(strlen(target_of(*state, path).path), 254);
}

static void names_are_words_for_params(void **state)
{
	static const char *const names[] = { "",    "C",   "a b",
					     "a,b", "a=b", "123456789012345678901234" };
	struct nb_world world;
	struct nb_target target;
	struct nb_error error;

	use_mounts(*state, "wsl2-6.6");
	world = tree_world(*state);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(nb_target_read(&world, names[i], "/", &target, &error), -EINVAL);
	assert_int_equal(nb_target_read(&world, "path-10", "/", &target, &error), 0);
	nb_world_close(&world);
}

static void without_mounts_there_is_no_target(void **state)
{
	struct nb_target target;
	struct nb_error error;

	assert_int_equal(read_target(*state, "/", &target, &error), -EIO);
	tree_write(*state, "/proc/self/mountinfo", "");
	assert_int_equal(read_target(*state, "/", &target, &error), -ENOENT);
	tree_write(*state, "/proc/self/mountinfo", "1 0 0:1 / /a rw - tmpfs t rw\n");
	assert_int_equal(read_target(*state, "/b", &target, &error), -ENOENT);
	assert_int_equal(read_target(*state, "/a/b", &target, &error), 0);
}

static void hostile_mounts_end_as_plain_words(void **state)
{
	static const char text[] =
		"1 0 0:1 / / rw - Fuse.\\033[31m,=\\303\\251/x rw rw\n"
		"2 1 0:1 / /empty rw - \\000 x rw\n"
		"3 1 0:1 / /long rw - aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x rw\n"
		"4 1 0:1 / /9p rw - 9p x rw,trans=\\033V\\040irtio-and-much-more-than-that\n"
		"5 1 ../../x / /number rw - ext4 /dev/../../etc/passwd rw\n"
		"6 1 999999999999999999999999999999:1 / /huge rw - ext4 /dev/\\033[2J rw\n"
		"not a mount at all\n"
		"7 1 0:1 / /over rw - overlay o rw,upperdir=/over/x\n"
		"8 1 0:1 / /over2 rw - overlay o rw,upperdir=\n"
		"9 1 0:1 / /over3 rw - overlay o rw,upperdir=/empty/../number";

	tree_write(*state, "/proc/self/mountinfo", text);
	tree_write(*state, "/over/x", "");
	tree_write(*state, "/number", "");
	assert_string_equal(target_of(*state, "/").kind, "fuse---31m-----x");
	assert_string_equal(target_of(*state, "/empty").kind, "unknown");
	assert_string_equal(target_of(*state, "/long").kind, "aaaaaaaaaaaaaaaaaaaaaaa");
	assert_string_equal(target_of(*state, "/9p").transport, "-v-irtio-and-mu");
	assert_string_equal(target_of(*state, "/number").disk, "");
	assert_string_equal(target_of(*state, "/huge").device, "?[2J");
	for (const char *path = "/over\0/over2\0/over3\0"; *path; path += strlen(path) + 1)
		assert_string_equal(target_of(*state, path).device, "");
}

static void expect_drives(const char *root, const char *mounts, const char *expected)
{
	struct nb_world world;
	char paths[MAX][256];
	char text[1024] = "";
	int count;

	use_mounts(root, mounts);
	world = tree_world(root);
	count = nb_target_drives(&world, paths, MAX);
	nb_world_close(&world);
	for (int i = 0; i < count; i++) {
		nb_base_copy(text + strlen(text), sizeof(text) - strlen(text), paths[i]);
		nb_base_copy(text + strlen(text), sizeof(text) - strlen(text), ";");
	}
	if (strcmp(text, expected) != 0)
		fail_msg("%s: \"%s\"", mounts, text);
}

static void drives_of_windows_are_found_c_first(void **state)
{
	expect_drives(*state, "wsl1-lxfs", "/mnt/c;/mnt/d;");
	expect_drives(*state, "wsl1-wslfs", "/mnt/c;");
	expect_drives(*state, "wsl2-4.19", "/mnt/c;/mnt/d;");
	expect_drives(*state, "wsl2-5.10", "/mnt/c;/mnt/d drive;");
	expect_drives(*state, "wsl2-5.15-virtio9p", "/mnt/c;");
	expect_drives(*state, "wsl2-6.6", "/mnt/c;");
	expect_drives(*state, "wsl2-6.18-virtiofs", "/mnt/c;/mnt/d;");
	expect_drives(*state, "wsl2-6.6-virtiofs-single", "/mnt/c;");
	expect_drives(*state, "docker-wsl2", "");
	expect_drives(*state, "docker-mac", "");
	expect_drives(*state, "server", "");
}

static void of_too_many_drives_c_is_kept(void **state)
{
	static const char text[] = "1 0 0:1 / /mnt/d rw - drvfs D: rw\n"
				   "2 0 0:1 / /mnt/e rw - drvfs E: rw\n"
				   "3 0 0:1 / /mnt/c rw - drvfs C: rw\n"
				   "4 0 0:1 / /mnt/e rw - tmpfs hidden rw\n"
				   "5 0 0:1 / /mnt/d rw - drvfs again rw\n";
	struct nb_world world;
	char paths[MAX][256];

	tree_write(*state, "/proc/self/mountinfo", text);
	world = tree_world(*state);
	assert_int_equal(nb_target_drives(&world, paths, MAX), 2);
	assert_string_equal(paths[0], "/mnt/c");
	assert_string_equal(paths[1], "/mnt/d");
	assert_int_equal(nb_target_drives(&world, paths, 1), 1);
	assert_string_equal(paths[0], "/mnt/c");
	assert_int_equal(nb_target_drives(&world, paths, 0), 0);
	nb_world_close(&world);
}

static void without_mounts_there_are_no_drives(void **state)
{
	struct nb_world world = tree_world(*state);
	char paths[MAX][256];

	assert_int_equal(nb_target_drives(&world, paths, MAX), 0);
	nb_world_close(&world);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_place_has_its_kind_and_carrier),
		TEST(a_replay_knows_no_sizes_and_no_disk_that_was_not_recorded),
		TEST(options_of_mount_and_file_system_are_one_list),
		TEST(an_option_that_both_have_is_there_once),
		TEST(options_that_are_too_many_end_in_an_ellipsis),
		TEST(slashes_that_mean_nothing_are_dropped),
		TEST(what_is_no_plain_path_is_refused),
		TEST(a_path_has_its_limit),
		TEST(names_are_words_for_params),
		TEST(without_mounts_there_is_no_target),
		TEST(hostile_mounts_end_as_plain_words),
		TEST(drives_of_windows_are_found_c_first),
		TEST(of_too_many_drives_c_is_kept),
		TEST(without_mounts_there_are_no_drives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
