/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_DOCTOR_SUPPORT_H
#define NB_DOCTOR_SUPPORT_H

#include "nestbench/base.h"
#include "nestbench/doctor.h"

/* The support table while it is open: rows whose texts live in the JSON they were read from. */

struct support_entry {
	struct nb_support_row row;
	/*
	 * Slugs that this row answers for as well, once it matches: whoever runs a VM in Azure is
	 * not helped by the switch of a Hyper-V host. NULL ends the list.
	 */
	const char *instead_of[NB_SUPPORT_MATCHES];
};

struct nb_support_table {
	void *tree; /* json_t, which only the reader knows */
	struct support_entry *entries;
	size_t count;
};

/* harness/doctor/platforms.json */
extern const struct nb_embedded nb_support_files[];

#endif
