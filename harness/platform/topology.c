/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "platform_files.h"
#include "platform_parts.h"

enum {
	CPU_MAX = 8192, /* NR_CPUS of x86 is at most that */
	CPU_PATH_SIZE = 96,
	LIST_SIZE = 4096,
};

struct cpu_set {
	uint64_t bits[CPU_MAX / 64];
};

/*
 * Parses "0-3,8"; numbers above CPU_MAX and whatever follows a fault are left out. A set, because
 * a range may be told twice.
 */
static void parse_list(const char *text, struct cpu_set *set)
{
	*set = (struct cpu_set){ 0 };
	while (*text >= '0' && *text <= '9') {
		char *end;
		unsigned long first = strtoul(text, &end, 10);
		unsigned long last = first;

		if (*end == '-')
			last = strtoul(end + 1, &end, 10);
		for (unsigned long cpu = first; cpu <= last && cpu < CPU_MAX; cpu++)
			set->bits[cpu / 64] |= (uint64_t)1 << (cpu % 64);
		if (*end != ',')
			break;
		text = end + 1;
	}
}

static int64_t topology_number(const struct nb_world *world, size_t cpu, const char *name)
{
	char path[CPU_PATH_SIZE];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%zu/topology/%s", cpu, name);
	return nb_world_number(world, path);
}

/*
 * A core is named by its lowest thread, with which the list of siblings begins: unlike core_id,
 * that is one of a kind over dies and sockets. Very old kernels and WSL 1 may lack the list.
 */
static struct nb_platform_thread read_thread(const struct nb_world *world, size_t cpu)
{
	struct nb_platform_thread thread = {
		.package = topology_number(world, cpu, "physical_package_id"),
		.core = topology_number(world, cpu, "thread_siblings_list"),
	};

	if (thread.core < 0)
		thread.core = topology_number(world, cpu, "core_id");
	return thread;
}

static int compare_threads(const void *a, const void *b)
{
	const struct nb_platform_thread *x = a;
	const struct nb_platform_thread *y = b;

	if (x->package != y->package)
		return x->package < y->package ? -1 : 1;
	return (x->core > y->core) - (x->core < y->core);
}

/* Elements that come in groups: how many in all, in the first group and in the current one. */
struct tally {
	size_t groups, total, first, current;
	bool uneven; /* some group differs from the first */
};

static void tally_close(struct tally *tally)
{
	if (tally->groups++ == 0)
		tally->first = tally->current;
	tally->uneven |= tally->current != tally->first;
	tally->current = 0;
}

static void tally_add(struct tally *tally)
{
	tally->total++;
	tally->current++;
}

/* Counts sorted threads; false if a place is not told. */
static bool count_places(const struct nb_platform_thread *threads, size_t count,
			 struct tally *in_core, struct tally *in_socket)
{
	for (size_t i = 0; i < count; i++) {
		const struct nb_platform_thread *next = i + 1 < count ? &threads[i + 1] : NULL;

		if (threads[i].package < 0 || threads[i].core < 0)
			return false;
		tally_add(in_core);
		if (next && compare_threads(&threads[i], next) == 0)
			continue;
		tally_close(in_core);
		tally_add(in_socket);
		if (!next || next->package != threads[i].package)
			tally_close(in_socket);
	}
	return count > 0;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void nb_platform_topology_text(struct nb_platform_thread *threads, size_t count, char *text,
			       size_t size)
{
	struct tally in_core = { 0 };	/* threads, grouped by core */
	struct tally in_socket = { 0 }; /* cores, grouped by socket */
	size_t sockets;

	text[0] = '\0';
	qsort(threads, count, sizeof(*threads), compare_threads);
	if (!count_places(threads, count, &in_core, &in_socket))
		return;
	sockets = in_socket.groups;
	if (in_core.uneven || in_socket.uneven)
		snprintf(text, size, "%zu socket%s, %zu cores, %zu threads (uneven)", sockets,
			 plural(sockets), in_socket.total, in_core.total);
	else
		snprintf(text, size, "%zu socket%s x %zu core%s x %zu thread%s", sockets,
			 plural(sockets), in_socket.first, plural(in_socket.first), in_core.first,
			 plural(in_core.first));
}

static void read_microcode(struct nb_machine *machine, const struct nb_world *world)
{
	char text[NB_PLATFORM_TEXT_MAX];

	if (world->read(world->self, "/proc/cpuinfo", text, sizeof(text)) > 0)
		nb_platform_field(text, "microcode", machine->microcode,
				  sizeof(machine->microcode));
}

void nb_platform_read_topology(struct nb_machine *machine, const struct nb_world *world)
{
	struct nb_platform_thread threads[CPU_MAX];
	struct cpu_set online;
	char list[LIST_SIZE];
	size_t count = 0;

	read_microcode(machine, world);
	if (!nb_world_line(world, "/sys/devices/system/cpu/online", list, sizeof(list)))
		return;
	parse_list(list, &online);
	for (size_t cpu = 0; cpu < CPU_MAX; cpu++) {
		if (online.bits[cpu / 64] >> (cpu % 64) & 1)
			threads[count++] = read_thread(world, cpu);
	}
	if (count == 0)
		return;
	machine->cpus = (int64_t)count;
	nb_platform_topology_text(threads, count, machine->topology, sizeof(machine->topology));
}
