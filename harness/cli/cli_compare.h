/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CLI_COMPARE_H
#define NB_CLI_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/baseline.h"
#include "nestbench/compare.h"
#include "nestbench/compare_report.h"
#include "nestbench/digest.h"

#include "cli_private.h"

/* What the verbs that judge share: compare, baseline, history, selftest. */

/* Exit statuses that only --fail-on asks for (DESIGN section 3). */
enum { NB_EXIT_REGRESSED = 1, NB_EXIT_UNDECIDED = 4 };

/* Sessions that a word of the command line stands for, and a specification where it names one. */
struct nb_cli_side {
	const char *asked;
	struct nb_digest *sessions; /* owned */
	size_t count;
	bool stored;		 /* all of them are in the own database */
	char provenance[512];	 /* of a saved baseline; "" for other sessions */
	bool specified;		 /* there is a specification */
	struct nb_baseline spec; /* owned */
};

/*
 * Loads what asked stands for: "latest", a session id, "label:K=V", "baseline:NAME" (saved in the
 * database, built in, or both) or a file (.json or .db). path: the own database, which need not
 * exist where it is not needed. Returns an exit status, after saying what is wrong where it is not
 * 0. Free with nb_cli_side_free() in any case.
 */
int nb_cli_side_load(const struct nb_cli_verb *verb, const char *path, const char *asked,
		     struct nb_cli_side *side);
void nb_cli_side_free(struct nb_cli_side *side);
struct nb_compare_group nb_cli_side_group(const struct nb_cli_side *side);

/*
 * compare_files.c: a session that export wrote, a set that "baseline export" wrote, or a
 * specification (results/README.md).
 */
enum nb_cli_document { NB_CLI_SESSION, NB_CLI_SET, NB_CLI_SPEC };
struct nb_cli_records {
	enum nb_cli_document kind;
	struct nb_record *records; /* of a session or a set; owned */
	size_t count;
	char name[80], provenance[512]; /* of a set */
	struct nb_baseline spec;	/* of a specification; owned */
};
int nb_cli_read_records(const char *path, struct nb_cli_records *records, struct nb_error *error);
void nb_cli_records_free(struct nb_cli_records *records);
/* A session's id or "latest" is no file, unless it is written as one: "./latest". */
bool nb_cli_is_file(const char *asked);
/*
 * Calls each with every session of a database of its own, the oldest first, until one fails. limit:
 * with more sessions it is refused by nb_view_limit().
 */
typedef int (*nb_cli_visitor)(void *context, struct nb_store *store, const char *id,
			      struct nb_error *error);
int nb_cli_visit_database(const char *path, bool limit, nb_cli_visitor each, void *context,
			  struct nb_error *error);
/* True for a file that begins like a SQLite database. */
bool nb_cli_is_database(const char *path);

/* compare_margin.c; false after printing what is wrong. */
bool nb_cli_percent(const struct nb_cli_verb *verb, const char *option, const char *text,
		    double *part);
/* "regressed,inconclusive": bits 1 << enum nb_verdict. */
bool nb_cli_fail_on(const struct nb_cli_verb *verb, const struct nb_cli_list *list,
		    const enum nb_verdict *allowed, size_t count, unsigned *bits);

/* compare_verdicts.c: keeps them in the database at path, where that can be written. */
void nb_cli_store_verdicts(const struct nb_cli_verb *verb, const char *path,
			   const struct nb_compare_report *report);

/*
 * compare_spec.c: prints sessions against a specification; measured: the sessions saved by its
 * name, if there are any, against them. Returns an exit status.
 */
struct nb_cli_against {
	const struct nb_cli_verb *verb;
	const struct nb_baseline *spec;
	bool json, all;
};
int nb_cli_compare_spec(const struct nb_cli_against *against,
			const struct nb_compare_report *measured);

#endif
