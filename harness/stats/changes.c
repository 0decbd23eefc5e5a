/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/inference.h"

#include "energy.h"

/*
 * A window is as long as a change needs to stand out, and the next one starts half a window later,
 * so that every change has a quarter of a window on either side in some window. What is undone
 * soon after does not stand out in a long one: "worse, then mended" looks much the same on both
 * sides of either change. So shorter windows look for candidates too (as in Fryzlewicz, "Wild
 * Binary Segmentation", Annals of Statistics 42, 2014), which are all judged again at the end.
 */
enum { WINDOW_MAX = 64 };
static const size_t longest_window = WINDOW_MAX, shortest_window = 16;

/* To be a candidate takes less: the verdict on it is the one with all permutations. */
enum { CANDIDATE_PERMUTATIONS = 499 };
static const double candidate_alpha = 2; /* times alpha */

/* Change points found so far, ascending. */
struct found {
	struct nb_change *changes;
	size_t count, room;
};

struct search {
	const double *values;
	size_t length;
	struct nb_change_options glance; /* for candidates */
	struct nb_change_options verdict;
	struct nb_energy *energy;
	struct found found;
};

static int add_change(struct found *found, size_t index, double p, struct nb_error *error)
{
	size_t at = found->count;

	if (found->count == found->room) {
		size_t room = found->room ? 2 * found->room : 16;
		struct nb_change *grown = realloc(found->changes, room * sizeof(*grown));

		if (!grown)
			return nb_error_set(error, ENOMEM, "no memory for %zu changes", room);
		found->changes = grown;
		found->room = room;
	}
	while (at > 0 && found->changes[at - 1].index > index)
		at--;
	if (at > 0 && found->changes[at - 1].index == index)
		return 0;
	memmove(&found->changes[at + 1], &found->changes[at],
		(found->count - at) * sizeof(*found->changes));
	found->changes[at] = (struct nb_change){ .index = index, .p = p };
	found->count++;
	return 0;
}

/* Tests values start .. end - 1; what is found there becomes a candidate and *at. */
static int split_at(struct search *search, size_t start, size_t end, size_t *at,
		    struct nb_error *error)
{
	const struct nb_change_options *options = &search->glance;
	struct nb_energy_split split;

	*at = end;
	if (end - start < 2 * options->segment)
		return 0;
	/* The seed goes with the place: the same segment is judged alike wherever it turns up. */
	if (!nb_energy_test(search->energy, search->values + start, end - start, options,
			    options->seed ^ (uint64_t)start << 32 ^ (uint64_t)end, &split))
		return 0;
	*at = start + split.index;
	return add_change(&search->found, *at, split.p, error);
}

/*
 * Tests values start .. end - 1, then both sides of what is found, and so on. ends holds where the
 * segments still to be tested end, the leftmost on top; a window has no more of them than values.
 */
static int bisect(struct search *search, size_t start, size_t end, struct nb_error *error)
{
	size_t ends[WINDOW_MAX + 1] = { end };
	size_t depth = 1, at;

	while (depth > 0) {
		int result = split_at(search, start, ends[depth - 1], &at, error);

		if (result < 0)
			return result;
		if (at < ends[depth - 1])
			ends[depth++] = at;
		else
			start = ends[--depth];
	}
	return 0;
}

static size_t later(size_t a, size_t b)
{
	return a > b ? a : b;
}

static size_t earlier(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Windows that overlap find a change several times, a little apart, and the ends of a window may
 * cut one short. So every candidate is judged again between its neighbours, each at most a window
 * away, and moves to the best split there; what does not stand, or meets the one before, is
 * dropped.
 */
static void confirm(struct search *search)
{
	struct found *found = &search->found;
	const struct nb_change_options *options = &search->verdict;
	size_t kept = 0;

	for (size_t i = 0; i < found->count; i++) {
		size_t before = kept > 0 ? found->changes[kept - 1].index : 0;
		size_t index = found->changes[i].index;
		size_t next = i + 1;
		size_t start, end;
		struct nb_energy_split split;

		while (next < found->count && found->changes[next].index - index < options->segment)
			next++;
		end = next < found->count ? found->changes[next].index : search->length;
		start = later(before, index > longest_window ? index - longest_window : 0);
		end = earlier(end, index + longest_window);
		i = next - 1;
		if (index - before < options->segment || end - start < 2 * options->segment ||
		    !nb_energy_test(search->energy, search->values + start, end - start, options,
				    options->seed ^ (uint64_t)start << 32 ^ (uint64_t)end, &split))
			continue;
		found->changes[kept++] =
			(struct nb_change){ .index = start + split.index, .p = split.p };
	}
	found->count = kept;
}

/* How far each segment lies from the one before it. */
static int measure(struct search *search, struct nb_error *error)
{
	struct found *found = &search->found;
	int result = 0;

	for (size_t i = 0; result == 0 && i < found->count; i++) {
		size_t at = found->changes[i].index;
		size_t start = i > 0 ? found->changes[i - 1].index : 0;
		size_t end = i + 1 < found->count ? found->changes[i + 1].index : search->length;

		start = later(start, at > longest_window ? at - longest_window : 0);
		end = earlier(end, at + longest_window);
		result = nb_stats_shift((struct nb_group){ search->values + start, at - start },
					(struct nb_group){ search->values + at, end - at }, 0.95,
					&found->changes[i].shift, error);
		/* Three against three have no interval, but a shift all the same. */
		if (result == -ENODATA)
			result = 0;
	}
	return result;
}

static int slide(struct search *search, size_t window, struct nb_error *error)
{
	int result = 0;

	for (size_t start = 0; result == 0; start += window / 2) {
		size_t end = earlier(start + window, search->length);

		result = bisect(search, end - window, end, error);
		if (end == search->length)
			break;
	}
	return result;
}

static int run(struct search *search, struct nb_error *error)
{
	int result = slide(search, earlier(search->length, longest_window), error);

	for (size_t window = longest_window / 2; result == 0 && window >= shortest_window;
	     window /= 2)
		if (window < search->length)
			result = slide(search, window, error);
	if (result < 0)
		return result;
	confirm(search);
	return measure(search, error);
}

/* Two halves of n values: they and their mirror are 2 of all n over n/2 ways to deal them. */
size_t nb_stats_changes_needed(double alpha, size_t segment)
{
	size_t length = 2 * segment;
	double half, log_ways;

	do {
		half = floor((double)length++ / 2);
		log_ways =
			lgamma((double)length) - lgamma(half + 1) - lgamma((double)length - half);
	} while (2 * exp(-log_ways) > alpha);
	return length - 1;
}

/*
 * A long series asks many times whether there is a change, so each answer must be surer: alpha is
 * for as many values as two windows have, but a p that no permutation reached always counts.
 */
static double surer_alpha(const struct nb_change_options *options, size_t length)
{
	double least = 2 / (options->permutations + 1.0);

	if (length <= 2 * longest_window)
		return options->alpha;
	return fmax(options->alpha * 2 * (double)longest_window / (double)length, least);
}

int nb_stats_changes(const double *values, size_t length, const struct nb_change_options *options,
		     struct nb_change **changes, size_t *count, struct nb_error *error)
{
	struct search search = {
		.values = values, .length = length, .glance = *options, .verdict = *options
	};
	int result;

	assert(options->segment >= 2 && options->permutations > 0);
	if (options->permutations > CANDIDATE_PERMUTATIONS)
		search.glance.permutations = CANDIDATE_PERMUTATIONS;
	search.glance.alpha *= candidate_alpha;
	search.verdict.alpha = surer_alpha(options, length);
	search.energy = nb_energy_new(2 * longest_window);
	if (!search.energy)
		return nb_error_set(error, ENOMEM, "no memory for change points");
	result = run(&search, error);
	nb_energy_free(search.energy);
	if (result < 0 || search.found.count == 0) {
		free(search.found.changes);
		search.found.changes = NULL;
	}
	if (result < 0)
		return result;
	*changes = search.found.changes;
	*count = search.found.count;
	return 0;
}
