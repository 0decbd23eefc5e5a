/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_files.h"
#include "platform_parts.h"

enum { NAME_SIZE = 24, ENVIRON_SIZE = 8192, CGROUP_SIZE = 4096 };

/*
 * Docker gives every container these namespaces of its own unless told otherwise for each of them.
 * The first of each kind has a fixed number (Linux include/linux/proc_ns.h).
 */
static const struct {
	const char *path, *first;
} namespaces[] = {
	{ "/proc/self/ns/ipc", "ipc:[4026531839]" },
	{ "/proc/self/ns/uts", "uts:[4026531838]" },
	{ "/proc/self/ns/pid", "pid:[4026531836]" },
};

/* Parts of a path of /proc/self/cgroup that container managers make. */
static const struct {
	const char *part, *name;
} cgroup_hints[] = {
	{ "/kubepods", "kubernetes" }, { "/docker/", "docker" }, { "/docker-", "docker" },
	{ "/libpod-", "podman" },      { "/lxc/", "lxc" },	 { "/lxc.payload", "lxc" },
};

static bool in_first_namespaces(const struct nb_world *world)
{
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++) {
		char target[NAME_SIZE];

		if (world->link(world->self, namespaces[i].path, target, sizeof(target)) < 0 ||
		    strcmp(target, namespaces[i].first) != 0)
			return false;
	}
	return true;
}

/*
 * /.dockerenv survives where an image became the root file system of a VM; in the first namespaces
 * it is such a relic.
 */
static bool in_docker(const struct nb_world *world)
{
	return world->exists(world->self, "/.dockerenv") && !in_first_namespaces(world);
}

/* container= of the first process; NUL after every variable. Often not ours to read. */
static bool from_environ(const struct nb_world *world, char name[NAME_SIZE])
{
	static const char key[] = "container=";
	char text[ENVIRON_SIZE];
	int length = world->read(world->self, "/proc/1/environ", text, sizeof(text));

	for (int at = 0; at < length; at += (int)strlen(text + at) + 1) {
		if (strncmp(text + at, key, strlen(key)) != 0)
			continue;
		nb_base_copy(name, NAME_SIZE, text + at + strlen(key));
		nb_platform_clean(name);
		return name[0] != '\0';
	}
	return false;
}

static const char *from_cgroup(const struct nb_world *world)
{
	char text[CGROUP_SIZE];

	world->read(world->self, "/proc/self/cgroup", text, sizeof(text));
	for (size_t i = 0; i < sizeof(cgroup_hints) / sizeof(cgroup_hints[0]); i++) {
		if (strstr(text, cgroup_hints[i].part))
			return cgroup_hints[i].name;
	}
	return "";
}

void nb_platform_read_container(struct nb_machine *machine, const struct nb_world *world)
{
	char name[NAME_SIZE] = "";

	if (world->exists(world->self, "/run/.containerenv"))
		nb_base_copy(name, sizeof(name), "podman");
	else if (world->exists(world->self, "/run/secrets/kubernetes.io"))
		nb_base_copy(name, sizeof(name), "kubernetes");
	else if (in_docker(world))
		nb_base_copy(name, sizeof(name), "docker");
	else if (!nb_world_line(world, "/run/systemd/container", name, sizeof(name)) &&
		 !from_environ(world, name))
		nb_base_copy(name, sizeof(name), from_cgroup(world));
	/* systemd counts WSL among the containers; here it is a fact of its own. */
	if (strcmp(name, "wsl") != 0)
		nb_base_copy(machine->container, sizeof(machine->container), name);
}
