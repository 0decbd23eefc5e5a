/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/base.h"

#include "report_history.h"

void nb_history_minute(char *text, size_t size, const char *time)
{
	char plain[NB_TIMESTAMP_SIZE];

	nb_report_plain(plain, sizeof(plain), time);
	snprintf(text, size, "%.10s %.5s", plain, strlen(plain) > 11 ? plain + 11 : "");
}

const struct nb_timeline_session *nb_history_session(const struct nb_history_report *report,
						     size_t number)
{
	return &report->timeline->sessions[number];
}

void nb_history_kernel(char *text, size_t size, const struct nb_history_report *report,
		       size_t number)
{
	size_t machine = nb_history_session(report, number)->machine;
	char release[160];

	nb_base_copy(release, sizeof(release), report->timeline->machines[machine].kernel);
	release[strcspn(release, " ")] = '\0';
	nb_report_plain(text, size, release);
}

static const char *ink_of(enum nb_verdict verdict)
{
	return verdict == NB_REGRESSED ? "\033[31m" : verdict == NB_IMPROVED ? "\033[32m" : "";
}

/* "kernel: 6.1.192 | 6.12.113" reads "kernel: 6.1.192 -> 6.12.113". */
static void print_difference(FILE *stream, const char *difference)
{
	char plain[NB_HISTORY_DIFFERENCE_SIZE + 8];
	const char *bar;

	nb_report_plain(plain, sizeof(plain), difference);
	bar = strstr(plain, " | ");
	if (bar)
		fprintf(stream, "    %.*s -> %s\n", (int)(bar - plain), plain, bar + 3);
	else
		fprintf(stream, "    %s\n", plain);
}

static void print_events(FILE *stream, const struct nb_history_report *report,
			 const struct nb_history_change *change)
{
	for (size_t i = 0; i < change->event_count; i++) {
		const struct nb_history_event *event =
			&report->input->events[change->first_event + i];
		char at[32], plain[512];

		nb_history_minute(at, sizeof(at), event->time);
		nb_report_plain(plain, sizeof(plain), event->text);
		fprintf(stream, "    event %s: %s\n", at, plain);
	}
}

static void print_change(FILE *stream, const struct nb_history_report *report,
			 const struct nb_history_change *change,
			 const struct nb_report_style *style)
{
	const struct nb_timeline_session *before = nb_history_session(report, change->before);
	const struct nb_timeline_session *after = nb_history_session(report, change->after);
	char to[32], size[24], interval[48], p[16];
	const char *on = style->colour ? ink_of(change->verdict) : "";

	nb_history_minute(to, sizeof(to), after->started);
	nb_compare_change(size, sizeof(size), change->ratio);
	nb_compare_interval(interval, sizeof(interval), change->low, change->high);
	nb_compare_probability(p, sizeof(p), change->p_adjusted);
	fprintf(stream, "  %s%s%s %s at %s UTC (95 %% CI %s, p adj. %s)\n", on,
		change->verdict == NB_SAME ? "changed within the margin"
					   : nb_verdict_name(change->verdict),
		on[0] ? "\033[0m" : "", size, to, interval, p);
	fprintf(stream, "    between sessions %.26s and %.26s\n", before->id, after->id);
	for (size_t i = 0; i < change->difference_count; i++)
		print_difference(stream, change->differences[i]);
	print_events(stream, report, change);
	if (change->difference_count + change->event_count == 0)
		fputs("    nothing that nestbench records changed with it (event add TEXT tells "
		      "what you know)\n",
		      stream);
}

void nb_history_print_changes(FILE *stream, const struct nb_history_report *report, size_t index,
			      const struct nb_report_style *style)
{
	const struct nb_history_changes *changes = &report->history->series[index];

	for (size_t i = 0; i < changes->count; i++)
		print_change(stream, report, &changes->changes[i], style);
}
