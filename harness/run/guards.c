/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "run_private.h"

/* Limits beyond which a guard tags its round (DESIGN section 5). */
static const double steal_share_max = 0.01;
static const double psi_share_max = 0.10;
static const double switches_per_s_max = 20;
static const double tsc_ppm_max = 200;
static const double stall_us_max = 500;
static const double canary_ratio_max = 1.25;

enum { STAT_SIZE = 65536, SPIN_US = 1000, CANARY_STEPS = 50000, CANARY_TRIES = 3 };

/* The number behind key in a text of "key number" lines; NAN where there is none. */
static double number_after(const char *text, const char *key)
{
	const char *found = strstr(text, key);

	return found ? strtod(found + strlen(key), NULL) : NAN;
}

/* Eighth number of the CPU's line: stolen time in ticks of USER_HZ (proc(5)). */
static double read_steal_ms(int cpu)
{
	char text[STAT_SIZE];
	char key[24];
	double ticks[8] = { 0 };
	const char *line;

	if (nb_base_read_line("/proc/stat", text, sizeof(text)) < 0)
		return NAN;
	snprintf(key, sizeof(key), "cpu%d ", cpu);
	line = strstr(text, key);
	if (!line)
		return NAN;
	line += strlen(key);
	for (int i = 0; i < 8; i++) {
		char *end;

		ticks[i] = strtod(line, &end);
		if (end == line)
			return NAN;
		line = end;
	}
	return ticks[7] * 1000 / (double)sysconf(_SC_CLK_TCK);
}

static double read_psi_ms(void)
{
	char text[512];

	if (nb_base_read_line("/proc/pressure/cpu", text, sizeof(text)) < 0)
		return NAN;
	return number_after(text, "total=") / 1000;
}

static int64_t read_swap_ins(void)
{
	char text[STAT_SIZE];
	double pages;

	if (nb_base_read_line("/proc/vmstat", text, sizeof(text)) < 0)
		return -1;
	pages = number_after(text, "pswpin ");
	return isnan(pages) ? -1 : (int64_t)pages;
}

static int64_t read_switches(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_THREAD, &usage) < 0 ? -1 : usage.ru_nivcsw;
}

static void read_clocksource(char *text, size_t size)
{
	nb_base_read_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", text,
			  size);
}

/* Longest time between two turns of an empty loop: whatever took the CPU away meanwhile. */
static uint64_t longest_gap(double duration_us, double ticks_per_us)
{
	uint64_t start = nb_bench_clock();
	uint64_t end = start + (uint64_t)(duration_us * ticks_per_us);
	uint64_t last = start;
	uint64_t longest = 0;

	while (last < end) {
		uint64_t now = nb_bench_clock();

		if (now - last > longest)
			longest = now - last;
		last = now;
	}
	return longest;
}

/* A chain of multiplications that fits no cache, memory or branch effect: CPU speed alone. */
static uint64_t canary_ticks(void)
{
	uint64_t best = UINT64_MAX;

	for (int try = 0; try < CANARY_TRIES; try++) {
		uint64_t start = nb_bench_clock();
		volatile uint64_t sink;
		uint64_t value = start | 1;

		for (int i = 0; i < CANARY_STEPS; i++)
			value = value * 6364136223846793005u + 1442695040888963407u;
		sink = value;
		(void)sink;
		start = nb_bench_clock() - start;
		if (start < best)
			best = start;
	}
	return best;
}

void nb_run_guards_start(struct nb_run_watch *watch, int cpu, struct nb_guards *guards)
{
	struct nb_run_instant begin = nb_run_clock_now();
	uint64_t canary = canary_ticks();
	struct nb_run_instant end = nb_run_clock_now();
	double ticks_per_us = nb_run_clock_rate(&begin, &end) / 1e6;

	watch->cpu = cpu;
	watch->steal_ms = read_steal_ms(cpu);
	watch->psi_ms = read_psi_ms();
	watch->swap_ins = read_swap_ins();
	read_clocksource(watch->clocksource, sizeof(watch->clocksource));
	guards->canary_before_us = (double)canary / ticks_per_us;
	guards->stall_us = (double)longest_gap(SPIN_US, ticks_per_us) / ticks_per_us;
	watch->switches = read_switches();
	watch->start = nb_run_clock_now();
}

static int64_t difference(int64_t after, int64_t before)
{
	return after < 0 || before < 0 ? -1 : after - before;
}

void nb_run_guards_stop(const struct nb_run_watch *watch, struct nb_guards *guards, double *tick_hz)
{
	struct nb_run_instant end = nb_run_clock_now();
	char clocksource[sizeof(watch->clocksource)];
	int cpu = sched_getcpu();

	*tick_hz = nb_run_clock_rate(&watch->start, &end);
	guards->switches = difference(read_switches(), watch->switches);
	guards->canary_after_us = (double)canary_ticks() / *tick_hz * 1e6;
	guards->wall_ms = (end.raw_ns - watch->start.raw_ns) / 1e6;
	guards->steal_ms = read_steal_ms(watch->cpu) - watch->steal_ms;
	guards->psi_cpu_ms = read_psi_ms() - watch->psi_ms;
	guards->swap_ins = difference(read_swap_ins(), watch->swap_ins);
	guards->migrations = cpu != watch->cpu;
	read_clocksource(clocksource, sizeof(clocksource));
	guards->clocksource = strcmp(clocksource, watch->clocksource) != 0;
	guards->tsc_ppm = NAN;
}

/*
 * Comparisons with NAN are false: what could not be watched tags nothing. Pressure (PSI) counts
 * whoever waits for a CPU; under SCHED_FIFO those wait for us and not the other way round.
 */
uint32_t nb_run_guards_judge(const struct nb_guards *guards, bool fifo)
{
	double slowdown = guards->canary_after_us / guards->canary_before_us;
	uint32_t tags = 0;

	if (guards->steal_ms > steal_share_max * guards->wall_ms)
		tags |= NB_TAG_STEAL;
	if ((double)guards->switches > 1 + switches_per_s_max * guards->wall_ms / 1000)
		tags |= NB_TAG_SWITCHES;
	if (guards->migrations > 0)
		tags |= NB_TAG_MIGRATION;
	if (guards->clocksource > 0)
		tags |= NB_TAG_CLOCKSOURCE;
	if (fabs(guards->tsc_ppm) > tsc_ppm_max)
		tags |= NB_TAG_TSC;
	if (guards->stall_us > stall_us_max)
		tags |= NB_TAG_STALL;
	if (guards->swap_ins > 0)
		tags |= NB_TAG_SWAP;
	if (!fifo && guards->psi_cpu_ms > psi_share_max * guards->wall_ms)
		tags |= NB_TAG_PSI;
	if (slowdown > canary_ratio_max || slowdown < 1 / canary_ratio_max)
		tags |= NB_TAG_CANARY;
	return tags;
}
