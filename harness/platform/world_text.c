/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/world.h"

#include "platform_files.h"

/* What every world's answers are read with. */

void nb_world_close(struct nb_world *world)
{
	if (world->close)
		world->close(world->self);
	*world = (struct nb_world){ 0 };
}

bool nb_world_line(const struct nb_world *world, const char *path, char *text, size_t size)
{
	if (world->read(world->self, path, text, size) < 0)
		return false;
	nb_platform_clean(text);
	return text[0] != '\0';
}

int64_t nb_world_number(const struct nb_world *world, const char *path)
{
	char text[32];
	char *end;
	long long value;

	if (!nb_world_line(world, path, text, sizeof(text)))
		return -1;
	errno = 0;
	value = strtoll(text, &end, 10);
	return end == text || value < 0 || errno == ERANGE ? -1 : value;
}

bool nb_world_value(const char *text, const char *key, char *value, size_t size)
{
	size_t length = strlen(key);

	value[0] = '\0';
	while (strncmp(text, key, length) != 0 || text[length] != '=') {
		text += strcspn(text, "\n");
		if (*text == '\0')
			return false;
		text++;
	}
	text += length + 1;
	length = strcspn(text, "\n");
	if (length > size - 1)
		length = size - 1;
	memcpy(value, text, length);
	value[length] = '\0';
	nb_platform_clean(value);
	return true;
}

int64_t nb_world_value_number(const char *text, const char *key)
{
	char value[96];
	char *end;
	long long number;

	if (!nb_world_value(text, key, value, sizeof(value)))
		return -1;
	errno = 0;
	number = strtoll(value, &end, 10);
	return end == value || *end || number < 0 || errno ? -1 : number;
}
