/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/fields.h"
#include "nestbench/report.h"

#include "report_base64.h"
#include "report_json.h"
#include "report_text.h"

static json_t *labels_tree(const struct nb_session *session)
{
	json_t *tree = json_object();
	int bad = 0;

	for (size_t i = 0; i < session->label_count; i++)
		bad |= nb_json_put_text(tree, session->labels[i].key, session->labels[i].value);
	return nb_json_complete(tree, bad);
}

static json_t *tags_tree(uint32_t tags)
{
	json_t *tree = json_array();
	int bad = 0;

	for (uint32_t bit = 1; bit != 0 && nb_record_tag_name(bit); bit <<= 1)
		if (tags & bit)
			bad |= json_array_append_new(tree, json_string(nb_record_tag_name(bit)));
	return nb_json_complete(tree, bad);
}

/* In how many rounds that measured something the tags occurred; 0 for tags: in how many in all. */
static int64_t count_tagged(const struct nb_record *record, uint32_t tags)
{
	int64_t count = 0;

	for (size_t i = 0; i < record->count; i++) {
		for (size_t j = 0; j < record->series[i].count; j++) {
			const struct nb_round *round = &record->series[i].rounds[j];

			if (round->outcome == NB_OK)
				count += tags == 0 || (round->guards.tags & tags) != 0;
		}
	}
	return count;
}

static json_t *session_guards_tree(const struct nb_record *record)
{
	json_t *tree = json_object();
	json_t *tags = json_object();
	int bad = 0;

	bad |= nb_json_put_count(tree, "rounds", count_tagged(record, 0));
	bad |= nb_json_put_count(tree, "tagged", count_tagged(record, UINT32_MAX));
	for (uint32_t bit = 1; bit != 0 && nb_record_tag_name(bit); bit <<= 1)
		bad |= nb_json_put_count(tags, nb_record_tag_name(bit), count_tagged(record, bit));
	bad |= json_object_set_new(tree, "tags", tags);
	return nb_json_complete(tree, bad);
}

static json_t *session_tree(const struct nb_record *record)
{
	const struct nb_session *session = &record->session;
	json_t *tree = json_object();
	int bad = 0;

	bad |= nb_json_put_text(tree, "id", session->id);
	bad |= nb_json_put_text(tree, "started", session->started);
	bad |= nb_json_put_text(tree, "version", session->version);
	bad |= nb_json_put_text(tree, "profile", session->profile);
	bad |= nb_json_put_count(tree, "seed", (int64_t)session->seed);
	bad |= json_object_set_new(tree, "labels", labels_tree(session));
	bad |= nb_json_put_text(tree, "platform", session->machine.platform);
	bad |= nb_json_put_count(tree, "level", session->level);
	bad |= nb_json_put_count(tree, "cpu", session->cpu);
	bad |= nb_json_put_flag(tree, "fifo", session->fifo);
	bad |= nb_json_put_flag(tree, "locked", session->locked);
	bad |= json_object_set_new(tree, "machine", nb_json_machine(&session->machine));
	bad |= json_object_set_new(tree, "targets", nb_json_targets(session));
	bad |= json_object_set_new(tree, "guards", session_guards_tree(record));
	bad |= nb_json_put_flag(tree, "partial", session->partial);
	bad |= nb_json_put_flag(tree, "valid", nb_record_valid(record));
	return nb_json_complete(tree, bad);
}

/* "match=data,ring=3" as an object of texts. */
json_t *nb_json_params(const char *params)
{
	char copy[sizeof(((struct nb_series *)0)->params)];
	json_t *tree = json_object();
	char *rest = NULL;
	int bad = 0;

	nb_base_copy(copy, sizeof(copy), params);
	for (char *pair = strtok_r(copy, ",", &rest); pair; pair = strtok_r(NULL, ",", &rest)) {
		char *value = strchr(pair, '=');

		if (value)
			*value++ = '\0';
		bad |= nb_json_put_text(tree, pair, value ? value : "");
	}
	return nb_json_complete(tree, bad);
}

static json_t *kinds_tree(const struct nb_exit_kind *kinds, size_t count)
{
	json_t *tree = json_object();
	int bad = 0;

	for (size_t i = 0; i < count; i++)
		bad |= nb_json_put_count(tree, kinds[i].name, kinds[i].count);
	return nb_json_complete(tree, bad);
}

static json_t *guards_tree(const struct nb_guards *guards)
{
	json_t *tree = json_object();
	int bad = 0;

#define NB_PUT(field) bad |= nb_json_put_count(tree, #field, guards->field);
	NB_GUARD_COUNTS(NB_PUT)
#undef NB_PUT
#define NB_PUT(field) bad |= nb_json_put_number(tree, #field, guards->field);
	NB_GUARD_NUMBERS(NB_PUT)
#undef NB_PUT
	bad |= json_object_set_new(tree, "tags", tags_tree(guards->tags));
	return nb_json_complete(tree, bad);
}

/* null for a round without samples; NULL when out of memory. */
static json_t *histogram_tree(const struct nb_histogram *histogram)
{
	json_t *tree = NULL;
	uint8_t *bytes;
	size_t size;
	char *text;

	if (histogram->count == 0)
		return json_null();
	if (nb_stats_histogram_encode(histogram, &bytes, &size, NULL) < 0)
		return NULL;
	text = nb_report_base64_encode(bytes, size);
	if (text)
		tree = json_string(text);
	free(text);
	free(bytes);
	return tree;
}

static int put_reason(json_t *tree, const char *reason)
{
	if (reason[0])
		return nb_json_put_text(tree, "reason", reason);
	return json_object_set_new(tree, "reason", json_null());
}

static json_t *round_tree(const struct nb_round *round)
{
	json_t *tree = json_object();
	int bad = 0;

	bad |= nb_json_put_count(tree, "ordinal", round->ordinal);
	bad |= nb_json_put_text(tree, "outcome", nb_record_outcome_name(round->outcome));
	bad |= put_reason(tree, round->reason);
#define NB_PUT(field) bad |= nb_json_put_count(tree, #field, round->field);
	NB_ROUND_COUNTS(NB_PUT)
#undef NB_PUT
#define NB_PUT(field) bad |= nb_json_put_number(tree, #field, round->field);
	NB_ROUND_NUMBERS(NB_PUT)
#undef NB_PUT
	bad |= nb_json_put_text(tree, "clock", nb_record_clock_name(round->clock));
	bad |= nb_json_put_text(tree, "evidence", nb_record_evidence_name(round->evidence));
	bad |= json_object_set_new(tree, "by_kind", kinds_tree(round->kinds, round->kind_count));
	bad |= json_object_set_new(tree, "guards", guards_tree(&round->guards));
	bad |= json_object_set_new(tree, "histogram", histogram_tree(&round->histogram));
	return nb_json_complete(tree, bad);
}

static json_t *rounds_tree(const struct nb_series_rounds *series)
{
	json_t *tree = json_array();
	int bad = 0;

	for (size_t i = 0; i < series->count; i++)
		bad |= json_array_append_new(tree, round_tree(&series->rounds[i]));
	return nb_json_complete(tree, bad);
}

static json_t *interval_tree(const struct nb_result *result)
{
	if (!isfinite(result->ci_low) || !isfinite(result->ci_high))
		return json_null();
	return json_pack("[f, f]", result->ci_low, result->ci_high);
}

static json_t *evidence_tree(const struct nb_result *result)
{
	json_t *tree = json_object();
	int bad = 0;

	bad |= nb_json_put_number(tree, "exits_per_op", result->exits_per_op);
	bad |= nb_json_put_number(tree, "expected", result->expected);
	bad |= json_object_set_new(tree, "by_kind", kinds_tree(result->kinds, result->kind_count));
	bad |= nb_json_put_text(tree, "status", nb_record_evidence_name(result->evidence));
	return nb_json_complete(tree, bad);
}

static int put_series(json_t *tree, const struct nb_result *result)
{
	const struct nb_series *series = &result->series;
	int bad = 0;

	bad |= nb_json_put_text(tree, "benchmark", series->benchmark);
	bad |= nb_json_put_text(tree, "vantage", nb_record_vantage_name(series->vantage));
	bad |= nb_json_put_count(tree, "level", result->level);
	bad |= json_object_set_new(tree, "params", nb_json_params(series->params));
	bad |= nb_json_put_text(tree, "metric", series->metric);
	bad |= nb_json_put_text(tree, "unit", series->unit);
	bad |= nb_json_put_text(tree, "better", series->lower_is_better ? "lower" : "higher");
	bad |= nb_json_put_text(tree, "outcome", nb_record_outcome_name(result->outcome));
	return bad | put_reason(tree, result->reason);
}

static int put_summary(json_t *tree, const struct nb_result *result)
{
	int bad = 0;

	bad |= nb_json_put_count(tree, "rounds", result->rounds);
	bad |= nb_json_put_count(tree, "samples", result->samples);
	bad |= nb_json_put_count(tree, "batch", result->batch);
	bad |= nb_json_put_count(tree, "ops", result->ops);
	bad |= nb_json_put_number(tree, "min", result->min);
	bad |= nb_json_put_number(tree, "p50", result->p50);
	bad |= nb_json_put_number(tree, "p95", result->p95);
	bad |= nb_json_put_number(tree, "p99", result->p99);
	bad |= nb_json_put_number(tree, "p999", result->p999);
	bad |= nb_json_put_number(tree, "max", result->max);
	bad |= json_object_set_new(tree, "ci95", interval_tree(result));
	bad |= nb_json_put_number(tree, "null_p50", result->null_p50);
	bad |= json_object_set_new(tree, "evidence", evidence_tree(result));
	bad |= nb_json_put_text(tree, "clock", nb_record_clock_name(result->clock));
	bad |= nb_json_put_count(tree, "tagged_rounds", result->tagged_rounds);
	return bad | json_object_set_new(tree, "tags", tags_tree(result->tags));
}

static json_t *result_tree(const struct nb_session *session, const struct nb_series_rounds *series,
			   bool rounds, struct nb_error *cause)
{
	struct nb_result result;
	json_t *tree;
	int bad = 0;

	if (nb_record_summarise(session, series, &result, cause) < 0)
		return NULL;
	tree = json_object();
	bad |= put_series(tree, &result);
	bad |= put_summary(tree, &result);
	bad |= json_object_set_new(tree, "io", nb_json_storage(session, series));
	if (rounds)
		bad |= json_object_set_new(tree, "round_data", rounds_tree(series));
	return nb_json_complete(tree, bad);
}

/* NULL without memory, or where a series cannot be summed up, for which there is a cause then. */
static json_t *record_tree(const struct nb_record *record, bool rounds, struct nb_error *cause)
{
	json_t *tree = json_object();
	json_t *results = json_array();
	int bad = 0;

	bad |= nb_json_put_text(tree, "schema", NB_JSON_SCHEMA);
	bad |= json_object_set_new(tree, "session", session_tree(record));
	for (size_t i = 0; i < record->count; i++) {
		const struct nb_series_rounds *series = &record->series[i];

		bad |= json_array_append_new(results,
					     result_tree(&record->session, series, rounds, cause));
	}
	bad |= json_object_set_new(tree, "results", results);
	/* It follows from the rounds, which whoever reads a session has. */
	if (!rounds)
		bad |= json_object_set_new(tree, "tax", nb_json_tax(record, cause));
	return nb_json_complete(tree, bad);
}

int nb_report_json(FILE *stream, const struct nb_record *record, bool rounds,
		   struct nb_error *error)
{
	struct nb_error cause = { .code = ENOMEM, .text = "no memory for the session as JSON" };
	json_t *tree = record_tree(record, rounds, &cause);

	if (!tree)
		return nb_error_set(error, cause.code, "%s", cause.text);
	return nb_json_print(stream, tree, error);
}
