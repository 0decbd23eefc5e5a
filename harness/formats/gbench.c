/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/report.h"

#include "formats_gbench.h"

/*
 * The JSON is written an entry at a time, so that many sessions need no more memory than one. What
 * was not measured stands apart, under "not_measured": compare.py looks for times in every entry
 * that is under "benchmarks".
 */

int nb_gbench_put_text(json_t *object, const char *name, const char *text)
{
	char plain[NB_FORMATS_TEXT_SIZE];

	nb_report_plain(plain, sizeof(plain), text);
	return json_object_set_new(object, name, json_string(plain));
}

json_t *nb_gbench_complete(json_t *object, int bad)
{
	if (!bad)
		return object;
	json_decref(object);
	return NULL;
}

int nb_gbench_print(struct nb_gbench *out, json_t *object)
{
	if (!object)
		return nb_error_set(out->error, ENOMEM, "no memory for JSON");
	fputs(out->begun ? ",\n    " : "\n    ", out->stream);
	out->begun = true;
	/* What the stream thinks of it is asked for once, at the end. */
	(void)json_dumpf(object, out->stream, JSON_REAL_PRECISION(17));
	json_decref(object);
	return 0;
}

/* "A/exit.cpuid/guest/level:2/ring:3": platforms side by side differ by their letter. */
static void put_name(const struct nb_gbench *out, const struct nb_gbench_place *place, FILE *stream)
{
	static const char taken[] = "/:\"\\";
	const struct nb_series *series = &place->row->series;
	const struct nb_view_cell *cell = &place->row->cells[place->group];
	const char *caveat = nb_rounds_caveat(cell->evidence);
	const char *params = series->params;
	struct nb_rounds_pair pair;

	if (out->view->count > 1)
		fprintf(stream, "%s/", out->view->groups[place->group].name);
	nb_rounds_put_word(stream, series->benchmark, strlen(series->benchmark), taken);
	fprintf(stream, "/%s", nb_record_vantage_name(series->vantage));
	if (cell->level >= 0)
		fprintf(stream, "/level:%d", cell->level);
	while (nb_rounds_next_pair(&params, &pair)) {
		fputc('/', stream);
		nb_rounds_put_word(stream, pair.key, pair.key_length, taken);
		fputc(':', stream);
		nb_rounds_put_word(stream, pair.value, pair.value_length, taken);
	}
	if (strcmp(series->metric, "latency") != 0) {
		fputs("/metric:", stream);
		nb_rounds_put_word(stream, series->metric, strlen(series->metric), taken);
	}
	if (caveat)
		fprintf(stream, "/evidence:%s", caveat);
}

char *nb_gbench_name(const struct nb_gbench *out, const struct nb_gbench_place *place)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream)
		return NULL;
	put_name(out, place, stream);
	if (fclose(stream) == 0)
		return text;
	free(text);
	return NULL;
}

static json_t *context_tree(const struct nb_view *view)
{
	const struct nb_session *session = &view->groups[0].records[0]->session;
	json_t *tree = json_object();
	int64_t cpus = session->machine.cpus;
	int bad = 0;

	bad |= nb_gbench_put_text(tree, "date", session->started);
	/* Whose machine it is concerns nobody who reads this. */
	bad |= json_object_set_new(tree, "host_name", json_string("unknown"));
	bad |= json_object_set_new(tree, "executable", json_string("nestbench"));
	bad |= json_object_set_new(tree, "num_cpus", cpus < 0 ? json_null() : json_integer(cpus));
	/* Clock speeds are not recorded: they differ between equal machines. */
	bad |= json_object_set_new(tree, "mhz_per_cpu", json_null());
	bad |= json_object_set_new(tree, "caches", json_array());
	bad |= json_object_set_new(tree, "load_avg", json_array());
	bad |= json_object_set_new(tree, "library_build_type", json_string("release"));
	bad |= nb_gbench_put_text(tree, "nestbench_version", session->version);
	for (size_t i = 0; i < view->count; i++) {
		char name[32];

		snprintf(name, sizeof(name), "nestbench_platform_%s", view->groups[i].name);
		bad |= nb_gbench_put_text(tree, name, view->groups[i].title);
	}
	return nb_gbench_complete(tree, bad);
}

static int put_context(struct nb_gbench *out)
{
	json_t *tree = context_tree(out->view);

	if (!tree)
		return nb_error_set(out->error, ENOMEM, "no memory for JSON");
	fputs("{\n  \"context\": ", out->stream);
	(void)json_dumpf(tree, out->stream, JSON_REAL_PRECISION(17));
	json_decref(tree);
	return 0;
}

static int put_absence(struct nb_gbench *out, const struct nb_gbench_place *place)
{
	const struct nb_view_cell *cell = &place->row->cells[place->group];
	const char *reason = cell->outcome == NB_OK ? "no median in a unit of time" : cell->reason;
	char *name = nb_gbench_name(out, place);
	json_t *tree = json_object();
	int bad = 0;

	bad |= json_object_set_new(tree, "name", name ? json_string(name) : NULL);
	bad |= nb_gbench_put_text(tree, "outcome", nb_record_outcome_name(cell->outcome));
	bad |= nb_gbench_put_text(tree, "reason", reason);
	free(name);
	return nb_gbench_print(out, nb_gbench_complete(tree, bad));
}

/* Its part of one of the two lists; nothing if it belongs into the other one. */
static int put_place(struct nb_gbench *out, const struct nb_gbench_place *place, bool measured)
{
	if (place->row->cells[place->group].sessions == 0)
		return 0;
	if ((nb_gbench_repetitions(out->view, place) > 0) != measured)
		return 0;
	return measured ? nb_gbench_series(out, place) : put_absence(out, place);
}

static int put_list(struct nb_gbench *out, bool measured)
{
	const struct nb_view *view = out->view;
	int status = 0;

	out->begun = false;
	for (size_t i = 0; i < view->row_count; i++) {
		for (size_t j = 0; status == 0 && j < view->count; j++) {
			const struct nb_gbench_place place = { &view->rows[i], i, j };

			status = put_place(out, &place, measured);
		}
	}
	return status;
}

int nb_formats_gbench(FILE *stream, const struct nb_view *view, struct nb_error *error)
{
	struct nb_gbench out = { .stream = stream, .view = view, .error = error };
	int status = put_context(&out);

	if (status == 0) {
		fputs(",\n  \"benchmarks\": [", stream);
		status = put_list(&out, true);
	}
	if (status == 0) {
		fputs("\n  ],\n  \"not_measured\": [", stream);
		status = put_list(&out, false);
	}
	if (status < 0)
		return status;
	fputs("\n  ]\n}\n", stream);
	return nb_report_finish(stream, error);
}
