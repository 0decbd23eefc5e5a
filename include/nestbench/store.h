/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_STORE_H
#define NB_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/digest.h"
#include "nestbench/error.h"
#include "nestbench/record.h"

/*
 * Sessions kept in one SQLite file. A round is one transaction: killed at any moment, a finished
 * round is in the file and a half one is not. Errors: -EACCES, -EROFS, -ENOSPC, -EBUSY (another
 * nestbench writes), -EBADMSG (not a nestbench database, or corrupt), -ENOTSUP (written by a newer
 * nestbench), -ENOENT (no such file when reading, no such session), -EEXIST (this session or round
 * is there already), -EINVAL (a value that no measurement has), -EIO; ENOTDIR, ENAMETOOLONG and
 * ENOMEM as the system says. A file that is refused is left byte for byte as it was. What is kept
 * beside the sessions, and how they went over time: nestbench/archive.h.
 */
struct nb_store;

enum nb_store_mode {
	NB_STORE_READ,	/* must exist; never written */
	NB_STORE_WRITE, /* created with its folder where absent; an older one is upgraded in place
			 * after a copy to FILE.bak-vN */
};

int nb_store_open(struct nb_store **store, const char *path, enum nb_store_mode mode,
		  struct nb_error *error);
void nb_store_close(struct nb_store *store); /* NULL is fine */

/* Starts a session; it counts as partial until nb_store_end_session(). */
int nb_store_begin_session(struct nb_store *store, const struct nb_session *session,
			   struct nb_error *error);
/* ordinal: the series' place in report order. -EINVAL: the session has ended. */
int nb_store_add_round(struct nb_store *store, const char *session_id,
		       const struct nb_series *series, int ordinal, const struct nb_round *round,
		       struct nb_error *error);
/* Sums the session up, too, for digests and history. */
int nb_store_end_session(struct nb_store *store, const char *session_id, bool partial, bool valid,
			 struct nb_error *error);

/*
 * One session whole. selector: NULL or "latest", a session id, or a unique beginning of one of at
 * least four characters (-EEXIST: several match). The caller frees *record.
 */
int nb_store_load(struct nb_store *store, const char *selector, struct nb_record *record,
		  struct nb_error *error);

/*
 * Sessions without their distributions, in order of time, from plain columns alone: equal to
 * nb_digest_make() of the loaded records. selector: as above, or ids with commas between;
 * "label:K=V", all sessions that carry this label; "baseline:NAME", a set that was frozen in this
 * database. Sessions that have not ended (they run, or were killed) are left out unless their id is
 * given. -ENOENT: none, and what there is; -EINVAL: "label:" without K=V. *count is at least 1.
 * Free with nb_store_free_digests().
 */
int nb_store_digests(struct nb_store *store, const char *selector, struct nb_digest **digests,
		     size_t *count, struct nb_error *error);
void nb_store_free_digests(struct nb_digest *digests, size_t count);

/* One line a session, newest first; the caller frees *sessions. */
struct nb_store_entry {
	struct nb_session session;
	bool valid;
	long series, rounds;
};
int nb_store_list(struct nb_store *store, struct nb_store_entry **sessions, size_t *count,
		  struct nb_error *error);

/*
 * Adds a whole session in one transaction; *added is false where its id is there already. A copy
 * that was taken before the session was whole is replaced, and counts as added.
 */
int nb_store_import(struct nb_store *store, const struct nb_record *record, bool *added,
		    struct nb_error *error);

/*
 * Adds every session of another database that this one lacks, with their numbers in *added and
 * *known, then its events and baselines. -EEXIST, and nothing is added: a baseline of the same name
 * has other sessions there.
 */
int nb_store_merge(struct nb_store *store, const char *path, size_t *added, size_t *known,
		   struct nb_error *error);

#endif
