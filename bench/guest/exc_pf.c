/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"

enum cause { NOT_PRESENT, WRITE_PROTECT, NO_EXECUTE };

/* The cause is above the bit of enum exc_end. */
#define ARG(cause, to) ((uint64_t)(cause) << 1 | (to))

/* Intel SDM volume 3, table 4-19 (the page's entry) and figure 4-12 (the error code). */
enum { PRESENT = 1 << 0, WRITABLE = 1 << 1, USER = 1 << 2, ACCESSED = 1 << 5, DIRTY = 1 << 6 };
enum { ERROR_PROTECTION = 1 << 0, ERROR_WRITE = 1 << 1, ERROR_FETCH = 1 << 4 };
enum { EFER_NXE = 1 << 11 };
#define NX (UINT64_C(1) << 63)

/* Present pages have their accessed bits set: no fault may write a page table. */
static const struct {
	uint64_t entry, error;
} causes[] = {
	[NOT_PRESENT] = { 0, ERROR_WRITE },
	[WRITE_PROTECT] = { PRESENT | USER | ACCESSED, ERROR_PROTECTION | ERROR_WRITE },
	[NO_EXECUTE] = { PRESENT | WRITABLE | USER | ACCESSED | DIRTY | NX,
			 ERROR_PROTECTION | ERROR_FETCH },
};

static void map(uint64_t entry)
{
	*nb_guest_window_entry(0) = entry;
	__asm__ volatile("invlpg (%0)" : : "r"(NB_ABI_WINDOW_VIRTUAL) : "memory");
}

static const char *setup(struct nb_loop *loop)
{
	uint64_t page = nb_guest_window_memory(0);
	uint64_t entry = causes[loop->arg >> 1].entry;

	nb_guest_catch(EXC_PF);
	loop->state[0] = nb_guest_rdmsr(NB_MSR_EFER);
	if (entry & NX)
		nb_guest_wrmsr(NB_MSR_EFER, loop->state[0] | EFER_NXE);
	map(entry ? entry | page : 0);
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	map(0);
	if (causes[loop->arg >> 1].entry & NX)
		nb_guest_wrmsr(NB_MSR_EFER, loop->state[0]);
}

static inline void jump(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile(EXC_RESUME "jmpq *%[page]\n1:"
			 : EXC_RESUME_OUT
			 : [page] "r"(NB_ABI_WINDOW_VIRTUAL)
			 : "memory");
}

static inline uint64_t sample(struct nb_loop *loop)
{
	const uint64_t mask = ERROR_PROTECTION | ERROR_WRITE | ERROR_FETCH;
	uint64_t cause = loop->arg >> 1;
	uint64_t ticks;

	if (cause == NO_EXECUTE)
		ticks = exc_sample(loop, jump);
	else
		ticks = exc_sample(loop, exc_store);
	if ((nb_guest_caught.error & mask) != causes[cause].error)
		nb_bench_fail(loop, "page faults of another cause", 1, loop->state[3]);
	return ticks;
}

/*
 * With EPT or NPT page faults are the guest's own. (KVM intercepts some where it is told to feign
 * fewer bits of physical address than the CPU has, which our VM is not.)
 */
NB_BENCH_DEFINE_SAMPLED(guest, exc_pf, sample, .expect = NB_EXPECT(0), .rings = NB_RING_BOTH,
			.setup = setup, .teardown = teardown,
			.variants = { { .params = "cause=no_execute,to=handler",
					.arg = ARG(NO_EXECUTE, EXC_TO_HANDLER),
					.needs = NB_NEED_NX },
				      { .params = "cause=no_execute,to=return",
					.arg = ARG(NO_EXECUTE, EXC_TO_RETURN),
					.needs = NB_NEED_NX },
				      { .params = "cause=not_present,to=handler",
					.arg = ARG(NOT_PRESENT, EXC_TO_HANDLER) },
				      { .params = "cause=not_present,to=return",
					.arg = ARG(NOT_PRESENT, EXC_TO_RETURN) },
				      { .params = "cause=write_protect,to=handler",
					.arg = ARG(WRITE_PROTECT, EXC_TO_HANDLER) },
				      { .params = "cause=write_protect,to=return",
					.arg = ARG(WRITE_PROTECT, EXC_TO_RETURN) } },
			.variant_count = 6);
