/* SPDX-License-Identifier: Apache-2.0 */
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "platform_world.h"

/* The machine that we run on. */

static bool live_cpuid(void *self, uint32_t leaf, uint32_t subleaf, struct nb_cpuid *registers)
{
	(void)self;
	__cpuid_count(leaf, subleaf, registers->eax, registers->ebx, registers->ecx,
		      registers->edx);
	return true;
}

/* O_NONBLOCK: to open a pipe that nobody writes would wait for ever. */
static int live_read(void *self, const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	(void)self;
	return nb_platform_take_file(fd < 0 ? -errno : fd, text, size);
}

static int live_link(void *self, const char *path, char *target, size_t size)
{
	ssize_t length = readlink(path, target, size - 1);
	int result = length < 0 ? -errno : (int)length;

	(void)self;
	target[length < 0 ? 0 : length] = '\0';
	return result;
}

static bool live_exists(void *self, const char *path)
{
	(void)self;
	return access(path, F_OK) == 0;
}

static void live_names(void *self, const char *path, const char *prefix,
		       struct nb_world_names *names)
{
	(void)self;
	nb_platform_take_names(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), prefix, names);
}

static int live_probe(void *self, const char *name, char *text, size_t size)
{
	const struct nb_world *world = self;

	text[0] = '\0';
	for (size_t i = 0; i < world->probe_count; i++) {
		const struct nb_world_probe *probe = &world->probes[i];
		int result;

		if (strcmp(probe->name, name) != 0)
			continue;
		result = probe->run(probe->context, text, size);
		if (result < 0)
			text[0] = '\0';
		return result < 0 ? result : (int)strnlen(text, size);
	}
	return -ENOENT;
}

void nb_world_live(struct nb_world *world, const struct nb_world_probe *probes, size_t count)
{
	*world = (struct nb_world){
		.self = world,
		.cpuid = live_cpuid,
		.read = live_read,
		.link = live_link,
		.exists = live_exists,
		.names = live_names,
		.probe = live_probe,
		.probes = probes,
		.probe_count = probes ? count : 0,
	};
}

bool nb_platform_is_live(const struct nb_world *world)
{
	return world->read == live_read;
}
