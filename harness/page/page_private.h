/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PAGE_PRIVATE_H
#define NB_PAGE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "nestbench/page.h"

#include "page_text.h"

/*
 * The page in parts, each of which writes a section or nothing at all. What they write is HTML and
 * well-formed XML at once, so that a test can check it with any reader of XML.
 */

/* What all parts write to and from. */
struct nb_page_out {
	FILE *stream;
	const struct nb_page *page;
	const struct nb_view *view;
	const struct nb_compare_options *options; /* the view's, else the defaults */
	bool compared;				  /* a group has a comparison */
};

/* page_head.c: all before the first section, and all after the last. */
int nb_page_write_head(const struct nb_page_out *out, struct nb_error *error);
void nb_page_write_foot(const struct nb_page_out *out);

/* page_first.c: machines, verdict, largest changes, warnings. */
void nb_page_write_first(const struct nb_page_out *out);
void nb_page_write_warnings(const struct nb_page_out *out);
/* page_plots.c: pictures of a family, after its table; "": of the first screen. */
void nb_page_write_plots(const struct nb_page_out *out, const char *family);
size_t nb_page_count_plots(const struct nb_page_out *out, const char *family);
/* page_levels.c; has: an operation was measured at two levels. */
bool nb_page_has_levels(const struct nb_view *view);
void nb_page_write_levels(const struct nb_page_out *out);
/* page_tax.c: three levels side by side; for a group with a tax. */
void nb_page_write_tax(const struct nb_page_out *out, const struct nb_view_group *group);
/* page_family.c: all families, those of plots alone too. */
int nb_page_write_families(const struct nb_page_out *out, struct nb_error *error);
void nb_page_write_history(const struct nb_page_out *out);
void nb_page_write_guards(const struct nb_page_out *out);
/* page_machine.c, page_differences.c, page_targets.c */
void nb_page_write_machines(const struct nb_page_out *out);
void nb_page_write_differences(const struct nb_page_out *out);
void nb_page_write_targets(const struct nb_page_out *out);
void nb_page_write_method(const struct nb_page_out *out);
void nb_page_write_sessions(const struct nb_page_out *out);

/*
 * Rows of one family: those from view->rows[first] on. They are walked by
 *	for (first = 0; first < view->row_count; first += count)
 */
size_t nb_page_family_rows(const struct nb_view *view, size_t first);
/* "Interrupts" of "irq"; an unknown family is its own title. */
const char *nb_page_family_title(const char *family);
/* Some sessions of the group have a number of that row. */
bool nb_page_measured(const struct nb_view_cell *cell);

/* The base, where it is measured sessions, and the groups: columns of tables of machines. */
enum { NB_PAGE_SIDES_MAX = NB_VIEW_GROUPS_MAX + 1 };
struct nb_page_sides {
	struct {
		const char *name; /* "Base", "A", ... */
		const struct nb_compare_group *group;
	} sides[NB_PAGE_SIDES_MAX];
	size_t count;
};
void nb_page_sides_make(const struct nb_view *view, struct nb_page_sides *sides);
/* Head cells of a table with one column each, from a row's begin to its end. */
void nb_page_write_sides_head(FILE *stream, const struct nb_page_sides *sides, const char *first);

/* Opens a section with its heading; the id is also its anchor. Closed by "</section>\n". */
void nb_page_open_section(FILE *stream, const char *id, const char *title);
/* Opens a table with its caption in a region that scrolls; sorts: its columns can be sorted. */
void nb_page_open_table(FILE *stream, const char *classes, const char *caption);
void nb_page_close_table(FILE *stream);

#endif
