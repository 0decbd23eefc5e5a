/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "report_history.h"
#include "report_json.h"

enum {
	NAME,
	WHERE,
	SESSIONS,
	P50,
	SPREAD,
	ALARMS,
	FIRST_SIZE,
	COLUMNS = FIRST_SIZE + NB_SCORECARD_SIZES
};

struct row_texts {
	char name[NB_COMPARE_NAME_SIZE], where[24], sessions[24], p50[NB_REPORT_VALUE_SIZE];
	char spread[24], alarms[48], detectable[NB_SCORECARD_SIZES][24];
};

static void write_percent(char *text, size_t size, double part)
{
	if (isfinite(part))
		snprintf(text, size, "%.1f %%", 100 * part);
	else
		nb_base_copy(text, size, "n/a");
}

static void fill_row(const struct nb_scorecard_row *row, struct row_texts *text, const char **cells)
{
	nb_report_series(text->name, sizeof(text->name), &row->series);
	nb_report_where(text->where, sizeof(text->where), &row->series, row->level);
	snprintf(text->sessions, sizeof(text->sessions), "%zu", row->sessions);
	nb_report_value(text->p50, sizeof(text->p50), row->p50, row->series.unit, NB_REPORT_DIGITS);
	write_percent(text->spread, sizeof(text->spread), row->spread);
	if (row->compared > 0)
		write_percent(text->alarms, sizeof(text->alarms),
			      (double)row->alarms / (double)row->compared);
	else
		nb_base_copy(text->alarms, sizeof(text->alarms), "n/a");
	cells[NAME] = text->name;
	cells[WHERE] = text->where;
	cells[SESSIONS] = text->sessions;
	cells[P50] = text->p50;
	cells[SPREAD] = text->spread;
	cells[ALARMS] = text->alarms;
	for (size_t i = 0; i < NB_SCORECARD_SIZES; i++) {
		write_percent(text->detectable[i], sizeof(text->detectable[i]), row->detectable[i]);
		cells[FIRST_SIZE + i] = text->detectable[i];
	}
}

static void fill_header(const char **cells, char sizes[NB_SCORECARD_SIZES][24])
{
	static const char *const header[FIRST_SIZE] = { "benchmark", "where",  "sessions",
							"p50",	     "spread", "false" };

	memcpy(cells, header, sizeof(header));
	for (size_t i = 0; i < NB_SCORECARD_SIZES; i++) {
		snprintf(sizes[i], sizeof(sizes[i]), "%zu a side", nb_scorecard_sizes[i]);
		cells[FIRST_SIZE + i] = sizes[i];
	}
}

static int print_rows(FILE *stream, const struct nb_scorecard *card, struct nb_error *error)
{
	struct row_texts *texts = calloc(card->count + 1, sizeof(*texts));
	const char **cells = calloc((card->count + 1) * COLUMNS, sizeof(*cells));
	char sizes[NB_SCORECARD_SIZES][24];
	int status;

	if (texts && cells) {
		fill_header(cells, sizes);
		for (size_t i = 0; i < card->count; i++)
			fill_row(&card->rows[i], &texts[i], cells + (i + 1) * COLUMNS);
		status = nb_report_grid(stream, "<<>>>>>>>>", cells, card->count + 1, error);
	} else {
		status = nb_error_set(error, ENOMEM, "no memory for %zu series", card->count);
	}
	free(texts);
	free(cells);
	return status;
}

static double part_of(size_t part, size_t whole)
{
	return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

int nb_report_scorecard(FILE *stream, const struct nb_scorecard *card,
			const struct nb_report_style *style, struct nb_error *error)
{
	char plain[128];
	int status;

	fprintf(stream, "%s%zu sessions of one machine, compared half against half %zu times%s\n\n",
		style->colour ? "\033[1m" : "", card->sessions, card->splits,
		style->colour ? "\033[0m" : "");
	status = print_rows(stream, card, error);
	fputs("\nspread    between sessions: standard deviation, relative\n"
	      "false     how often a change was called, though the machine is the same\n"
	      "N a side  smallest change that gets a verdict four times in five with so many "
	      "sessions;\n"
	      "          1 never gets one: what stands out of the spread\n\n",
	      stream);
	for (size_t i = 0; i < card->left_out_count; i++) {
		nb_report_plain(plain, sizeof(plain), card->left_out[i]);
		fprintf(stream, "left out: %s\n", plain);
	}
	if (card->sessions < NB_SCORECARD_ALARMING)
		fprintf(stream,
			"Halves of so few sessions get no verdict that could be false: that takes "
			"%d sessions.\n",
			NB_SCORECARD_ALARMING);
	fprintf(stream,
		"False alarms: %zu in %zu comparisons of a series (%.2f %%); %zu of %zu splits "
		"had any (%.1f %%)\n",
		card->alarms, card->compared, part_of(card->alarms, card->compared),
		card->alarmed_splits, card->splits, part_of(card->alarmed_splits, card->splits));
	return status < 0 ? status : nb_report_finish(stream, error);
}

static json_t *row_tree(const struct nb_scorecard_row *row)
{
	json_t *tree = json_object(), *detectable = json_object();
	int bad = nb_json_put_series(tree, &row->series, row->level);

	bad |= nb_json_put_count(tree, "sessions", (int64_t)row->sessions);
	bad |= nb_json_put_number(tree, "p50", row->p50);
	bad |= nb_json_put_number(tree, "spread", row->spread);
	bad |= nb_json_put_count(tree, "compared", (int64_t)row->compared);
	bad |= nb_json_put_count(tree, "alarms", (int64_t)row->alarms);
	for (size_t i = 0; i < NB_SCORECARD_SIZES; i++) {
		char size[24];

		snprintf(size, sizeof(size), "%zu", nb_scorecard_sizes[i]);
		bad |= nb_json_put_number(detectable, size, row->detectable[i]);
	}
	bad |= json_object_set_new(tree, "detectable", detectable);
	return nb_json_complete(tree, bad);
}

int nb_report_scorecard_json(FILE *stream, const struct nb_scorecard *card,
			     const struct nb_scorecard_options *options, struct nb_error *error)
{
	json_t *tree = json_object(), *rows = json_array(), *left_out = json_array();
	int bad = nb_json_put_text(tree, "schema", NB_JSON_SCHEMA);

	for (size_t i = 0; i < card->count; i++)
		bad |= json_array_append_new(rows, row_tree(&card->rows[i]));
	for (size_t i = 0; i < card->left_out_count; i++)
		bad |= json_array_append_new(left_out, json_string(card->left_out[i]));
	bad |= nb_json_put_count(tree, "sessions", (int64_t)card->sessions);
	bad |= nb_json_put_count(tree, "splits", (int64_t)card->splits);
	bad |= nb_json_put_count(tree, "seed", (int64_t)options->compare.seed);
	bad |= nb_json_put_number(tree, "margin", options->compare.margin);
	bad |= nb_json_put_count(tree, "compared", (int64_t)card->compared);
	bad |= nb_json_put_count(tree, "alarms", (int64_t)card->alarms);
	bad |= nb_json_put_count(tree, "alarmed_splits", (int64_t)card->alarmed_splits);
	bad |= json_object_set_new(tree, "rows", rows);
	bad |= json_object_set_new(tree, "left_out", left_out);
	tree = nb_json_complete(tree, bad);
	if (!tree)
		return nb_error_set(error, ENOMEM, "no memory for the scorecard as JSON");
	return nb_json_print(stream, tree, error);
}
