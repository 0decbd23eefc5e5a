/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/mman.h>

#include "exc.h"

enum cause { NOT_PRESENT, WRITE_PROTECT, NO_EXECUTE };

/* The cause is above the bit of enum exc_end. */
#define ARG(cause, to) ((uint64_t)(cause) << 1 | (to))

/* Intel SDM volume 3, figure 4-12. */
enum { ERROR_PROTECTION = 1 << 0, ERROR_WRITE = 1 << 1, ERROR_FETCH = 1 << 4 };
enum { PAGE_SIZE = 4096 };

/* What the CPU itself has to say of the fault: it shows that the page was as it should be. */
static const struct {
	int protection;
	uint64_t error;
} causes[] = {
	[NOT_PRESENT] = { PROT_NONE, ERROR_WRITE },
	[WRITE_PROTECT] = { PROT_READ, ERROR_PROTECTION | ERROR_WRITE },
	[NO_EXECUTE] = { PROT_READ, ERROR_PROTECTION | ERROR_FETCH },
};

enum { KEPT_PAGE }; /* nb_loop.kept */

static const char *setup(struct nb_loop *loop)
{
	int protection = causes[loop->arg >> 1].protection;
	void *page = mmap(NULL, PAGE_SIZE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return "no memory";
	if (protection & PROT_READ)
		(void)*(volatile char *)page; /* makes it present: the page of zeros */
	loop->kept[KEPT_PAGE] = (uintptr_t)page;
	return exc_catch(loop, SIGSEGV);
}

static void teardown(struct nb_loop *loop)
{
	exc_release(loop);
	(void)munmap((void *)(uintptr_t)loop->kept[KEPT_PAGE], PAGE_SIZE);
}

static inline void store(struct nb_loop *loop)
{
	__asm__ volatile(EXC_EXPECT("1f") "1: movb $0, (%[page])\n2:"
			 :
			 : [page] "r"(loop->kept[KEPT_PAGE]), EXC_LOOP(loop)
			 : EXC_CLOBBERS);
}

/* RIP is in the page then. */
static inline void jump(struct nb_loop *loop)
{
	__asm__ volatile("movq %[page], %%r8\n\t" EXC_GO_ON "jmpq *%[page]\n2:"
			 :
			 : [page] "r"(loop->kept[KEPT_PAGE]), EXC_LOOP(loop)
			 : EXC_CLOBBERS);
}

static inline uint64_t sample(struct nb_loop *loop)
{
	const uint64_t mask = ERROR_PROTECTION | ERROR_WRITE | ERROR_FETCH;
	uint64_t cause = loop->arg >> 1;
	uint64_t ticks;

	if (cause == NO_EXECUTE)
		ticks = exc_sample(loop, jump);
	else
		ticks = exc_sample(loop, store);
	if ((loop->state[EXC_ERROR] & mask) != causes[cause].error)
		nb_bench_fail(loop, "page faults of another cause", 1, loop->kept[3]);
	return ticks;
}

NB_BENCH_DEFINE_SAMPLED(user, exc_pf, sample, .setup = setup, .teardown = teardown,
			.variants = { { .params = "cause=no_execute,to=handler",
					.arg = ARG(NO_EXECUTE, EXC_TO_HANDLER) },
				      { .params = "cause=no_execute,to=return",
					.arg = ARG(NO_EXECUTE, EXC_TO_RETURN) },
				      { .params = "cause=not_present,to=handler",
					.arg = ARG(NOT_PRESENT, EXC_TO_HANDLER) },
				      { .params = "cause=not_present,to=return",
					.arg = ARG(NOT_PRESENT, EXC_TO_RETURN) },
				      { .params = "cause=write_protect,to=handler",
					.arg = ARG(WRITE_PROTECT, EXC_TO_HANDLER) },
				      { .params = "cause=write_protect,to=return",
					.arg = ARG(WRITE_PROTECT, EXC_TO_RETURN) } },
			.variant_count = 6);
