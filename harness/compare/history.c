/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "nestbench/inference.h"

#include "history_private.h"

const struct nb_history_options nb_history_defaults = {
	.alpha = 0.01,
	.rate = 0.05,
	.permutations = 9999,
	.segment = 3,
	.margin = 0.03,
	.seed = 1,
	.threads = 2,
};

enum { THREADS_MAX = 16 };

/* One series' changes, as the statistics find them. */
struct found {
	struct nb_change *changes;
	size_t count;
};

/* One thread: every step-th series from first on, so that no two threads meet. */
struct worker {
	const struct nb_history_input *input;
	const struct nb_history_options *options;
	struct found *found;
	size_t first, step;
	int result;
	struct nb_error error;
};

static int find_one(const struct nb_history_series *series,
		    const struct nb_history_options *options, struct found *found,
		    struct nb_error *error)
{
	const struct nb_change_options search = {
		.alpha = options->alpha,
		.permutations = options->permutations,
		.segment = options->segment,
		.seed = options->seed,
	};
	double *logs = calloc(series->count + 1, sizeof(*logs));
	int result = 0;

	if (!logs)
		return nb_error_set(error, ENOMEM, "no memory for %zu points", series->count);
	for (size_t i = 0; result == 0 && i < series->count; i++) {
		logs[i] = log(series->points[i].value);
		if (!isfinite(logs[i]))
			result = nb_error_set(error, EINVAL, "%s: a value is not above 0",
					      series->series.benchmark);
	}
	if (result == 0)
		result = nb_stats_changes(logs, series->count, &search, &found->changes,
					  &found->count, error);
	free(logs);
	return result;
}

static void *work(void *argument)
{
	struct worker *worker = argument;

	for (size_t i = worker->first; worker->result == 0 && i < worker->input->count;
	     i += worker->step)
		worker->result = find_one(&worker->input->series[i], worker->options,
					  &worker->found[i], &worker->error);
	return NULL;
}

/* A thread that cannot be had is no failure: the caller's does that part too. */
static int find_all(const struct nb_history_input *input, const struct nb_history_options *options,
		    struct found *found, struct nb_error *error)
{
	struct worker workers[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	bool started[THREADS_MAX] = { false };
	size_t count = options->threads < 1		? 1
		       : options->threads > THREADS_MAX ? THREADS_MAX
							: options->threads;
	int result = 0;

	for (size_t i = 0; i < count; i++)
		workers[i] = (struct worker){ .input = input,
					      .options = options,
					      .found = found,
					      .first = i,
					      .step = count };
	for (size_t i = 1; i < count; i++)
		started[i] = pthread_create(&threads[i], NULL, work, &workers[i]) == 0;
	for (size_t i = 0; i < count; i++)
		if (!started[i])
			work(&workers[i]);
	for (size_t i = 0; i < count; i++) {
		if (started[i])
			pthread_join(threads[i], NULL);
		if (workers[i].result < 0 && result == 0)
			result = nb_error_set(error, -workers[i].result, "%s",
					      workers[i].error.text);
	}
	return result;
}

/* Every change is a finding, and a series without one was looked at as well. */
static int adjust(const struct found *found, size_t count, double **p, struct nb_error *error)
{
	size_t length = 0, at = 0;
	int result;

	for (size_t i = 0; i < count; i++)
		length += found[i].count > 0 ? found[i].count : 1;
	*p = calloc(length + 1, sizeof(**p));
	if (!*p)
		return nb_error_set(error, ENOMEM, "no memory for %zu p values", length);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < found[i].count; j++)
			(*p)[at++] = found[i].changes[j].p;
		if (found[i].count == 0)
			(*p)[at++] = 1;
	}
	result = nb_stats_adjust(*p, length, error);
	if (result < 0) {
		free(*p);
		*p = NULL;
	}
	return result;
}

static enum nb_verdict judge(const struct nb_history_series *series, double ratio, double margin)
{
	if (fabs(log(ratio)) <= log1p(margin))
		return NB_SAME;
	return (ratio > 1) == series->series.lower_is_better ? NB_REGRESSED : NB_IMPROVED;
}

static struct nb_history_change describe(const struct nb_history_series *series,
					 const struct nb_change *change, double p_adjusted,
					 const struct nb_history_options *options)
{
	double ratio = exp(change->shift.shift);

	return (struct nb_history_change){
		.index = change->index,
		.before = series->points[change->index - 1].session,
		.after = series->points[change->index].session,
		.ratio = ratio,
		.low = exp(change->shift.low),
		.high = exp(change->shift.high),
		.p = change->p,
		.p_adjusted = p_adjusted,
		.verdict = judge(series, ratio, options->margin),
	};
}

static int keep(const struct nb_history_series *series, const struct found *found, const double *p,
		const struct nb_history_options *options, struct nb_history_changes *kept,
		struct nb_error *error)
{
	if (found->count == 0)
		return 0;
	kept->changes = calloc(found->count, sizeof(*kept->changes));
	if (!kept->changes)
		return nb_error_set(error, ENOMEM, "no memory for %zu changes", found->count);
	for (size_t i = 0; i < found->count; i++)
		if (p[i] <= options->rate)
			kept->changes[kept->count++] =
				describe(series, &found->changes[i], p[i], options);
	return 0;
}

static int keep_all(const struct nb_history_input *input, const struct nb_history_options *options,
		    const struct found *found, struct nb_history *history, struct nb_error *error)
{
	double *p;
	size_t at = 0;
	int result = adjust(found, input->count, &p, error);

	if (result < 0)
		return result;
	history->series = calloc(input->count + 1, sizeof(*history->series));
	if (!history->series) {
		free(p);
		return nb_error_set(error, ENOMEM, "no memory for %zu series", input->count);
	}
	history->count = input->count;
	for (size_t i = 0; result == 0 && i < input->count; i++) {
		result = keep(&input->series[i], &found[i], p + at, options, &history->series[i],
			      error);
		at += found[i].count > 0 ? found[i].count : 1;
	}
	free(p);
	return result;
}

int nb_history_find(const struct nb_history_input *input, const struct nb_history_options *options,
		    struct nb_history *history, struct nb_error *error)
{
	struct found *found = calloc(input->count + 1, sizeof(*found));
	struct nb_history made = { 0 };
	int result;

	if (!found)
		return nb_error_set(error, ENOMEM, "no memory for %zu series", input->count);
	result = find_all(input, options, found, error);
	if (result == 0)
		result = keep_all(input, options, found, &made, error);
	if (result == 0)
		result = nb_history_explain(input, &made, error);
	for (size_t i = 0; i < input->count; i++)
		free(found[i].changes);
	free(found);
	if (result < 0)
		nb_history_free(&made);
	else
		*history = made;
	return result;
}

void nb_history_free(struct nb_history *history)
{
	for (size_t i = 0; i < history->count; i++) {
		for (size_t j = 0; j < history->series[i].count; j++)
			free(history->series[i].changes[j].differences);
		free(history->series[i].changes);
	}
	free(history->series);
	*history = (struct nb_history){ 0 };
}
