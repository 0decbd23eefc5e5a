/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_COMPARE_REPORT_H
#define NB_COMPARE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "nestbench/compare.h"
#include "nestbench/error.h"
#include "nestbench/figures.h"
#include "nestbench/fit.h"
#include "nestbench/report.h"

/*
 * Writers of verdicts. They return -EIO when the stream failed, and clean every text for a
 * terminal, for Markdown or for JSON. The schemas of the JSON are in tests/data.
 */

/* A comparison of two groups of sessions. */
struct nb_compare_report {
	const char *base, *candidate; /* as they were asked for: "label:kernel=6.1" */
	/* Where sessions that were saved as a baseline are from; NULL or "" for others. */
	const char *base_provenance, *candidate_provenance;
	struct nb_compare_group base_group, candidate_group;
	const struct nb_compare_options *options;
	const struct nb_comparison *comparison;
};

/* all: rows that are the same, too, however many there are. */
int nb_report_compare(FILE *stream, const struct nb_compare_report *report, bool all,
		      const struct nb_report_style *style, struct nb_error *error);
/* For a comment on a pull request (GitHub's dialect); what is the same is folded. */
int nb_report_compare_markdown(FILE *stream, const struct nb_compare_report *report,
			       struct nb_error *error);
int nb_report_compare_json(FILE *stream, const struct nb_compare_report *report,
			   struct nb_error *error);

/* "+12.3 %" up to a factor of two, then "3.21x"; "n/a" for NAN. */
void nb_compare_change(char *text, size_t size, double ratio);
void nb_compare_interval(char *text, size_t size, double low, double high);

/* "AMD EPYC, 2 CPUs, KVM, kernel 6.1.0" of all sessions; several of them are counted. */
void nb_report_machines(char *text, size_t size, const struct nb_compare_group *group);

/* "3 regressed, 1 improved, 37 same, 5 inconclusive: 4 more sessions each would settle them". */
void nb_report_compare_summary(char *text, size_t size, const struct nb_comparison *comparison);

/* Sessions against a specification: its size, its figures, and what others published. */
struct nb_spec_report {
	const char *base, *candidate; /* as they were asked for */
	struct nb_compare_group candidate_group;
	const struct nb_baseline *baseline;
	const struct nb_fit_table *fit;		  /* NULL: the specification is of no size */
	const struct nb_comparison *figures;	  /* nb_figures_compare() */
	const struct nb_level_table *levels;	  /* nb_figures_levels() */
	const struct nb_compare_report *measured; /* sessions saved by its name; NULL: none */
	const struct nb_compare_options *options;
};
int nb_report_spec(FILE *stream, const struct nb_spec_report *report, bool all,
		   const struct nb_report_style *style, struct nb_error *error);
int nb_report_spec_json(FILE *stream, const struct nb_spec_report *report, struct nb_error *error);

#endif
