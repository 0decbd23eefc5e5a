/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "run_private.h"

enum { SUGGESTIONS = 3 };

bool nb_run_chosen(const struct nb_run_options *options, const char *benchmark)
{
	if (options->pattern_count == 0)
		return true;
	for (size_t i = 0; i < options->pattern_count; i++) {
		if (fnmatch(options->patterns[i], benchmark, 0) == 0)
			return true;
	}
	return false;
}

static bool listed(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(names[i], name) == 0)
			return true;
	}
	return false;
}

/* The nearest name that is not among those found already; NULL if there is none. */
static const char *nearest(const struct nb_run_catalogue *all, const char *pattern,
			   const char *const *found, size_t found_count)
{
	const char *best = NULL;
	size_t best_distance = SIZE_MAX;

	for (size_t i = 0; i < all->count; i++) {
		const char *name = all->entries[i].series.benchmark;
		size_t distance = nb_base_distance(pattern, name);

		if (distance < best_distance && !listed(found, found_count, name)) {
			best = name;
			best_distance = distance;
		}
	}
	return best;
}

static int unknown(const struct nb_run_catalogue *all, const char *pattern, struct nb_error *error)
{
	const char *found[SUGGESTIONS];
	char names[NB_ERROR_TEXT_SIZE] = "";
	size_t length = 0;

	for (size_t i = 0; i < SUGGESTIONS; i++) {
		int added;

		found[i] = nearest(all, pattern, found, i);
		if (!found[i])
			break;
		added = snprintf(names + length, sizeof(names) - length, "%s%s", i > 0 ? ", " : "",
				 found[i]);
		if (added < 0 || (size_t)added >= sizeof(names) - length)
			break;
		length += (size_t)added;
	}
	return nb_error_set(error, ENOENT, "no benchmark matches '%.60s'; nearest: %s", pattern,
			    names);
}

int nb_run_check_patterns(const struct nb_run_options *options, const struct nb_run_catalogue *all,
			  struct nb_error *error)
{
	for (size_t i = 0; i < options->pattern_count; i++) {
		const char *pattern = options->patterns[i];
		bool found = false;

		for (size_t j = 0; j < all->count && !found; j++)
			found = fnmatch(pattern, all->entries[j].series.benchmark, 0) == 0;
		if (!found)
			return unknown(all, pattern, error);
	}
	return 0;
}
