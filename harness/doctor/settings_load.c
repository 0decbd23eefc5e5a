/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_private.h"

enum { TEXT_SIZE = 4096, LINE_SIZE = 128 };

/* Shares of CPU time in percent; one percent is also what tags a round of a session. */
static const double steal_warn = 1;
static const double steal_bad = 5;
/* Shares of wall time in which something waited, of the last ten seconds. */
static const double pressure_cpu_warn = 10;
static const double pressure_memory_warn = 1;

enum { STAT_STEAL = 7, STAT_FIELDS = 8 }; /* proc(5): user ... softirq, steal */

/* The first eight numbers of the line "cpu"; guest time, which follows, is in them already. */
static bool read_stat(const struct nb_world *world, double *steal, double *total)
{
	char text[LINE_SIZE * 2];
	char *at = text;

	if (!nb_world_line(world, "/proc/stat", text, sizeof(text)) ||
	    strncmp(text, "cpu ", strlen("cpu ")) != 0)
		return false;
	at += strlen("cpu ");
	*total = 0;
	for (int i = 0; i < STAT_FIELDS; i++) {
		char *end;
		unsigned long long ticks = strtoull(at, &end, 10);

		if (end == at)
			return false;
		at = end;
		*total += (double)ticks;
		if (i == STAT_STEAL)
			*steal = (double)ticks;
	}
	return *total > 0;
}

/* Xen and KVM tell a VM what they stole; others mostly leave it at 0. */
static bool tells_steal(const struct nb_machine *machine)
{
	return strstr(machine->hypervisor, "KVM") || strstr(machine->hypervisor, "Xen");
}

static enum nb_state judge_steal(double percent)
{
	if (percent >= steal_bad)
		return NB_STATE_BAD;
	return percent >= steal_warn ? NB_STATE_WARN : NB_STATE_GOOD;
}

void nb_settings_steal(const struct nb_world *world, const struct nb_machine *machine,
		       struct nb_findings *findings)
{
	double steal = 0, total;
	struct nb_finding *finding;

	if (!read_stat(world, &steal, &total)) {
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_UNKNOWN,
					 "settings.steal", "steal", "unknown");
		nb_finding_how(finding, "/proc/stat cannot be read");
	} else if (steal <= 0 && machine->hypervisor[0] && !tells_steal(machine)) {
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_UNKNOWN,
					 "settings.steal", "steal", "0 since boot");
		nb_finding_how(finding, "this hypervisor may not tell what it gives to others: a "
					"session's stalls show it");
	} else {
		double percent = 100 * steal / total;

		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, judge_steal(percent),
					 "settings.steal", "steal", "%.2f %% since boot", percent);
		nb_finding_how(finding,
			       "CPU time that the host gave to others, of all CPU time since "
			       "boot, not just now; a session watches it in each round");
	}
	nb_finding_advice(finding, "vmstat 1 5 (column st)");
}

/* A value such as "2048 kB" as MiB; -1 where there is none. */
static int64_t mebibytes(const char *meminfo, const char *key)
{
	const char *value = nb_doctor_field(meminfo, key);
	char *end;
	long long kilobytes;

	if (!value)
		return -1;
	kilobytes = strtoll(value, &end, 10);
	return end == value || kilobytes < 0 ? -1 : kilobytes / 1024;
}

/* meminfo writes "SwapTotal:" without a blank before the colon, as nb_doctor_field() allows. */
static void tell_swap(const struct nb_world *world, struct nb_findings *findings)
{
	char text[TEXT_SIZE];
	int64_t total, free;
	struct nb_finding *finding;

	world->read(world->self, "/proc/meminfo", text, sizeof(text));
	total = mebibytes(text, "SwapTotal");
	free = mebibytes(text, "SwapFree");
	if (total < 0 || free < 0 || free > total)
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_UNKNOWN,
					 "settings.swap", "swap", "unknown");
	else if (total == 0)
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_GOOD,
					 "settings.swap", "swap", "none");
	else
		finding = nb_finding_add(
			findings, NB_SECTION_SETTINGS,
			total == free ? NB_STATE_GOOD : NB_STATE_WARN, "settings.swap", "swap",
			"%" PRId64 " of %" PRId64 " MiB in use", total - free, total);
	nb_finding_how(finding,
		       "a page that comes back from swap takes as long as thousands of exits");
	nb_finding_advice(finding, "free -m; swapon --show");
}

/* Merged pages have to be copied when they are written: a page fault out of nowhere. */
static void tell_merging(const struct nb_world *world, struct nb_findings *findings)
{
	struct nb_finding *finding;

	if (nb_world_number(world, "/sys/kernel/mm/ksm/run") != 1)
		return;
	finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_WARN, "settings.ksm",
				 "page merging", "on");
	nb_finding_how(finding, "KSM searches memory in the background and makes writes to merged "
				"pages slow");
	nb_finding_advice(finding, "cat /sys/kernel/mm/ksm/run");
}

void nb_settings_memory(const struct nb_world *world, struct nb_findings *findings)
{
	tell_swap(world, findings);
	tell_merging(world, findings);
}

/* "some avg10=2.35 ..." as 2.35 and not as the locale would have it; -1 where there is none. */
static double average(const char *text)
{
	static const char key[] = "avg10=";
	const char *at = strstr(text, key);
	char *end;
	unsigned long whole, hundredths;

	if (!at)
		return -1;
	at += strlen(key);
	whole = strtoul(at, &end, 10);
	if (end == at || *end != '.' || whole > 100)
		return -1;
	hundredths = strtoul(end + 1, &end, 10);
	return hundredths > 99 ? -1 : (double)whole + (double)hundredths / 100;
}

static void tell_pressure(const struct nb_world *world, const char *what, double warn,
			  struct nb_findings *findings)
{
	char path[LINE_SIZE], key[LINE_SIZE / 4], label[LINE_SIZE / 4];
	char text[LINE_SIZE];
	struct nb_finding *finding;
	double percent = -1;

	nb_doctor_say(path, sizeof(path), "/proc/pressure/%s", what);
	nb_doctor_say(key, sizeof(key), "settings.pressure_%s", what);
	nb_doctor_say(label, sizeof(label), "%s pressure", what);
	if (nb_world_line(world, path, text, sizeof(text)))
		percent = average(text);
	if (percent < 0)
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_UNKNOWN, key,
					 label, "unknown");
	else
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS,
					 percent > warn ? NB_STATE_WARN : NB_STATE_GOOD, key, label,
					 "%.2f %% of the last 10 s", percent);
	nb_finding_how(finding, "%s",
		       percent < 0 ? "this kernel does not tell pressure (PSI)"
				   : "time in which somebody on this machine had to wait for it");
	nb_finding_advice(finding, "cat %s", path);
}

void nb_settings_pressure(const struct nb_world *world, struct nb_findings *findings)
{
	tell_pressure(world, "cpu", pressure_cpu_warn, findings);
	tell_pressure(world, "memory", pressure_memory_warn, findings);
}

/* "max 100000" or "200000 100000": quota and period in microseconds, of the cgroup we are in. */
void nb_settings_quota(const struct nb_world *world, struct nb_findings *findings)
{
	char text[LINE_SIZE / 2];
	struct nb_finding *finding;

	if (!nb_world_line(world, "/sys/fs/cgroup/cpu.max", text, sizeof(text)) ||
	    strncmp(text, "max", strlen("max")) == 0)
		return;
	finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_BAD, "settings.quota",
				 "CPU quota", "%s us", text);
	nb_finding_how(finding, "what this container may use and of which time; once used up, "
				"everything in it stands still");
	nb_finding_advice(finding, "cat /sys/fs/cgroup/cpu.max");
}
