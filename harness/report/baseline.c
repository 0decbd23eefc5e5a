/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/baseline_report.h"

#include "report_compare.h"

enum { NAME, KIND, HAS, ABOUT, LIST_COLUMNS };
enum { ABOUT_MAX = 72 };

struct entry_texts {
	char name[96], has[64], about[NB_COMPARE_TEXT_SIZE];
};

static void fill_entry(const struct nb_baseline_entry *entry, struct entry_texts *text,
		       const char **cells)
{
	char words[NB_COMPARE_TEXT_SIZE], part[48];

	nb_report_plain(text->name, sizeof(text->name), entry->name);
	if (entry->builtin) {
		snprintf(part, sizeof(part), "%zu figures", entry->figures);
		nb_report_join(text->has, sizeof(text->has), ", ", part);
	}
	if (entry->sessions > 0) {
		snprintf(part, sizeof(part), "%ld session%s", entry->sessions,
			 entry->sessions == 1 ? "" : "s");
		nb_report_join(text->has, sizeof(text->has), ", ", part);
	}
	nb_base_copy(words, sizeof(words), entry->title);
	if (entry->sessions > 0) {
		snprintf(part, sizeof(part), "saved %.10s", entry->created);
		nb_report_join(words, sizeof(words), "; ", part);
		nb_report_join(words, sizeof(words), ": ", entry->provenance);
	}
	nb_report_plain(text->about, sizeof(text->about), words);
	/* A line each; "show" tells all of it. */
	nb_report_cut(text->about, sizeof(text->about), ABOUT_MAX);
	cells[NAME] = text->name;
	cells[KIND] = !entry->builtin ? "sessions" : entry->size ? "size" : "literature";
	cells[HAS] = text->has;
	cells[ABOUT] = text->about;
}

int nb_report_baselines(FILE *stream, const struct nb_baseline_entry *entries, size_t count,
			struct nb_error *error)
{
	static const char *const header[LIST_COLUMNS] = { "baseline", "kind", "has", "about" };
	struct entry_texts *texts = calloc(count + 1, sizeof(*texts));
	const char **cells = calloc((count + 1) * LIST_COLUMNS, sizeof(*cells));
	int status;

	if (texts && cells) {
		memcpy(cells, header, sizeof(header));
		for (size_t i = 0; i < count; i++)
			fill_entry(&entries[i], &texts[i], cells + (i + 1) * LIST_COLUMNS);
		status = nb_report_grid(stream, "<<<<", cells, count + 1, error);
	} else {
		status = nb_error_set(error, ENOMEM, "no memory for %zu baselines", count);
	}
	free(texts);
	free(cells);
	return status;
}

enum { METRIC, LEVEL, FIGURE_KIND, SOURCE, VALUE, COLUMNS };

struct figure_texts {
	char source[16];
	char value[2 * NB_COMPARE_TEXT_SIZE];
};

/* Figures of one source that were measured on one machine share a number. */
static bool same_source(const struct nb_figure *a, const struct nb_figure *b)
{
	return strcmp(a->source_title, b->source_title) == 0 &&
	       strcmp(a->source_address, b->source_address) == 0 &&
	       strcmp(a->hardware, b->hardware) == 0;
}

/* The first figure of the same source. */
static size_t first_of(const struct nb_baseline *baseline, size_t index)
{
	size_t first = 0;

	while (!same_source(&baseline->figures[first], &baseline->figures[index]))
		first++;
	return first;
}

static size_t source_number(const struct nb_baseline *baseline, size_t index)
{
	size_t first = first_of(baseline, index);
	size_t number = 1;

	for (size_t i = 0; i < first; i++)
		number += first_of(baseline, i) == i;
	return number;
}

static void write_value(const struct nb_figure *figure, char *text, size_t size)
{
	if (figure->text)
		nb_base_copy(text, size, figure->text);
	else if (strcmp(figure->unit, "bool") == 0)
		nb_base_copy(text, size, figure->value > 0 ? "yes" : "no");
	else
		snprintf(text, size, "%.10g %s", figure->value, figure->unit);
	if (figure->note[0]) {
		nb_report_join(text, size, " (", figure->note);
		nb_report_join(text, size, "", ")");
	}
}

static void fill_figure(const struct nb_baseline *baseline, size_t index, struct figure_texts *text,
			const char **cells)
{
	const struct nb_figure *figure = &baseline->figures[index];
	char words[2 * NB_COMPARE_TEXT_SIZE];

	snprintf(text->source, sizeof(text->source), "[%zu]", source_number(baseline, index));
	write_value(figure, words, sizeof(words));
	nb_report_plain(text->value, sizeof(text->value), words);
	cells[METRIC] = figure->metric;
	cells[LEVEL] = figure->level;
	cells[FIGURE_KIND] = nb_figure_kind_name(figure->kind);
	cells[SOURCE] = text->source;
	cells[VALUE] = text->value;
}

static int print_figures(FILE *stream, const struct nb_baseline *baseline, struct nb_error *error)
{
	static const char *const header[COLUMNS] = { "figure", "level", "kind", "source", "value" };
	struct figure_texts *texts = calloc(baseline->count + 1, sizeof(*texts));
	const char **cells = calloc((baseline->count + 1) * COLUMNS, sizeof(*cells));
	int status;

	if (texts && cells) {
		memcpy(cells, header, sizeof(header));
		for (size_t i = 0; i < baseline->count; i++)
			fill_figure(baseline, i, &texts[i], cells + (i + 1) * COLUMNS);
		status = nb_report_grid(stream, "<<<<<", cells, baseline->count + 1, error);
	} else {
		status = nb_error_set(error, ENOMEM, "no memory for %zu figures", baseline->count);
	}
	free(texts);
	free(cells);
	return status;
}

static void print_sources(FILE *stream, const struct nb_baseline *baseline)
{
	char plain[2 * NB_COMPARE_TEXT_SIZE];

	for (size_t i = 0; i < baseline->count; i++) {
		const struct nb_figure *figure = &baseline->figures[i];

		if (first_of(baseline, i) != i)
			continue;
		nb_report_plain(plain, sizeof(plain), figure->source_title);
		fprintf(stream, "[%zu] %s\n", source_number(baseline, i), plain);
		nb_report_plain(plain, sizeof(plain), figure->source_address);
		fprintf(stream, "    %s\n", plain);
		nb_report_plain(plain, sizeof(plain), figure->hardware);
		if (plain[0])
			fprintf(stream, "    on: %s\n", plain);
	}
}

int nb_report_baseline(FILE *stream, const struct nb_baseline *baseline,
		       const struct nb_report_style *style, struct nb_error *error)
{
	const char *on = style->colour ? "\033[1m" : "", *off = style->colour ? "\033[0m" : "";
	char plain[2 * NB_COMPARE_TEXT_SIZE];
	int status;

	nb_report_plain(plain, sizeof(plain), baseline->title);
	fprintf(stream, "%s%s: %s%s\n", on, baseline->name, plain, off);
	nb_report_plain(plain, sizeof(plain), baseline->summary);
	fprintf(stream, "%s\n\n", plain);
	status = print_figures(stream, baseline, error);
	fputc('\n', stream);
	print_sources(stream, baseline);
	return status < 0 ? status : nb_report_finish(stream, error);
}
