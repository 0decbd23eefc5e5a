/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "report_doctor.h"

enum { LABEL_MAX = 34, TEXT_SIZE = 512 };

/* What Docker tested its Desktop in; these are shown row by row. */
static const char *const main_names[] = { "azure-d4s-v5", "esxi-4c12g" };

static const struct {
	const char *name, *mark;
	enum nb_ink ink;
} fits[] = {
	[NB_FIT_UNKNOWN] = { "unknown", "?", NB_INK_WARN },
	[NB_FIT_MEETS] = { "meets", "meets", NB_INK_GOOD },
	[NB_FIT_BELOW] = { "below", "below", NB_INK_BAD },
};

const char *nb_report_fit_name(enum nb_fit fit)
{
	return fits[fit].name;
}

/* Without the word that the mark says already. */
static const char *summary_of(const struct nb_fit_table *table)
{
	const char *name = fits[table->verdict].name;
	size_t length = strlen(name);

	if (strncmp(table->summary, name, length) == 0 &&
	    strncmp(table->summary + length, ": ", 2) == 0)
		return table->summary + length + 2;
	return table->summary;
}

static bool is_main(const struct nb_baseline *baseline)
{
	for (size_t i = 0; i < sizeof(main_names) / sizeof(main_names[0]); i++)
		if (strcmp(baseline->name, main_names[i]) == 0)
			return true;
	return false;
}

static void print_row(const struct nb_doctor_page *page, const struct nb_fit_row *row, bool all)
{
	char text[TEXT_SIZE];

	if (row->counted)
		snprintf(text, sizeof(text), "wanted %s, here %s", row->wanted, row->have);
	else
		snprintf(text, sizeof(text), "%s, here %s; not counted", row->wanted, row->have);
	nb_doctor_page_print(page, &(struct nb_doctor_page_entry){
					   .mark = row->counted ? fits[row->fit].mark : "",
					   .mark_ink = fits[row->fit].ink,
					   .label = row->label,
					   .text = text });
	if (row->note[0] && (all || row->fit != NB_FIT_MEETS) && row->counted)
		nb_doctor_page_more(page, true, NB_INK_DIM, row->note);
}

static void print_rows(struct nb_doctor_page *page, const struct nb_doctor_fit *fit, bool all)
{
	char title[TEXT_SIZE];

	page->label = 0;
	for (size_t i = 0; i < fit->table.count; i++) {
		size_t columns = nb_report_columns(fit->table.rows[i].label);

		page->label = columns > page->label ? columns : page->label;
	}
	snprintf(title, sizeof(title), "Size against %s", fit->baseline.title);
	nb_doctor_page_title(page, title);
	for (size_t i = 0; i < fit->table.count; i++)
		print_row(page, &fit->table.rows[i], all);
}

static void print_summaries(struct nb_doctor_page *page, const struct nb_doctor_report *report)
{
	page->label = 0;
	for (size_t i = 0; i < report->fit_count; i++) {
		size_t columns = nb_report_columns(report->fits[i].baseline.title);

		page->label = columns > page->label ? columns : page->label;
	}
	page->label = page->label < LABEL_MAX ? page->label : LABEL_MAX;
	for (size_t i = 0; i < report->fit_count; i++) {
		const struct nb_doctor_fit *fit = &report->fits[i];

		nb_doctor_page_print(page, &(struct nb_doctor_page_entry){
						   .mark = fits[fit->table.verdict].mark,
						   .mark_ink = fits[fit->table.verdict].ink,
						   .label = fit->baseline.title,
						   .text = summary_of(&fit->table) });
	}
}

void nb_doctor_page_fits(struct nb_doctor_page *page, const struct nb_doctor_report *report,
			 bool all)
{
	nb_doctor_page_title(page, "Size against reference VMs (this specification or above)");
	print_summaries(page, report);
	for (size_t i = 0; i < report->fit_count; i++)
		if (all || is_main(&report->fits[i].baseline))
			print_rows(page, &report->fits[i], all);
}
