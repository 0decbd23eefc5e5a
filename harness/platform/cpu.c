/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <libcpuid/libcpuid.h>

#include "nestbench/base.h"

#include "platform_files.h"
#include "platform_leaves.h"
#include "platform_parts.h"

/* Vendors pad the brand with blanks on either side and in the middle. */
static void squeeze(char *text)
{
	size_t length = 0;

	nb_platform_clean(text);
	for (size_t i = 0; text[i]; i++) {
		if (text[i] != ' ' || text[i + 1] != ' ')
			text[length++] = text[i];
	}
	text[length] = '\0';
}

enum { REGISTERS = 4 };

/* The highest leaves that libcpuid gets to see. */
enum { BASIC_LAST = 1, EXTENDED_LAST = 4 };

static void fill_range(const struct nb_platform_leaves *leaves, uint32_t base, uint32_t last,
		       uint32_t (*table)[REGISTERS])
{
	for (uint32_t i = 0; i <= last; i++) {
		const struct nb_platform_leaf *leaf = nb_platform_leaf_find(leaves, base + i);

		if (!leaf)
			continue;
		table[i][0] = leaf->eax;
		table[i][1] = leaf->ebx;
		table[i][2] = leaf->ecx;
		table[i][3] = leaf->edx;
	}
	if (table[0][0] > base + last)
		table[0][0] = base + last;
}

/*
 * libcpuid is shown the leaves that name the CPU, and told that there are no others. From those
 * of caches it would work out facts that nobody wants here, with warnings on stderr where they are
 * odd, and from that of SGX it would go on to ask the running CPU itself; and in a VM each leaf
 * costs an exit.
 */
static bool identify(const struct nb_platform_leaves *leaves, struct nb_machine *machine)
{
	struct cpu_raw_data_t raw = { 0 };
	struct cpu_id_t id = { 0 };

	fill_range(leaves, 0, BASIC_LAST, raw.basic_cpuid);
	fill_range(leaves, 0x80000000, EXTENDED_LAST, raw.ext_cpuid);
	if (raw.basic_cpuid[0][0] < BASIC_LAST || cpu_identify(&raw, &id) < 0)
		return false;
	nb_base_copy(machine->cpu_vendor, sizeof(machine->cpu_vendor), id.vendor_str);
	nb_base_copy(machine->cpu_brand, sizeof(machine->cpu_brand), id.brand_str);
	squeeze(machine->cpu_vendor);
	squeeze(machine->cpu_brand);
	machine->cpu_family = id.ext_family;
	machine->cpu_model = id.ext_model;
	machine->cpu_stepping = id.stepping;
	return true;
}

static void decode_brand(const struct nb_platform_leaves *leaves, struct nb_machine *machine)
{
	char brand[49] = "";
	char *part = brand;

	for (uint32_t leaf = 0x80000002; leaf <= 0x80000004; leaf++, part += 16) {
		const struct nb_platform_leaf *found = nb_platform_leaf_find(leaves, leaf);

		if (!found)
			return;
		memcpy(part, &found->eax, 4);
		memcpy(part + 4, &found->ebx, 4);
		memcpy(part + 8, &found->ecx, 4);
		memcpy(part + 12, &found->edx, 4);
	}
	nb_base_copy(machine->cpu_brand, sizeof(machine->cpu_brand), brand);
	squeeze(machine->cpu_brand);
}

int nb_platform_decode_cpu(const struct nb_platform_leaves *leaves, struct nb_machine *machine)
{
	const struct nb_platform_leaf *first = nb_platform_leaf_find(leaves, 0);
	const struct nb_platform_leaf *version = nb_platform_leaf_find(leaves, 1);
	char vendor[13] = "";
	uint32_t family, model;

	if (!first || !version || first->eax < 1)
		return -ENOTSUP;
	memcpy(vendor, &first->ebx, 4);
	memcpy(vendor + 4, &first->edx, 4);
	memcpy(vendor + 8, &first->ecx, 4);
	nb_base_copy(machine->cpu_vendor, sizeof(machine->cpu_vendor), vendor);
	squeeze(machine->cpu_vendor);
	decode_brand(leaves, machine);
	/* As Linux does (arch/x86/lib/cpu.c): the extended parts count for these families only. */
	family = version->eax >> 8 & 0xf;
	model = version->eax >> 4 & 0xf;
	if (family == 0xf)
		family += version->eax >> 20 & 0xff;
	if (family >= 6)
		model |= (version->eax >> 16 & 0xf) << 4;
	machine->cpu_family = family;
	machine->cpu_model = model;
	machine->cpu_stepping = version->eax & 0xf;
	return 0;
}

void nb_platform_read_cpu(struct nb_machine *machine, const struct nb_platform_leaves *leaves)
{
	if (!identify(leaves, machine))
		nb_platform_decode_cpu(leaves, machine);
}
