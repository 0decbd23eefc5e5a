/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/digest.h"

/* These words are stored in files and printed: they never change once released. */

const char *nb_record_outcome_name(enum nb_outcome outcome)
{
	static const char *const names[] = {
		[NB_OK] = "ok",
		[NB_SKIP] = "skip",
		[NB_ERROR] = "error",
	};

	assert(outcome <= NB_ERROR);
	return names[outcome];
}

const char *nb_record_vantage_name(enum nb_vantage vantage)
{
	assert(vantage == NB_USER || vantage == NB_GUEST);
	return vantage == NB_GUEST ? "guest" : "user";
}

const char *nb_record_clock_name(enum nb_clock clock)
{
	assert(clock == NB_CLOCK_HOST || clock == NB_CLOCK_GUEST_TSC);
	return clock == NB_CLOCK_GUEST_TSC ? "guest-tsc" : "host";
}

const char *nb_record_evidence_name(enum nb_evidence evidence)
{
	static const char *const names[] = {
		[NB_VERIFIED] = "verified",
		[NB_EMULATED] = "emulated",
		[NB_UNVERIFIED] = "unverified",
		[NB_UNAVAILABLE] = "unavailable",
	};

	assert(evidence <= NB_UNAVAILABLE);
	return names[evidence];
}

const char *nb_record_tag_name(uint32_t tag)
{
	static const struct {
		uint32_t tag;
		const char *name;
	} names[] = {
		{ NB_TAG_STEAL, "steal" },
		{ NB_TAG_SWITCHES, "switches" },
		{ NB_TAG_MIGRATION, "migration" },
		{ NB_TAG_CLOCKSOURCE, "clocksource" },
		{ NB_TAG_TSC, "tsc" },
		{ NB_TAG_STALL, "stall" },
		{ NB_TAG_SWAP, "swap" },
		{ NB_TAG_PSI, "psi" },
		{ NB_TAG_CANARY, "canary" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].tag == tag)
			return names[i].name;
	return NULL;
}

bool nb_record_same_series(const struct nb_series *a, const struct nb_series *b)
{
	return a->vantage == b->vantage && strcmp(a->benchmark, b->benchmark) == 0 &&
	       strcmp(a->params, b->params) == 0 && strcmp(a->metric, b->metric) == 0;
}

const struct nb_series_rounds *nb_record_find(const struct nb_record *record,
					      const struct nb_series *series, size_t hint)
{
	if (hint < record->count && nb_record_same_series(&record->series[hint].series, series))
		return &record->series[hint];
	for (size_t i = 0; i < record->count; i++)
		if (nb_record_same_series(&record->series[i].series, series))
			return &record->series[i];
	return NULL;
}

void nb_record_series_name(char *text, size_t size, const struct nb_series *series)
{
	snprintf(text, size, "%s%s%s", series->benchmark, series->params[0] ? " " : "",
		 series->params);
}
