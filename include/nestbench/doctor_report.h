/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_DOCTOR_REPORT_H
#define NB_DOCTOR_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "nestbench/baseline.h"
#include "nestbench/doctor.h"
#include "nestbench/error.h"
#include "nestbench/finding.h"
#include "nestbench/fit.h"
#include "nestbench/identity.h"
#include "nestbench/machine.h"
#include "nestbench/report.h"

/*
 * What doctor found, put together, and its writers. They return -EIO when the stream failed, and
 * clean every text for a terminal, or for JSON.
 */

enum { NB_DOCTOR_ROWS = 12, NB_DOCTOR_FITS = 32, NB_DOCTOR_ORIGIN_SIZE = 256 };

struct nb_doctor_fit {
	struct nb_baseline baseline;
	struct nb_fit_table table;
};

struct nb_doctor_report {
	char origin[NB_DOCTOR_ORIGIN_SIZE]; /* the recording's folder; "" for this machine */
	struct nb_machine machine;
	struct nb_identity identity;
	struct nb_nesting nesting;
	struct nb_findings findings;
	struct nb_support_table *table; /* owns what rows point to */
	const struct nb_support_row *rows[NB_DOCTOR_ROWS];
	size_t row_count;
	struct nb_doctor_fit fits[NB_DOCTOR_FITS];
	size_t fit_count;
	struct nb_pace pace;
};

/* For a person; all: with what is as it should be, and every source. */
int nb_report_doctor(FILE *stream, const struct nb_doctor_report *report, bool all,
		     const struct nb_report_style *style, struct nb_error *error);
/* One JSON object; its schema is in tests/data/nestbench-doctor-1.schema.json. */
int nb_report_doctor_json(FILE *stream, const struct nb_doctor_report *report,
			  struct nb_error *error);

/* Rows of the support table, each cell with its source. */
int nb_report_support(FILE *stream, const struct nb_support_row *const *rows, size_t count,
		      const struct nb_report_style *style, struct nb_error *error);
int nb_report_support_json(FILE *stream, const struct nb_support_row *const *rows, size_t count,
			   struct nb_error *error);

#endif
