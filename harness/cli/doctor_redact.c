/* SPDX-License-Identifier: Apache-2.0 */
#include "cli_doctor.h"

#define REDACT(redactor, field) nb_redact(redactor, field, sizeof(field))

static void redact_machine(const struct nb_redactor *redactor, struct nb_machine *machine)
{
#define NB_REDACT(field, size) nb_redact(redactor, machine->field, size);
	NB_MACHINE_TEXTS(NB_REDACT)
#undef NB_REDACT
}

static void redact_findings(const struct nb_redactor *redactor, struct nb_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct nb_finding *finding = &findings->items[i];

		REDACT(redactor, finding->value);
		REDACT(redactor, finding->how);
		REDACT(redactor, finding->advice);
	}
}

static void redact_fit(const struct nb_redactor *redactor, struct nb_fit_table *table)
{
	REDACT(redactor, table->summary);
	for (size_t i = 0; i < table->count; i++) {
		REDACT(redactor, table->rows[i].have);
		REDACT(redactor, table->rows[i].note);
	}
}

void nb_cli_redact_report(const struct nb_redactor *redactor, struct nb_doctor_report *report)
{
	REDACT(redactor, report->origin);
	redact_machine(redactor, &report->machine);
	REDACT(redactor, report->identity.size);
	REDACT(redactor, report->nesting.reason);
	REDACT(redactor, report->nesting.note);
	REDACT(redactor, report->nesting.advice);
	redact_findings(redactor, &report->findings);
	for (size_t i = 0; i < report->fit_count; i++)
		redact_fit(redactor, &report->fits[i].table);
}

void nb_cli_redact(const struct nb_world *world, struct nb_doctor_report *report)
{
	struct nb_redactor redactor;

	nb_redactor_init(&redactor, world);
	nb_cli_redact_report(&redactor, report);
}
