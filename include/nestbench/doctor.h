/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_DOCTOR_H
#define NB_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/error.h"
#include "nestbench/finding.h"
#include "nestbench/identity.h"
#include "nestbench/machine.h"
#include "nestbench/world.h"

/*
 * What this VM is, whether it can nest, who supports that, whether it is big enough. Looks at a
 * world and at embedded data; changes nothing, prints nothing, makes no network call of its own.
 */

/* Can a VM run inside this machine? */
enum nb_nesting_verdict {
	NB_NESTING_UNKNOWN,
	NB_NESTING_YES,
	NB_NESTING_PARTLY, /* it works; reason says what makes it slow */
	NB_NESTING_NO,
};

struct nb_nesting {
	enum nb_nesting_verdict verdict;
	char reason[280]; /* "no: the hypervisor below offers neither vmx nor svm" without the "no"
			   */
	char note[280];	  /* where the witnesses disagree; "" if they do not */
	char advice[480]; /* what to do next, as one would type it; "" for nothing */
};

/*
 * Asks three witnesses that are kept apart, with findings of NB_SECTION_NESTING for each: CPU
 * flags, the kernel module, the device (probe "kvm": keys open, api, vm, vcpu, run with the value
 * "ok" or an errno's name and a text; vmm.h says who answers).
 */
void nb_doctor_nesting(const struct nb_world *world, const struct nb_machine *machine,
		       const struct nb_identity *identity, struct nb_nesting *nesting,
		       struct nb_findings *findings);

/* Adds findings of NB_SECTION_SETTINGS: each with the command that shows it. */
void nb_doctor_settings(const struct nb_world *world, const struct nb_machine *machine,
			struct nb_findings *findings);

/* The support table (harness/doctor/platforms.json), every cell with its source. */
struct nb_support_cell {
	const char *text; /* "" where the row has none; "unknown" where nobody has said */
	const char *source_title, *source_address, *date;
};

enum { NB_SUPPORT_COMMANDS = 8, NB_SUPPORT_MATCHES = 8 };

struct nb_support_row {
	const char *id, *name;
	const char *match[NB_SUPPORT_MATCHES]; /* slugs of struct nb_identity; NULL ends the list */
	struct nb_support_cell nesting, support, conditions, enable, limits, alternative;
	const char *commands[NB_SUPPORT_COMMANDS]; /* the switch, as one would type it; NULL ends */
};

struct nb_support_table;

/* -EBADMSG where the text is no support table: it is embedded, so only a test sees that. */
int nb_support_load(struct nb_support_table **table, const char *text, size_t size,
		    struct nb_error *error);
/* The embedded one. */
int nb_support_open(struct nb_support_table **table, struct nb_error *error);
void nb_support_close(struct nb_support_table *table); /* NULL is fine */
size_t nb_support_count(const struct nb_support_table *table);
const struct nb_support_row *nb_support_row(const struct nb_support_table *table, size_t index);
/* By id or by a unique part of its name, without regard to case; NULL: none or several. */
const struct nb_support_row *nb_support_find(const struct nb_support_table *table,
					     const char *name);
/* Rows that match the identity, the most specific first; returns how many (at most max). */
size_t nb_support_match(const struct nb_support_table *table, const struct nb_identity *identity,
			const struct nb_support_row **rows, size_t max);

#endif
