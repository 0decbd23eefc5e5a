/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formats_gbench.h"

/* The figures of one series over its rounds, in the order of sessions. */
struct table {
	char *name;
	size_t index; /* of the series */
	const char *unit;
	double *time, *cpu;
	size_t count, filled;
};

static bool counts(const struct nb_round *round)
{
	return round->outcome == NB_OK && isfinite(round->p50);
}

static const struct nb_series_rounds *rounds_of(const struct nb_view *view,
						const struct nb_gbench_place *place, size_t session)
{
	return nb_record_find(view->groups[place->group].records[session], &place->row->series,
			      place->index);
}

size_t nb_gbench_repetitions(const struct nb_view *view, const struct nb_gbench_place *place)
{
	size_t count = 0;

	if (!(nb_record_nanoseconds(place->row->series.unit) > 0))
		return 0;
	for (size_t i = 0; i < view->groups[place->group].count; i++) {
		const struct nb_series_rounds *series = rounds_of(view, place, i);

		for (size_t j = 0; series && j < series->count; j++)
			count += counts(&series->rounds[j]);
	}
	return count;
}

/*
 * CPU time an operation took: what was counted where an operation can sleep, as in io.*. Elsewhere
 * the loop spins, and its CPU time is its time; compare.py wants a number in any case.
 */
static double cpu_time(const struct nb_round *round, const char *unit)
{
	for (size_t i = 0; i < round->kind_count; i++)
		if (strcmp(round->kinds[i].name, "cpu_ns") == 0 && round->ops > 0)
			return (double)round->kinds[i].count / (double)round->ops /
			       nb_record_nanoseconds(unit);
	return round->p50;
}

static int put_number(json_t *tree, const char *name, double value)
{
	return isfinite(value) ? json_object_set_new(tree, name, json_real(value)) : 0;
}

static int put_count(json_t *tree, const char *name, int64_t value)
{
	return json_object_set_new(tree, name, json_integer(value));
}

/* What entries of rounds and aggregates have in common. */
static json_t *entry_tree(const struct table *table, const char *name, const char *type)
{
	json_t *tree = json_object();
	int bad = 0;

	bad |= json_object_set_new(tree, "name", json_string(name));
	bad |= put_count(tree, "family_index", (int64_t)table->index);
	bad |= put_count(tree, "per_family_instance_index", 0);
	bad |= json_object_set_new(tree, "run_name", json_string(table->name));
	bad |= json_object_set_new(tree, "run_type", json_string(type));
	bad |= put_count(tree, "repetitions", (int64_t)table->count);
	bad |= put_count(tree, "threads", 1);
	bad |= json_object_set_new(tree, "time_unit", json_string(table->unit));
	return nb_gbench_complete(tree, bad);
}

static int put_round(struct nb_gbench *out, const struct table *table, const char *session,
		     const struct nb_round *round)
{
	json_t *tree = entry_tree(table, table->name, "iteration");
	int bad = 0;

	bad |= put_count(tree, "repetition_index", (int64_t)table->filled);
	bad |= put_count(tree, "iterations", nb_rounds_operations(round));
	bad |= put_number(tree, "real_time", table->time[table->filled]);
	bad |= put_number(tree, "cpu_time", table->cpu[table->filled]);
	bad |= nb_gbench_put_text(tree, "label", session);
	bad |= put_number(tree, "p99", round->p99);
	bad |= put_number(tree, "exits_per_op", round->exits_per_op);
	bad |= put_count(tree, "tagged", round->guards.tags != 0);
	return nb_gbench_print(out, nb_gbench_complete(tree, bad));
}

static int put_rounds(struct nb_gbench *out, const struct nb_gbench_place *place,
		      struct table *table, size_t session)
{
	const struct nb_series_rounds *series = rounds_of(out->view, place, session);
	const char *id = out->view->groups[place->group].records[session]->session.id;
	int status = 0;

	for (size_t i = 0; series && status == 0 && i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];

		if (!counts(round))
			continue;
		table->time[table->filled] = round->p50;
		table->cpu[table->filled] = cpu_time(round, table->unit);
		status = put_round(out, table, id, round);
		table->filled++;
	}
	return status;
}

enum aggregate { MEAN, MEDIAN, STDDEV, CV, AGGREGATES };

static void aggregate(double *values, size_t count, double results[AGGREGATES])
{
	double sum = 0, squares = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	results[MEAN] = sum / (double)count;
	for (size_t i = 0; i < count; i++)
		squares += (values[i] - results[MEAN]) * (values[i] - results[MEAN]);
	results[STDDEV] = sqrt(squares / (double)(count - 1));
	results[CV] = results[STDDEV] / results[MEAN];
	nb_stats_sort(values, count);
	results[MEDIAN] = nb_stats_quantile(values, count, 0.5);
}

static int put_aggregate(struct nb_gbench *out, const struct table *table, enum aggregate which,
			 double time, double cpu)
{
	static const char *const words[] = {
		[MEAN] = "mean", [MEDIAN] = "median", [STDDEV] = "stddev", [CV] = "cv"
	};
	char name[NB_FORMATS_TEXT_SIZE];
	json_t *tree;
	int bad = 0;

	/* Only the last one can be: of a mean of zero. */
	if (!isfinite(time) || !isfinite(cpu))
		return 0;
	snprintf(name, sizeof(name), "%s_%s", table->name, words[which]);
	tree = entry_tree(table, name, "aggregate");
	bad |= json_object_set_new(tree, "aggregate_name", json_string(words[which]));
	bad |= json_object_set_new(tree, "aggregate_unit",
				   json_string(which == CV ? "percentage" : "time"));
	bad |= put_count(tree, "iterations", (int64_t)table->count);
	bad |= put_number(tree, "real_time", time);
	bad |= put_number(tree, "cpu_time", cpu);
	return nb_gbench_print(out, nb_gbench_complete(tree, bad));
}

/* As google-benchmark does, of no less than two. */
static int put_aggregates(struct nb_gbench *out, struct table *table)
{
	double time[AGGREGATES], cpu[AGGREGATES];
	int status = 0;

	if (table->count < 2)
		return 0;
	aggregate(table->time, table->count, time);
	aggregate(table->cpu, table->count, cpu);
	for (int i = 0; status == 0 && i < AGGREGATES; i++)
		status = put_aggregate(out, table, (enum aggregate)i, time[i], cpu[i]);
	return status;
}

/* Rounds, then what comes of all of them. */
static int put_table(struct nb_gbench *out, const struct nb_gbench_place *place,
		     struct table *table)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < out->view->groups[place->group].count; i++)
		status = put_rounds(out, place, table, i);
	return status < 0 ? status : put_aggregates(out, table);
}

int nb_gbench_series(struct nb_gbench *out, const struct nb_gbench_place *place)
{
	size_t count = nb_gbench_repetitions(out->view, place);
	struct table table = {
		.name = nb_gbench_name(out, place),
		.index = place->index,
		.unit = place->row->series.unit,
		.time = calloc(count + 1, sizeof(double)),
		.cpu = calloc(count + 1, sizeof(double)),
		.count = count,
	};
	int status;

	if (table.name && table.time && table.cpu)
		status = put_table(out, place, &table);
	else
		status = nb_error_set(out->error, ENOMEM, "no memory for a series as JSON");
	free(table.name);
	free(table.time);
	free(table.cpu);
	return status;
}
