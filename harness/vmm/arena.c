/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "nestbench/chain.h"
#include "nestbench/image.h"

#include "vmm_private.h"

/* Memory of a variant beside the microguest's own. */

enum { SHADOW_PAGES = 32768 };

static int add_slot(struct nb_vmm *vmm, uint32_t slot, uint64_t address,
		    const struct nb_arena_memory *memory, struct nb_error *error)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = address,
		.memory_size = memory->size,
		.userspace_addr = (uintptr_t)memory->bytes,
	};
	int code;

	if (ioctl(vmm->vm_fd, KVM_SET_USER_MEMORY_REGION, &region) == 0)
		return 0;
	code = errno;
	return nb_error_set(error, code, "KVM_SET_USER_MEMORY_REGION of %llu MiB: %s",
			    (unsigned long long)(memory->size / NB_ARENA_MIB), strerror(code));
}

/* The page tables, hung into every root of the image. */
static int open_tables(struct nb_vmm *vmm, struct nb_vmm_arena *arena, struct nb_error *error)
{
	uint64_t root = nb_guest_image_header()->page_table;
	uint64_t entry = nb_arena_root_entry(NB_ABI_ARENA_TABLES);
	bool huge = arena->plan.arena.huge != 0;
	int result = nb_arena_memory_open(&arena->tables, arena->plan.tables, huge, error);

	if (result < 0)
		return result;
	nb_arena_tables_build(&arena->plan, (uint64_t *)(void *)arena->tables.bytes);
	for (unsigned i = 0; i < NB_ABI_ROOTS; i++) {
		uint64_t at = root + (uint64_t)i * NB_ARENA_PAGE + 2 * sizeof(entry);

		memcpy(vmm->memory + at, &entry, sizeof(entry));
	}
	return add_slot(vmm, NB_ARENA_SLOT_TABLES, NB_ABI_ARENA_TABLES, &arena->tables, error);
}

/* Both chains; their first lines go to the mailboxes. */
static int build_chains(struct nb_vmm *vmm, const struct nb_vmm_arena *arena,
			struct nb_error *error)
{
	const struct nb_arena_plan *plan = &arena->plan;
	struct nb_chain chain = { .memory = arena->memory.bytes,
				  .address = NB_ABI_ARENA_VIRTUAL,
				  .size = plan->arena.memory,
				  .span = plan->arena.span,
				  .stride = plan->arena.stride };
	struct nb_chain near = { .memory = arena->memory.bytes + plan->arena.memory,
				 .address = NB_ABI_ARENA_VIRTUAL + plan->arena.span,
				 .size = plan->near,
				 .span = plan->near,
				 .stride = NB_CHAIN_LINE };
	uint32_t *scratch = calloc(nb_chain_count(&chain), sizeof(*scratch));
	uint64_t first, first_near;

	if (!scratch)
		return nb_error_set(error, ENOMEM, "no memory to make a chain with");
	first = nb_chain_build(&chain, scratch);
	first_near = nb_chain_build(&near, scratch);
	free(scratch);
	for (unsigned i = 0; i < NB_ABI_VCPUS; i++) {
		nb_vmm_mailbox(vmm, i)->chain = first;
		nb_vmm_mailbox(vmm, i)->chain_near = first_near;
	}
	return 0;
}

static int populate(struct nb_vmm *vmm, const struct nb_vmm_arena *arena, struct nb_error *error)
{
	const struct nb_arena *wanted = &arena->plan.arena;
	bool huge = wanted->huge != 0;
	int result = 0;

	if (wanted->stride)
		result = build_chains(vmm, arena, error);
	else if (huge || !wanted->cold)
		nb_arena_memory_touch(&arena->memory, huge);
	if (result == 0 && huge)
		result = nb_arena_memory_check_huge(&arena->memory, error);
	if (result == 0 && wanted->cold)
		result = nb_arena_memory_drop(&arena->memory, error);
	return result;
}

/*
 * With shadow paging KVM allows itself a fiftieth of the VM's memory for page tables, which is too
 * little where the same memory is mapped again and again. Whoever has no such limit may refuse.
 */
static void allow_tables(const struct nb_vmm *vmm)
{
	(void)ioctl(vmm->vm_fd, KVM_SET_NR_MMU_PAGES, SHADOW_PAGES);
}

static int build(struct nb_vmm *vmm, struct nb_vmm_arena *arena, struct nb_error *error)
{
	const struct nb_arena_plan *plan = &arena->plan;
	int result = nb_arena_memory_check(plan->touched, error);

	if (result == 0)
		result = nb_arena_memory_open(&arena->memory, plan->slot, plan->arena.huge != 0,
					      error);
	if (result == 0)
		result = populate(vmm, arena, error);
	if (result == 0)
		result = add_slot(vmm, NB_ARENA_SLOT_MEMORY, NB_ABI_ARENA, &arena->memory, error);
	if (result == 0)
		result = open_tables(vmm, arena, error);
	allow_tables(vmm);
	return result;
}

int nb_vmm_arena_open(struct nb_vmm *vmm, const struct nb_arena *arena, struct nb_error *error)
{
	int result;

	vmm->arena = calloc(1, sizeof(*vmm->arena));
	if (!vmm->arena)
		return nb_error_set(error, ENOMEM, "no memory for the benchmark");
	nb_arena_plan(arena, &vmm->arena->plan);
	result = build(vmm, vmm->arena, error);
	if (result < 0) {
		nb_vmm_arena_close(vmm);
		return result;
	}
	for (unsigned i = 0; i < NB_ABI_VCPUS; i++) {
		nb_vmm_mailbox(vmm, i)->arena_memory = arena->memory;
		nb_vmm_mailbox(vmm, i)->arena_span = vmm->arena->plan.arena.span;
	}
	return 0;
}

void nb_vmm_arena_close(struct nb_vmm *vmm)
{
	if (!vmm->arena)
		return;
	nb_arena_memory_close(&vmm->arena->memory);
	nb_arena_memory_close(&vmm->arena->tables);
	free(vmm->arena->bitmap);
	free(vmm->arena);
	vmm->arena = NULL;
}
