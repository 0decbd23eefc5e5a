/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/check.h"
#include "nestbench/digest.h"
#include "nestbench/report.h"

#include "report_json.h"

/*
 * What summarises the rounds (percentiles, intervals, evidence of a result) is not read: it is
 * computed again from round_data, so that a file cannot claim a median that its rounds do not
 * have. Members that are not known are passed over, because later versions may add some. Types are
 * checked here and what they may hold, at the end, by nb_record_check().
 */

enum { RESULTS_MAX = 4096 };

static const char *vantage_word(int index)
{
	return nb_record_vantage_name((enum nb_vantage)index);
}

static const char *better_word(int index)
{
	return index ? "lower" : "higher";
}

/* Small whole numbers of type int; null is -1. */
static void read_int(struct nb_json_in *in, const json_t *object, const char *name, int *value)
{
	int64_t wide = -1;

	nb_json_count(in, object, name, INT_MAX, &wide);
	*value = (int)wide;
}

static void read_labels(struct nb_json_in *in, json_t *session, struct nb_session *target)
{
	json_t *labels = nb_json_member(in, session, "labels", JSON_OBJECT);
	size_t length = nb_json_enter(in, "labels.");
	const char *key;
	json_t *value;

	if (json_object_size(labels) > NB_LABEL_MAX) {
		nb_json_fault(in, "", "more than %d", NB_LABEL_MAX);
		return;
	}
	json_object_foreach(labels, key, value)
	{
		struct nb_label *label = &target->labels[target->label_count++];

		if (strlen(key) >= sizeof(label->key))
			nb_json_fault(in, key, "longer than %zu bytes", sizeof(label->key) - 1);
		nb_base_copy(label->key, sizeof(label->key), key);
		nb_json_text(in, labels, key, label->value, sizeof(label->value));
	}
	nb_json_leave(in, length);
}

static void read_machine(struct nb_json_in *in, const json_t *session, struct nb_machine *machine)
{
	json_t *tree = nb_json_member(in, session, "machine", JSON_OBJECT);
	size_t length = nb_json_enter(in, "machine.");

#define NB_GET(field, size) nb_json_text(in, tree, #field, machine->field, size);
	NB_MACHINE_TEXTS(NB_GET)
#undef NB_GET
#define NB_GET(field) nb_json_count(in, tree, #field, INT64_MAX, &machine->field);
	NB_MACHINE_NUMBERS(NB_GET)
#undef NB_GET
	nb_json_leave(in, length);
}

static void read_identity(struct nb_json_in *in, const json_t *tree, struct nb_session *session)
{
	nb_json_text(in, tree, "id", session->id, sizeof(session->id));
	nb_json_text(in, tree, "started", session->started, sizeof(session->started));
	nb_json_text(in, tree, "version", session->version, sizeof(session->version));
	nb_json_text(in, tree, "profile", session->profile, sizeof(session->profile));
}

static void read_session(struct nb_json_in *in, const json_t *root, struct nb_session *session)
{
	json_t *tree = nb_json_member(in, root, "session", JSON_OBJECT);
	size_t length = nb_json_enter(in, "session.");
	int64_t seed = 0;

	read_identity(in, tree, session);
	nb_json_known(in, tree, "seed", nb_json_integer_max, &seed);
	session->seed = (uint64_t)seed;
	read_int(in, tree, "level", &session->level);
	read_int(in, tree, "cpu", &session->cpu);
	nb_json_flag(in, tree, "fifo", &session->fifo);
	nb_json_flag(in, tree, "locked", &session->locked);
	nb_json_flag(in, tree, "partial", &session->partial);
	read_labels(in, tree, session);
	read_machine(in, tree, &session->machine);
	nb_json_read_targets(in, tree, session);
	nb_json_leave(in, length);
}

/*
 * Puts an object of texts back together as "key=value,key=value". They must be words before that:
 * a comma within one would be taken for the next pair.
 */
static void read_params(struct nb_json_in *in, const json_t *result, struct nb_series *series)
{
	json_t *params = nb_json_member(in, result, "params", JSON_OBJECT);
	size_t length = nb_json_enter(in, "params.");
	const char *key;
	json_t *value;

	json_object_foreach(params, key, value)
	{
		char word[sizeof(series->params)] = "";
		size_t used = strlen(series->params);

		nb_json_text(in, params, key, word, sizeof(word));
		if (!nb_record_word_valid(key) || !nb_record_word_valid(word))
			nb_json_fault(in, key, "not a plain word");
		else if (used + strlen(key) + strlen(word) + 3 > sizeof(series->params))
			nb_json_fault(in, key, "too many parameters");
		if (in->status < 0)
			return;
		snprintf(series->params + used, sizeof(series->params) - used, "%s%s=%s",
			 used > 0 ? "," : "", key, word);
	}
	nb_json_leave(in, length);
}

static void read_series(struct nb_json_in *in, const json_t *result, struct nb_series *series)
{
	nb_json_text(in, result, "benchmark", series->benchmark, sizeof(series->benchmark));
	series->vantage = (enum nb_vantage)nb_json_word(in, result, "vantage", vantage_word, 2);
	read_params(in, result, series);
	nb_json_text(in, result, "metric", series->metric, sizeof(series->metric));
	nb_json_text(in, result, "unit", series->unit, sizeof(series->unit));
	series->lower_is_better = nb_json_word(in, result, "better", better_word, 2) != 0;
}

static void append_round(struct nb_json_in *in, struct nb_record *record,
			 const struct nb_series *series, struct nb_round *round)
{
	if (in->status == 0)
		in->status = nb_record_append(record, series, round, in->error);
	nb_stats_histogram_free(&round->histogram);
}

static void read_rounds(struct nb_json_in *in, const json_t *result, struct nb_record *record,
			const struct nb_series *series)
{
	json_t *rounds = nb_json_member(in, result, "round_data", JSON_ARRAY);

	if (rounds && json_array_size(rounds) == 0)
		nb_json_fault(in, "round_data", "empty");
	for (size_t i = 0; i < json_array_size(rounds) && in->status == 0; i++) {
		size_t length = nb_json_enter(in, "round_data[%zu].", i);
		struct nb_round round = { 0 };

		if (!json_is_object(json_array_get(rounds, i)))
			nb_json_fault(in, "", "not an object");
		nb_json_read_round(in, json_array_get(rounds, i), &round);
		append_round(in, record, series, &round);
		nb_json_leave(in, length);
	}
}

static bool is_known(const struct nb_record *record, const struct nb_series *series)
{
	for (size_t i = 0; i < record->count; i++)
		if (nb_record_same_series(&record->series[i].series, series))
			return true;
	return false;
}

static void read_results(struct nb_json_in *in, const json_t *root, struct nb_record *record)
{
	json_t *results = nb_json_member(in, root, "results", JSON_ARRAY);

	if (json_array_size(results) > RESULTS_MAX)
		nb_json_fault(in, "results", "more than %d", RESULTS_MAX);
	for (size_t i = 0; i < json_array_size(results) && in->status == 0; i++) {
		size_t length = nb_json_enter(in, "results[%zu].", i);
		json_t *result = json_array_get(results, i);
		struct nb_series series = { 0 };

		read_series(in, result, &series);
		if (is_known(record, &series))
			nb_json_fault(in, "benchmark", "the same series a second time");
		read_rounds(in, result, record, &series);
		nb_json_leave(in, length);
	}
}

static void read_root(struct nb_json_in *in, const json_t *root, struct nb_record *record)
{
	char schema[sizeof(NB_JSON_SCHEMA)] = "";
	struct nb_error fault = { 0 };

	nb_json_text(in, root, "schema", schema, sizeof(schema));
	if (in->status < 0 || strcmp(schema, NB_JSON_SCHEMA) != 0) {
		in->status = nb_error_set(in->error, EBADMSG,
					  "schema: not \"" NB_JSON_SCHEMA
					  "\", so not a session that nestbench exported");
		return;
	}
	read_session(in, root, &record->session);
	read_results(in, root, record);
	if (in->status == 0 && nb_record_check(record, &fault) < 0)
		in->status = nb_error_set(in->error, EBADMSG, "%s", fault.text);
}

int nb_report_json_read(const char *text, size_t size, struct nb_record *record,
			struct nb_error *error)
{
	struct nb_json_in in = { .error = error };
	struct nb_record read = { 0 };
	json_error_t fault;
	json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &fault);

	if (!root)
		return nb_error_set(error, EBADMSG, "line %d: %s", fault.line, fault.text);
	read_root(&in, root, &read);
	json_decref(root);
	if (in.status < 0) {
		nb_record_free(&read);
		return in.status;
	}
	*record = read;
	return 0;
}
