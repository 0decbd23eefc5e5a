/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PAGE_TABLE_H
#define NB_PAGE_TABLE_H

#include "page_private.h"

/* The series of one family: a table, what is to be noted of its rows, and what has no number. */

/* Footnotes: each text once, numbered from 1; there is room for all that a family can have. */
struct nb_page_notes {
	const char **texts;
	size_t count;
};
/* Its number; 0 for "". */
size_t nb_page_note(struct nb_page_notes *notes, const char *text);

struct nb_page_family {
	const struct nb_page_out *out;
	const struct nb_view_row *rows;
	size_t count;
	size_t number; /* from 1: part of ids */
	char name[sizeof(((struct nb_series *)0)->benchmark)];
	struct nb_page_notes notes;
};

/* page_table.c: one table; where there are several groups, one more of their tails. */
void nb_page_write_family_tables(struct nb_page_family *family);
/* page_notes.c */
void nb_page_write_notes(const struct nb_page_family *family);
void nb_page_write_note_reference(const struct nb_page_family *family, size_t note);
void nb_page_write_reasons(const struct nb_page_family *family);
/* Series that the base or a group lacks; nothing where there are none. */
void nb_page_write_unpaired(const struct nb_page_out *out);

#endif
