/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "cli_doctor.h"

/* Longer texts are no size, region or offer. */
enum { VALUE_MAX = 96 };

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text && strlen(text) <= VALUE_MAX ? text : "";
}

/*
 * A VM without a security type has it as "" or not at all. That it is a standard one is said only
 * where the other two members, which came earlier, deny what the other types have.
 */
static const char *security_type(const json_t *profile)
{
	const char *type = text_of(profile, "securityType");

	if (type[0] || strcasecmp(text_of(profile, "secureBootEnabled"), "false") != 0 ||
	    strcasecmp(text_of(profile, "virtualTpmEnabled"), "false") != 0)
		return type;
	return "Standard";
}

static void put(char *text, size_t size, const char *key, const char *value)
{
	if (value[0])
		nb_cli_put_line(text, size, key, value);
}

int nb_cli_imds_read(const char *body, size_t length, char *text, size_t size)
{
	static const char *const keys[] = { "vmSize", "location", "offer", "sku" };
	json_t *tree = json_loadb(body, length, 0, NULL);

	text[0] = '\0';
	if (!text_of(tree, "vmSize")[0]) {
		json_decref(tree);
		return -EPROTO;
	}
	put(text, size, "status", "ok");
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		put(text, size, keys[i], text_of(tree, keys[i]));
	put(text, size, "securityType", security_type(json_object_get(tree, "securityProfile")));
	json_decref(tree);
	return (int)strlen(text);
}
