/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform_files.h"
#include "platform_leaves.h"

/*
 * Sources: "Hypervisor Top Level Functional Specification" (Microsoft), Linux
 * Documentation/virt/kvm/x86/cpuid.rst, Xen public/arch-x86/cpuid.h, Linux
 * arch/x86/kernel/cpu/vmware.c.
 */
enum {
	FIRST_BASE = 0x40000000,
	/* KVM and Xen move their own leaves here while they pose as Hyper-V. */
	SECOND_BASE = 0x40000100,
	HYPERV_INTERFACE = 0x31237648, /* "Hv#1" */
	VERSION_SIZE = 80,
};

static const char level_word[] = " level ";

static uint32_t eax_of(const struct nb_platform_leaves *leaves, uint32_t leaf)
{
	const struct nb_platform_leaf *found = nb_platform_leaf_find(leaves, leaf);

	return found ? found->eax : 0;
}

void nb_platform_signature_text(uint32_t ebx, uint32_t ecx, uint32_t edx,
				char text[NB_PLATFORM_SIGNATURE_SIZE])
{
	size_t length = NB_PLATFORM_SIGNATURE_SIZE - 1;

	memcpy(text, &ebx, 4);
	memcpy(text + 4, &ecx, 4);
	memcpy(text + 8, &edx, 4);
	while (length > 0 && text[length - 1] == '\0')
		length--;
	text[length] = '\0';
	for (size_t i = 0; i < length; i++) {
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '?';
	}
}

/* True if the hypervisor has leaves of its own behind those of Hyper-V: it only poses as one. */
static bool poses(const struct nb_platform_leaves *leaves,
		  char signature[NB_PLATFORM_SIGNATURE_SIZE])
{
	const struct nb_platform_leaf *second = nb_platform_leaf_find(leaves, SECOND_BASE);

	if (!second || eax_of(leaves, FIRST_BASE + 1) != HYPERV_INTERFACE)
		return false;
	nb_platform_signature_text(second->ebx, second->ecx, second->edx, signature);
	return strcmp(signature, "KVMKVMKVM") == 0 || strcmp(signature, "XenVMMXenVMM") == 0;
}

static void hyperv_version(const struct nb_platform_leaves *leaves, bool real,
			   char text[VERSION_SIZE])
{
	const struct nb_platform_leaf *version = nb_platform_leaf_find(leaves, FIRST_BASE + 2);
	const struct nb_platform_leaf *hardware = nb_platform_leaf_find(leaves, FIRST_BASE + 6);
	const struct nb_platform_leaf *features = nb_platform_leaf_find(leaves, FIRST_BASE + 10);
	bool nested = eax_of(leaves, FIRST_BASE + 4) >> 12 & 1;
	uint32_t level = hardware ? hardware->eax >> 10 & 0xf : 0;
	int length = 0;

	if (version)
		length = snprintf(text, VERSION_SIZE, "%u.%u.%u", version->ebx >> 16,
				  version->ebx & 0xffff, version->eax);
	else
		length = snprintf(text, VERSION_SIZE, "version not told");
	/* "Nested in Hyper-V" beside level 0 is a contradiction: then the level is not known. */
	if (real && hardware && (level > 0 || !nested))
		length += snprintf(text + length, (size_t)(VERSION_SIZE - length), "%s%u",
				   level_word, level);
	if (real && nested)
		length += snprintf(text + length, (size_t)(VERSION_SIZE - length), " nested");
	if (features)
		snprintf(text + length, (size_t)(VERSION_SIZE - length),
			 ", nested features 0x%08" PRIx32, features->eax);
}

/*
 * VMware's leaf 0x40000010 looks like a build number and is none (EAX: the virtual TSC's kHz); its
 * ECX says which instruction makes a hypercall. The version is behind the backdoor port only.
 */
static void vmware_version(const struct nb_platform_leaves *leaves, char text[VERSION_SIZE])
{
	const struct nb_platform_leaf *leaf = nb_platform_leaf_find(leaves, FIRST_BASE + 0x10);
	uint32_t calls = leaf ? leaf->ecx & 3 : 0;
	static const char *const names[] = { "port", "vmmcall", "vmcall", "vmmcall or vmcall" };

	snprintf(text, VERSION_SIZE, "version not told, max leaf 0x%08" PRIx32 ", hypercalls by %s",
		 eax_of(leaves, FIRST_BASE), names[calls]);
}

static void other_version(const struct nb_platform_leaves *leaves, uint32_t base,
			  char text[VERSION_SIZE])
{
	const struct nb_platform_leaf *leaf = nb_platform_leaf_find(leaves, base + 1);
	int length = snprintf(text, VERSION_SIZE, "max leaf 0x%08" PRIx32, eax_of(leaves, base));

	if (leaf)
		snprintf(text + length, (size_t)(VERSION_SIZE - length),
			 ", 0x%08" PRIx32 ": %08" PRIx32 " %08" PRIx32 " %08" PRIx32 " %08" PRIx32,
			 leaf->leaf, leaf->eax, leaf->ebx, leaf->ecx, leaf->edx);
}

/* What the leaves at base tell, by the signature found there. */
static void native_version(const struct nb_platform_leaves *leaves, uint32_t base,
			   const char *signature, char text[VERSION_SIZE])
{
	const struct nb_platform_leaf *leaf = nb_platform_leaf_find(leaves, base + 1);

	if (leaf && strcmp(signature, "KVMKVMKVM") == 0)
		snprintf(text, VERSION_SIZE, "features 0x%08" PRIx32, leaf->eax);
	else if (leaf && strcmp(signature, "XenVMMXenVMM") == 0)
		snprintf(text, VERSION_SIZE, "%u.%u", leaf->eax >> 16, leaf->eax & 0xffff);
	else if (strcmp(signature, "VMwareVMware") == 0)
		vmware_version(leaves, text);
	else
		other_version(leaves, base, text);
}

void nb_platform_decode_hypervisor(const struct nb_platform_leaves *leaves,
				   struct nb_machine *machine)
{
	const struct nb_platform_leaf *features = nb_platform_leaf_find(leaves, 1);
	const struct nb_platform_leaf *first = nb_platform_leaf_find(leaves, FIRST_BASE);
	char signature[NB_PLATFORM_SIGNATURE_SIZE] = "";
	char second[NB_PLATFORM_SIGNATURE_SIZE] = "";
	char version[VERSION_SIZE] = "";
	struct nb_platform_list list;
	bool posing = poses(leaves, second);

	machine->hypervisor[0] = '\0';
	nb_platform_list_init(&list, machine->hypervisor_version,
			      sizeof(machine->hypervisor_version), "; ");
	if (!features || !(features->ecx >> 31))
		return;
	if (first)
		nb_platform_signature_text(first->ebx, first->ecx, first->edx, signature);
	/* The bit is there, so this is a VM, whoever runs it: "" would say hardware. */
	snprintf(machine->hypervisor, sizeof(machine->hypervisor), "%s",
		 signature[0] ? signature : "unknown");
	if (eax_of(leaves, FIRST_BASE + 1) == HYPERV_INTERFACE)
		hyperv_version(leaves, !posing, version);
	else
		native_version(leaves, FIRST_BASE, signature, version);
	nb_platform_list_add(&list, version);
	if (posing) {
		char whole[NB_PLATFORM_SIGNATURE_SIZE + VERSION_SIZE];

		native_version(leaves, SECOND_BASE, second, version);
		snprintf(whole, sizeof(whole), "%s %s", second, version);
		nb_platform_list_add(&list, whole);
	}
}

int nb_platform_hyperv_level(const struct nb_machine *machine)
{
	const char *found = strstr(machine->hypervisor_version, level_word);

	if (!found || strcmp(machine->hypervisor, "Microsoft Hv") != 0)
		return -1;
	return (int)strtol(found + strlen(level_word), NULL, 10);
}
