/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BASELINE_REPORT_H
#define NB_BASELINE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "nestbench/baseline.h"
#include "nestbench/error.h"
#include "nestbench/record.h"
#include "nestbench/report.h"

/* Writers of baselines; they return -EIO when the stream failed, and clean every text. */

/* One line of "baseline list": built in, saved in the database, or both under one name. */
struct nb_baseline_entry {
	const char *name, *title; /* title "": only saved */
	bool builtin, size;	  /* size: a VM's; else figures of a paper */
	size_t figures;
	long sessions;			  /* saved; 0: none */
	const char *created, *provenance; /* of the saved ones; "" */
};
int nb_report_baselines(FILE *stream, const struct nb_baseline_entry *entries, size_t count,
			struct nb_error *error);
int nb_report_baselines_json(FILE *stream, const struct nb_baseline_entry *entries, size_t count,
			     struct nb_error *error);
/* Every figure with its level, unit, kind and source. */
int nb_report_baseline(FILE *stream, const struct nb_baseline *baseline,
		       const struct nb_report_style *style, struct nb_error *error);
/* The same as a file of results/baselines. */
int nb_report_baseline_json(FILE *stream, const struct nb_baseline *baseline,
			    struct nb_error *error);

/* Sessions that were saved under a name. */
struct nb_baseline_saved {
	const char *created, *provenance;
	const struct nb_session *const *sessions;
	size_t count;
};
/* builtin, saved: NULL where there is none of that name. */
int nb_report_baseline_both_json(FILE *stream, const char *name, const struct nb_baseline *builtin,
				 const struct nb_baseline_saved *saved, struct nb_error *error);

#endif
