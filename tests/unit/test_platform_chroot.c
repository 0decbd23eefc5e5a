/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "nestbench/target.h"

#include "../../harness/platform/platform_mountinfo.h"
#include "test_platform_tree.h"

/*
 * A process whose root is a folder that is no mount, as in debootstrap's and mock's machines: the
 * kernel lists no mount for "/" there.
 */

enum { FINE, NO_ROOT, NO_TARGET, NO_KIND, NO_SIZE, READ_ONLY };

/* In namespaces of its own, which end with the process. */
static bool move_into(const char *folder)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/proc", folder);
	return mkdir(path, 0755) == 0 && unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("proc", path, "proc", 0, NULL) == 0 && chroot(folder) == 0 && chdir("/") == 0;
}

static int look(const char *folder)
{
	struct nb_world world;
	struct nb_target target;

	if (!move_into(folder))
		return NO_ROOT;
	nb_world_live(&world, NULL, 0);
	if (nb_target_read(&world, "cwd", "/", &target, NULL) < 0)
		return NO_TARGET;
	if (!target.kind[0] || strcmp(target.kind, "unknown") == 0)
		return NO_KIND;
	if (strncmp(target.options, "rw", 2) != 0)
		return READ_ONLY;
	return target.size_bytes > 0 ? FINE : NO_SIZE;
}

static void the_root_of_a_chroot_is_a_target(void **state)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0)
		_exit(look(*state));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_ROOT) {
		print_message("skipped: chroot and mount are not permitted here\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), FINE);
}

static void a_root_is_a_line_like_the_kernels(void **state)
{
	struct nb_platform_mount mount;
	char line[256];

	(void)state;
	assert_true(nb_platform_root_mount(line, sizeof(line)) > 0);
	assert_true(nb_platform_mount_of(line, "/any/where", &mount));
	assert_true(nb_platform_piece_is(mount.point, "/"));
	assert_int_equal(nb_platform_root_mount(line, 8), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_root_of_a_chroot_is_a_target, tree_setup,
						tree_teardown),
		cmocka_unit_test(a_root_is_a_line_like_the_kernels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
