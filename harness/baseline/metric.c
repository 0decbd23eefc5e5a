/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "baseline_parts.h"

/* results/README.md tells what each of them means; a test compares the two. */
static const struct {
	const char *metric, *units;
} metrics[] = {
	{ "vcpus", "vCPU" },
	{ "cores", "core" },
	{ "topology", "text" },
	{ "hyper_threaded", "bool" },
	{ "cpu_models", "text" },
	{ "cpu_turbo_clock", "GHz" },
	{ "acu_per_vcpu", "text" },
	{ "memory", "GiB, GB" },
	{ "disk_iops", "IOPS" },
	{ "disk_throughput", "MB/s" },
	{ "disk_burst_iops", "IOPS" },
	{ "disk_burst_throughput", "MB/s" },
	{ "disk_burst_duration", "min" },
	{ "data_disks", "count" },
	{ "temp_disk", "GiB, GB" },
	{ "ephemeral_os_disk", "text" },
	{ "network", "Mb/s" },
	{ "nics", "count" },
	{ "nic_interfaces", "text" },
	{ "accelerated_networking", "text" },
	{ "nested_virtualization", "bool" },
	{ "security_type", "text" },
	{ "vm_generation", "text" },
	{ "live_migration", "text" },
	{ "support", "text" },
};

static const char benchmark_units[] =
	"ns, us, s, cycles, ratio, percent, exits, count, IOPS, MB/s, score, text";

/* "family.name" of lower-case letters, digits and "_". */
static bool is_benchmark(const char *metric)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	size_t family = strspn(metric, letters);
	const char *name = metric + family + 1;

	return family > 0 && metric[family] == '.' && *name && name[strspn(name, letters)] == '\0';
}

const char *nb_metric_units(const char *metric)
{
	for (size_t i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
		if (strcmp(metrics[i].metric, metric) == 0)
			return metrics[i].units;
	return is_benchmark(metric) ? benchmark_units : NULL;
}

bool nb_metric_has_unit(const char *metric, const char *unit)
{
	const char *units = nb_metric_units(metric);

	while (units) {
		const char *end = strstr(units, ", ");
		size_t length = end ? (size_t)(end - units) : strlen(units);

		if (strlen(unit) == length && strncmp(units, unit, length) == 0)
			return true;
		units = end ? end + strlen(", ") : NULL;
	}
	return false;
}
