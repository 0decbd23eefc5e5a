/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_HISTORY_H
#define NB_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/base.h"
#include "nestbench/compare.h"
#include "nestbench/error.h"
#include "nestbench/record.h"
#include "nestbench/timeline.h"

/*
 * Series over time: where they change for good, by how much, and what else changed there. Sessions
 * are in order of time and known by their number 0, 1, ...; points are what series have of them.
 */

struct nb_history_point {
	size_t session; /* its number; ascending */
	double value;	/* > 0: a session's median, in the series' unit */
};

struct nb_history_series {
	struct nb_series series;
	int level;
	const struct nb_history_point *points;
	size_t count;
};

/* What a person told with "event add"; ascending by time. */
struct nb_history_event {
	char time[NB_TIMESTAMP_SIZE];
	const char *text;
};

/* Points of one series that do not count. */
struct nb_history_left_out {
	size_t disturbed;   /* of invalid sessions */
	size_t unmeasured;  /* skipped, failed, or not to be told from the empty operation */
	size_t other_batch; /* than most are timed in: another quantity */
};

struct nb_history_input {
	const struct nb_history_series *series;
	const struct nb_history_left_out *left_out; /* likewise; only the writers need it */
	size_t count;
	/* What is known of a session, until the next call; in the caller's thread only. */
	const struct nb_session *(*session)(void *context, size_t number);
	void *context;
	const struct nb_history_event *events;
	size_t event_count;
};

struct nb_history_choice {
	const struct nb_label *labels; /* a session that counts has all of them */
	size_t label_count;
	bool include_invalid;
};

/*
 * An input of what the store has: a series for each level at which it was measured. Its sessions
 * are the timeline's, which must last as long. Events are for the caller to add. Free with
 * nb_history_input_free(), which is for inputs made here only, or all zero.
 */
int nb_history_input_make(const struct nb_timeline *timeline,
			  const struct nb_history_choice *choice, struct nb_history_input *input,
			  struct nb_error *error);
void nb_history_input_free(struct nb_history_input *input);

struct nb_history_options {
	double alpha;	       /* 0.01, of the permutation test */
	double rate;	       /* 0.05: false discoveries among all changes of all series */
	unsigned permutations; /* 9999 */
	size_t segment;	       /* 3: shortest stretch between changes */
	double margin;	       /* 0.03: a smaller change is "same" */
	uint64_t seed;
	unsigned threads; /* 2; 1: none but the caller's */
};
extern const struct nb_history_options nb_history_defaults;

enum { NB_HISTORY_DIFFERENCES = 12, NB_HISTORY_DIFFERENCE_SIZE = 240 };

struct nb_history_change {
	size_t index;		 /* of the first point after the change */
	size_t before, after;	 /* numbers of the sessions around it */
	double ratio, low, high; /* after over before, 95 %; low and high may be NAN */
	double p, p_adjusted;	 /* Benjamini-Hochberg over all series */
	enum nb_verdict verdict; /* improved, regressed; same: within the margin */
	/*
	 * "kernel: 6.1.192 | 6.12.113": columns that have one value in most of the five sessions
	 * before and another in most of the five after, since the place of a change is not exact.
	 */
	char (*differences)[NB_HISTORY_DIFFERENCE_SIZE]; /* owned; NULL if there is none */
	size_t difference_count;
	size_t first_event, event_count; /* told between the two sessions */
};

/* The changes of one series, ascending. */
struct nb_history_changes {
	struct nb_history_change *changes;
	size_t count;
};

struct nb_history {
	struct nb_history_changes *series; /* one each, in the order of the input */
	size_t count;
};

/*
 * Change points of all series: E-divisive on logarithms (nb_stats_changes), adjusted over all of
 * them; what is not significant then is left out. The same input and seed give the same bits,
 * whatever the number of threads. -EINVAL: a value that is not above 0. The caller frees *history.
 */
int nb_history_find(const struct nb_history_input *input, const struct nb_history_options *options,
		    struct nb_history *history, struct nb_error *error);
void nb_history_free(struct nb_history *history); /* safe on an empty one */

#endif
