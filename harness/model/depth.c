/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/recurrence.h"

#include "model_private.h"

static const double second_ns = 1e9;

/* The exits of an interrupt of which nothing is known: its delivery and its end (ELI). */
static const double exits_at_least = 2;

/* Others of the family time more than one interrupt's way to its handler. */
static bool is_basis(const struct nb_series *series)
{
	for (size_t i = 0; i < NB_MODEL_INTERRUPTS; i++)
		if (strcmp(series->benchmark, nb_model_interrupts[i]) == 0)
			return true;
	return false;
}

/* The slowest of those that exit, since the slowest one decides. */
static void find_interrupt(struct nb_model *model)
{
	struct nb_model_interrupt *interrupt = &model->interrupt;
	struct nb_model_value exit = { 0, 0, 0 };

	*interrupt = (struct nb_model_interrupt){ .level = model->level + 1 };
	for (size_t i = 0; i < model->row_count; i++) {
		const struct nb_model_row *row = &model->rows[i];

		if (row->kind != NB_MODEL_INTERRUPT || !row->forwarded || !is_basis(&row->series) ||
		    row->measured.value <= interrupt->time.value)
			continue;
		interrupt->series = row->series;
		interrupt->time = row->measured;
	}
	if (interrupt->time.value > 0)
		return;
	for (size_t i = 0; i < model->step_count; i++)
		if (model->steps[i].used && model->steps[i].deeper_time.value > exit.value)
			exit = model->steps[i].deeper_time;
	interrupt->time =
		(struct nb_model_value){ exits_at_least * exit.value, exits_at_least * exit.low,
					 exits_at_least * exit.high };
}

static int depth_of(const struct nb_model *model, double time, double growth, double rate)
{
	double first = time / pow(growth, model->interrupt.level - 1);

	return nb_recurrence_depth(growth, second_ns, first, rate);
}

static void fill(const struct nb_model *model, double rate, struct nb_model_depth *row)
{
	const struct nb_model_value time = model->interrupt.time, growth = nb_model_growth(model);
	const double times[] = { time.low, time.high }, growths[] = { growth.low, growth.high };
	bool known = isfinite(time.low) && isfinite(growth.low) && growth.low > 0;

	row->rate = rate;
	row->depth = depth_of(model, time.value, growth.value, rate);
	row->least = known ? row->depth : -1;
	row->most = known ? row->depth : -1;
	for (unsigned corner = 0; known && corner < 4; corner++) {
		int depth = depth_of(model, times[corner & 1], growths[corner >> 1], rate);

		row->least = depth < row->least ? depth : row->least;
		row->most = depth > row->most ? depth : row->most;
	}
}

int nb_model_sink(const struct nb_model_work *work, struct nb_error *error)
{
	static const double usual[] = { 1, 10, 100, 1000 };
	const double *rates = work->options->rates ? work->options->rates : usual;
	size_t count =
		work->options->rates ? work->options->rate_count : sizeof(usual) / sizeof(usual[0]);
	struct nb_model *model = work->model;

	model->depths = calloc(count + 1, sizeof(*model->depths));
	if (!model->depths)
		return nb_error_set(error, ENOMEM, "no memory for %zu rates", count);
	find_interrupt(model);
	for (size_t i = 0; i < count; i++)
		fill(model, rates[i], &model->depths[i]);
	model->depth_count = count;
	return 0;
}
