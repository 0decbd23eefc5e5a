/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report_json.h"
#include "report_text.h"

size_t nb_json_enter(struct nb_json_in *in, const char *format, ...)
{
	size_t length = strlen(in->path);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(in->path + length, sizeof(in->path) - length, format, arguments);
	va_end(arguments);
	return length;
}

void nb_json_leave(struct nb_json_in *in, size_t length)
{
	in->path[length] = '\0';
}

void nb_json_fault(struct nb_json_in *in, const char *name, const char *format, ...)
{
	char text[128];
	char plain[64];
	va_list arguments;

	if (in->status < 0)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	/* Names come from the file and go to a terminal. */
	nb_report_plain(plain, sizeof(plain), name);
	in->status = nb_error_set(in->error, EBADMSG, "%s%s: %s", in->path, plain, text);
}

static const char *type_name(json_type type)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object",	[JSON_ARRAY] = "an array",
		[JSON_STRING] = "a string",	[JSON_INTEGER] = "an integer",
		[JSON_REAL] = "a number",	[JSON_TRUE] = "true or false",
		[JSON_FALSE] = "true or false", [JSON_NULL] = "null",
	};

	return names[type];
}

/* The member of whatever type; NULL after a fault. */
static json_t *any_member(struct nb_json_in *in, const json_t *object, const char *name)
{
	json_t *member = in->status < 0 ? NULL : json_object_get(object, name);

	if (!member)
		nb_json_fault(in, name, "missing");
	return member;
}

json_t *nb_json_member(struct nb_json_in *in, const json_t *object, const char *name,
		       json_type type)
{
	json_t *member = any_member(in, object, name);

	if (!member || json_typeof(member) == type)
		return member;
	nb_json_fault(in, name, "not %s", type_name(type));
	return NULL;
}

void nb_json_text(struct nb_json_in *in, const json_t *object, const char *name, char *text,
		  size_t size)
{
	json_t *member = nb_json_member(in, object, name, JSON_STRING);

	if (!member)
		return;
	if (json_string_length(member) >= size)
		nb_json_fault(in, name, "longer than %zu bytes", size - 1);
	else
		nb_base_copy(text, size, json_string_value(member));
}

void nb_json_known(struct nb_json_in *in, const json_t *object, const char *name, int64_t max,
		   int64_t *value)
{
	json_t *member = nb_json_member(in, object, name, JSON_INTEGER);

	if (!member)
		return;
	if (json_integer_value(member) < 0 || json_integer_value(member) > max)
		nb_json_fault(in, name, "not in 0 .. %lld", (long long)max);
	else
		*value = json_integer_value(member);
}

void nb_json_count(struct nb_json_in *in, const json_t *object, const char *name, int64_t max,
		   int64_t *value)
{
	json_t *member = any_member(in, object, name);

	if (json_is_null(member))
		*value = -1;
	else if (member)
		nb_json_known(in, object, name, max, value);
}

void nb_json_number(struct nb_json_in *in, const json_t *object, const char *name, double *value)
{
	json_t *member = any_member(in, object, name);

	/* The parser refuses numbers that are too large for a double, so this one is finite. */
	if (json_is_null(member))
		*value = NAN;
	else if (json_is_number(member))
		*value = json_number_value(member);
	else if (member)
		nb_json_fault(in, name, "not a number");
}

void nb_json_flag(struct nb_json_in *in, const json_t *object, const char *name, bool *value)
{
	json_t *member = any_member(in, object, name);

	if (member && !json_is_boolean(member))
		nb_json_fault(in, name, "not true or false");
	else if (member)
		*value = json_is_true(member);
}

int nb_json_word(struct nb_json_in *in, const json_t *object, const char *name,
		 const char *(*word)(int index), int count)
{
	json_t *member = nb_json_member(in, object, name, JSON_STRING);

	for (int i = 0; member && i < count; i++)
		if (strcmp(json_string_value(member), word(i)) == 0)
			return i;
	nb_json_fault(in, name, "no such word");
	return 0;
}
