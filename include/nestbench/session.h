/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_SESSION_H
#define NB_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/base.h"
#include "nestbench/machine.h"
#include "nestbench/target.h"

/* What is true of all rounds of one run. A number that is not known is -1. */

enum { NB_LABEL_MAX = 32 };

struct nb_label {
	char key[32];
	char value[96];
};

struct nb_session {
	char id[NB_ULID_SIZE];
	char started[NB_TIMESTAMP_SIZE];
	char version[16]; /* of nestbench */
	char profile[12]; /* quick, standard, thorough */
	uint64_t seed;
	int level;	   /* of this operating system; nb_record_level() says that of a series */
	int cpu;	   /* that rounds were pinned to */
	bool fifo, locked; /* SCHED_FIFO and mlockall were granted */
	bool partial;	   /* ended before its plan was done */
	struct nb_label labels[NB_LABEL_MAX];
	size_t label_count;
	struct nb_target targets[NB_TARGET_MAX]; /* what io.* measured, each name once */
	size_t target_count;
	struct nb_machine machine;
};

#endif
