/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TIMELINE_H
#define NB_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/base.h"
#include "nestbench/record.h"

/*
 * Series over sessions: plain data, which the store fills (nestbench/archive.h). It holds every
 * session that ended, partial and invalid ones included and marked as such, oldest first; each
 * series has its points in the same order.
 */
struct nb_timeline_session {
	char id[NB_ULID_SIZE];
	char started[NB_TIMESTAMP_SIZE];
	char version[16], profile[12];
	int level;
	bool partial, valid;
	size_t machine;		       /* of timeline.machines */
	const struct nb_label *labels; /* of timeline.labels */
	size_t label_count;
};

struct nb_timeline_point {
	size_t session; /* of timeline.sessions */
	int level;	/* of the measured code */
	enum nb_outcome outcome;
	enum nb_evidence evidence;
	int64_t rounds, tagged_rounds, batch; /* these and the next as in struct nb_digest_row */
	double ci_low, ci_high, p99;
};

struct nb_timeline_series {
	struct nb_series series;
	double *p50; /* of each point; NAN: none */
	struct nb_timeline_point *points;
	size_t count;
};

struct nb_timeline {
	struct nb_timeline_session *sessions;
	size_t session_count;
	struct nb_machine *machines; /* that differ in more than their boot_id, which is "" here */
	size_t machine_count;
	struct nb_label *labels;
	struct nb_timeline_series *series; /* by benchmark, vantage and parameters */
	size_t count;
};

#endif
