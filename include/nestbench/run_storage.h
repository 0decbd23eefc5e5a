/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_RUN_STORAGE_H
#define NB_RUN_STORAGE_H

#include <stddef.h>
#include <stdint.h>

#include "nestbench/run.h"
#include "nestbench/target.h"

/*
 * Where the io.* benchmarks of a session write. The catalogue names the targets; nothing is
 * written before nb_run_prepare().
 */

struct nb_run_storage_options {
	/* Folders beside the working directory and WSL's drives: "PATH" or "NAME=PATH". */
	const char *const *paths;
	size_t path_count;
	double rate; /* I/Os per second at most; 0: as fast as it goes */
	/* Without a pattern nothing is written: io.* runs where it is asked for, or this is set. */
	bool unasked;
};

/* What a session would write to one target, for --dry-run. */
struct nb_run_place {
	const struct nb_target *target;
	uint64_t file_bytes; /* the data file */
	uint64_t bytes;	     /* all in all, at most */
	size_t series;
};
/* The targets that chosen series have; at most NB_TARGET_MAX. Returns how many. */
size_t nb_run_places(const struct nb_run_options *options, const struct nb_run_catalogue *catalogue,
		     struct nb_run_place places[NB_TARGET_MAX]);

/*
 * Makes a workspace in each target of a series that can run, adds the mode of direct I/O that was
 * reached and the engine to the series' parameters, and lists the targets in the session. A target
 * where that fails makes its series unable to run, with the reason.
 */
void nb_run_prepare(struct nb_run_catalogue *catalogue, struct nb_session *session);
/* Why threads keep queues full, where a series has one; NULL: by io_uring, or there is none. */
const char *nb_run_no_uring(const struct nb_run_catalogue *catalogue);
/* Removes the workspaces; what could not be removed is in the error. */
int nb_run_clean_up(struct nb_run_catalogue *catalogue, struct nb_error *error);

#endif
