/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PAGE_FIELDS_H
#define NB_PAGE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/machine.h"

#include "page_text.h"

/* The facts of a machine as people call them. A fact of machine.h without a name is an error. */
struct nb_page_field {
	const char *name;  /* "cpu_brand" */
	const char *title; /* "CPU" */
	size_t offset;	   /* in struct nb_machine */
	bool number;	   /* int64_t; else text */
};
extern const struct nb_page_field nb_page_fields[];
extern const size_t nb_page_field_count;

/* What the machine says of it, a number in room; "": not known. */
const char *nb_page_field_text(const struct nb_page_field *field, const struct nb_machine *machine,
			       char room[NB_PAGE_NUMBER_SIZE]);

/* What stands between the parts of a fact that is a list; 0: it is none. */
char nb_page_field_separator(const struct nb_page_field *field);
/* False for what differs between all boots, and for the key that is made of other facts. */
bool nb_page_field_tells(const struct nb_page_field *field);

#endif
