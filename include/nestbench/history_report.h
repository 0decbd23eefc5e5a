/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_HISTORY_REPORT_H
#define NB_HISTORY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "nestbench/error.h"
#include "nestbench/history.h"
#include "nestbench/report.h"
#include "nestbench/scorecard.h"
#include "nestbench/timeline.h"

/*
 * Writers of what came of series over time, and of the detector's scorecard. They return -EIO when
 * the stream failed, and clean every text. The schemas of the JSON are in tests/data.
 */

struct nb_history_report {
	const struct nb_timeline *timeline; /* what the numbers of sessions stand for */
	const struct nb_history_input *input;
	const struct nb_history *history; /* changes of input->series, in its order */
	const struct nb_history_options *options;
};

/* Few series: a table each; more: a line each. Below them their changes. */
struct nb_history_look {
	bool all;    /* every session of each, in a table each; not the last 20 only */
	bool blocks; /* sparklines of Unicode's block elements, not of ASCII */
};
int nb_report_history(FILE *stream, const struct nb_history_report *report,
		      const struct nb_history_look *look, const struct nb_report_style *style,
		      struct nb_error *error);
int nb_report_history_json(FILE *stream, const struct nb_history_report *report,
			   struct nb_error *error);

int nb_report_scorecard(FILE *stream, const struct nb_scorecard *card,
			const struct nb_report_style *style, struct nb_error *error);
int nb_report_scorecard_json(FILE *stream, const struct nb_scorecard *card,
			     const struct nb_scorecard_options *options, struct nb_error *error);

#endif
