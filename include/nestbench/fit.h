/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FIT_H
#define NB_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/baseline.h"
#include "nestbench/doctor.h"
#include "nestbench/finding.h"
#include "nestbench/machine.h"

/* Is this VM as big as that one, and quick enough for Docker Desktop? */

/*
 * A kernel counts less memory than its VM was given, by up to this part: firmware, its own image
 * and tables of pages are gone, and a reserve for crash dumps. A VM of 16 GiB in Azure shows about
 * 15.6.
 */
#define NB_FIT_MEMORY_TOLERANCE 0.06

enum nb_fit { NB_FIT_UNKNOWN, NB_FIT_MEETS, NB_FIT_BELOW };

/* What is known of this VM; -1 or NAN where it is not. */
struct nb_size {
	int64_t threads, cores;
	int64_t memory_bytes; /* as the kernel counts it: below what the VM was given */
	int64_t disk_free_bytes, disk_total_bytes;
	double disk_read_iops, disk_write_iops, disk_mb_s; /* measured, of a stored session */
	bool disk_documented; /* these three are not: nb_size_document() */
	enum nb_nesting_verdict nesting;
	bool wsl; /* seen from WSL 2, whose memory and disk are not the VM's: they are -1 */
};

struct nb_fit_row {
	const char *metric; /* "vcpus" */
	char label[32];	    /* "vCPUs" */
	char wanted[48];    /* "4" */
	char have[96];	    /* "2 (1 core x 2 threads)", "unknown" */
	enum nb_fit fit;
	char note[160];			/* "6 % less: the kernel keeps some"; "" for nothing */
	bool counted;			/* it has a part in the verdict; else it is only shown */
	const struct nb_figure *figure; /* NULL: the baseline says nothing of it */
};

enum { NB_FIT_ROWS = 16 };

struct nb_fit_table {
	struct nb_fit_row rows[NB_FIT_ROWS];
	size_t count;
	/* "this specification or above": BELOW if any counted row is, else UNKNOWN if any */
	enum nb_fit verdict;
	char summary[360]; /* "below: needs 2 more vCPUs, 8 GiB more memory" */
};

/* Reads threads and cores out of machine->topology; the probe "space" tells the disk. */
void nb_size_read(const struct nb_world *world, const struct nb_machine *machine,
		  const struct nb_nesting *nesting, struct nb_size *size);

/*
 * Fills in what the documents of a cloud's size ("Standard_D4s_v5") say of its disk, where nothing
 * is measured and there is a baseline of that size.
 */
void nb_size_document(const char *cloud_size, struct nb_size *size);

void nb_fit(const struct nb_baseline *baseline, const struct nb_size *size,
	    struct nb_fit_table *table);

/* How long things take that Docker Desktop and WSL 2 wait for; NAN where not measured. */
struct nb_pace {
	double vm_boot_ms; /* opening /dev/kvm to our microguest's first answer */
	double exit_ns;	   /* one exit to the hypervisor and back: exit.cpuid's median */
};

/*
 * Adds findings of NB_SECTION_READINESS: likely fine, at risk or unknown against Docker Desktop's
 * and WSL's time limits (kernel boot 30 s, distribution start 60 s, mounting a disk 5 s) and needs
 * of memory, with the reasoning.
 */
void nb_doctor_readiness(const struct nb_machine *machine, const struct nb_identity *identity,
			 const struct nb_nesting *nesting, const struct nb_pace *pace,
			 struct nb_findings *findings);

#endif
