/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_bundle.h"

/* What did not move beside what did: a change of the whole machine would have moved it, too. */

enum { NAME_SIZE = 160, FAMILY_SIZE = 48, CONTROLS = 5 };

/* How little two series have in common: 0 is the same operation in another way. */
static int distance(const struct nb_series *a, const struct nb_series *b)
{
	char one[FAMILY_SIZE], other[FAMILY_SIZE];
	bool same_vantage = a->vantage == b->vantage;

	nb_view_family(a, one, sizeof(one));
	nb_view_family(b, other, sizeof(other));
	if (strcmp(a->benchmark, b->benchmark) == 0)
		return same_vantage ? 0 : 1;
	if (strcmp(one, other) == 0)
		return same_vantage ? 2 : 3;
	return same_vantage ? 4 : 5;
}

static const struct nb_compare_row *control_of(const struct nb_view_row *row, size_t group)
{
	const struct nb_compare_row *verdict = row->cells[group].verdict;

	return verdict && verdict->verdict == NB_SAME ? verdict : NULL;
}

static void put_number(FILE *stream, double value)
{
	if (isfinite(value))
		fprintf(stream, "\t%.6g", value);
	else
		fputs("\t", stream);
}

static void put_row(FILE *stream, const struct nb_view *view, size_t group,
		    const struct nb_compare_row *moved, const struct nb_compare_row *control)
{
	char name[NAME_SIZE] = "", other[NAME_SIZE];

	if (moved)
		nb_cli_series_text(&moved->series, name, sizeof(name));
	nb_cli_series_text(&control->series, other, sizeof(other));
	fprintf(stream, "%s\t%s\t%s\t%s\t%s\t%s", view->groups[group].name, name,
		moved ? nb_record_vantage_name(moved->series.vantage) : "", other,
		nb_record_vantage_name(control->series.vantage), control->series.unit);
	put_number(stream, control->base.p50);
	put_number(stream, control->candidate.p50);
	put_number(stream, control->ratio);
	put_number(stream, control->low);
	put_number(stream, control->high);
	put_number(stream, control->margin);
	fputc('\n', stream);
}

/* The nearest ones first; of those that are equally near the first in report order. */
static void put_nearest(FILE *stream, const struct nb_view *view,
			const struct nb_cli_regression *moved)
{
	int left = CONTROLS;

	for (int wanted = 0; wanted <= 5; wanted++) {
		for (size_t i = 0; left > 0 && i < view->row_count; i++) {
			const struct nb_compare_row *control =
				control_of(&view->rows[i], moved->group);

			if (!control || distance(&moved->row->series, &control->series) != wanted)
				continue;
			put_row(stream, view, moved->group, moved->verdict, control);
			left--;
		}
	}
}

static void put_all(FILE *stream, const struct nb_view *view)
{
	for (size_t i = 0; i < view->row_count; i++) {
		for (size_t j = 0; j < view->count; j++) {
			const struct nb_compare_row *control = control_of(&view->rows[i], j);

			if (control)
				put_row(stream, view, j, NULL, control);
		}
	}
}

int nb_cli_bundle_controls(FILE *stream, const struct nb_cli_bundle *bundle, struct nb_error *error)
{
	struct nb_cli_regression *list;
	size_t count;
	int status = nb_cli_regressions(bundle->view, &list, &count, error);

	if (status < 0)
		return status;
	fprintf(stream,
		"# Series whose verdict is \"same\", the nearest in kind to each that got slower\n"
		"# (at most %d; all where nothing did). ci: 95 %%; margin: what counts as no change.\n"
		"group\tregressed\tregressed_vantage\tcontrol\tcontrol_vantage\tunit\tbase_p50\t"
		"candidate_p50\tratio\tci_low\tci_high\tmargin\n",
		CONTROLS);
	for (size_t i = 0; i < count; i++)
		put_nearest(stream, bundle->view, &list[i]);
	if (count == 0)
		put_all(stream, bundle->view);
	free(list);
	return 0;
}
