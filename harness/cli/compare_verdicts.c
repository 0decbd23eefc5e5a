/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nestbench/archive.h"

#include "cli_compare.h"

static void write_method(const struct nb_compare_options *options, char *text, size_t size)
{
	snprintf(text, size,
		 "session medians; Hodges-Lehmann on logarithms, confidence %.3g; Mann-Whitney, "
		 "Benjamini-Hochberg, rate %.3g; tails: %u permutations, %u replicates%s",
		 options->confidence, options->rate, options->permutations, options->replicates,
		 options->include_invalid ? "; with invalid sessions" : "");
}

static void fill(const struct nb_compare_row *row, struct nb_store_verdict *verdict)
{
	*verdict = (struct nb_store_verdict){
		.series = row->series,
		.margin = row->margin,
		.ratio = row->ratio,
		.ci_low = row->low,
		.ci_high = row->high,
		.p_adjusted = row->p_adjusted,
		.mde = row->mde,
		.indicative = row->indicative,
	};
	nb_base_copy(verdict->verdict, sizeof(verdict->verdict), nb_verdict_name(row->verdict));
}

static int add(struct nb_store *store, const struct nb_compare_report *report,
	       struct nb_error *error)
{
	const struct nb_comparison *comparison = report->comparison;
	struct nb_store_verdicts verdicts = { .seed = report->options->seed,
					      .count = comparison->count };
	int status;

	verdicts.rows = calloc(comparison->count + 1, sizeof(*verdicts.rows));
	if (!verdicts.rows)
		return nb_error_set(error, ENOMEM, "no memory for %zu verdicts", comparison->count);
	for (size_t i = 0; i < comparison->count; i++)
		fill(&comparison->rows[i], &verdicts.rows[i]);
	nb_base_copy(verdicts.base, sizeof(verdicts.base), report->base);
	nb_base_copy(verdicts.candidate, sizeof(verdicts.candidate), report->candidate);
	nb_base_copy(verdicts.version, sizeof(verdicts.version), NB_VERSION);
	write_method(report->options, verdicts.method, sizeof(verdicts.method));
	status = nb_store_add_verdicts(store, &verdicts, error);
	free(verdicts.rows);
	return status;
}

void nb_cli_store_verdicts(const struct nb_cli_verb *verb, const char *path,
			   const struct nb_compare_report *report)
{
	struct nb_error error = { 0 };
	struct nb_store *store;
	int status;

	/* A database that is only to be read is nobody's fault. */
	if (report->comparison->count == 0 || access(path, W_OK) != 0)
		return;
	status = nb_store_open(&store, path, NB_STORE_WRITE, &error);
	if (status == 0) {
		status = add(store, report, &error);
		nb_store_close(store);
	}
	if (status < 0)
		nb_cli_fail(verb, NB_EXIT_FINE, "the verdicts are not stored: %s", error.text);
}
