/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TAX_H
#define NB_TAX_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/error.h"
#include "nestbench/record.h"

/*
 * The nesting tax: what one operation takes in user mode of this system, in a guest of it, and in
 * that guest's own guest (nested.*), side by side; and which features of the layer below explain
 * it.
 *
 *	struct nb_tax *tax;
 *
 *	nb_tax_make(records, count, true, &tax, &error);
 *	free(tax);
 */

enum nb_tax_place { NB_TAX_USER, NB_TAX_GUEST, NB_TAX_NESTED, NB_TAX_PLACES };
enum { NB_TAX_ROWS = 16, NB_TAX_FEATURES = 8 };

struct nb_tax_cell {
	struct nb_series series;   /* benchmark "": the operation is not measured at this level */
	size_t sessions;	   /* that measured it */
	double p50;		   /* median over them, in the series' unit; NAN: not known */
	enum nb_evidence evidence; /* the worst */
};

/* From one level to the next. */
struct nb_tax_step {
	size_t sessions; /* that measured both */
	double ratio;	 /* median over them, each one's deeper p50 by its upper one; NAN */
	/*
	 * Of one session: the ends of the deeper p50's 95 % interval by the opposite ends of the
	 * upper one's, which is wider than a 95 % interval of the ratio. Of several: the least and
	 * the largest. NAN: not known.
	 */
	double low, high;
};

struct nb_tax_row {
	const char *operation; /* "CPUID" */
	const char *note;      /* in what its levels are not quite alike; "": they are */
	struct nb_tax_cell cells[NB_TAX_PLACES];
	struct nb_tax_step steps[NB_TAX_PLACES - 1]; /* guest by user, nested by guest */
};

enum nb_tax_state {
	NB_TAX_UNKNOWN,
	NB_TAX_SEEN,
	NB_TAX_UNSEEN,
	NB_TAX_MIXED /* sessions differ */
};

struct nb_tax_feature {
	const char *name; /* "VMCS shadowing" */
	enum nb_tax_state state;
};

struct nb_tax {
	int level;	 /* of the system: that of user mode; NB_LEVEL_UNKNOWN */
	size_t sessions; /* that count */
	struct nb_tax_row rows[NB_TAX_ROWS];
	size_t count; /* rows that were measured at two levels or more */
	/* Of this machine's vendor; of all where that is not known. */
	struct nb_tax_feature features[NB_TAX_FEATURES];
	size_t feature_count;
};

/*
 * The tax of sessions of one system and level. *tax is NULL, and that is no fault, where none of
 * them has a nested.* series that measured something. Invalid sessions are passed over unless
 * include_invalid. The caller frees *tax.
 */
int nb_tax_make(const struct nb_record *const *records, size_t count, bool include_invalid,
		struct nb_tax **tax, struct nb_error *error);

/* "seen: nested paging, VMCS shadowing; not seen: APICv; not known: enlightened VMCS" */
void nb_tax_explain(const struct nb_tax *tax, char *text, size_t size);

/* "L2"; the vantage ("user", "guest") or "nested" where levels are not known. */
void nb_tax_place_name(const struct nb_tax *tax, enum nb_tax_place place, char *text, size_t size);
/* Some row has a time there: a column is worth its room. */
bool nb_tax_has(const struct nb_tax *tax, enum nb_tax_place place);
/* The time is not what its name says, as far as is known: to be marked. */
bool nb_tax_doubtful(const struct nb_tax_cell *cell);

#endif
