/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "nestbench/figures.h"
#include "nestbench/fit.h"
#include "nestbench/world.h"

#include "cli_compare.h"

/* A session does not know its disk's free space, and nothing can be asked of its machine now. */
static int no_probe(void *self, const char *name, char *text, size_t size)
{
	(void)self;
	(void)name;
	if (size > 0)
		text[0] = '\0';
	return -ENOENT;
}

/* Whether its machine could nest: it did, where a guest of the session ran. */
static enum nb_nesting_verdict nesting_of(const struct nb_digest *digest)
{
	enum nb_nesting_verdict verdict = NB_NESTING_UNKNOWN;

	for (size_t i = 0; i < digest->count; i++) {
		const struct nb_digest_row *row = &digest->rows[i];

		if (row->series.vantage != NB_GUEST || row->outcome != NB_OK)
			continue;
		if (row->evidence != NB_EMULATED)
			return NB_NESTING_YES;
		verdict = NB_NESTING_PARTLY;
	}
	return verdict;
}

static void read_size(const struct nb_digest *digest, struct nb_size *size)
{
	const struct nb_world world = { .probe = no_probe };
	const struct nb_nesting nesting = { .verdict = nesting_of(digest) };

	nb_size_read(&world, &digest->session.machine, &nesting, size);
}

static int print(const struct nb_cli_against *against, const struct nb_spec_report *report)
{
	struct nb_report_style style = nb_cli_style();
	struct nb_error error = { 0 };
	int status = against->json ? nb_report_spec_json(stdout, report, &error)
				   : nb_report_spec(stdout, report, against->all, &style, &error);

	if (status < 0)
		return nb_cli_fail(against->verb, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

/* The figures and the literature are looked up, and all of it is printed. */
static int look_up(const struct nb_cli_against *against, const struct nb_spec_report *known)
{
	struct nb_spec_report whole = *known;
	struct nb_comparison figures = { 0 };
	struct nb_level_table levels = { 0 };
	struct nb_error error = { 0 };
	int status = nb_figures_compare(known->baseline, &known->candidate_group, known->options,
					&figures, &error);

	if (status == 0)
		status =
			nb_figures_levels(&known->candidate_group, known->options, &levels, &error);
	whole.figures = &figures;
	whole.levels = &levels;
	if (status < 0)
		status = nb_cli_fail(against->verb, NB_EXIT_FAILED, "%s", error.text);
	else
		status = print(against, &whole);
	nb_comparison_free(&figures);
	nb_level_table_free(&levels);
	return status;
}

int nb_cli_compare_spec(const struct nb_cli_against *against,
			const struct nb_compare_report *measured)
{
	const struct nb_compare_group *candidate = &measured->candidate_group;
	struct nb_spec_report report = {
		.base = measured->base,
		.candidate = measured->candidate,
		.candidate_group = *candidate,
		.baseline = against->spec,
		.measured = measured->base_group.count > 0 ? measured : NULL,
		.options = measured->options,
	};
	struct nb_fit_table fit;
	struct nb_size size;

	/* The youngest session tells what the machine is now. */
	read_size(&candidate->sessions[candidate->count - 1], &size);
	if (report.baseline->size) {
		nb_fit(report.baseline, &size, &fit);
		report.fit = &fit;
	}
	return look_up(against, &report);
}
