/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "store_private.h"

static void spoil(struct nb_walk *walk, const char *name)
{
	if (!walk->bad)
		walk->bad = name;
}

/*
 * Moves on to the next column and returns its number (parameters count from 1, columns from 0).
 * That the columns of the SQL text are those of the walk is checked where they have names; a
 * file may spell its own in other cases, which SQLite takes for the same.
 */
static int advance(struct nb_walk *walk, const char *name)
{
	int column = walk->column++;

	if (!walk->reading)
		return column + 1;
	assert(sqlite3_stricmp(sqlite3_column_name(walk->statement, column), name) == 0);
	(void)name;
	return column;
}

static void check_bound(struct nb_walk *walk, const char *name, int status)
{
	if (status != SQLITE_OK)
		spoil(walk, name);
}

static void read_text(struct nb_walk *walk, const char *name, char *text, size_t size)
{
	int column = advance(walk, name);
	const unsigned char *value;
	size_t length;

	text[0] = '\0';
	if (sqlite3_column_type(walk->statement, column) != SQLITE_TEXT) {
		spoil(walk, name);
		return;
	}
	value = sqlite3_column_text(walk->statement, column);
	length = (size_t)sqlite3_column_bytes(walk->statement, column);
	/* A NUL within the text would silently cut it. */
	if (!value || length >= size || memchr(value, '\0', length)) {
		spoil(walk, name);
		return;
	}
	memcpy(text, value, length + 1);
}

void nb_walk_text(struct nb_walk *walk, const char *name, char *text, size_t size)
{
	size_t length;

	if (walk->reading) {
		read_text(walk, name, text, size);
		return;
	}
	length = strnlen(text, size);
	if (length == size)
		spoil(walk, name);
	check_bound(walk, name,
		    sqlite3_bind_text(walk->statement, advance(walk, name), text, (int)length,
				      SQLITE_STATIC));
}

static double read_real(struct nb_walk *walk, const char *name)
{
	int column = advance(walk, name);
	int type = sqlite3_column_type(walk->statement, column);
	double value;

	if (type == SQLITE_NULL)
		return NAN;
	value = sqlite3_column_double(walk->statement, column);
	if (type != SQLITE_FLOAT || !isfinite(value))
		spoil(walk, name);
	return value;
}

void nb_walk_real(struct nb_walk *walk, const char *name, double *value)
{
	if (walk->reading) {
		*value = read_real(walk, name);
		return;
	}
	/* An infinite one is no measurement either; SQLite itself turns NAN into NULL. */
	check_bound(walk, name,
		    sqlite3_bind_double(walk->statement, advance(walk, name),
					isfinite(*value) ? *value : NAN));
}

static int64_t read_integer(struct nb_walk *walk, const char *name, int64_t max)
{
	int column = advance(walk, name);
	int64_t value = sqlite3_column_int64(walk->statement, column);

	if (sqlite3_column_type(walk->statement, column) == SQLITE_INTEGER && value >= 0 &&
	    value <= max)
		return value;
	spoil(walk, name);
	return 0;
}

static void bind_integer(struct nb_walk *walk, const char *name, int64_t value)
{
	check_bound(walk, name, sqlite3_bind_int64(walk->statement, advance(walk, name), value));
}

void nb_walk_count(struct nb_walk *walk, const char *name, int64_t *value, int64_t max)
{
	if (walk->reading) {
		bool known = sqlite3_column_type(walk->statement, walk->column) != SQLITE_NULL;

		if (known)
			*value = read_integer(walk, name, max);
		else {
			(void)advance(walk, name);
			*value = -1;
		}
		return;
	}
	if (*value > max)
		spoil(walk, name);
	if (*value >= 0)
		bind_integer(walk, name, *value);
	else
		check_bound(walk, name, sqlite3_bind_null(walk->statement, advance(walk, name)));
}

void nb_walk_number(struct nb_walk *walk, const char *name, int64_t *value, int64_t max)
{
	if (walk->reading) {
		*value = read_integer(walk, name, max);
		return;
	}
	if (*value < 0 || *value > max)
		spoil(walk, name);
	bind_integer(walk, name, *value);
}

void nb_walk_flag(struct nb_walk *walk, const char *name, bool *value)
{
	int64_t number = *value;

	nb_walk_number(walk, name, &number, 1);
	*value = number != 0;
}

void nb_walk_bits(struct nb_walk *walk, const char *name, uint64_t *value)
{
	int64_t number;
	int column;

	/* SQLite has signed integers only: keep the bits, whatever number they look like. */
	if (!walk->reading) {
		memcpy(&number, value, sizeof(number));
		bind_integer(walk, name, number);
		return;
	}
	column = advance(walk, name);
	if (sqlite3_column_type(walk->statement, column) != SQLITE_INTEGER)
		spoil(walk, name);
	number = sqlite3_column_int64(walk->statement, column);
	memcpy(value, &number, sizeof(number));
}

static int read_word(struct nb_walk *walk, const char *name, const char *(*word)(int value),
		     int last)
{
	char text[32];

	read_text(walk, name, text, sizeof(text));
	for (int i = 0; i <= last; i++)
		if (strcmp(word(i), text) == 0)
			return i;
	spoil(walk, name);
	return 0;
}

void nb_walk_word(struct nb_walk *walk, const char *name, int *value,
		  const char *(*word)(int value), int last)
{
	int parameter;

	if (walk->reading) {
		*value = read_word(walk, name, word, last);
		return;
	}
	parameter = advance(walk, name);
	if (*value < 0 || *value > last)
		spoil(walk, name);
	else
		check_bound(walk, name,
			    sqlite3_bind_text(walk->statement, parameter, word(*value), -1,
					      SQLITE_STATIC));
}

int nb_walk_end(const struct nb_walk *walk, const struct nb_store *store, const char *row,
		struct nb_error *error)
{
	if (!walk->bad)
		return 0;
	if (walk->reading)
		return nb_error_set(error, EBADMSG, "%s is damaged: impossible %s in a row of %s",
				    store->file.name, walk->bad, row);
	return nb_error_set(error, EINVAL, "%s: impossible %s for a row of %s", store->file.name,
			    walk->bad, row);
}
