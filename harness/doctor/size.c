/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/fit.h"

enum { PROBE_SIZE = 1024, VALUE_SIZE = 64, TOPOLOGY_NUMBERS = 3, CPU_MAX = 65536 };

/* The numbers of a text that begins with one; how many there are, counted up to max + 1. */
static size_t read_numbers(const char *text, long long *numbers, size_t max)
{
	size_t count = 0;

	while (*text && count <= max) {
		char *end;
		long long number;

		if (!isdigit((unsigned char)*text))
			return count;
		number = strtoll(text, &end, 10);
		if (count < max)
			numbers[count] = number;
		count++;
		text = end + strcspn(end, "0123456789");
	}
	return count;
}

/*
 * The two forms of struct nb_machine's topology: "1 socket x 4 cores x 2 threads" and, where cores
 * or sockets differ, "1 socket, 3 cores, 5 threads (uneven)", which gives totals. Any other text
 * tells nothing.
 */
static void read_topology(const char *text, struct nb_size *size)
{
	long long numbers[TOPOLOGY_NUMBERS];
	bool totals = strchr(text, ',') != NULL;

	if (read_numbers(text, numbers, TOPOLOGY_NUMBERS) != TOPOLOGY_NUMBERS)
		return;
	for (size_t i = 0; i < TOPOLOGY_NUMBERS; i++)
		if (numbers[i] <= 0 || numbers[i] > CPU_MAX)
			return;
	size->cores = totals ? numbers[1] : numbers[0] * numbers[1];
	size->threads = totals ? numbers[2] : size->cores * numbers[2];
}

void nb_size_read(const struct nb_world *world, const struct nb_machine *machine,
		  const struct nb_nesting *nesting, struct nb_size *size)
{
	char text[PROBE_SIZE];
	bool wsl = strcmp(machine->wsl, "2") == 0;

	*size = (struct nb_size){
		.threads = -1,
		.cores = -1,
		.memory_bytes = machine->memory_bytes > 0 && !wsl ? machine->memory_bytes : -1,
		.disk_free_bytes = -1,
		.disk_total_bytes = -1,
		.disk_read_iops = NAN,
		.disk_write_iops = NAN,
		.disk_mb_s = NAN,
		/* WSL 2 is a VM inside the one that is compared: that it runs is the answer. */
		.nesting = wsl ? NB_NESTING_YES : nesting->verdict,
		.wsl = wsl,
	};
	read_topology(machine->topology, size);
	/* A container or an old kernel may hide the topology and still tell the CPUs. */
	if (machine->cpus > 0)
		size->threads = machine->cpus;
	if (wsl || world->probe(world->self, "space", text, sizeof(text)) < 0)
		return;
	size->disk_free_bytes = nb_world_value_number(text, "free_bytes");
	size->disk_total_bytes = nb_world_value_number(text, "total_bytes");
}

/* "Standard_D4s_v5" is "azure-d4s-v5": only Azure's sizes are so called. */
static bool name_baseline(const char *cloud_size, char *name, size_t room)
{
	static const char start[] = "Standard_";
	size_t used;

	if (strncmp(cloud_size, start, sizeof(start) - 1) != 0)
		return false;
	used = (size_t)snprintf(name, room, "azure-%s", cloud_size + sizeof(start) - 1);
	for (char *at = name; *at; at++) {
		if (*at == '_')
			*at = '-';
		else if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at + ('a' - 'A'));
	}
	return used < room;
}

static double documented(const struct nb_baseline *baseline, const char *metric)
{
	const struct nb_figure *figure = nb_baseline_figure(baseline, metric);

	return figure ? figure->value : NAN;
}

void nb_size_document(const char *cloud_size, struct nb_size *size)
{
	struct nb_baseline baseline = { 0 };
	char name[VALUE_SIZE];

	if (!isnan(size->disk_read_iops) || !isnan(size->disk_write_iops) ||
	    !isnan(size->disk_mb_s) || !name_baseline(cloud_size, name, sizeof(name)) ||
	    nb_baseline_find(name, &baseline, NULL) < 0)
		return;
	size->disk_read_iops = documented(&baseline, "disk_iops");
	size->disk_write_iops = size->disk_read_iops;
	size->disk_mb_s = documented(&baseline, "disk_throughput");
	size->disk_documented = true;
	nb_baseline_free(&baseline);
}
