/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/fields.h"
#include "nestbench/record.h"

#include "report_base64.h"
#include "report_json.h"

static const char *outcome_word(int index)
{
	return nb_record_outcome_name((enum nb_outcome)index);
}

static const char *clock_word(int index)
{
	return nb_record_clock_name((enum nb_clock)index);
}

static const char *evidence_word(int index)
{
	return nb_record_evidence_name((enum nb_evidence)index);
}

static void read_kinds(struct nb_json_in *in, const json_t *tree, struct nb_round *round)
{
	json_t *kinds = nb_json_member(in, tree, "by_kind", JSON_OBJECT);
	size_t length = nb_json_enter(in, "by_kind.");
	const char *key;
	json_t *value;

	if (json_object_size(kinds) > NB_KIND_MAX) {
		nb_json_fault(in, "", "more than %d", NB_KIND_MAX);
		return;
	}
	json_object_foreach(kinds, key, value)
	{
		struct nb_exit_kind *kind = &round->kinds[round->kind_count++];

		if (strlen(key) >= sizeof(kind->name))
			nb_json_fault(in, key, "longer than %zu bytes", sizeof(kind->name) - 1);
		nb_base_copy(kind->name, sizeof(kind->name), key);
		nb_json_count(in, kinds, key, INT64_MAX, &kind->count);
	}
	nb_json_leave(in, length);
}

/* The bit of a tag's name; 0 if there is none. */
static uint32_t tag_of(const char *name)
{
	for (uint32_t bit = 1; bit != 0 && nb_record_tag_name(bit); bit <<= 1)
		if (strcmp(nb_record_tag_name(bit), name) == 0)
			return bit;
	return 0;
}

static void read_tags(struct nb_json_in *in, const json_t *guards, uint32_t *tags)
{
	json_t *list = nb_json_member(in, guards, "tags", JSON_ARRAY);

	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *name = json_string_value(json_array_get(list, i));
		uint32_t bit = name ? tag_of(name) : 0;

		if (bit == 0 || (*tags & bit) != 0) {
			nb_json_fault(in, "tags", "not a list of different tags");
			return;
		}
		*tags |= bit;
	}
}

static void read_guards(struct nb_json_in *in, const json_t *tree, struct nb_guards *guards)
{
	json_t *object = nb_json_member(in, tree, "guards", JSON_OBJECT);
	size_t length = nb_json_enter(in, "guards.");

#define NB_GET(field) nb_json_count(in, object, #field, INT64_MAX, &guards->field);
	NB_GUARD_COUNTS(NB_GET)
#undef NB_GET
#define NB_GET(field) nb_json_number(in, object, #field, &guards->field);
	NB_GUARD_NUMBERS(NB_GET)
#undef NB_GET
	read_tags(in, object, &guards->tags);
	nb_json_leave(in, length);
}

static void read_histogram(struct nb_json_in *in, const json_t *tree,
			   struct nb_histogram *histogram)
{
	struct nb_error cause = { 0 };
	json_t *text;
	uint8_t *bytes;
	size_t size;
	int status;

	if (json_is_null(json_object_get(tree, "histogram")))
		return;
	text = nb_json_member(in, tree, "histogram", JSON_STRING);
	if (!text)
		return;
	status = nb_report_base64_decode(json_string_value(text), json_string_length(text), &bytes,
					 &size);
	if (status < 0) {
		nb_json_fault(in, "histogram", "not base 64");
		return;
	}
	if (nb_stats_histogram_decode(histogram, bytes, size, &cause) < 0)
		nb_json_fault(in, "histogram", "%s", cause.text);
	free(bytes);
}

static void read_outcome(struct nb_json_in *in, const json_t *tree, struct nb_round *round)
{
	round->outcome = (enum nb_outcome)nb_json_word(in, tree, "outcome", outcome_word, 3);
	if (!json_is_null(json_object_get(tree, "reason")))
		nb_json_text(in, tree, "reason", round->reason, sizeof(round->reason));
}

void nb_json_read_round(struct nb_json_in *in, const json_t *tree, struct nb_round *round)
{
	int64_t ordinal = 0;

	nb_json_known(in, tree, "ordinal", INT_MAX, &ordinal);
	round->ordinal = (int)ordinal;
	read_outcome(in, tree, round);
#define NB_GET(field) nb_json_count(in, tree, #field, INT64_MAX, &round->field);
	NB_ROUND_COUNTS(NB_GET)
#undef NB_GET
#define NB_GET(field) nb_json_number(in, tree, #field, &round->field);
	NB_ROUND_NUMBERS(NB_GET)
#undef NB_GET
	round->clock = (enum nb_clock)nb_json_word(in, tree, "clock", clock_word, 2);
	round->evidence = (enum nb_evidence)nb_json_word(in, tree, "evidence", evidence_word, 4);
	read_kinds(in, tree, round);
	read_guards(in, tree, &round->guards);
	read_histogram(in, tree, &round->histogram);
}
