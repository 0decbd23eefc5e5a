/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_DOCTOR_H
#define NB_REPORT_DOCTOR_H

#include <jansson.h>

#include "nestbench/doctor_report.h"

#include "report_text.h"

/* A page of paragraphs: doctor's writers for a person share it. */

enum nb_ink { NB_INK_PLAIN, NB_INK_BOLD, NB_INK_DIM, NB_INK_GOOD, NB_INK_WARN, NB_INK_BAD };

struct nb_doctor_page {
	FILE *stream;
	bool colour;
	size_t width; /* columns that lines are wrapped to */
	size_t label; /* columns of the labels in the section under way */
};

struct nb_doctor_page nb_doctor_page_open(FILE *stream, const struct nb_report_style *style);

/* A line of its own, bold, with an empty one above it. */
void nb_doctor_page_title(struct nb_doctor_page *page, const char *title);

/* Text from column indent on, wrapped; the first line goes on where the cursor is: at column at. */
void nb_doctor_page_text(const struct nb_doctor_page *page, enum nb_ink ink, size_t at,
			 size_t indent, const char *text);

/* "  LABEL  text", wrapped into its column; a mark may stand before the label. */
struct nb_doctor_page_entry {
	const char *mark; /* NULL: this page has no marks */
	enum nb_ink mark_ink;
	const char *label;
	const char *text;
	enum nb_ink ink;
};
void nb_doctor_page_print(const struct nb_doctor_page *page,
			  const struct nb_doctor_page_entry *entry);
/* More of the entry above, below its text. */
void nb_doctor_page_more(const struct nb_doctor_page *page, bool marks, enum nb_ink ink,
			 const char *text);

/* doctor_findings.c */
void nb_doctor_page_findings(struct nb_doctor_page *page, const struct nb_doctor_report *report,
			     enum nb_section section, bool all);

/* doctor_sizes.c */
void nb_doctor_page_fits(struct nb_doctor_page *page, const struct nb_doctor_report *report,
			 bool all);
const char *nb_report_fit_name(enum nb_fit fit); /* "meets" */

/* doctor_platforms.c; sources: every cell with where it is from. */
void nb_doctor_page_platform(struct nb_doctor_page *page, const struct nb_support_row *row,
			     bool sources);

/* doctor_platforms_json.c: one row of the support table. */
json_t *nb_report_platform_tree(const struct nb_support_row *row);

#endif
