/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_IDENTITY_H
#define NB_IDENTITY_H

#include <stdbool.h>

#include "nestbench/finding.h"
#include "nestbench/machine.h"
#include "nestbench/world.h"

/*
 * Which platform this is, from more than one witness: the hypervisor's CPUID leaves, DMI, files of
 * the kernel. Where witnesses disagree the finding says so, and which one was believed and why.
 */

enum nb_hypervisor {
	NB_HYPERVISOR_UNKNOWN, /* a VM of an unknown kind, or nothing told at all */
	NB_HYPERVISOR_NONE,    /* hardware */
	NB_HYPERVISOR_KVM,
	NB_HYPERVISOR_HYPERV,
	NB_HYPERVISOR_VMWARE,
	NB_HYPERVISOR_XEN,
	NB_HYPERVISOR_VIRTUALBOX,
	NB_HYPERVISOR_PARALLELS,
	NB_HYPERVISOR_BHYVE,
	NB_HYPERVISOR_TCG, /* QEMU's emulator */
	NB_HYPERVISOR_BOCHS,
	NB_HYPERVISOR_ACRN,
	NB_HYPERVISOR_QNX,
	NB_HYPERVISOR_APPLE,
};

enum { NB_IDENTITY_SLUGS = 8, NB_IDENTITY_SLUG_SIZE = 24 };

struct nb_identity {
	enum nb_hypervisor hypervisor;
	bool hidden;   /* it hides the CPUID bit, DMI gave it away */
	bool conflict; /* witnesses disagree */
	/*
	 * Names for the support table, the most specific first: "wsl2", "azure", "nutanix-ahv",
	 * "esxi", "vmware", "hyper-v", ... ("" ends the list).
	 */
	char slugs[NB_IDENTITY_SLUGS][NB_IDENTITY_SLUG_SIZE];
	char size[48];	   /* cloud size where it is told: "Standard_D4s_v5" */
	char security[32]; /* "TrustedLaunch", "Standard", ... as Azure's metadata say; "" unknown
			    */
	int wsl;	   /* 0, 1, 2 */
	int level;	   /* -1: unknown */
	/* Hyper-V's own words on nesting below us: CPUID 0x4000000A */
	bool enlightened_vmcs, enlightened_msr_bitmap;
};

/* "kvm", "hyper-v", "vmware", ... : its slug. */
const char *nb_hypervisor_slug(enum nb_hypervisor hypervisor);
/* "KVM", "Microsoft Hyper-V", ...: its name for a person. */
const char *nb_hypervisor_name(enum nb_hypervisor hypervisor);

/*
 * Fills *identity and adds findings of NB_SECTION_MACHINE, in the order a person reads them. Asks
 * the world's probes "imds" and "vmware", which are there only where the user asked for them.
 * machine: what nb_platform_read() read from the same world.
 */
void nb_identify(const struct nb_world *world, const struct nb_machine *machine,
		 struct nb_identity *identity, struct nb_findings *findings);

/* The nesting level alone, as nb_identify() infers it; -1: unknown. */
int nb_identity_level(const struct nb_world *world, const struct nb_machine *machine);

#endif
