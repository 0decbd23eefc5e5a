/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <math.h>
#include <stdbool.h>
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

/* The probe's number; -1 where it is not told or makes no sense. */
static int64_t probed(const char *text, const char *key)
{
	char value[VALUE_SIZE];
	char *end;
	long long number;

	if (!nb_world_value(text, key, value, sizeof(value)))
		return -1;
	number = strtoll(value, &end, 10);
	return end == value || *end || number < 0 ? -1 : number;
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
		.nesting = nesting->verdict,
		.wsl = wsl,
	};
	read_topology(machine->topology, size);
	/* A container or an old kernel may hide the topology and still tell the CPUs. */
	if (machine->cpus > 0)
		size->threads = machine->cpus;
	if (wsl || world->probe(world->self, "space", text, sizeof(text)) < 0)
		return;
	size->disk_free_bytes = probed(text, "free_bytes");
	size->disk_total_bytes = probed(text, "total_bytes");
}
