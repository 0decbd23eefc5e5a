/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "nestbench/base.h"

#include "bundle_claims.h"

void nb_bundle_in_fault(struct nb_bundle_in *in, const char *name, const char *what)
{
	if (in->status == 0)
		in->status = nb_error_set(in->error, EBADMSG, NB_BUNDLE_VERDICTS ": %s%s: %s",
					  in->where, name, what);
}

json_t *nb_bundle_in_member(struct nb_bundle_in *in, const json_t *object, const char *name,
			    json_type type)
{
	static const char *const kinds[] = {
		[JSON_OBJECT] = "not an object",    [JSON_ARRAY] = "not a list",
		[JSON_STRING] = "not a string",	    [JSON_INTEGER] = "not an integer",
		[JSON_REAL] = "not a number",	    [JSON_TRUE] = "not true or false",
		[JSON_FALSE] = "not true or false", [JSON_NULL] = "not null",
	};
	json_t *value = json_object_get(object, name);

	if (in->status < 0)
		return NULL;
	if (value && (json_typeof(value) == type || (type == JSON_TRUE && json_is_false(value)) ||
		      (type == JSON_REAL && json_is_integer(value))))
		return value;
	nb_bundle_in_fault(in, name, value ? kinds[type] : "missing");
	return NULL;
}

const char *nb_bundle_in_text(struct nb_bundle_in *in, const json_t *object, const char *name,
			      size_t size)
{
	const char *text = json_string_value(nb_bundle_in_member(in, object, name, JSON_STRING));

	if (!text)
		return "";
	if (strlen(text) >= size)
		nb_bundle_in_fault(in, name, "too long");
	else if (!nb_base_printable(text))
		nb_bundle_in_fault(in, name, "holds control characters");
	return in->status == 0 ? text : "";
}

double nb_bundle_in_number(struct nb_bundle_in *in, const json_t *object, const char *name)
{
	return json_number_value(nb_bundle_in_member(in, object, name, JSON_REAL));
}

unsigned nb_bundle_in_count(struct nb_bundle_in *in, const json_t *object, const char *name)
{
	json_int_t value = json_integer_value(nb_bundle_in_member(in, object, name, JSON_INTEGER));

	if (value >= 0 && value <= NB_BUNDLE_DRAWS_MAX)
		return (unsigned)value;
	nb_bundle_in_fault(in, name, "not in 0 .. 100000");
	return 0;
}

bool nb_bundle_in_flag(struct nb_bundle_in *in, const json_t *object, const char *name)
{
	return json_is_true(nb_bundle_in_member(in, object, name, JSON_TRUE));
}

static bool is_among(const char *id, const char *const *ids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return false;
}

void nb_bundle_in_ids(struct nb_bundle_in *in, const json_t *object, const char **ids,
		      size_t *count, size_t max)
{
	json_t *list = nb_bundle_in_member(in, object, "sessions", JSON_ARRAY);

	if (json_array_size(list) > max - *count)
		nb_bundle_in_fault(in, "sessions", "too many");
	for (size_t i = 0; i < json_array_size(list) && in->status == 0; i++) {
		const char *id = json_string_value(json_array_get(list, i));

		if (!id || !nb_base_ulid_valid(id))
			nb_bundle_in_fault(in, "sessions", "not an id");
		else if (is_among(id, ids, *count))
			nb_bundle_in_fault(in, "sessions", "the same id twice");
		else
			ids[(*count)++] = id;
	}
}
