/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FINDING_H
#define NB_FINDING_H

#include <stddef.h>

/*
 * What doctor found, as lines for a person and for JSON alike: every room that examines something
 * adds findings, the writers print them.
 */

enum nb_section {
	NB_SECTION_MACHINE,   /* what this is */
	NB_SECTION_NESTING,   /* the witnesses of whether it can nest */
	NB_SECTION_READINESS, /* what Docker Desktop and WSL 2 will make of it */
	NB_SECTION_SETTINGS,  /* what spoils measurements here */
	NB_SECTIONS,
};

enum nb_state { NB_STATE_INFO, NB_STATE_GOOD, NB_STATE_WARN, NB_STATE_BAD, NB_STATE_UNKNOWN };

enum { NB_FINDINGS_MAX = 128 };

/* Texts are one line each and of any origin: writers clean them for a terminal. */
struct nb_finding {
	enum nb_section section;
	enum nb_state state;
	char key[40];	  /* stable, for JSON: "kvm.nested" */
	char label[40];	  /* for a person: "nested" */
	char value[240];  /* "unknown" where it is not known */
	char how[280];	  /* where it was read, or why one thinks so */
	char advice[320]; /* what to type, or the command that shows it; "" for nothing */
};

struct nb_findings {
	struct nb_finding items[NB_FINDINGS_MAX];
	size_t count;
	size_t dropped; /* did not fit */
};

/*
 * Adds one and returns it for how and advice, to be filled with nb_finding_how() and
 * nb_finding_advice(); a finding that does not fit goes nowhere, but a pointer always comes back.
 * The value is printf's; one that does not fit ends in "...".
 */
struct nb_finding *nb_finding_add(struct nb_findings *findings, enum nb_section section,
				  enum nb_state state, const char *key, const char *label,
				  const char *value, ...) __attribute__((format(printf, 6, 7)));
void nb_finding_how(struct nb_finding *finding, const char *how, ...)
	__attribute__((format(printf, 2, 3)));
void nb_finding_advice(struct nb_finding *finding, const char *advice, ...)
	__attribute__((format(printf, 2, 3)));

/* NULL where there is none. */
const struct nb_finding *nb_finding_find(const struct nb_findings *findings, const char *key);

#endif
