/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_JSON_H
#define NB_REPORT_JSON_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "nestbench/json.h"
#include "nestbench/record.h"

#define NB_JSON_SCHEMA "nestbench/1"

enum { NB_JSON_PATH_SIZE = 160 };

/* Whole numbers beyond this are not exact in readers that keep every number as a double. */
static const int64_t nb_json_integer_max = (INT64_C(1) << 53) - 1;

json_t *nb_json_machine(const struct nb_machine *machine);
json_t *nb_json_targets(const struct nb_session *session);
/* Rates and costs of storage; json_null() for what is none. */
json_t *nb_json_storage(const struct nb_session *session, const struct nb_series_rounds *series);
/* What an operation costs level by level, one row each; none without nested.*. */
json_t *nb_json_tax(const struct nb_record *record, struct nb_error *cause);
/* "match=data,ring=3" as an object of texts. */
json_t *nb_json_params(const char *params);
/* Writes the tree (NULL: out of memory) and releases it. */
int nb_json_print(FILE *stream, json_t *tree, struct nb_error *error);

/*
 * Reading JSON of unknown origin: getters that check type and range. After the first fault they
 * do nothing any more, so that a reader can be written without a test behind each line; text of
 * *error then names the place, as in "results[3].round_data[0].samples: not an integer".
 */
struct nb_json_in {
	struct nb_error *error;
	int status;		      /* 0, or the negative errno of the first fault */
	char path[NB_JSON_PATH_SIZE]; /* of the object being read, with a final "." */
};

/* Goes into a part of the object; leave with the returned length. */
size_t nb_json_enter(struct nb_json_in *in, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void nb_json_leave(struct nb_json_in *in, size_t length);

void nb_json_fault(struct nb_json_in *in, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The member of that type; NULL after a fault. */
json_t *nb_json_member(struct nb_json_in *in, const json_t *object, const char *name,
		       json_type type);

/* Text of less than size bytes; longer text is a fault, it is never cut. */
void nb_json_text(struct nb_json_in *in, const json_t *object, const char *name, char *text,
		  size_t size);
/* 0 .. max; null is -1. */
void nb_json_count(struct nb_json_in *in, const json_t *object, const char *name, int64_t max,
		   int64_t *value);
/* As nb_json_count(), for a number that must be known. */
void nb_json_known(struct nb_json_in *in, const json_t *object, const char *name, int64_t max,
		   int64_t *value);
/* A finite number; null is NAN. */
void nb_json_number(struct nb_json_in *in, const json_t *object, const char *name, double *value);
void nb_json_flag(struct nb_json_in *in, const json_t *object, const char *name, bool *value);
/* Index of the text among words. */
int nb_json_word(struct nb_json_in *in, const json_t *object, const char *name,
		 const char *(*word)(int index), int count);

/* The session's targets; none where it has no such member, as before there were any. */
void nb_json_read_targets(struct nb_json_in *in, const json_t *tree, struct nb_session *session);

/* One element of round_data; *round is all zero before and to be freed after a fault too. */
void nb_json_read_round(struct nb_json_in *in, const json_t *tree, struct nb_round *round);

#endif
