/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "run_storage_private.h"

static void put(struct nb_vmm_stats *stats, const char *name, uint64_t value)
{
	struct nb_vmm_stat *stat = &stats->items[stats->count++];

	nb_base_copy(stat->name, sizeof(stat->name), name);
	stat->value = value;
}

static uint64_t ns_of(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_usec * 1000;
}

/* Numbers of all CPUs in a line such as " 25:   10   20  PCI-MSI 65537-edge  virtio1-req.0". */
static uint64_t sum_line(const char *line)
{
	const char *at = strchr(line, ':');
	uint64_t sum = 0;

	for (at = at ? at + 1 : ""; *at;) {
		char *end;

		while (*at == ' ')
			at++;
		if (!isdigit((unsigned char)*at))
			break;
		sum += strtoull(at, &end, 10);
		at = end;
	}
	return sum;
}

/* The lines of a device's queues: "virtio1-req.0", and not virtio10's. */
static bool is_queue_of(const char *line, const char *virtio)
{
	const char *name = strstr(line, virtio);

	return name && name > line && name[-1] == ' ' && name[strlen(virtio)] == '-';
}

static uint64_t interrupts_of(const char *virtio)
{
	FILE *file = fopen("/proc/interrupts", "re");
	char *line = NULL;
	size_t size = 0;
	uint64_t sum = 0;

	while (file && getline(&line, &size, file) >= 0) {
		if (is_queue_of(line, virtio))
			sum += sum_line(line);
	}
	free(line);
	if (file)
		fclose(file);
	return sum;
}

void nb_run_storage_virtio(const struct nb_target *target, char *name, size_t size)
{
	char path[128], link[256];
	size_t disk = strcspn(target->disk, " ");
	const char *last;
	ssize_t length;

	name[0] = '\0';
	snprintf(path, sizeof(path), "/sys/block/%.*s/device", (int)(disk < 64 ? disk : 64),
		 target->disk);
	length = disk > 0 ? readlink(path, link, sizeof(link) - 1) : -1;
	if (length < 0)
		return;
	link[length] = '\0';
	last = strrchr(link, '/');
	last = last ? last + 1 : link;
	if (strncmp(last, "virtio", 6) == 0)
		nb_base_copy(name, size, last);
}

static uint64_t cpu_ns_of(const struct rusage *used)
{
	return ns_of(&used->ru_utime) + ns_of(&used->ru_stime);
}

/*
 * What one round's loop cost beside its time, in the shape of KVM's counters: the table divides
 * by operations. Reading /proc/interrupts takes as long as some I/Os do, and would be part of each
 * loop that it comes before.
 */
void nb_run_storage_counters(const struct nb_run_site *site, const struct nb_io *io,
			     struct nb_run_counting *counting, struct nb_vmm_stats *stats)
{
	uint64_t start = (uint64_t)nb_run_clock_raw_ns();
	struct rusage used, after;

	stats->count = 0;
	getrusage(RUSAGE_SELF, &used);
	put(stats, "wall_ns", start - counting->wall_ns);
	put(stats, "cpu_ns", cpu_ns_of(&used) - counting->cpu_ns);
	put(stats, "switches", (uint64_t)used.ru_nvcsw + (uint64_t)used.ru_nivcsw);
	put(stats, "majflt", (uint64_t)used.ru_majflt);
	put(stats, "bytes", io->bytes);
	if (site->virtio[0])
		put(stats, "interrupts", interrupts_of(site->virtio));
	getrusage(RUSAGE_SELF, &after);
	counting->cpu_ns += cpu_ns_of(&after) - cpu_ns_of(&used);
	counting->wall_ns += (uint64_t)nb_run_clock_raw_ns() - start;
}
