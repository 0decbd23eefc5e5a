/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TEST_DOCTOR_WORLD_H
#define NB_TEST_DOCTOR_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/base.h"
#include "nestbench/world.h"

/*
 * A machine in memory: what a test puts into it is what there is. Texts are not copied. A path
 * above a file's is a folder.
 *
 *	struct doctor_world here;
 *
 *	doctor_world_init(&here);
 *	doctor_world_file(&here, "/proc/cpuinfo", "flags : vmx\n");
 *	doctor_world_leaf(&here, 1, (struct nb_cpuid){ .ecx = 1u << 5 });
 *	nb_doctor_nesting(&here.world, ...);
 */

enum { DOCTOR_WORLD_MAX = 64 };

struct doctor_world {
	struct nb_world world;
	struct {
		const char *path, *text;
	} files[DOCTOR_WORLD_MAX], probes[DOCTOR_WORLD_MAX];
	struct {
		uint32_t leaf;
		struct nb_cpuid registers;
	} leaves[DOCTOR_WORLD_MAX];
	size_t file_count, probe_count, leaf_count;
};

static inline bool doctor_world_cpuid(void *self, uint32_t leaf, uint32_t subleaf,
				      struct nb_cpuid *registers)
{
	const struct doctor_world *world = self;

	*registers = (struct nb_cpuid){ 0 };
	for (size_t i = 0; i < world->leaf_count && subleaf == 0; i++) {
		if (world->leaves[i].leaf != leaf)
			continue;
		*registers = world->leaves[i].registers;
		return true;
	}
	return false;
}

static inline int doctor_world_give(const char *found, char *text, size_t size)
{
	text[0] = '\0';
	if (!found)
		return -ENOENT;
	nb_base_copy(text, size, found);
	return (int)strlen(text);
}

static inline int doctor_world_read(void *self, const char *path, char *text, size_t size)
{
	const struct doctor_world *world = self;

	for (size_t i = 0; i < world->file_count; i++)
		if (strcmp(world->files[i].path, path) == 0)
			return doctor_world_give(world->files[i].text, text, size);
	return doctor_world_give(NULL, text, size);
}

static inline int doctor_world_probe_run(void *self, const char *name, char *text, size_t size)
{
	const struct doctor_world *world = self;

	for (size_t i = 0; i < world->probe_count; i++)
		if (strcmp(world->probes[i].path, name) == 0)
			return doctor_world_give(world->probes[i].text, text, size);
	return doctor_world_give(NULL, text, size);
}

/* What follows folder and a slash in path; NULL where path is not below folder. */
static inline const char *doctor_world_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	if (strncmp(path, folder, length) != 0 || path[length] != '/')
		return NULL;
	return path + length + 1;
}

static inline bool doctor_world_exists(void *self, const char *path)
{
	const struct doctor_world *world = self;

	for (size_t i = 0; i < world->file_count; i++)
		if (strcmp(world->files[i].path, path) == 0 ||
		    doctor_world_below(world->files[i].path, path))
			return true;
	return false;
}

static inline bool doctor_world_has_name(const struct nb_world_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->name[i], name) == 0)
			return true;
	return false;
}

/* In the order in which the test made them: sort them there if that matters. */
static inline void doctor_world_names(void *self, const char *path, const char *prefix,
				      struct nb_world_names *names)
{
	const struct doctor_world *world = self;

	names->count = 0;
	for (size_t i = 0; i < world->file_count; i++) {
		const char *below = doctor_world_below(world->files[i].path, path);
		char name[NB_WORLD_NAME_SIZE];

		if (!below || strncmp(below, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(below, "/"), below);
		if (!doctor_world_has_name(names, name))
			memcpy(names->name[names->count++], name, sizeof(name));
	}
}

static inline int doctor_world_link(void *self, const char *path, char *target, size_t size)
{
	return doctor_world_read(self, path, target, size);
}

static inline void doctor_world_init(struct doctor_world *world)
{
	*world = (struct doctor_world){ .file_count = 0 };
	world->world = (struct nb_world){
		.self = world,
		.cpuid = doctor_world_cpuid,
		.read = doctor_world_read,
		.link = doctor_world_link,
		.exists = doctor_world_exists,
		.names = doctor_world_names,
		.probe = doctor_world_probe_run,
	};
}

static inline void doctor_world_file(struct doctor_world *world, const char *path, const char *text)
{
	assert_true(world->file_count < DOCTOR_WORLD_MAX);
	world->files[world->file_count].path = path;
	world->files[world->file_count++].text = text;
}

static inline void doctor_world_probe(struct doctor_world *world, const char *name,
				      const char *text)
{
	assert_true(world->probe_count < DOCTOR_WORLD_MAX);
	world->probes[world->probe_count].path = name;
	world->probes[world->probe_count++].text = text;
}

static inline void doctor_world_leaf(struct doctor_world *world, uint32_t leaf,
				     struct nb_cpuid registers)
{
	assert_true(world->leaf_count < DOCTOR_WORLD_MAX);
	world->leaves[world->leaf_count].leaf = leaf;
	world->leaves[world->leaf_count++].registers = registers;
}

#endif
