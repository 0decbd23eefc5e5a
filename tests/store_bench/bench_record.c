/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/check.h"

#include "store_bench.h"

enum { UPGRADE_EVERY = 500, MITIGATIONS = 12 };

static double uniform(struct nb_random *random)
{
	return (nb_random_next(random) + 0.5) / 4294967296.0;
}

/* Lognormal with a far outlier now and then, as times of VM exits roughly are. */
static void draw_ticks(uint64_t ticks[SAMPLES], struct nb_random *random)
{
	double median = 1500 * (1 + (double)nb_random_below(random, 20));

	for (size_t i = 0; i < SAMPLES; i++) {
		double normal =
			sqrt(-2 * log(uniform(random))) * cos(6.283185307179586 * uniform(random));
		double outlier = nb_random_below(random, 100) == 0 ? 10 : 1;

		ticks[i] = (uint64_t)(median * exp(0.06 * normal) * outlier);
	}
}

static int make_round(struct nb_round *round, const struct nb_series *series, int ordinal,
		      struct nb_random *random, struct nb_error *error)
{
	static const char *const kinds[] = { "exits", "io_exits", "insn_emulation" };
	uint64_t ticks[SAMPLES];

	*round = (struct nb_round){ .ordinal = ordinal, .batch = 1 };
	draw_ticks(ticks, random);
	round->tick_hz = 2.3e9 + uniform(random);
	round->null_ticks = 48;
	round->clock = NB_CLOCK_GUEST_TSC;
	round->ops = SAMPLES;
	round->exits_per_op = 1.0 + 1.0 / SAMPLES;
	round->expected = 1;
	round->kind_count = sizeof(kinds) / sizeof(kinds[0]);
	for (size_t i = 0; i < round->kind_count; i++) {
		nb_base_copy(round->kinds[i].name, sizeof(round->kinds[i].name), kinds[i]);
		round->kinds[i].count = SAMPLES + (int64_t)i;
	}
	round->guards.wall_ms = 10 + uniform(random);
	round->guards.stall_us = uniform(random);
	round->guards.tsc_ppm = uniform(random);
	round->guards.psi_cpu_ms = NAN;
	round->guards.canary_before_us = 100 + uniform(random);
	round->guards.canary_after_us = 100 + uniform(random);
	return nb_record_fill(series, ticks, SAMPLES, round, error);
}

int nb_bench_make_record(struct nb_record *record, const struct options *options,
			 struct nb_error *error)
{
	struct nb_random random;

	nb_random_seed(&random, 1);
	for (unsigned i = 0; i < options->series; i++) {
		struct nb_series series = { .vantage = NB_GUEST, .lower_is_better = true };

		snprintf(series.benchmark, sizeof(series.benchmark), "exit.number_%u", i);
		nb_base_copy(series.metric, sizeof(series.metric), "latency");
		nb_base_copy(series.unit, sizeof(series.unit), "ns");
		for (unsigned j = 0; j < options->rounds; j++) {
			struct nb_round round;
			int status = make_round(&round, &series, (int)j, &random, error);

			if (status == 0)
				status = nb_record_append(record, &series, &round, error);
			nb_stats_histogram_free(&round.histogram);
			if (status < 0)
				return status;
		}
	}
	return 0;
}

static void set_label(struct nb_session *session, size_t index, const char *key, unsigned value)
{
	nb_base_copy(session->labels[index].key, sizeof(session->labels[index].key), key);
	snprintf(session->labels[index].value, sizeof(session->labels[index].value), "%u", value);
}

/* Texts as long as those of real machines; only the boot is always another one. */
static void make_machine(struct nb_machine *machine, unsigned number)
{
	nb_base_copy(machine->platform, sizeof(machine->platform),
		     "KVMKVMKVM/cpu 6.106.6/1 socket x 2 cores x 2 threads/1/tsc");
	nb_base_copy(machine->cpu_brand, sizeof(machine->cpu_brand),
		     "Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz");
	nb_base_copy(machine->kernel_cmdline, sizeof(machine->kernel_cmdline),
		     "BOOT_IMAGE=/boot/vmlinuz root=UUID=00000000-0000-0000-0000-000000000000 ro "
		     "console=tty0 console=ttyS0,115200 earlyprintk=ttyS0,115200 quiet");
	snprintf(machine->kernel, sizeof(machine->kernel), "6.1.%u", number / UPGRADE_EVERY);
	snprintf(machine->boot_id, sizeof(machine->boot_id), "00000000-0000-0000-0000-%012u",
		 number);
	machine->mitigations[0] = '\0';
	for (unsigned i = 0; i < MITIGATIONS; i++) {
		size_t length = strlen(machine->mitigations);

		snprintf(machine->mitigations + length, sizeof(machine->mitigations) - length,
			 "vulnerability_%u: Mitigation: something that the kernel does about it; ",
			 i);
	}
}

/* The rounds stay those of the record. */
void nb_bench_make_session(struct nb_session *session, unsigned number)
{
	snprintf(session->id, sizeof(session->id), "01JD00000000000000%08u", number);
	snprintf(session->started, sizeof(session->started), "2026-11-%02uT%02u:%02u:%02u.000Z",
		 1 + number / 86400 % 30, number / 3600 % 24, number / 60 % 60, number % 60);
	nb_base_copy(session->version, sizeof(session->version), NB_VERSION);
	nb_base_copy(session->profile, sizeof(session->profile), "standard");
	session->seed = number;
	session->level = 1;
	session->label_count = 2;
	set_label(session, 0, "host", number % 40);
	set_label(session, 1, "group", number < 20 ? 0 : number < 25 ? 1 : 2);
	make_machine(&session->machine, number);
}
