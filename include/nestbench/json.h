/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_JSON_H
#define NB_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/*
 * Building JSON (in harness/report). json_object_set_new() takes over its value and refuses NULL,
 * so that a failed allocation anywhere ends as a NULL tree and needs no test of its own: a
 * function sums up the results of its put calls in "bad".
 */

/* Text that is not UTF-8, as firmware tables may hold, loses what is not ASCII. */
int nb_json_put_text(json_t *object, const char *name, const char *text);
int nb_json_put_count(json_t *object, const char *name, int64_t value); /* below 0: null */
int nb_json_put_number(json_t *object, const char *name, double value); /* NAN: null */
int nb_json_put_flag(json_t *object, const char *name, bool value);
/* The tree; NULL, and it is gone, where it could not be completed. */
json_t *nb_json_complete(json_t *tree, int bad);

#endif
