/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TEST_PLATFORM_TREE_H
#define NB_TEST_PLATFORM_TREE_H

#include <ftw.h>
#include <limits.h>
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

#include "nestbench/platform.h"

#include "../../harness/platform/platform_parts.h"
#include "../../harness/platform/platform_world.h"

/*
 * A recorded machine made by a test, for what is too small or too wild to keep in tests/data. Use
 * tree_setup and tree_teardown with cmocka_unit_test_setup_teardown(); *state is the path.
 */

static inline int tree_setup(void **state)
{
	char *root = strdup("/tmp/nestbench-test-XXXXXX");

	*state = root && mkdtemp(root) ? root : NULL;
	return *state ? 0 : -1;
}

static inline int tree_remove_one(const char *path, const struct stat *status, int kind,
				  struct FTW *place)
{
	(void)status;
	(void)kind;
	(void)place;
	return remove(path);
}

static inline int tree_teardown(void **state)
{
	int result = nftw(*state, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return result;
}

/* Makes the folders above root + name, and writes that path into whole. */
static inline void tree_make_place(const char *root, const char *name, char whole[PATH_MAX])
{
	snprintf(whole, PATH_MAX, "%s%s", root, name);
	for (char *slash = strchr(whole + strlen(root) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0700);
		*slash = '/';
	}
}

static inline void tree_write_bytes(const char *root, const char *name, const void *bytes,
				    size_t size)
{
	char whole[PATH_MAX];
	FILE *file;

	tree_make_place(root, name, whole);
	file = fopen(whole, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static inline void tree_write(const char *root, const char *name, const char *text)
{
	tree_write_bytes(root, name, text, strlen(text));
}

static inline void tree_link(const char *root, const char *name, const char *target)
{
	char whole[PATH_MAX];

	snprintf(whole, sizeof(whole), "%s" NB_PLATFORM_LINK_SUFFIX, name);
	tree_write(root, whole, target);
}

/* The folder as a world, for the length of one call. */
static inline struct nb_world tree_world(const char *root)
{
	struct nb_world world;
	struct nb_error error = { 0 };

	assert_int_equal(nb_world_replay(&world, root, &error), 0);
	return world;
}

static inline void tree_read_files(struct nb_machine *machine, const char *root)
{
	struct nb_world world = tree_world(root);

	nb_platform_read_files(machine, &world);
	nb_world_close(&world);
}

static inline int tree_read(struct nb_machine *machine, const char *root, int level,
			    struct nb_error *error)
{
	struct nb_world world = tree_world(root);
	int result = nb_platform_read(machine, &world, level, error);

	nb_world_close(&world);
	return result;
}

static inline enum nb_platform_virt tree_virtualization(const char *root)
{
	struct nb_world world = tree_world(root);
	enum nb_platform_virt virtualization = nb_platform_virtualization(&world);

	nb_world_close(&world);
	return virtualization;
}

#endif
