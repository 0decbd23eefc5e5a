/* SPDX-License-Identifier: Apache-2.0 */
#include "room.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_SIZE = 8192, PATH_SIZE = 4096 + 64 };

#define CGROUPS "/sys/fs/cgroup"

/* The start of a file, as far as it fits; "" if it cannot be read. */
static const char *read_text(const char *path, char *text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, TEXT_SIZE - 1);

	text[length > 0 ? length : 0] = '\0';
	if (fd >= 0)
		(void)close(fd);
	return text;
}

/* A cgroup's file with one number; UINT64_MAX for "max" and where there is none. */
static uint64_t read_bytes(const char *folder, const char *name)
{
	char path[PATH_SIZE + 32];
	char text[TEXT_SIZE];
	uint64_t bytes;
	char *end;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	read_text(path, text);
	bytes = strtoull(text, &end, 10);
	return end == text ? UINT64_MAX : bytes;
}

static uint64_t left_of(const char *folder)
{
	uint64_t most = read_bytes(folder, "memory.max");
	uint64_t used = read_bytes(folder, "memory.current");

	if (most == UINT64_MAX || used == UINT64_MAX)
		return UINT64_MAX;
	return most > used ? most - used : 0;
}

/* Of this process's cgroup and all above it: what the tightest has left. */
static uint64_t cgroup_left(void)
{
	char folder[PATH_SIZE] = CGROUPS;
	char text[TEXT_SIZE];
	const char *line = strstr(read_text("/proc/self/cgroup", text), "0::/");
	uint64_t least = left_of(folder);

	if (!line)
		return least;
	snprintf(folder, sizeof(folder), CGROUPS "%.*s", (int)strcspn(line + 3, "\n"), line + 3);
	while (strlen(folder) > strlen(CGROUPS)) {
		uint64_t left = left_of(folder);

		least = left < least ? left : least;
		*strrchr(folder, '/') = '\0';
	}
	return least;
}

uint64_t nb_room_free_mib(void)
{
	char text[TEXT_SIZE];
	const char *line = strstr(read_text("/proc/meminfo", text), "MemAvailable:");
	uint64_t machine = line ? strtoull(line + strlen("MemAvailable:"), NULL, 10) >> 10 : 0;
	uint64_t group = cgroup_left() >> 20;

	return group < machine ? group : machine;
}

const char *nb_room_huge_pages_off(void)
{
	char text[TEXT_SIZE];

	read_text("/sys/kernel/mm/transparent_hugepage/enabled", text);
	if (strstr(text, "[never]"))
		return "transparent huge pages are off "
		       "(/sys/kernel/mm/transparent_hugepage/enabled says never)";
	return NULL;
}
