/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "plot_labels.h"

void nb_plot_label(char *text, size_t size, const struct nb_series *series, int level)
{
	char name[160], where[24];

	nb_plot_series_cell(name, sizeof(name), series);
	nb_report_where(where, sizeof(where), series, level);
	snprintf(text, size, "%s (%s)", name, where);
}

void nb_plot_note(FILE *stream, const char *kind, const char *text)
{
	char cell[NB_PLOT_NOTE_SIZE];

	nb_plot_cell(cell, sizeof(cell), text);
	fprintf(stream, "%s\t%s\n", kind, cell);
}

void nb_plot_group_notes(FILE *stream, const struct nb_view *view)
{
	for (size_t i = 0; i < view->count; i++)
		nb_plot_note(stream, view->groups[i].name, view->groups[i].title);
}

void nb_plot_block(FILE *stream, const char *columns)
{
	fprintf(stream, "\n\n# %s\n", columns);
}

int nb_plot_nothing(const struct nb_plot_query *query, const char *what, struct nb_error *error)
{
	char pattern[80];

	if (!query->pattern)
		return nb_error_set(error, ENODATA, "%s", what);
	nb_plot_cell(pattern, sizeof(pattern), query->pattern);
	return nb_error_set(error, ENODATA, "%s (of the series that match \"%s\")", what, pattern);
}
