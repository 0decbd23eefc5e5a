/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_ARCHIVE_H
#define NB_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/error.h"
#include "nestbench/record.h"
#include "nestbench/store.h"
#include "nestbench/timeline.h"

/*
 * What the store keeps beside the sessions, and series over all of them. Nothing here reads a
 * histogram. Lists are in order of time; the caller frees them, with free() where no other way is
 * told. Errors are those of nestbench/store.h.
 */

/*
 * The series whose "benchmark", or "benchmark params" where they have some, match a shell glob of
 * patterns; all of them if pattern_count is 0. -ENOENT: a pattern that matches none, with the
 * nearest name. Free with nb_store_free_timeline().
 */
int nb_store_history(struct nb_store *store, const char *const *patterns, size_t pattern_count,
		     struct nb_timeline *timeline, struct nb_error *error);
void nb_store_free_timeline(struct nb_timeline *timeline); /* safe on zeroes and twice */

/* One session without its series, by its whole id. */
int nb_store_session(struct nb_store *store, const char *id, struct nb_session *session,
		     struct nb_error *error);

/* What nb_store_history() would find, in its order. */
struct nb_store_series {
	struct nb_series series;
	long sessions;
};
int nb_store_series_list(struct nb_store *store, struct nb_store_series **series, size_t *count,
			 struct nb_error *error);

enum { NB_STORE_NAME_SIZE = 65, NB_STORE_TEXT_SIZE = 501 };

/*
 * A baseline is a set of sessions under a name ([a-z0-9][a-z0-9._-]{0,63}), frozen: its sessions
 * are neither removed nor replaced, and must have ended (-EINVAL). Texts of people are one line of
 * UTF-8 without control characters, 1 to 500 bytes (-EINVAL).
 */
struct nb_store_baseline {
	char name[NB_STORE_NAME_SIZE];
	char created[NB_TIMESTAMP_SIZE];
	char provenance[NB_STORE_TEXT_SIZE];
	long sessions;
};
struct nb_store_freeze {
	const char *name, *provenance;
	const char *selector; /* of nb_store_digests() */
	bool replace;	      /* one of the same name; else that is -EEXIST */
};
/* *count: sessions that are frozen now. */
int nb_store_save_baseline(struct nb_store *store, const struct nb_store_freeze *freeze,
			   size_t *count, struct nb_error *error);
/* Sorted by name. */
int nb_store_list_baselines(struct nb_store *store, struct nb_store_baseline **baselines,
			    size_t *count, struct nb_error *error);
/* -ENOENT (these two): no such baseline, and which there are. */
int nb_store_show_baseline(struct nb_store *store, const char *name,
			   struct nb_store_entry **sessions, size_t *count, struct nb_error *error);
int nb_store_remove_baseline(struct nb_store *store, const char *name, struct nb_error *error);

struct nb_event {
	char id[NB_ULID_SIZE];
	char at[NB_TIMESTAMP_SIZE];
	char text[NB_STORE_TEXT_SIZE];
};
/*
 * at: NULL for now, or ISO 8601 like 2026-11-21, 2026-11-21T03:12 or 2026-11-21T03:12:05.123+01:00;
 * UTC where it names no offset. *event (may be NULL) is what was stored.
 */
int nb_store_add_event(struct nb_store *store, const char *at, const char *text,
		       struct nb_event *event, struct nb_error *error);
int nb_store_list_events(struct nb_store *store, struct nb_event **events, size_t *count,
			 struct nb_error *error);

/* What a comparison came to. Infinite numbers are kept as NAN. */
struct nb_store_verdict {
	struct nb_series series;
	double margin, ratio, ci_low, ci_high, p_adjusted, mde;
	bool indicative;
	char verdict[16]; /* nb_verdict_name() */
};
struct nb_store_verdicts {
	char id[NB_ULID_SIZE]; /* when adding: set by the store, as is created */
	char created[NB_TIMESTAMP_SIZE];
	char base[1024], candidate[1024]; /* as they were asked for */
	char method[256], version[16];	  /* what computed them, of which nestbench */
	uint64_t seed;
	struct nb_store_verdict *rows;
	size_t count;
};
int nb_store_add_verdicts(struct nb_store *store, const struct nb_store_verdicts *verdicts,
			  struct nb_error *error);
int nb_store_list_verdicts(struct nb_store *store, struct nb_store_verdicts **verdicts,
			   size_t *count, struct nb_error *error);
void nb_store_free_verdicts(struct nb_store_verdicts *verdicts, size_t count);

#endif
