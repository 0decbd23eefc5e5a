/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "bundle_claims.h"
#include "bundle_private.h"

/*
 * Two trees side by side, value by value, with a stack of our own: the one that is due is no deeper
 * than verdicts.json has levels, and the one that is claimed is followed no further than that.
 */
enum { DEPTH_MAX = 12 };

/* The member or element of an object or a list that was looked at last. */
struct frame {
	json_t *claimed, *due;
	const char *key; /* of an object */
	size_t index;	 /* of the member or element after it */
};

struct walk {
	struct frame frames[DEPTH_MAX];
	size_t depth;
	json_t *claimed, *due; /* that element; NULL: one side has none */
	size_t near;
};

static bool enter(struct walk *walk, json_t *claimed, json_t *due)
{
	bool both = (json_is_object(claimed) && json_is_object(due)) ||
		    (json_is_array(claimed) && json_is_array(due));

	if (!both || walk->depth == DEPTH_MAX)
		return false;
	walk->frames[walk->depth++] = (struct frame){ .claimed = claimed, .due = due };
	return true;
}

/* A member that due lacks; NULL: it has as many. */
static const char *surplus_key(const struct frame *frame)
{
	json_t *value;
	const char *key;

	json_object_foreach(frame->claimed, key, value)
	{
		if (!json_object_get(frame->due, key))
			return key;
	}
	return NULL;
}

/* False: there is none any more. Members come in the order of due, what it lacks last. */
static bool next_member(struct walk *walk, struct frame *frame)
{
	size_t count = json_object_size(frame->due);
	void *place;

	if (frame->index > count)
		return false;
	place = frame->index == 0
			? json_object_iter(frame->due)
			: json_object_iter_next(frame->due, json_object_key_to_iter(frame->key));
	frame->key = frame->index++ < count ? json_object_iter_key(place) : surplus_key(frame);
	if (!frame->key)
		return false;
	walk->claimed = json_object_get(frame->claimed, frame->key);
	walk->due = json_object_get(frame->due, frame->key);
	return true;
}

static bool next(struct walk *walk, struct frame *frame)
{
	size_t index = frame->index;

	if (json_is_object(frame->due))
		return next_member(walk, frame);
	walk->claimed = json_array_get(frame->claimed, index);
	walk->due = json_array_get(frame->due, index);
	frame->index++;
	return walk->claimed || walk->due;
}

/*
 * The C library's logarithms round their last bit otherwise on a processor without fused
 * multiply-add, and so may another version of it; a verdict does not hang on that. A ratio that
 * somebody has made up differs in the first nine digits.
 */
static bool is_near(const json_t *claimed, const json_t *due)
{
	double a = json_real_value(claimed), b = json_real_value(due), apart = fabs(a - b);

	if (!json_is_real(claimed) || !json_is_real(due))
		return false;
	return apart <= 1e-12 || apart <= 1e-9 * fmin(fabs(a), fabs(b));
}

/* A value in one line; what it holds may be of any length and origin. */
static void describe(const json_t *value, char text[NB_BUNDLE_QUOTE_SIZE])
{
	char *dumped;

	if (!value) {
		nb_base_copy(text, NB_BUNDLE_QUOTE_SIZE, "nothing");
		return;
	}
	dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(17));
	nb_bundle_quote(text, dumped ? dumped : "something else");
	free(dumped);
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

/* Where the walk stands. */
struct place {
	char row[NB_BUNDLE_QUOTE_SIZE]; /* "exit.cpuid ring=3 guest, group A: "; "" above any */
	char group[8];
	char path[NB_BUNDLE_QUOTE_SIZE]; /* below the row, if there is one */
};

/* What is due was computed here, so that its names can be printed as they are. */
static void name_row(const json_t *due, struct place *place)
{
	const char *benchmark = text_of(due, "benchmark"), *params = text_of(due, "params");

	if (json_object_get(due, "comparison"))
		nb_base_copy(place->group, sizeof(place->group), text_of(due, "name"));
	if (!*benchmark)
		return;
	snprintf(place->row, sizeof(place->row), "%.47s%s%.60s %.8s, group %s: ", benchmark,
		 *params ? " " : "", params, text_of(due, "vantage"), place->group);
	place->path[0] = '\0';
}

static void append(struct place *place, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void append(struct place *place, const char *format, ...)
{
	size_t length = strlen(place->path);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(place->path + length, sizeof(place->path) - length, format, arguments);
	va_end(arguments);
}

static void find_place(const struct walk *walk, struct place *place)
{
	*place = (struct place){ .path = "" };
	for (size_t i = 0; i < walk->depth; i++) {
		const struct frame *frame = &walk->frames[i];
		char quote[NB_BUNDLE_QUOTE_SIZE];

		name_row(frame->due, place);
		nb_bundle_quote(quote, frame->key ? frame->key : "");
		if (frame->key)
			append(place, "%s%s", place->path[0] ? "." : "", quote);
		else
			append(place, "[%zu]", frame->index - 1);
	}
}

static int refuse(const struct walk *walk, struct nb_error *error)
{
	char says[NB_BUNDLE_QUOTE_SIZE], should[NB_BUNDLE_QUOTE_SIZE];
	struct place place;

	find_place(walk, &place);
	describe(walk->claimed, says);
	describe(walk->due, should);
	return nb_error_set(error, EBADMSG, NB_BUNDLE_VERDICTS ": %s%s says %s, the data say %s",
			    place.row, place.path, says, should);
}

int nb_bundle_difference(json_t *claimed, json_t *due, struct nb_error *error)
{
	struct walk walk = { .depth = 0 };

	enter(&walk, claimed, due);
	while (walk.depth > 0) {
		if (!next(&walk, &walk.frames[walk.depth - 1]))
			walk.depth--;
		else if (!enter(&walk, walk.claimed, walk.due) &&
			 !json_equal(walk.claimed, walk.due)) {
			if (!is_near(walk.claimed, walk.due))
				return refuse(&walk, error);
			walk.near++;
		}
	}
	if (walk.near > 0)
		return 0;
	return nb_error_set(error, EBADMSG,
			    NB_BUNDLE_VERDICTS
			    ": the same values, but not as nestbench writes them");
}
