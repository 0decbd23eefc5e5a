/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BUNDLE_CLAIMS_H
#define NB_BUNDLE_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "nestbench/bundle.h"

/* verdicts.json: what it says, and what is made of it. */

#define NB_BUNDLE_VERDICTS "verdicts.json"
#define NB_BUNDLE_SCHEMA   "nestbench-verdicts/1"

/*
 * Limits of what is computed for a stranger. Sessions of nestbench have some hundred series; the
 * draws of a tail are 9 999 permutations and 2 000 replicates.
 */
enum {
	NB_BUNDLE_BASE_MAX = NB_VIEW_SESSIONS_MAX,
	NB_BUNDLE_DRAWS_MAX = 100000,
	NB_BUNDLE_MARGINS_MAX = 256,
	NB_BUNDLE_ASKED_MAX = 64,
	NB_BUNDLE_SERIES_MAX = 2000, /* different ones, of all sessions */
	NB_BUNDLE_TEXT_MAX = 4096,
};
#define NB_BUNDLE_VERDICTS_MAX (UINT64_C(16) << 20) /* bytes of verdicts.json */
#define NB_BUNDLE_LOOKS_MAX    5e8		    /* for a series in a session */
#define NB_BUNDLE_WORK_MAX     4e9		    /* draws times sessions times series */

/* What verdicts.json says, but for the verdicts themselves. */
struct nb_bundle_claims {
	json_t *root; /* owns all texts */
	const char *version;
	struct nb_compare_options options;
	struct nb_compare_margin *margins;
	const char **asked;
	bool has_base;
	const char *base, *provenance;
	const char *figures; /* NULL: the base is sessions */
	const char *base_ids[NB_BUNDLE_BASE_MAX];
	size_t base_count;
	const char *ids[NB_VIEW_SESSIONS_MAX]; /* of all groups, in their order */
	size_t count;
};
int nb_bundle_claims_read(const struct nb_bundle_file *file, struct nb_bundle_claims *claims,
			  struct nb_error *error);
void nb_bundle_claims_free(struct nb_bundle_claims *claims); /* safe on zeroes and twice */
/* False where a reader would refuse to compute by them; text says why. */
bool nb_bundle_options_fit(const struct nb_compare_options *options, const char **why);
/* "azure-d4s-v5" of "baseline:azure-d4s-v5"; NULL: it names no file. */
const char *nb_bundle_figures_name(const char *base);

/*
 * claims_get.c: getters that check type and range. After the first fault they do nothing, so that
 * a reader can be written without a test behind each line. where: "options.", before each name.
 */
struct nb_bundle_in {
	struct nb_error *error;
	int status;
	const char *where;
};
void nb_bundle_in_fault(struct nb_bundle_in *in, const char *name, const char *what);
json_t *nb_bundle_in_member(struct nb_bundle_in *in, const json_t *object, const char *name,
			    json_type type);
/* Plain text of less than size bytes; "" after a fault. */
const char *nb_bundle_in_text(struct nb_bundle_in *in, const json_t *object, const char *name,
			      size_t size);
double nb_bundle_in_number(struct nb_bundle_in *in, const json_t *object, const char *name);
unsigned nb_bundle_in_count(struct nb_bundle_in *in, const json_t *object, const char *name);
bool nb_bundle_in_flag(struct nb_bundle_in *in, const json_t *object, const char *name);
/* Adds the list's session ids to ids[max]: ULIDs, each once. */
void nb_bundle_in_ids(struct nb_bundle_in *in, const json_t *object, const char **ids,
		      size_t *count, size_t max);

/* verdicts.c: verdicts.json as text, of a nestbench of that version. */
int nb_bundle_verdicts_of(const struct nb_view *view, const char *version, char **text,
			  size_t *size, struct nb_error *error);

/* load.c: the sessions and figures that a bundle's verdicts stand on. */
struct nb_bundle_data {
	struct nb_record *records; /* of all groups */
	size_t count;
	struct nb_digest *base;
	size_t base_count;
	struct nb_baseline figures;
};
int nb_bundle_load(const struct nb_bundle_files *files, const struct nb_bundle_claims *claims,
		   struct nb_bundle_data *data, struct nb_error *error);
void nb_bundle_data_free(struct nb_bundle_data *data); /* safe on zeroes and twice */

/*
 * difference.c: -EBADMSG with the first number or word in which claimed is not what is due, and
 * where all are the same. 0: some numbers differ behind their ninth digit, and nothing else does.
 */
int nb_bundle_difference(json_t *claimed, json_t *due, struct nb_error *error);

#endif
