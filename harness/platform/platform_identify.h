/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_IDENTIFY_H
#define NB_PLATFORM_IDENTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/finding.h"
#include "nestbench/identity.h"
#include "nestbench/machine.h"
#include "nestbench/world.h"

#include "platform_leaves.h"

/*
 * The parts of nb_identify(): witnesses are heard, each for itself (identify_cpuid.c,
 * identify_dmi.c), a table of rules judges which one to believe (identify_judge.c), and the rest
 * adds findings.
 */

enum {
	NB_PLATFORM_PROBE_SIZE = 4096,
	NB_PLATFORM_VALUE_SIZE = 96,
};

/* What the CPU says. */
struct nb_platform_cpuid_witness {
	bool known;  /* leaf 1 was answered */
	bool vm;     /* hypervisor bit */
	bool hyperv; /* leaf 0x40000001 has Hyper-V's interface, whoever made it */
	bool root;   /* Hyper-V lets it create partitions: it is the root partition, not a VM */
	bool nested; /* Hyper-V says it runs in a VM of Hyper-V itself */
	char first[NB_PLATFORM_SIGNATURE_SIZE];	 /* of leaf 0x40000000 */
	char second[NB_PLATFORM_SIGNATURE_SIZE]; /* of leaf 0x40000100, if it is KVM's or Xen's */
	uint32_t first_max, second_max;		 /* the highest leaf of either range */
	/* What the signatures name; UNKNOWN where there is none or it is not known. */
	enum nb_hypervisor first_kind, second_kind;
};

/* What the firmware says, and what its words mean. */
struct nb_platform_dmi_witness {
	bool present; /* containers and WSL have none, which means nothing */
	bool metal;   /* a cloud's size that is a whole machine */
	/* UNKNOWN: no maker of VMs is named. KVM stands for QEMU whatever its accelerator. */
	enum nb_hypervisor kind;
	const char *product; /* "Nutanix AHV"; NULL where kind says it all */
	const char *slug;    /* of the product; NULL likewise */
	const char *field;   /* which told it: "sys_vendor" */
	char text[NB_PLATFORM_VALUE_SIZE];
};

/* What came of trying something out. */
struct nb_platform_tried {
	bool asked; /* the user wanted it tried */
	bool done;  /* status=ok */
	char text[NB_PLATFORM_PROBE_SIZE];
};

/* What those who identify hand on to each other. */
struct nb_platform_scene {
	const struct nb_world *world;
	const struct nb_machine *machine;
	struct nb_identity *identity;
	struct nb_findings *findings;
	struct nb_platform_cpuid_witness cpuid;
	struct nb_platform_dmi_witness dmi;
	bool xen_kernel; /* the kernel knows that it runs on Xen: also a PV guest without leaves */
	struct nb_platform_tried imds, vmware;
	const char *product; /* more than the hypervisor's name: "ESXi"; NULL: nothing more */
	const char *product_slug;
	const char *why; /* the rule that decided */
};

/* The leaf, unless it lies above max; false and zeroes where there is none. */
bool nb_platform_cpuid_leaf(const struct nb_world *world, uint32_t leaf, uint32_t max,
			    struct nb_cpuid *registers);
void nb_platform_hear_cpuid(const struct nb_world *world,
			    struct nb_platform_cpuid_witness *witness);
void nb_platform_hear_dmi(const struct nb_world *world, struct nb_platform_dmi_witness *witness);

/* Fills hypervisor, hidden and conflict of the identity, and the scene's why. */
void nb_platform_judge(struct nb_platform_scene *scene);

/* Fills level; needs everything else. */
void nb_platform_add_level(struct nb_platform_scene *scene);

/* Findings, in the order in which they are printed; some fill the identity too. */
void nb_platform_add_hypervisor(struct nb_platform_scene *scene);
void nb_platform_add_hypervisor_leaves(struct nb_platform_scene *scene);
void nb_platform_add_hyperv(struct nb_platform_scene *scene); /* called by the former */
void nb_platform_add_cloud(struct nb_platform_scene *scene);
void nb_platform_add_vmware(struct nb_platform_scene *scene);
void nb_platform_add_hardware(struct nb_platform_scene *scene);
void nb_platform_add_system(struct nb_platform_scene *scene);
void nb_platform_add_wsl(struct nb_platform_scene *scene);

/* Adds a finding of NB_SECTION_MACHINE with one text; "unknown" where it is "". */
struct nb_finding *nb_platform_add_text(struct nb_platform_scene *scene, const char *key,
					const char *label, const char *text);

/* A name for one bit of a register. */
struct nb_platform_bit {
	uint8_t bit;
	const char *name;
};

/* "name, name, bit 7", with the names of the set bits of word; "none" for 0. */
void nb_platform_bits_text(uint32_t word, const struct nb_platform_bit *bits, size_t count,
			   char *text, size_t size);

/* Finds out scene->product and product_slug, once it is known which hypervisor this is. */
void nb_platform_find_product(struct nb_platform_scene *scene);

/* Names the hypervisor, or the product where more is known: "KVM (Nutanix AHV)". */
void nb_platform_hypervisor_text(const struct nb_platform_scene *scene, char *text, size_t size);

#endif
