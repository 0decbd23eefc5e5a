/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdbool.h>

#include "platform_leaves.h"

/* In a VM every CPUID is a VM exit, in a nested one a slow one: only what is decoded is read. */
static const uint32_t basic_leaves[] = { 0, 1 };
static const uint32_t extended_leaves[] = { 0x80000000, 0x80000002, 0x80000003, 0x80000004 };
static const uint32_t hypervisor_leaves[] = { 0x40000000, 0x40000001, 0x40000002, 0x40000004,
					      0x40000006, 0x4000000a, 0x40000010 };
static const uint32_t second_leaves[] = { 0x40000100, 0x40000101 };

/* Adds the leaf and returns its EAX; 0 if the world does not know it. */
static uint32_t read_leaf(struct nb_platform_leaves *leaves, const struct nb_world *world,
			  uint32_t leaf)
{
	struct nb_cpuid registers;

	assert(leaves->count < NB_PLATFORM_LEAVES_MAX);
	if (!world->cpuid(world->self, leaf, 0, &registers))
		return 0;
	leaves->leaves[leaves->count++] = (struct nb_platform_leaf){
		.leaf = leaf,
		.eax = registers.eax,
		.ebx = registers.ebx,
		.ecx = registers.ecx,
		.edx = registers.edx,
	};
	return registers.eax;
}

/*
 * Reads list[0], which tells the range's highest leaf, and then the others up to that: a range
 * that lies about its end costs no more than the list.
 */
static void read_range(struct nb_platform_leaves *leaves, const struct nb_world *world,
		       const uint32_t *list, size_t count)
{
	uint32_t highest = read_leaf(leaves, world, list[0]);

	for (size_t i = 1; i < count; i++) {
		/* Old versions of KVM say 0 and mean that the second leaf is the highest. */
		bool second = list[i] == list[0] + 1 && highest == 0;

		if (list[i] <= highest || second)
			read_leaf(leaves, world, list[i]);
	}
}

#define READ_RANGE(leaves, world, list) \
	read_range(leaves, world, list, sizeof(list) / sizeof((list)[0]))

void nb_platform_leaves_read(struct nb_platform_leaves *leaves, const struct nb_world *world)
{
	const struct nb_platform_leaf *features;

	leaves->count = 0;
	READ_RANGE(leaves, world, basic_leaves);
	READ_RANGE(leaves, world, extended_leaves);
	features = nb_platform_leaf_find(leaves, 1);
	if (!features || !(features->ecx >> 31))
		return;
	READ_RANGE(leaves, world, hypervisor_leaves);
	READ_RANGE(leaves, world, second_leaves);
}

const struct nb_platform_leaf *nb_platform_leaf_find(const struct nb_platform_leaves *leaves,
						     uint32_t leaf)
{
	for (size_t i = 0; i < leaves->count; i++) {
		if (leaves->leaves[i].leaf == leaf)
			return &leaves->leaves[i];
	}
	return NULL;
}
