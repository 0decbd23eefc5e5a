/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figures_private.h"

int nb_figure_level(const struct nb_figure *figure)
{
	const char *level = figure->level;

	if (level[0] != 'L' || level[1] < '0' || level[1] > '9' || level[2])
		return NB_LEVEL_UNKNOWN;
	return level[1] - '0';
}

/* Of "CONFIGURATION; MACHINE" the machine: a paper has one machine in several configurations. */
static const char *machine_of(const struct nb_figure *figure)
{
	const char *machine = strstr(figure->hardware, "; ");

	return machine ? machine + 2 : figure->hardware;
}

static bool is_time(const char *unit)
{
	static const char *const times[] = { "ns", "us", "s", "cycles" };

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (strcmp(times[i], unit) == 0)
			return true;
	return false;
}

/* The same operation on the same machine, one level up; the first of several is the plain one. */
static const struct nb_figure *upper_of(const struct nb_baseline *baseline,
					const struct nb_figure *deeper)
{
	int level = nb_figure_level(deeper);

	if (level < 1 || !is_time(deeper->unit))
		return NULL;
	for (size_t i = 0; i < baseline->count; i++) {
		const struct nb_figure *figure = &baseline->figures[i];

		if (nb_figure_level(figure) == level - 1 && figure->value > 0 &&
		    strcmp(figure->metric, deeper->metric) == 0 &&
		    strcmp(figure->unit, deeper->unit) == 0 &&
		    strcmp(machine_of(figure), machine_of(deeper)) == 0)
			return figure;
	}
	return NULL;
}

/* Another architecture, or a guest kernel without hardware's help, is no measure for nested KVM. */
static bool is_comparable(const struct nb_figure *figure)
{
	return !strstr(figure->hardware, "ARM") && !strstr(figure->hardware, "PVM in VM");
}

static int add_ratios(struct nb_published *published, const struct nb_baseline *baseline,
		      struct nb_error *error)
{
	for (size_t i = 0; i < baseline->count; i++) {
		const struct nb_figure *deeper = &baseline->figures[i];
		const struct nb_figure *upper = upper_of(baseline, deeper);
		struct nb_published_ratio *grown;

		if (!upper)
			continue;
		grown = reallocarray(published->ratios, published->count + 1, sizeof(*grown));
		if (!grown)
			return nb_error_set(error, ENOMEM, "no memory for published ratios");
		published->ratios = grown;
		grown[published->count++] = (struct nb_published_ratio){
			.baseline = baseline,
			.deeper = deeper,
			.upper = upper,
			.ratio = deeper->value / upper->value,
			.in_band = is_comparable(deeper) && is_comparable(upper),
		};
	}
	return 0;
}

/* Metric, level, then the order of the files and in them. */
static int compare_ratios(const void *a, const void *b)
{
	const struct nb_published_ratio *x = a, *y = b;
	int order = strcmp(x->deeper->metric, y->deeper->metric);

	if (order == 0)
		order = nb_figure_level(x->deeper) - nb_figure_level(y->deeper);
	if (order == 0)
		order = (x->baseline > y->baseline) - (x->baseline < y->baseline);
	return order ? order : (x->deeper > y->deeper) - (x->deeper < y->deeper);
}

int nb_published_make(struct nb_published *published, struct nb_error *error)
{
	struct nb_published made = { 0 };
	size_t room = nb_baseline_count();
	int result = 0;

	made.baselines = calloc(room + 1, sizeof(*made.baselines));
	if (!made.baselines)
		return nb_error_set(error, ENOMEM, "no memory for %zu baselines", room);
	while (result == 0 && made.baseline_count < room) {
		struct nb_baseline *baseline = &made.baselines[made.baseline_count];

		result = nb_baseline_load(made.baseline_count, baseline, error);
		if (result < 0)
			break;
		made.baseline_count++;
		if (!baseline->size)
			result = add_ratios(&made, baseline, error);
	}
	if (result < 0) {
		nb_published_free(&made);
		return result;
	}
	if (made.count > 0)
		qsort(made.ratios, made.count, sizeof(*made.ratios), compare_ratios);
	*published = made;
	return 0;
}

void nb_published_free(struct nb_published *published)
{
	for (size_t i = 0; i < published->baseline_count; i++)
		nb_baseline_free(&published->baselines[i]);
	free(published->baselines);
	free(published->ratios);
	*published = (struct nb_published){ 0 };
}

const struct nb_published_ratio *nb_published_find(const struct nb_published *published,
						   const char *benchmark, int level, size_t *count)
{
	const struct nb_published_ratio *first = NULL;

	*count = 0;
	for (size_t i = 0; i < published->count; i++) {
		const struct nb_published_ratio *ratio = &published->ratios[i];

		if (strcmp(ratio->deeper->metric, benchmark) != 0 ||
		    nb_figure_level(ratio->deeper) != level)
			continue;
		if (!first)
			first = ratio;
		(*count)++;
	}
	return first;
}

void nb_published_band(const struct nb_published_ratio *ratios, size_t count, double *low,
		       double *high)
{
	*low = NAN;
	*high = NAN;
	for (size_t i = 0; i < count; i++) {
		if (!ratios[i].in_band)
			continue;
		*low = fmin(*low, ratios[i].ratio); /* of a number and NAN: the number */
		*high = fmax(*high, ratios[i].ratio);
	}
}

bool nb_published_is_exit(const struct nb_published_ratio *ratio)
{
	/* Of the family, but hardware does these without a hypervisor. */
	static const char *const inside[] = { "exit.syscall", "exit.apic_eoi" };
	const char *metric = ratio->deeper->metric;

	for (size_t i = 0; i < sizeof(inside) / sizeof(inside[0]); i++)
		if (strcmp(inside[i], metric) == 0)
			return false;
	return strncmp(metric, "exit.", strlen("exit.")) == 0 &&
	       nb_figure_level(ratio->deeper) == 2;
}
