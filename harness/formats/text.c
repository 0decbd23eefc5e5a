/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "nestbench/report.h"

#include "formats_private.h"

bool nb_formats_measured(const struct nb_view_cell *cell)
{
	return cell->sessions > 0 && cell->outcome == NB_OK && isfinite(cell->p50);
}

/* The row of the empty operation itself shows the overhead as it is. */
static bool is_null(const struct nb_series *series)
{
	const char *dot = strrchr(series->benchmark, '.');

	return dot && strcmp(dot, ".null") == 0;
}

/* It would read as a precise or even a negative time, which an operation cannot take. */
static bool vanishes(const struct nb_series *series, const struct nb_view_cell *cell)
{
	if (strcmp(series->unit, "ns") != 0 || is_null(series) || !isfinite(cell->p50))
		return false;
	return cell->p50 <= 0 || (cell->low <= 0 && cell->high >= 0);
}

void nb_formats_median(char *text, size_t size, const struct nb_view_row *row, size_t group)
{
	const struct nb_view_cell *cell = &row->cells[group];

	if (vanishes(&row->series, cell))
		nb_base_copy(text, size, "~0 ns");
	else
		nb_report_value(text, size, cell->p50, row->series.unit, NB_REPORT_DIGITS);
}

void nb_formats_interval(char *text, size_t size, const struct nb_view_row *row, size_t group)
{
	const struct nb_view_cell *cell = &row->cells[group];
	size_t length;

	nb_report_interval(text, size, cell->low, cell->high, row->series.unit);
	length = strlen(text);
	if (cell->spread)
		snprintf(text + length, size - length, " (range)");
}

const char *nb_formats_verdict(const struct nb_compare_row *verdict)
{
	return verdict->indicative ? "indicative" : nb_verdict_name(verdict->verdict);
}

static void note(char *text, size_t size, const char *words)
{
	char plain[NB_FORMATS_TEXT_SIZE];
	size_t used = strlen(text);

	nb_report_plain(plain, sizeof(plain), words);
	snprintf(text + used, size - used, "%s%s", used > 0 ? "; " : "", plain);
}

/* Evidence has a place of its own; why it is none has not. */
static void note_evidence(char *text, size_t size, const struct nb_view_cell *cell)
{
	char words[NB_FORMATS_WORD_SIZE];

	if (cell->evidence != NB_UNVERIFIED || !isfinite(cell->expected))
		return;
	snprintf(words, sizeof(words), "expected %.3g exits/op", cell->expected);
	note(text, size, words);
}

static void note_verdict(char *text, size_t size, const struct nb_compare_row *verdict)
{
	char words[NB_FORMATS_WORD_SIZE];

	if (verdict->verdict == NB_INCONCLUSIVE && !verdict->indicative &&
	    verdict->more_sessions > 0) {
		snprintf(words, sizeof(words), "%d more session%s each", verdict->more_sessions,
			 verdict->more_sessions == 1 ? "" : "s");
		note(text, size, words);
	}
	if (verdict->note[0])
		note(text, size, verdict->note);
	if (verdict->provenance[0])
		note(text, size, verdict->provenance);
}

void nb_formats_notes(char *text, size_t size, const struct nb_view_cell *cell)
{
	char words[NB_FORMATS_TEXT_SIZE];

	text[0] = '\0';
	if (cell->outcome != NB_OK)
		snprintf(words, sizeof(words), "%s: %s", nb_record_outcome_name(cell->outcome),
			 cell->reason);
	else
		nb_base_copy(words, sizeof(words), cell->reason);
	if (words[0])
		note(text, size, words);
	if (nb_formats_measured(cell))
		note_evidence(text, size, cell);
	if (cell->tagged_rounds > 0) {
		snprintf(words, sizeof(words), "noisy: %lld of %lld rounds",
			 (long long)cell->tagged_rounds, (long long)cell->rounds);
		note(text, size, words);
	}
	if (cell->verdict)
		note_verdict(text, size, cell->verdict);
}
