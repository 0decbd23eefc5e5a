/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>

#include "nestbench/base.h"

#include "page_private.h"

/* What a reader must know before believing a number; the first warning opens the list. */
struct warnings {
	const struct nb_page_out *out;
	size_t count;
};

/* So many differences of the machines are told at once; a section of the page has them all. */
enum { DIFFERENCES = 3, TAG_BITS = 32, TAGS_SIZE = 160 };

static void open_warning(struct warnings *warnings, const char *group)
{
	FILE *stream = warnings->out->stream;

	if (warnings->count++ == 0)
		fputs("<ul>\n", stream);
	fputs("<li>", stream);
	if (warnings->out->view->count > 1 && group) {
		fputs("<b>", stream);
		nb_page_text(stream, group);
		fputs("</b>: ", stream);
	}
}

static void __attribute__((format(printf, 3, 4)))
warn(struct warnings *warnings, const char *group, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	open_warning(warnings, group);
	nb_page_text(warnings->out->stream, text);
	fputs("</li>\n", warnings->out->stream);
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void warn_sessions(struct warnings *warnings, const struct nb_view_group *group)
{
	size_t invalid = 0, partial = 0;

	for (size_t i = 0; i < group->digests.count; i++) {
		invalid += !group->digests.sessions[i].valid;
		partial += group->digests.sessions[i].session.partial;
	}
	if (invalid > 0)
		warn(warnings, group->name,
		     "%zu of %zu session%s invalid for comparison: over 20 %% of the rounds were "
		     "disturbed.",
		     invalid, group->digests.count, plural(group->digests.count));
	if (partial > 0)
		warn(warnings, group->name,
		     "%zu of %zu session%s partial: ended before the plan was done.", partial,
		     group->digests.count, plural(group->digests.count));
}

struct round_tally {
	long long rounds, tagged;
	uint32_t tags;
};

static void tally_record(const struct nb_record *record, struct round_tally *tally)
{
	for (size_t i = 0; i < record->count; i++) {
		for (size_t j = 0; j < record->series[i].count; j++) {
			const struct nb_round *round = &record->series[i].rounds[j];

			if (round->outcome != NB_OK)
				continue;
			tally->rounds++;
			tally->tagged += round->guards.tags != 0;
			tally->tags |= round->guards.tags;
		}
	}
}

static void name_tags(uint32_t tags, char text[TAGS_SIZE])
{
	size_t used = 0;

	text[0] = '\0';
	for (uint32_t bit = 0; bit < TAG_BITS; bit++) {
		const char *name = nb_record_tag_name(tags & UINT32_C(1) << bit);

		if (!name || used >= TAGS_SIZE)
			continue;
		used += (size_t)snprintf(text + used, TAGS_SIZE - used, "%s%s",
					 used > 0 ? ", " : "", name);
	}
}

static void warn_rounds(struct warnings *warnings, const struct nb_view_group *group)
{
	struct round_tally tally = { 0 };
	char tags[TAGS_SIZE];

	for (size_t i = 0; i < group->count; i++)
		tally_record(group->records[i], &tally);
	if (tally.tagged == 0)
		return;
	name_tags(tally.tags, tags);
	warn(warnings, group->name, "%.1f %% of the rounds were disturbed (%s); they are kept.",
	     100.0 * (double)tally.tagged / (double)tally.rounds, tags);
}

static void warn_series(struct warnings *warnings, size_t group)
{
	const struct nb_view *view = warnings->out->view;
	size_t emulated = 0, unverified = 0, failed = 0;

	for (size_t i = 0; i < view->row_count; i++) {
		const struct nb_view_cell *cell = &view->rows[i].cells[group];

		emulated += nb_page_measured(cell) && cell->evidence == NB_EMULATED;
		unverified += nb_page_measured(cell) && cell->evidence == NB_UNVERIFIED;
		failed += cell->sessions > 0 && cell->outcome == NB_ERROR;
	}
	if (unverified > 0)
		warn(warnings, view->groups[group].name,
		     "%zu series unverified: KVM counted other exits than the benchmark expects, so "
		     "the time is not what the name says.",
		     unverified);
	if (emulated > 0)
		warn(warnings, view->groups[group].name,
		     "%zu series emulated: the hypervisor interprets this code in software, so the "
		     "time is not the cost of an exit.",
		     emulated);
	if (failed > 0)
		warn(warnings, view->groups[group].name, "%zu series failed and %s no number here.",
		     failed, failed == 1 ? "has" : "have");
}

static void write_differences(struct warnings *warnings, const struct nb_comparison *comparison)
{
	FILE *stream = warnings->out->stream;

	for (size_t i = 0; i < comparison->warning_count && i < DIFFERENCES; i++) {
		fputs(i > 0 ? "; " : " ", stream);
		nb_page_text_cut(stream, comparison->warnings[i], 96);
	}
	if (comparison->warning_count > DIFFERENCES)
		fprintf(stream, "; and %zu more", comparison->warning_count - DIFFERENCES);
}

static void warn_comparison(struct warnings *warnings, const struct nb_view_group *group)
{
	const struct nb_comparison *comparison = group->comparison;
	FILE *stream = warnings->out->stream;

	if (!comparison)
		return;
	if (comparison->warning_count > 0) {
		open_warning(warnings, group->name);
		fputs("The base differs in more than what was asked about:", stream);
		write_differences(warnings, comparison);
		fputs("</li>\n", stream);
	}
	for (size_t i = 0; i < comparison->left_out_count; i++)
		warn(warnings, group->name, "Left out of the comparison: %s.",
		     comparison->left_out[i]);
}

void nb_page_write_warnings(const struct nb_page_out *out)
{
	struct warnings warnings = { .out = out };
	const struct nb_view *view = out->view;

	fputs("<section class=\"warnings\" aria-labelledby=\"warnings-h\">\n"
	      "<h3 id=\"warnings-h\">Mind this</h3>\n",
	      out->stream);
	for (size_t i = 0; i < view->count; i++) {
		const struct nb_view_group *group = &view->groups[i];

		if (view->base && !group->comparison)
			warn(&warnings, group->name,
			     "Not compared: no session that counts on both sides.");
		warn_sessions(&warnings, group);
		warn_comparison(&warnings, group);
		warn_series(&warnings, i);
		warn_rounds(&warnings, group);
	}
	if (out->page->note) {
		open_warning(&warnings, NULL);
		nb_page_text(out->stream, out->page->note);
		fputs("</li>\n", out->stream);
	}
	fputs(warnings.count > 0 ? "</ul>\n" : "<p>Nothing: no guard was disturbed.</p>\n",
	      out->stream);
	fputs("</section>\n", out->stream);
}
