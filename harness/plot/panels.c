/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plot_panels.h"

struct text {
	char bytes[NB_PLOT_LABEL_SIZE];
};

int nb_plot_level_colour(const struct nb_series *series, int level)
{
	static const int of_level[] = { 3, 1, 2, 4 };

	if (level == NB_LEVEL_UNKNOWN)
		return series->vantage == NB_GUEST ? 2 : 1;
	return level >= 0 && level < 4 ? of_level[level] : 7;
}

/* All that is asked for and has a distribution, in the order of the view. */
static int find_lines(const struct nb_plot_query *query, struct nb_plot_panels *panels,
		      struct nb_error *error)
{
	const struct nb_view *view = query->view;

	panels->lines = calloc(view->row_count * view->count + 1, sizeof(*panels->lines));
	if (!panels->lines)
		return nb_error_set(error, ENOMEM, "no memory for a plot");
	for (size_t i = 0; i < view->row_count; i++) {
		const struct nb_view_row *row = &view->rows[i];

		if (!nb_plot_wants(query, &row->series))
			continue;
		for (size_t group = 0; group < view->count; group++) {
			struct nb_plot_line line = { .row = row, .group = group };

			if (nb_plot_samples_exist(query, &line))
				panels->lines[panels->count++] = line;
		}
	}
	if (panels->count == 0)
		return nb_plot_nothing(query, "no distribution was measured", error);
	return 0;
}

static bool same_benchmark(const struct nb_plot_line *a, const struct nb_plot_line *b)
{
	return strcmp(a->row->series.benchmark, b->row->series.benchmark) == 0;
}

static size_t lines_of_benchmark(const struct nb_plot_panels *panels,
				 const struct nb_plot_line *line)
{
	size_t count = 0;

	for (size_t i = 0; i < panels->count; i++)
		count += same_benchmark(&panels->lines[i], line);
	return count;
}

static bool share_panel(const struct nb_plot_panels *panels, const struct nb_plot_line *a,
			const struct nb_plot_line *b)
{
	if (!same_benchmark(a, b))
		return false;
	return lines_of_benchmark(panels, a) <= NB_PLOT_LINES_MAX ||
	       strcmp(a->row->series.params, b->row->series.params) == 0;
}

static void place_lines(struct nb_plot_panels *panels)
{
	for (size_t i = 0; i < panels->count; i++) {
		struct nb_plot_line *line = &panels->lines[i];
		size_t before = 0;

		while (before < i && !share_panel(panels, line, &panels->lines[before]))
			before++;
		line->panel = before < i ? panels->lines[before].panel : panels->panels++;
	}
}

static int by_panel(const void *left, const void *right)
{
	const struct nb_plot_line *a = left;
	const struct nb_plot_line *b = right;

	if (a->panel != b->panel)
		return a->panel < b->panel ? -1 : 1;
	if (a->row != b->row)
		return a->row < b->row ? -1 : 1;
	return (a->group > b->group) - (a->group < b->group);
}

static int level_colour(const struct nb_plot_line *line)
{
	return nb_plot_level_colour(&line->row->series, line->row->cells[line->group].level);
}

static bool has_one_level(const struct nb_plot_panels *panels, const struct nb_plot_line *line)
{
	for (size_t i = 0; i < panels->count; i++)
		if (panels->lines[i].panel == line->panel &&
		    level_colour(&panels->lines[i]) != level_colour(line))
			return false;
	return true;
}

/*
 * The colour is the level's. Lines of one level differ by their dashes and, where no other level
 * could be mistaken for them, by colours that no level has.
 */
static void style_line(const struct nb_plot_panels *panels, size_t index)
{
	struct nb_plot_line *line = &panels->lines[index];
	int alike = 0;

	for (size_t i = 0; i < index; i++)
		alike += panels->lines[i].panel == line->panel &&
			 level_colour(&panels->lines[i]) == level_colour(line);
	line->dash = alike + 1;
	line->colour = level_colour(line);
	if (alike > 0 && has_one_level(panels, line))
		line->colour = 5 + (alike - 1) % 4;
}

static void leave_out(struct nb_plot_panels *panels)
{
	if (panels->panels <= NB_PLOT_PANELS_MAX)
		return;
	panels->left_out = panels->panels - NB_PLOT_PANELS_MAX;
	panels->panels = NB_PLOT_PANELS_MAX;
	while (panels->lines[panels->count - 1].panel >= NB_PLOT_PANELS_MAX)
		panels->count--;
}

int nb_plot_panels_make(const struct nb_plot_query *query, struct nb_plot_panels *panels,
			struct nb_error *error)
{
	struct nb_plot_panels made = { 0 };
	int result = find_lines(query, &made, error);

	if (result < 0) {
		nb_plot_panels_free(&made);
		return result;
	}
	place_lines(&made);
	qsort(made.lines, made.count, sizeof(*made.lines), by_panel);
	for (size_t i = 0; i < made.count; i++)
		style_line(&made, i);
	leave_out(&made);
	*panels = made;
	return 0;
}

void nb_plot_panels_free(struct nb_plot_panels *panels)
{
	free(panels->lines);
	*panels = (struct nb_plot_panels){ 0 };
}

/* True where all lines of the panel have this one of the parameters. */
static bool is_common(const struct nb_plot_panels *panels, const struct nb_plot_line *line,
		      const char *word, size_t length)
{
	for (size_t i = 0; i < panels->count; i++) {
		const char *params = panels->lines[i].row->series.params;

		if (panels->lines[i].panel != line->panel)
			continue;
		while (*params && (strncmp(params, word, length) != 0 ||
				   (params[length] && params[length] != ','))) {
			params += strcspn(params, ",");
			params += *params == ',';
		}
		if (!*params)
			return false;
	}
	return true;
}

/* Appends those of the line's parameters that all of its panel have, or those that they have not.
 */
static void append_params(const struct nb_plot_panels *panels, const struct nb_plot_line *line,
			  bool common, struct text *text)
{
	const char *separator = " ";

	for (const char *word = line->row->series.params; *word;) {
		size_t length = strcspn(word, ",");
		size_t used = strlen(text->bytes);

		if (length > 0 && is_common(panels, line, word, length) == common) {
			snprintf(text->bytes + used, sizeof(text->bytes) - used, "%s%.*s",
				 separator, (int)length, word);
			separator = ",";
		}
		word += length;
		word += *word == ',';
	}
}

/* "exit.apic ring=3": what all lines of the panel are. */
static void panel_title(const struct nb_plot_panels *panels, const struct nb_plot_line *line,
			char *title, size_t size)
{
	struct text text;

	nb_base_copy(text.bytes, sizeof(text.bytes), line->row->series.benchmark);
	append_params(panels, line, true, &text);
	nb_plot_cell(title, size, text.bytes);
}

/* What tells a line from the others of its panel: "A guest L2 apic=x2apic". */
static void line_label(const struct nb_plot_panels *panels, const struct nb_plot_query *query,
		       const struct nb_plot_line *line, char *label, size_t size)
{
	bool alone = query->view->count == 1;
	struct text text;
	char where[32];

	nb_report_where(where, sizeof(where), &line->row->series,
			line->row->cells[line->group].level);
	snprintf(text.bytes, sizeof(text.bytes), "%s%s%s",
		 alone ? "" : query->view->groups[line->group].name, alone ? "" : " ", where);
	append_params(panels, line, false, &text);
	nb_plot_cell(label, size, text.bytes);
}

/* So many points a line that a picture of many lines stays as small as one of few. */
static size_t points_for(size_t lines)
{
	size_t points = 7000 / lines;

	return points > 160 ? 160 : points < 20 ? 20 : points;
}

static int write_line(FILE *stream, const struct nb_plot_query *query,
		      const struct nb_plot_panels *panels, const struct nb_plot_line *line,
		      const struct nb_plot_panel_table *table)
{
	struct nb_plot_samples samples;
	char title[NB_PLOT_LABEL_SIZE], label[NB_PLOT_LABEL_SIZE];
	char head[2 * NB_PLOT_LABEL_SIZE + 64];
	int result = nb_plot_samples_read(query, line, &samples, NULL);

	if (result < 0)
		return result;
	panel_title(panels, line, title, sizeof(title));
	line_label(panels, query, line, label, sizeof(label));
	snprintf(head, sizeof(head), "%zu\t%s\t%s\t%d\t%d\t", line->panel, title, label,
		 line->colour, line->dash);
	result = table->rows(stream, head, &samples, points_for(panels->count));
	nb_plot_samples_free(&samples);
	return result;
}

static void write_header(FILE *stream, const struct nb_plot_panels *panels,
			 const struct nb_plot_panel_table *table)
{
	char columns[160];

	snprintf(columns, sizeof(columns), "panel\tbenchmark\tline\tcolour\tdash\t%s",
		 table->columns);
	nb_plot_header(stream, table->plot, columns);
	if (panels->left_out > 0)
		fprintf(stream, "# %zu more panels are left out; a pattern chooses\n",
			panels->left_out);
}

int nb_plot_panels_write(FILE *stream, const struct nb_plot_query *query,
			 const struct nb_plot_panel_table *table, struct nb_error *error)
{
	struct nb_plot_panels panels;
	int result = nb_plot_panels_make(query, &panels, error);

	if (result < 0)
		return result;
	write_header(stream, &panels, table);
	for (size_t i = 0; result == 0 && i < panels.count; i++) {
		if (i > 0)
			fputs(panels.lines[i - 1].panel == panels.lines[i].panel ? "\n" : "\n\n",
			      stream);
		result = write_line(stream, query, &panels, &panels.lines[i], table);
	}
	nb_plot_panels_free(&panels);
	if (result < 0)
		return nb_error_set(error, -result, "no memory for a plot");
	return nb_plot_written(stream, error);
}
