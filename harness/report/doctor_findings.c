/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "report_doctor.h"

enum { LABEL_MAX = 26, ADVICE_SIZE = 400 };

static const struct {
	const char *word;
	enum nb_ink ink;
} marks[] = {
	[NB_STATE_INFO] = { "", NB_INK_PLAIN },	   [NB_STATE_GOOD] = { "ok", NB_INK_GOOD },
	[NB_STATE_WARN] = { "warn", NB_INK_WARN }, [NB_STATE_BAD] = { "bad", NB_INK_BAD },
	[NB_STATE_UNKNOWN] = { "?", NB_INK_WARN },
};

/* Settings that are fine only take room; of the others everything is shown. */
static bool is_shown(const struct nb_finding *finding, enum nb_section section, bool all)
{
	if (finding->section != section)
		return false;
	return all || section != NB_SECTION_SETTINGS ||
	       (finding->state != NB_STATE_GOOD && finding->state != NB_STATE_INFO);
}

static size_t label_width(const struct nb_findings *findings, enum nb_section section, bool all)
{
	size_t width = 0;

	for (size_t i = 0; i < findings->count; i++) {
		size_t columns = nb_report_columns(findings->items[i].label);

		if (is_shown(&findings->items[i], section, all) && columns > width)
			width = columns;
	}
	return width < LABEL_MAX ? width : LABEL_MAX;
}

/*
 * What a machine is, and what is as it should be, says itself; why one thinks so matters where it
 * is in doubt, and in forecasts always.
 */
static bool explains(const struct nb_finding *finding, bool all)
{
	if (all || finding->section == NB_SECTION_READINESS)
		return true;
	if (finding->state == NB_STATE_GOOD)
		return false;
	return finding->section != NB_SECTION_MACHINE || finding->state != NB_STATE_INFO;
}

/* Not said at the top of the page, nor right above. */
static bool is_news(const char *text, const char *at_top, const char *above)
{
	return text[0] && strcmp(text, at_top) != 0 && strcmp(text, above) != 0;
}

static void print_finding(const struct nb_doctor_page *page, const struct nb_finding *finding)
{
	nb_doctor_page_print(page,
			     &(struct nb_doctor_page_entry){ .mark = marks[finding->state].word,
							     .mark_ink = marks[finding->state].ink,
							     .label = finding->label,
							     .text = finding->value });
}

static void print_advice(const struct nb_doctor_page *page, const struct nb_finding *finding)
{
	char text[ADVICE_SIZE];

	snprintf(text, sizeof(text), "> %s", finding->advice);
	nb_doctor_page_more(page, true, NB_INK_BOLD, text);
}

void nb_doctor_page_findings(struct nb_doctor_page *page, const struct nb_doctor_report *report,
			     enum nb_section section, bool all)
{
	const struct nb_findings *findings = &report->findings;
	const struct nb_finding none = { .key = "" };
	const struct nb_finding *above = &none;

	page->label = label_width(findings, section, all);
	for (size_t i = 0; i < findings->count; i++) {
		const struct nb_finding *finding = &findings->items[i];

		if (!is_shown(finding, section, all))
			continue;
		print_finding(page, finding);
		if (explains(finding, all) &&
		    is_news(finding->how, report->nesting.reason, above->how))
			nb_doctor_page_more(page, true, NB_INK_DIM, finding->how);
		if (is_news(finding->advice, report->nesting.advice, above->advice))
			print_advice(page, finding);
		above = finding;
	}
}
