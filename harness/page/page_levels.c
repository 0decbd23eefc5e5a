/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "page_private.h"

enum { PROVENANCE_SIZE = 512 };

static void write_number(FILE *stream, double value, const char *unit)
{
	fputs("<td class=\"n\"", stream);
	nb_page_sort_key(stream, value);
	fputs(">", stream);
	nb_page_value(stream, value, unit);
	fputs("</td>", stream);
}

/* What others measured of the same operation; for exits, else of any. */
static void write_band(FILE *stream, const struct nb_level_table *table,
		       const struct nb_level_ratio *row)
{
	bool own = isfinite(row->band_low) && isfinite(row->band_high);
	bool any = !own && row->band != NB_BAND_UNKNOWN;

	fputs("<td class=\"n\">", stream);
	if (own)
		fprintf(stream, "%.3g to %.3gx", row->band_low, row->band_high);
	else if (any && isfinite(table->any_low))
		fprintf(stream, "any exit %.3g to %.3gx", table->any_low, table->any_high);
	else
		fputs("unknown", stream);
	if (row->band != NB_BAND_UNKNOWN)
		fprintf(stream, "<span class=\"sub\">%s%s</span>", nb_band_name(row->band),
			own && row->published && isfinite(table->any_low) ? " (of any exit)" : "");
	fputs("</td>", stream);
}

static void write_row(FILE *stream, const struct nb_level_table *table,
		      const struct nb_level_ratio *row, bool notes)
{
	struct nb_series series = { .vantage = NB_GUEST };

	memcpy(series.benchmark, row->benchmark, sizeof(series.benchmark));
	memcpy(series.params, row->params, sizeof(series.params));
	fputs("<tr><th scope=\"row\">", stream);
	nb_page_series(stream, &series, row->level);
	fputs("</th>", stream);
	write_number(stream, row->upper_p50, row->unit);
	write_number(stream, row->deeper_p50, row->unit);
	nb_page_ratio(stream, row->ratio, row->low, row->high);
	write_band(stream, table, row);
	fprintf(stream, "<td class=\"n\">%zu%s</td>", row->sessions,
		row->across ? "<span class=\"sub\">of different levels</span>" : "");
	if (notes) {
		fputs("<td>", stream);
		nb_page_text(stream, row->note);
		fputs("</td>", stream);
	}
	fputs("</tr>\n", stream);
}

static void write_published(FILE *stream, const struct nb_level_ratio *row)
{
	char provenance[PROVENANCE_SIZE];

	for (size_t i = 0; i < row->published_count; i++) {
		const struct nb_published_ratio *published = &row->published[i];

		nb_figure_provenance(published->deeper, provenance, sizeof(provenance));
		fputs("<li><code>", stream);
		nb_page_text(stream, row->benchmark);
		fprintf(stream, "</code> %.3gx%s: ", published->ratio,
			published->in_band ? "" : " (not comparable)");
		nb_page_text(stream, provenance);
		fputs("</li>\n", stream);
	}
}

static void write_sources(FILE *stream, const struct nb_level_table *table)
{
	size_t count = 0;

	for (size_t i = 0; i < table->count; i++)
		count += table->rows[i].published_count;
	if (count == 0)
		return;
	fprintf(stream, "<details><summary>Where the %zu published ratios are from</summary><ul>\n",
		count);
	for (size_t i = 0; i < table->count; i++)
		write_published(stream, &table->rows[i]);
	fputs("</ul></details>\n", stream);
}

/* Operations that were measured at two levels, and all the same cannot be divided. */
static void write_undivided(FILE *stream, const struct nb_level_table *table)
{
	size_t count = 0;

	for (size_t i = 0; i < table->count; i++)
		count += isfinite(table->rows[i].ratio) ? 0 : 1;
	if (count == 0)
		return;
	fprintf(stream, "<details><summary>%zu without a ratio</summary>\n<ul>\n", count);
	for (size_t i = 0; i < table->count; i++) {
		const struct nb_level_ratio *row = &table->rows[i];

		if (isfinite(row->ratio))
			continue;
		fputs("<li><code>", stream);
		nb_page_textf(stream, "%s%s%s", row->benchmark, row->params[0] ? " " : "",
			      row->params);
		fputs("</code> ", stream);
		nb_page_text(stream, row->note);
		fputs("</li>\n", stream);
	}
	fputs("</ul></details>\n", stream);
}

static bool any_note(const struct nb_level_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (isfinite(table->rows[i].ratio) && table->rows[i].note[0])
			return true;
	return false;
}

static void write_table(const struct nb_page_out *out, const struct nb_view_group *group)
{
	FILE *stream = out->stream;
	bool notes = any_note(&group->levels);
	char caption[160] = "The same operation one level deeper";

	if (out->view->count > 1)
		snprintf(caption, sizeof(caption), "%s: the same operation one level deeper",
			 group->name);
	nb_page_open_table(stream, "levels sorts", caption);
	fputs("<thead><tr><th scope=\"col\">Operation</th><th scope=\"col\" class=\"n\">one level "
	      "up<span class=\"sub\">p50</span></th><th scope=\"col\" class=\"n\">deeper<span "
	      "class=\"sub\">p50</span></th><th scope=\"col\" class=\"n\">ratio<span "
	      "class=\"sub\">of the sessions</span></th><th scope=\"col\" class=\"n\">published"
	      "</th><th scope=\"col\" class=\"n\">sessions</th>",
	      stream);
	fputs(notes ? "<th scope=\"col\">note</th></tr></thead>\n<tbody>\n"
		    : "</tr></thead>\n<tbody>\n",
	      stream);
	for (size_t i = 0; i < group->levels.count; i++)
		if (isfinite(group->levels.rows[i].ratio))
			write_row(stream, &group->levels, &group->levels.rows[i], notes);
	nb_page_close_table(stream);
	write_undivided(stream, &group->levels);
	write_sources(stream, &group->levels);
}

static bool any_ratio(const struct nb_level_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (isfinite(table->rows[i].ratio))
			return true;
	return false;
}

/* The tables of two levels, and the word on what they are. */
static void write_pairs(const struct nb_page_out *out)
{
	const struct nb_view *view = out->view;
	bool first = true;

	for (size_t i = 0; i < view->count; i++) {
		if (!any_ratio(&view->groups[i].levels))
			continue;
		if (first)
			fputs("<p>What an operation costs in a VM of this system (guest vantage) "
			      "over what it costs in the system itself (user vantage), within one "
			      "session.</p>\n",
			      out->stream);
		first = false;
		write_table(out, &view->groups[i]);
	}
}

bool nb_page_has_levels(const struct nb_view *view)
{
	for (size_t i = 0; i < view->count; i++)
		if (any_ratio(&view->groups[i].levels) || view->groups[i].tax)
			return true;
	return false;
}

void nb_page_write_levels(const struct nb_page_out *out)
{
	const struct nb_view *view = out->view;

	if (!nb_page_has_levels(view))
		return;
	nb_page_open_section(out->stream, "tax", "Nesting tax");
	for (size_t i = 0; i < view->count; i++)
		if (view->groups[i].tax)
			nb_page_write_tax(out, &view->groups[i]);
	write_pairs(out);
	fputs("</section>\n", out->stream);
}
