/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../harness/platform/platform_mountinfo.h"

/* Lines of a WSL 2 distribution and of a container, as found in public reports. */
static const char wsl[] =
	"62 22 8:32 / / rw,relatime - ext4 /dev/sdc rw,discard,errors=remount-ro,data=ordered\n"
	"63 62 0:28 / /mnt/wsl rw,relatime shared:1 - tmpfs none rw\n"
	"75 62 0:45 / /mnt/c rw,noatime - 9p drvfs rw,dirsync,aname=drvfs;path=C:\\;uid=1000;"
	"gid=1000;symlinkroot=/mnt/,mmap,access=client,msize=65536,trans=fd,rfd=5,wfd=5\n"
	"76 62 0:46 / /mnt/d\\040drive rw master:2 propagate_from:1 - 9p D:\\134 rw,msize=262144\n";

static struct nb_platform_mount mount_of(const char *text, const char *path)
{
	struct nb_platform_mount mount;

	if (!nb_platform_mount_of(text, path, &mount))
		fail_msg("%s is on no mount", path);
	return mount;
}

static void assert_piece(struct nb_platform_piece piece, const char *expected)
{
	char text[256];

	assert_true(nb_platform_piece_copy(piece, text, sizeof(text)));
	assert_string_equal(text, expected);
	assert_true(nb_platform_piece_is(piece, expected));
}

static void a_line_has_its_parts(void **state)
{
	const char *at = wsl;
	struct nb_platform_mount mount;

	(void)state;
	assert_true(nb_platform_mount_next(&at, &mount));
	assert_piece(mount.device, "8:32");
	assert_piece(mount.root, "/");
	assert_piece(mount.point, "/");
	assert_piece(mount.options, "rw,relatime");
	assert_piece(mount.type, "ext4");
	assert_piece(mount.source, "/dev/sdc");
	assert_piece(mount.super, "rw,discard,errors=remount-ro,data=ordered");
}

static void any_number_of_tags_may_stand_before_the_dash(void **state)
{
	struct nb_platform_mount mount = mount_of(wsl, "/mnt/d drive");

	(void)state;
	assert_piece(mount.type, "9p");
	assert_piece(mount.source, "D:\\");
}

static void all_mounts_come_in_turn(void **state)
{
	const char *at = wsl;
	struct nb_platform_mount mount;
	int count = 0;

	(void)state;
	while (nb_platform_mount_next(&at, &mount))
		count++;
	assert_int_equal(count, 4);
	assert_int_equal(*at, '\0');
	assert_false(nb_platform_mount_next(&at, &mount));
}

static void a_path_is_on_its_longest_mount_point(void **state)
{
	(void)state;
	assert_piece(mount_of(wsl, "/mnt/c").point, "/mnt/c");
	assert_piece(mount_of(wsl, "/mnt/c/Users/me").point, "/mnt/c");
	assert_piece(mount_of(wsl, "/mnt/cd").point, "/");
	assert_piece(mount_of(wsl, "/mnt").point, "/");
	assert_piece(mount_of(wsl, "/").point, "/");
	assert_piece(mount_of(wsl, "/mnt/d drive/x").point, "/mnt/d drive");
	assert_piece(mount_of(wsl, "/mnt/d").point, "/");
}

static void of_equal_mount_points_the_last_lies_on_top(void **state)
{
	static const char text[] = "1 0 0:1 / /a rw - tmpfs first rw\n"
				   "2 1 0:2 / /a rw - tmpfs second rw\n"
				   "3 1 0:3 / /a/b rw - tmpfs third rw\n";

	(void)state;
	assert_piece(mount_of(text, "/a/x").source, "second");
	assert_piece(mount_of(text, "/a/b").source, "third");
}

static void a_path_outside_of_all_mounts_has_none(void **state)
{
	struct nb_platform_mount mount;

	(void)state;
	assert_false(nb_platform_mount_of("1 0 0:1 / /a rw - tmpfs t rw\n", "/b", &mount));
	assert_false(nb_platform_mount_of("", "/", &mount));
	assert_false(nb_platform_mount_of(wsl, "", &mount));
}

static void options_are_found_by_their_whole_name(void **state)
{
	struct nb_platform_mount mount = mount_of(wsl, "/mnt/c");
	char value[64];

	(void)state;
	assert_true(nb_platform_mount_option(&mount, "trans", value, sizeof(value)));
	assert_string_equal(value, "fd");
	assert_true(nb_platform_mount_option(&mount, "msize", value, sizeof(value)));
	assert_string_equal(value, "65536");
	assert_true(nb_platform_mount_option(&mount, "mmap", value, sizeof(value)));
	assert_string_equal(value, "");
	assert_true(nb_platform_mount_option(&mount, "noatime", value, sizeof(value)));
	assert_false(nb_platform_mount_option(&mount, "tran", value, sizeof(value)));
	assert_false(nb_platform_mount_option(&mount, "cache", value, sizeof(value)));
	assert_string_equal(value, "");
	assert_true(nb_platform_mount_option(&mount, "aname", value, sizeof(value)));
	assert_string_equal(value, "drvfs;path=C:\\;uid=1000;gid=1000;symlinkroot=/mnt/");
}

static void an_escaped_comma_ends_no_option(void **state)
{
	struct nb_platform_mount mount =
		mount_of("1 0 0:1 / / rw - overlay o rw,lowerdir=/a\\054b\\075c:/d,x\n", "/");
	char value[64];

	(void)state;
	assert_true(nb_platform_mount_option(&mount, "lowerdir", value, sizeof(value)));
	assert_string_equal(value, "/a,b=c:/d");
}

static void what_is_no_octal_number_stays(void **state)
{
	struct nb_platform_mount mount =
		mount_of("1 0 0:1 / / rw - 9p \\08\\400\\9\\\\040\\04 rw\n", "/");

	(void)state;
	assert_piece(mount.source, "\\08\\400\\9\\ \\04");
}

static void a_text_that_is_too_long_is_cut(void **state)
{
	struct nb_platform_mount mount = mount_of(wsl, "/mnt/c");
	char value[4];

	(void)state;
	assert_false(nb_platform_piece_copy(mount.point, value, sizeof(value)));
	assert_string_equal(value, "/mn");
	assert_true(nb_platform_mount_option(&mount, "msize", value, sizeof(value)));
	assert_string_equal(value, "655");
}

static void lines_that_are_no_mounts_are_skipped(void **state)
{
	static const char *const lines[] = {
		"",
		" ",
		"rubbish",
		"1",
		"1 0 0:1 / /no/dash rw tmpfs tmpfs rw",
		"x 0 0:1 / /a rw - tmpfs tmpfs rw",
		"1 -2 0:1 / /a rw - tmpfs tmpfs rw",
		"1 0 0:1 / relative rw - tmpfs tmpfs rw",
		"1 0 0:1 / /a rw -",
		"1 0 0:1 / /a rw - ",
		"1 0 0:1 /  rw - tmpfs tmpfs rw",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char text[256] = "";
		const char *at = text;
		struct nb_platform_mount mount;

		strcat(text, lines[i]);
		strcat(text, "\n1 0 0:1 / /good rw - tmpfs t rw");
		assert_true(nb_platform_mount_next(&at, &mount));
		assert_piece(mount.point, "/good");
		assert_false(nb_platform_mount_next(&at, &mount));
	}
}

static void a_mount_may_lack_its_source_and_options(void **state)
{
	struct nb_platform_mount mount = mount_of("1 0 0:1 / /a rw - tmpfs  rw\n", "/a");

	(void)state;
	assert_piece(mount.source, "");
	assert_piece(mount.super, "rw");
	mount = mount_of("1 0 0:1 / /a rw - tmpfs", "/a");
	assert_piece(mount.source, "");
	assert_piece(mount.super, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_has_its_parts),
		cmocka_unit_test(any_number_of_tags_may_stand_before_the_dash),
		cmocka_unit_test(all_mounts_come_in_turn),
		cmocka_unit_test(a_path_is_on_its_longest_mount_point),
		cmocka_unit_test(of_equal_mount_points_the_last_lies_on_top),
		cmocka_unit_test(a_path_outside_of_all_mounts_has_none),
		cmocka_unit_test(options_are_found_by_their_whole_name),
		cmocka_unit_test(an_escaped_comma_ends_no_option),
		cmocka_unit_test(what_is_no_octal_number_stays),
		cmocka_unit_test(a_text_that_is_too_long_is_cut),
		cmocka_unit_test(lines_that_are_no_mounts_are_skipped),
		cmocka_unit_test(a_mount_may_lack_its_source_and_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
