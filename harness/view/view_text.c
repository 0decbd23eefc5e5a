/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/compare_report.h"

#include "view_private.h"

/* Counts of what the rows of all groups came to. */
struct tally {
	size_t measured, skipped, failed, unproven;
};

static bool is_before(const struct nb_view_change *a, const struct nb_view_change *b)
{
	const struct nb_compare_row *left = a->row->cells[a->group].verdict;
	const struct nb_compare_row *right = b->row->cells[b->group].verdict;

	if (left->verdict != right->verdict)
		return left->verdict == NB_REGRESSED;
	return fabs(log(left->ratio)) > fabs(log(right->ratio));
}

static bool is_change(const struct nb_view_cell *cell)
{
	return cell->verdict && isfinite(cell->verdict->ratio) && cell->verdict->ratio > 0 &&
	       (cell->verdict->verdict == NB_REGRESSED || cell->verdict->verdict == NB_IMPROVED);
}

/* Keeps changes sorted; the smallest falls off a full list. */
static size_t insert_change(struct nb_view_change *changes, size_t count, size_t max,
			    struct nb_view_change change)
{
	size_t place = count;

	while (place > 0 && is_before(&change, &changes[place - 1]))
		place--;
	if (place == max)
		return count;
	count = count < max ? count + 1 : max;
	memmove(changes + place + 1, changes + place, (count - place - 1) * sizeof(*changes));
	changes[place] = change;
	return count;
}

size_t nb_view_changes(const struct nb_view *view, struct nb_view_change *changes, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < view->row_count && max > 0; i++)
		for (size_t j = 0; j < view->count; j++)
			if (is_change(&view->rows[i].cells[j]))
				count = insert_change(changes, count, max,
						      (struct nb_view_change){ &view->rows[i], j });
	return count;
}

static struct tally count_rows(const struct nb_view *view)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < view->row_count; i++) {
		for (size_t j = 0; j < view->count; j++) {
			const struct nb_view_cell *cell = &view->rows[i].cells[j];

			if (cell->sessions == 0)
				continue;
			tally.measured += cell->outcome == NB_OK;
			tally.skipped += cell->outcome == NB_SKIP;
			tally.failed += cell->outcome == NB_ERROR;
			tally.unproven +=
				cell->outcome == NB_OK &&
				(cell->evidence == NB_UNVERIFIED || cell->evidence == NB_EMULATED);
		}
	}
	return tally;
}

static void describe_numbers(const struct nb_view *view, char *text, size_t size)
{
	struct tally tally = count_rows(view);
	size_t length;

	snprintf(text, size, "%zu series measured, %zu skipped, %zu failed", tally.measured,
		 tally.skipped, tally.failed);
	length = strlen(text);
	if (tally.unproven > 0)
		snprintf(text + length, size - length, "; %zu without proof of what they timed",
			 tally.unproven);
	length = strlen(text);
	snprintf(text + length, size - length, ". No base was named to compare them with.");
}

static void describe_group(const struct nb_view *view, const struct nb_view_group *group,
			   char *text, size_t size)
{
	char summary[240];

	if (!group->comparison) {
		snprintf(text, size, "%s: no session that counts.", group->name);
		return;
	}
	nb_report_compare_summary(summary, sizeof(summary), group->comparison);
	snprintf(text, size, "%s%s%s%s.", view->count > 1 ? group->name : "",
		 view->count > 1 ? ": " : "",
		 group->comparison->indicative ? "indicative only: " : "", summary);
}

void nb_view_sentence(const struct nb_view *view, char *text, size_t size)
{
	size_t length;

	if (!view->base) {
		describe_numbers(view, text, size);
		return;
	}
	snprintf(text, size, "Against %s: ", view->base);
	for (size_t i = 0; i < view->count; i++) {
		length = strlen(text);
		if (i > 0 && length + 1 < size) {
			nb_base_copy(text + length, size - length, " ");
			length++;
		}
		describe_group(view, &view->groups[i], text + length, size - length);
	}
}

void nb_view_family(const struct nb_series *series, char *text, size_t size)
{
	size_t length = strcspn(series->benchmark, ".");

	nb_base_copy(text, size < length + 1 ? size : length + 1, series->benchmark);
}
