/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run_private.h"

/*
 * What counts as the stated number: two in a hundred for what the machine does on the side, and
 * three whole exits, since the guest's own report and a first page fault are in the count too.
 */
static const double tolerance = 0.02;
static const double exits_beside = 3;

static const struct nb_vmm_stat *find(const struct nb_vmm_stats *stats, const char *name)
{
	for (size_t i = 0; i < stats->count; i++) {
		if (strcmp(stats->items[i].name, name) == 0)
			return &stats->items[i];
	}
	return NULL;
}

static uint64_t value_of(const struct nb_vmm_stats *stats, const char *name)
{
	const struct nb_vmm_stat *found = find(stats, name);

	return found ? found->value : 0;
}

void nb_run_count_add(struct nb_run_count *total, const struct nb_run_count *loop)
{
	if (total->samples == 0) {
		*total = *loop;
		return;
	}
	total->valid = total->valid && loop->valid && total->after.count == loop->after.count;
	total->samples += loop->samples;
	for (size_t i = 0; total->valid && i < loop->after.count; i++)
		total->after.items[i].value +=
			loop->after.items[i].value - loop->before.items[i].value;
}

int64_t nb_run_count_of(const struct nb_run_count *count, const char *name)
{
	return (int64_t)(value_of(&count->after, name) - value_of(&count->before, name));
}

int64_t nb_run_count_exits(const struct nb_run_count *count)
{
	return nb_run_count_of(count, "exits") - nb_run_count_of(count, "irq_exits");
}

/*
 * Exits of the loop that are not the operation's: those of an empty loop. They belong to the loop
 * as a whole (entering ring 3, the final report), unless reading the clock exits too.
 */
static double exits_of_null(const struct nb_run_count *null, uint64_t samples)
{
	double exits = (double)nb_run_count_exits(null);

	if (null->samples == 0)
		return 0;
	if (exits > (double)null->samples / 2)
		return exits / (double)null->samples * (double)samples;
	return exits;
}

static int more_first(const void *left, const void *right)
{
	const struct nb_exit_kind *a = left;
	const struct nb_exit_kind *b = right;

	return a->count < b->count ? 1 : a->count > b->count ? -1 : strcmp(a->name, b->name);
}

static void fill_kinds(const struct nb_run_count *loop, struct nb_run_exchange *exchange)
{
	struct nb_exit_kind all[NB_VMM_STAT_MAX] = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < loop->after.count; i++) {
		int64_t grown = (int64_t)(loop->after.items[i].value - loop->before.items[i].value);

		if (grown <= 0)
			continue;
		nb_base_copy(all[count].name, sizeof(all[0].name), loop->after.items[i].name);
		all[count++].count = grown;
	}
	qsort(all, count, sizeof(all[0]), more_first);
	exchange->kind_count = count < NB_KIND_MAX ? count : NB_KIND_MAX;
	memcpy(exchange->kinds, all, exchange->kind_count * sizeof(all[0]));
}

/* Beginning a loop in the inner guest takes an entry of its own. */
static double exits_of_stat(const struct nb_run_count *loop, const char *stat)
{
	int64_t exits = nb_run_count_of(loop, stat);

	if (strcmp(stat, "nested_run") == 0)
		exits -= nb_run_count_of(loop, "inner_loops");
	return (double)exits;
}

void nb_run_evidence_fill(const struct nb_run_count *null, const struct nb_run_count *loop,
			  const struct nb_bench *bench, struct nb_run_exchange *exchange)
{
	double exits;

	exchange->counted = loop->valid && find(&loop->after, "exits") &&
			    (!bench->expect.stat[0] || find(&loop->after, bench->expect.stat));
	exchange->exits_per_op = NAN;
	if (loop->valid)
		fill_kinds(loop, exchange);
	if (!exchange->counted || exchange->ops == 0)
		return;
	if (bench->expect.stat[0] && strcmp(bench->expect.stat, "exits") != 0)
		exits = exits_of_stat(loop, bench->expect.stat);
	else
		exits = (double)nb_run_count_exits(loop) - exits_of_null(null, loop->samples);
	exchange->exits_per_op = fmax(exits, 0) / (double)exchange->ops;
}

static double nearest(const int16_t *numbers, size_t count, double measured)
{
	double best = numbers[0];

	for (size_t i = 1; i < count; i++) {
		if (fabs(numbers[i] - measured) < fabs(best - measured))
			best = numbers[i];
	}
	return best;
}

double nb_run_evidence_expected(const struct nb_bench *bench, enum nb_platform_virt virtualization,
				double measured)
{
	const struct nb_expect *expect = &bench->expect;
	int16_t all[4] = { expect->vmx[0], expect->vmx[1], expect->svm[0], expect->svm[1] };

	if (!expect->stat[0])
		return NAN;
	if (isnan(measured))
		return virtualization == NB_VIRT_SVM ? expect->svm[0] : expect->vmx[0];
	switch (virtualization) {
	case NB_VIRT_VMX:
		return nearest(expect->vmx, 2, measured);
	case NB_VIRT_SVM:
		return nearest(expect->svm, 2, measured);
	default: /* a KVM without either has to do what one of them does */
		return nearest(all, 4, measured);
	}
}

enum nb_evidence nb_run_evidence_judge(const struct nb_run_exchange *exchange, double expected)
{
	double slack;

	if (!exchange->counted || isnan(exchange->exits_per_op) || isnan(expected))
		return NB_UNAVAILABLE;
	if (exchange->emulated)
		return NB_EMULATED;
	/* Where none is expected, few samples may hold one, however many operations they are. */
	slack = expected > 0 ? tolerance * expected
			     : fmin(tolerance, 0.25 / fmax((double)exchange->tuning.batch, 1));
	slack += exits_beside / (double)exchange->ops;
	return fabs(exchange->exits_per_op - expected) <= slack ? NB_VERIFIED : NB_UNVERIFIED;
}
