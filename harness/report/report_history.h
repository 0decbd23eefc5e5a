/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_HISTORY_H
#define NB_REPORT_HISTORY_H

#include "nestbench/history_report.h"

#include "report_compare.h"

/* "2026-11-21 07:04" of a time in ISO 8601. */
void nb_history_minute(char *text, size_t size, const char *time);
const struct nb_timeline_session *nb_history_session(const struct nb_history_report *report,
						     size_t number);
/* The kernel's release only. */
void nb_history_kernel(char *text, size_t size, const struct nb_history_report *report,
		       size_t number);

/*
 * history_spark.c: count values as one line of text, of at most width columns; what changes by less
 * than a tenth in all looks flat. size: 3 * width + 1 bytes at least.
 */
struct nb_history_picture {
	const double *values;
	size_t count, width;
	bool blocks;
};
void nb_history_draw(char *text, size_t size, const struct nb_history_picture *picture);

/* history_changes.c: paragraphs of the changes of one series. */
void nb_history_print_changes(FILE *stream, const struct nb_history_report *report, size_t index,
			      const struct nb_report_style *style);

#endif
