/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_doctor.h"

static double number_of(const char *text, const char *key)
{
	char value[40];
	char *end;
	double number;

	if (!nb_world_value(text, key, value, sizeof(value)))
		return NAN;
	number = strtod(value, &end);
	return end != value && *end == '\0' && isfinite(number) && number > 0 ? number : NAN;
}

/* A database may hold the sessions of many machines: this one's have its CPU and its hypervisor. */
static bool is_same(const struct nb_machine *a, const struct nb_machine *b)
{
	return strcmp(a->cpu_brand, b->cpu_brand) == 0 && strcmp(a->topology, b->topology) == 0 &&
	       strcmp(a->hypervisor, b->hypervisor) == 0 &&
	       strcmp(a->kvm_module, b->kvm_module) == 0;
}

/* exit.cpuid of the microguest's kernel mode, where KVM proved that it was an exit. */
static double exit_of(const struct nb_record *record)
{
	struct nb_error error = { 0 };
	struct nb_result result;

	for (size_t i = 0; i < record->count; i++) {
		const struct nb_series *series = &record->series[i].series;

		if (strcmp(series->benchmark, "exit.cpuid") != 0 || series->vantage != NB_GUEST ||
		    series->params[0] || strcmp(series->unit, "ns") != 0)
			continue;
		if (nb_record_summarise(&record->session, &record->series[i], &result, &error) ==
			    0 &&
		    result.outcome == NB_OK && result.evidence == NB_VERIFIED && result.p50 > 0)
			return result.p50;
	}
	return NAN;
}

/* A session says more than a moment's probe; without one there is nothing amiss. */
static double stored_exit(const struct nb_cli_verb *verb, const struct nb_machine *machine,
			  const char *database)
{
	struct nb_error error = { 0 };
	struct nb_record record = { 0 };
	struct nb_store *store;
	double exit_ns = NAN;
	int result = nb_store_open(&store, database, NB_STORE_READ, &error);

	if (result == 0) {
		result = nb_store_load(store, NULL, &record, &error);
		nb_store_close(store);
	}
	if (result == 0 && is_same(&record.session.machine, machine))
		exit_ns = exit_of(&record);
	nb_record_free(&record);
	if (result < 0 && result != -ENOENT)
		nb_cli_fail(verb, NB_EXIT_FAILED, "no measured figures: %s", error.text);
	return exit_ns;
}

void nb_cli_pace(const struct nb_cli_verb *verb, const struct nb_world *world,
		 const struct nb_machine *machine, const char *database, struct nb_pace *pace)
{
	char text[NB_CLI_PROBE_TEXT];
	double stored = database ? stored_exit(verb, machine, database) : NAN;

	if (world->probe(world->self, "kvm", text, sizeof(text)) < 0)
		text[0] = '\0';
	pace->vm_boot_ms = number_of(text, "boot_ms");
	pace->exit_ns = isnan(stored) ? number_of(text, "exit_ns") : stored;
}
