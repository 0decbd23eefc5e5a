/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/baseline.h"

#include "baseline_parts.h"

/* Made by nb_embed() from results/baselines, in the order in which they are listed. */
extern const struct nb_embedded nb_baseline_files[];

size_t nb_baseline_count(void)
{
	size_t count = 0;

	while (nb_baseline_files[count].name)
		count++;
	return count;
}

int nb_baseline_load(size_t index, struct nb_baseline *baseline, struct nb_error *error)
{
	const struct nb_embedded *file = &nb_baseline_files[index];

	return nb_baseline_parse(file->text, file->size, baseline, error);
}

static int refuse_name(const char *name, struct nb_error *error)
{
	char quote[NB_BASELINE_QUOTE_SIZE];
	const char *nearest = NULL;
	size_t least = SIZE_MAX;

	for (const struct nb_embedded *file = nb_baseline_files; file->name; file++) {
		size_t distance = nb_base_distance(name, file->name);

		if (distance < least) {
			least = distance;
			nearest = file->name;
		}
	}
	nb_baseline_quote(quote, name);
	if (!nearest)
		return nb_error_set(error, ENOENT, "no baseline \"%s\": none are built in", quote);
	return nb_error_set(error, ENOENT, "no baseline \"%s\"; did you mean \"%s\"?", quote,
			    nearest);
}

int nb_baseline_find(const char *name, struct nb_baseline *baseline, struct nb_error *error)
{
	size_t index = 0;

	for (; nb_baseline_files[index].name; index++)
		if (strcmp(nb_baseline_files[index].name, name) == 0)
			return nb_baseline_load(index, baseline, error);
	return refuse_name(name, error);
}

const struct nb_figure *nb_baseline_figure(const struct nb_baseline *baseline, const char *metric)
{
	for (size_t i = 0; i < baseline->count; i++)
		if (strcmp(baseline->figures[i].metric, metric) == 0)
			return &baseline->figures[i];
	return NULL;
}
