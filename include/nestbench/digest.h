/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_DIGEST_H
#define NB_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/error.h"
#include "nestbench/record.h"

/*
 * A session without its distributions: one value a series. It is what compare and history work on,
 * and is read from plain columns of the store, never from histograms.
 */
struct nb_digest_row {
	struct nb_series series;
	int level; /* of the measured code */
	enum nb_outcome outcome;
	char reason[224]; /* "" only if outcome is NB_OK */
	enum nb_evidence evidence;
	int64_t rounds, tagged_rounds; /* that measured something; that a guard marked */
	int64_t batch;		       /* operations per sample; -1: not the same in all rounds */
	double p50;		/* median of the rounds' medians, in the series' unit; NAN: none */
	double ci_low, ci_high; /* 95 %, within the session; NAN below 6 rounds */
	double p99;		/* median of the rounds' p99, of those that have one; NAN: none */
};

struct nb_digest {
	struct nb_session session;
	bool valid;		    /* false: over 20 % of its rounds carry a guard tag */
	struct nb_digest_row *rows; /* in report order */
	size_t count;
};

/* The digest of a whole record, equal to what the store makes of its columns. */
int nb_digest_make(const struct nb_record *record, struct nb_digest *digest,
		   struct nb_error *error);
/* Sums one series up from the columns of its rounds; histograms are not looked at. */
int nb_digest_row_make(const struct nb_session *session, const struct nb_series_rounds *series,
		       struct nb_digest_row *row, struct nb_error *error);
void nb_digest_free(struct nb_digest *digest); /* safe on an empty one */

/* What people call a series by, cut where it does not fit: "exit.cpuid ring=3". */
void nb_record_series_name(char *text, size_t size, const struct nb_series *series);
/* The same benchmark, vantage, parameters and metric. */
bool nb_record_same_series(const struct nb_series *a, const struct nb_series *b);
/*
 * The record's rounds of a series; NULL: none. hint: where to look first, as sessions of one
 * profile have their series in the same places.
 */
const struct nb_series_rounds *nb_record_find(const struct nb_record *record,
					      const struct nb_series *series, size_t hint);
/* Nanoseconds of one "ns", "us", "ms" or "s"; 0 for what is no unit of time. */
double nb_record_nanoseconds(const char *unit);

#endif
