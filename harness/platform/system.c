/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_files.h"
#include "platform_parts.h"

enum { MEMINFO_SIZE = 4096, FACT_SIZE = 256, PATH_SIZE = 160 };

static const char vulnerabilities[] = "/sys/devices/system/cpu/vulnerabilities";
static const char os_name_key[] = "PRETTY_NAME=";

/* A value such as "24684096 kB" as bytes. */
static int64_t meminfo_bytes(const char *text, const char *key)
{
	char value[32];
	char *end;
	long long kilobytes;

	if (!nb_platform_field(text, key, value, sizeof(value)))
		return -1;
	kilobytes = strtoll(value, &end, 10);
	if (end == value || strcmp(end, " kB") != 0 || kilobytes < 0 ||
	    kilobytes > INT64_MAX / 1024)
		return -1;
	return kilobytes * 1024;
}

static void read_memory(struct nb_machine *machine, const struct nb_world *world)
{
	char text[MEMINFO_SIZE];

	if (world->read(world->self, "/proc/meminfo", text, sizeof(text)) < 0)
		return;
	machine->memory_bytes = meminfo_bytes(text, "MemTotal");
	machine->swap_bytes = meminfo_bytes(text, "SwapTotal");
}

/* os-release(5): a shell assignment, quoted or not, with backslashes before special characters. */
static void unquote(const char *value, char *text, size_t size)
{
	char quote = '\0';
	size_t length = 0;

	if (*value == '"' || *value == '\'')
		quote = *value++;
	while (*value && *value != '\n' && (!quote || *value != quote) && length < size - 1) {
		if (*value == '\\' && quote != '\'' && value[1] && value[1] != '\n')
			value++;
		text[length++] = *value++;
	}
	text[length] = '\0';
	nb_platform_clean(text);
}

static void read_os(struct nb_machine *machine, const struct nb_world *world)
{
	char text[MEMINFO_SIZE];
	const char *line = text;

	if (world->read(world->self, "/etc/os-release", text, sizeof(text)) < 0 &&
	    world->read(world->self, "/usr/lib/os-release", text, sizeof(text)) < 0)
		return;
	while (line && strncmp(line, os_name_key, strlen(os_name_key)) != 0) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	if (line)
		unquote(line + strlen(os_name_key), machine->os, sizeof(machine->os));
}

/* What follows "--" are arguments of init: no setting of the kernel, and maybe private. */
static void read_cmdline(struct nb_machine *machine, const struct nb_world *world)
{
	char *rest;

	nb_world_line(world, "/proc/cmdline", machine->kernel_cmdline,
		      sizeof(machine->kernel_cmdline));
	rest = strstr(machine->kernel_cmdline, " -- ");
	if (rest)
		*rest = '\0';
}

static void read_kernel(struct nb_machine *machine, const struct nb_world *world)
{
	struct nb_platform_list list;
	char fact[FACT_SIZE];

	nb_platform_list_init(&list, machine->kernel, sizeof(machine->kernel), " ");
	if (nb_world_line(world, "/proc/sys/kernel/osrelease", fact, sizeof(fact)))
		nb_platform_list_add(&list, fact);
	if (nb_world_line(world, "/proc/sys/kernel/version", fact, sizeof(fact)))
		nb_platform_list_add(&list, fact);
	nb_world_line(world, "/proc/sys/kernel/random/boot_id", machine->boot_id,
		      sizeof(machine->boot_id));
}

static void read_mitigations(struct nb_machine *machine, const struct nb_world *world)
{
	struct nb_world_names names;
	struct nb_platform_list list;

	nb_platform_list_init(&list, machine->mitigations, sizeof(machine->mitigations), "; ");
	world->names(world->self, vulnerabilities, "", &names);
	for (size_t i = 0; i < names.count; i++) {
		char path[PATH_SIZE];
		char state[FACT_SIZE];
		char entry[FACT_SIZE + NB_WORLD_NAME_SIZE + 2];

		snprintf(path, sizeof(path), "%s/%s", vulnerabilities, names.name[i]);
		if (!nb_world_line(world, path, state, sizeof(state)))
			continue;
		snprintf(entry, sizeof(entry), "%s: %s", names.name[i], state);
		nb_platform_list_add(&list, entry);
	}
}

/* "always [madvise] never": the word in brackets is the one chosen. */
static void read_thp(struct nb_machine *machine, const struct nb_world *world)
{
	char text[FACT_SIZE];
	char *chosen;

	nb_world_line(world, "/sys/kernel/mm/transparent_hugepage/enabled", text, sizeof(text));
	chosen = strchr(text, '[');
	if (!chosen)
		return;
	chosen[strcspn(chosen, "]")] = '\0';
	nb_base_copy(machine->thp, sizeof(machine->thp), chosen + 1);
}

void nb_platform_read_system(struct nb_machine *machine, const struct nb_world *world)
{
	read_memory(machine, world);
	read_os(machine, world);
	read_kernel(machine, world);
	read_cmdline(machine, world);
	read_mitigations(machine, world);
	read_thp(machine, world);
	nb_world_line(world, "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		      machine->clocksource, sizeof(machine->clocksource));
	nb_world_line(world, "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
		      machine->governor, sizeof(machine->governor));
}
