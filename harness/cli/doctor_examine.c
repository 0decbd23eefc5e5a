/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/platform.h"

#include "cli_doctor.h"

/* Every fact of the machine unknown, as where its CPU cannot be decoded at all. */
static void forget(struct nb_machine *machine)
{
	memset(machine, 0, sizeof(*machine));
#define NB_FORGET(field) machine->field = -1;
	NB_MACHINE_NUMBERS(NB_FORGET)
#undef NB_FORGET
}

/* A CPU that nobody knows is a finding, not the end. */
static void read_machine(const struct nb_world *world, struct nb_doctor_report *report)
{
	struct nb_error error = { 0 };
	struct nb_finding *finding;

	if (nb_platform_read(&report->machine, world, -1, &error) == 0)
		return;
	forget(&report->machine);
	finding = nb_finding_add(&report->findings, NB_SECTION_MACHINE, NB_STATE_UNKNOWN,
				 "machine.read", "CPU", "unknown");
	nb_finding_how(finding, "%s", error.text);
}

static void compare_sizes(const struct nb_size *size, struct nb_doctor_report *report)
{
	struct nb_error error = { 0 };

	for (size_t i = 0; i < nb_baseline_count() && report->fit_count < NB_DOCTOR_FITS; i++) {
		struct nb_doctor_fit *fit = &report->fits[report->fit_count];

		if (nb_baseline_load(i, &fit->baseline, &error) < 0)
			continue;
		if (!fit->baseline.size) {
			nb_baseline_free(&fit->baseline);
			continue;
		}
		nb_fit(&fit->baseline, size, &fit->table);
		report->fit_count++;
	}
}

static void find_support(struct nb_doctor_report *report)
{
	if (nb_support_open(&report->table, NULL) == 0)
		report->row_count = nb_support_match(report->table, &report->identity, report->rows,
						     NB_DOCTOR_ROWS);
}

static void look(const struct nb_cli_verb *verb, const struct nb_cli_examination *asked,
		 const struct nb_world *world, struct nb_doctor_report *report)
{
	struct nb_size size;

	read_machine(world, report);
	nb_identify(world, &report->machine, &report->identity, &report->findings);
	nb_doctor_nesting(world, &report->machine, &report->identity, &report->nesting,
			  &report->findings);
	nb_size_read(world, &report->machine, &report->nesting, &size);
	nb_size_document(report->identity.size, &size);
	compare_sizes(&size, report);
	nb_cli_pace(verb, world, &report->machine, asked->database, &report->pace);
	nb_doctor_readiness(&report->machine, &report->identity, &report->nesting, &report->pace,
			    &report->findings);
	nb_doctor_settings(world, &report->machine, &report->findings);
	find_support(report);
	if (asked->redact)
		nb_cli_redact(world, report);
}

static int record(const struct nb_cli_verb *verb, const struct nb_cli_examination *asked,
		  const struct nb_world *live, struct nb_doctor_report *report)
{
	struct nb_error error = { 0 };
	struct nb_world world = { 0 };
	int result;

	if (nb_world_record(&world, live, asked->record, !asked->record_secrets, &error) < 0)
		return nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error.text);
	look(verb, asked, &world, report);
	result = nb_world_recorded(&world, &error);
	nb_world_close(&world);
	if (result < 0)
		return nb_cli_fail(verb, NB_EXIT_FAILED, "the recording is not whole: %s",
				   error.text);
	return NB_EXIT_FINE;
}

static int replay(const struct nb_cli_verb *verb, const struct nb_cli_examination *asked,
		  struct nb_doctor_report *report)
{
	struct nb_error error = { 0 };
	struct nb_world world = { 0 };

	if (nb_world_replay(&world, asked->replay, &error) < 0)
		return nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error.text);
	nb_base_copy(report->origin, sizeof(report->origin), asked->replay);
	look(verb, asked, &world, report);
	nb_world_close(&world);
	return NB_EXIT_FINE;
}

int nb_cli_examine(const struct nb_cli_verb *verb, const struct nb_cli_examination *asked,
		   struct nb_doctor_report *report)
{
	struct nb_cli_examination own = *asked;
	struct nb_world_probe probes[NB_CLI_PROBES_MAX];
	struct nb_world world;

	if (asked->replay)
		return replay(verb, asked, report);
	nb_world_live(&world, probes, nb_cli_probes(&own, probes));
	if (asked->record)
		return record(verb, asked, &world, report);
	look(verb, asked, &world, report);
	return NB_EXIT_FINE;
}

void nb_cli_examined_free(struct nb_doctor_report *report)
{
	for (size_t i = 0; i < report->fit_count; i++)
		nb_baseline_free(&report->fits[i].baseline);
	report->fit_count = 0;
	nb_support_close(report->table);
	report->table = NULL;
}
