/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "nestbench/bench.h"

#include "arena.h"
#include "vmm_private.h"

/* What the host does to memory before the guest's loop or instead of it. */

/* Guest-physical, between the page tables and the devices; nobody reads or writes there. */
static const uint64_t spare_address = UINT64_C(0x80000000);
enum { SPARE_SIZE = 16 * NB_ARENA_PAGE, PAGES_A_WORD = 64 };

static int failed(const char *what, struct nb_error *error)
{
	int code = errno;

	nb_error_set(error, code, "%s: %s", what, strerror(code));
	return code > 0 ? -code : -EIO;
}

/* A populated arena stays in the machine's memory, and only KVM's mapping of it goes. */
static int make_cold(const struct nb_vmm_arena *arena, struct nb_error *error)
{
	if (arena->plan.arena.cold)
		return nb_arena_memory_drop(&arena->memory, error);
	return nb_arena_memory_hide(&arena->memory, arena->plan.arena.huge != 0, error);
}

static int start_log(struct nb_vmm *vmm, struct nb_error *error)
{
	struct nb_vmm_arena *arena = vmm->arena;
	struct kvm_userspace_memory_region region = {
		.slot = NB_ARENA_SLOT_MEMORY,
		.flags = KVM_MEM_LOG_DIRTY_PAGES,
		.guest_phys_addr = NB_ABI_ARENA,
		.memory_size = arena->memory.size,
		.userspace_addr = (uintptr_t)arena->memory.bytes,
	};
	size_t pages = arena->memory.size / NB_ARENA_PAGE;

	if (arena->logging)
		return 0;
	arena->bitmap = calloc((pages + PAGES_A_WORD - 1) / PAGES_A_WORD, sizeof(uint64_t));
	if (!arena->bitmap)
		return nb_error_set(error, ENOMEM, "no memory for the log of dirty pages");
	if (ioctl(vmm->vm_fd, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return failed("KVM_MEM_LOG_DIRTY_PAGES", error);
	arena->logging = true;
	return 0;
}

/* Reading the log makes it clean and the pages in it read-only. */
static int fetch_log(const struct nb_vmm *vmm, struct nb_error *error)
{
	struct kvm_dirty_log log = { .slot = NB_ARENA_SLOT_MEMORY };

	log.dirty_bitmap = vmm->arena->bitmap;
	if (ioctl(vmm->vm_fd, KVM_GET_DIRTY_LOG, &log) < 0)
		return failed("KVM_GET_DIRTY_LOG", error);
	return 0;
}

static int make_clean(struct nb_vmm *vmm, struct nb_error *error)
{
	int result = start_log(vmm, error);

	return result == 0 ? fetch_log(vmm, error) : result;
}

static uint64_t dirty_pages(const struct nb_vmm_arena *arena)
{
	size_t words = arena->memory.size / NB_ARENA_PAGE / PAGES_A_WORD;
	uint64_t count = 0;

	for (size_t i = 0; i < words; i++)
		count += (uint64_t)__builtin_popcountll(arena->bitmap[i]);
	return count;
}

/* One sample of a call of the host. Returns 0; 1 where the reply says why there is none. */
typedef int (*sampler)(struct nb_vmm *vmm, const struct nb_vmm_command *command, uint64_t *ticks,
		       struct nb_vmm_reply *reply, struct nb_error *error);

/* By the benchmark's own loop, a page an operation. */
static int write_pages(struct nb_vmm *vmm, const struct nb_vmm_command *command, uint64_t pages,
		       struct nb_vmm_reply *reply, struct nb_error *error)
{
	struct nb_vmm_command write = *command;
	int result;

	write.host = NB_HOST_NONE;
	write.flags |= NB_ABI_UNTIMED;
	write.count = pages;
	result = nb_vmm_run_alone(vmm, 0, &write, reply, error);
	if (result < 0 || reply->end == NB_VMM_DONE)
		return result;
	if (reply->end == NB_VMM_TIMEOUT)
		nb_vmm_states_describe(vmm, 1, command->timeout_ms, reply);
	return 1;
}

/* The log of a cold arena stays empty. */
static int sample_fetch(struct nb_vmm *vmm, const struct nb_vmm_command *command, uint64_t *ticks,
			struct nb_vmm_reply *reply, struct nb_error *error)
{
	uint64_t pages = vmm->arena->memory.size / NB_ARENA_PAGE;
	uint64_t expected = vmm->arena->plan.arena.cold ? 0 : pages;
	uint64_t start, found;
	int result = expected > 0 ? write_pages(vmm, command, pages, reply, error) : 0;

	if (result != 0)
		return result;
	start = nb_bench_clock();
	result = fetch_log(vmm, error);
	*ticks = nb_bench_clock() - start;
	found = dirty_pages(vmm->arena);
	if (result < 0 || found == expected)
		return result;
	reply->end = NB_VMM_WRONG;
	snprintf(reply->text, sizeof(reply->text),
		 "pages in the dirty log: %llu, and %llu had been written to",
		 (unsigned long long)found, (unsigned long long)expected);
	return 1;
}

static int set_spare(const struct nb_vmm *vmm, uint64_t size, struct nb_error *error)
{
	struct kvm_userspace_memory_region region = {
		.slot = NB_ARENA_SLOT_SPARE,
		.guest_phys_addr = spare_address,
		.memory_size = size,
		/* The guest's low memory once more: what is behind it does not matter. */
		.userspace_addr = (uintptr_t)vmm->memory,
	};

	if (ioctl(vmm->vm_fd, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return failed("KVM_SET_USER_MEMORY_REGION", error);
	return 0;
}

static int sample_slot(struct nb_vmm *vmm, const struct nb_vmm_command *command, uint64_t *ticks,
		       struct nb_vmm_reply *reply, struct nb_error *error)
{
	uint64_t start = nb_bench_clock();
	int result = set_spare(vmm, SPARE_SIZE, error);

	(void)command;
	(void)reply;
	if (result == 0)
		result = set_spare(vmm, 0, error);
	*ticks = nb_bench_clock() - start;
	return result;
}

static int sample_nothing(struct nb_vmm *vmm, const struct nb_vmm_command *command, uint64_t *ticks,
			  struct nb_vmm_reply *reply, struct nb_error *error)
{
	uint64_t start = nb_bench_clock();

	(void)vmm;
	(void)command;
	(void)reply;
	(void)error;
	*ticks = nb_bench_clock() - start;
	return 0;
}

static int sample_all(struct nb_vmm *vmm, const struct nb_vmm_command *command, sampler sample,
		      struct nb_vmm_reply *reply, struct nb_error *error)
{
	uint64_t *samples = (uint64_t *)(void *)(vmm->memory + NB_ABI_SAMPLES);
	int result = 0;

	if (command->flags & NB_ABI_NULL)
		sample = sample_nothing;
	memset(reply, 0, sizeof(*reply));
	reply->end = NB_VMM_DONE;
	for (uint64_t i = 0; result == 0 && i < command->count; i++) {
		uint64_t ticks = 0;

		result = sample(vmm, command, &ticks, reply, error);
		samples[i] = ticks;
	}
	return result < 0 ? result : 0;
}

int nb_vmm_memory_action(struct nb_vmm *vmm, const struct nb_vmm_command *command,
			 struct nb_vmm_reply *reply, struct nb_error *error)
{
	int result;

	if (!vmm->arena && command->host != NB_HOST_MEMSLOT)
		return nb_error_set(error, EINVAL, "the benchmark's variant has no arena");
	switch (command->host) {
	case NB_HOST_COLD:
		result = make_cold(vmm->arena, error);
		return result < 0 ? result : 1;
	case NB_HOST_DIRTY:
		result = make_clean(vmm, error);
		return result < 0 ? result : 1;
	case NB_HOST_DIRTY_FETCH:
		result = start_log(vmm, error);
		return result < 0 ? result : sample_all(vmm, command, sample_fetch, reply, error);
	case NB_HOST_MEMSLOT:
		return sample_all(vmm, command, sample_slot, reply, error);
	default:
		return 1;
	}
}
