/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report_json.h"
#include "report_text.h"

int nb_json_put_text(json_t *object, const char *name, const char *text)
{
	json_t *value = json_string(text);
	char *ascii;
	int status;

	if (value)
		return json_object_set_new(object, name, value);
	/* Not UTF-8, as firmware tables may be: keep what can be kept. */
	ascii = strdup(text);
	for (size_t i = 0; ascii && ascii[i]; i++)
		if ((unsigned char)ascii[i] >= 0x80)
			ascii[i] = '?';
	status = ascii ? json_object_set_new(object, name, json_string(ascii)) : -1;
	free(ascii);
	return status;
}

int nb_json_put_count(json_t *object, const char *name, int64_t value)
{
	return json_object_set_new(object, name, value < 0 ? json_null() : json_integer(value));
}

int nb_json_put_number(json_t *object, const char *name, double value)
{
	return json_object_set_new(object, name, isfinite(value) ? json_real(value) : json_null());
}

int nb_json_put_flag(json_t *object, const char *name, bool value)
{
	return json_object_set_new(object, name, json_boolean(value));
}

/* Drops a tree that could not be completed. */
json_t *nb_json_complete(json_t *tree, int bad)
{
	if (!bad)
		return tree;
	json_decref(tree);
	return NULL;
}

json_t *nb_json_machine(const struct nb_machine *machine)
{
	json_t *tree = json_object();
	int bad = 0;

#define NB_PUT(field, size) bad |= nb_json_put_text(tree, #field, machine->field);
	NB_MACHINE_TEXTS(NB_PUT)
#undef NB_PUT
#define NB_PUT(field) bad |= nb_json_put_count(tree, #field, machine->field);
	NB_MACHINE_NUMBERS(NB_PUT)
#undef NB_PUT
	return nb_json_complete(tree, bad);
}

int nb_json_print(FILE *stream, json_t *tree, struct nb_error *error)
{
	int status;

	if (!tree)
		return nb_error_set(error, ENOMEM, "no memory for JSON");
	/* 17 digits bring every double back bit for bit. */
	status = json_dumpf(tree, stream, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
	json_decref(tree);
	fputc('\n', stream);
	if (status < 0 && !ferror(stream))
		return nb_error_set(error, EIO, "cannot write JSON");
	return nb_report_finish(stream, error);
}
