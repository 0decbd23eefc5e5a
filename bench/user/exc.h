/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_USER_EXC_H
#define NB_BENCH_USER_EXC_H

#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>

#include "nestbench/bench.h"

/*
 * What the exceptions of user mode share: one comes back as a signal, so that its time is that of
 * the CPU's exception, of the kernel's signal delivery and, to the return, of sigreturn(2).
 *
 * The handler needs no variable of the program: the operation leaves in registers what the handler
 * finds again in the context of the signal. RDI: the loop; R8: the address that RIP is expected to
 * have there; R9: where to go on, which is the label 2.
 *
 *	__asm__ volatile(EXC_EXPECT("1f") "1: ud2\n2:" : : EXC_LOOP(loop) : EXC_CLOBBERS);
 */
#define EXC_EXPECT(label) "leaq " label "(%%rip), %%r8\n\t" EXC_GO_ON
#define EXC_GO_ON	  "leaq 2f(%%rip), %%r9\n\t"
#define EXC_LOOP(loop)	  "D"(loop)
#define EXC_CLOBBERS	  "r8", "r9", "cc", "memory"

/* nb_variant.arg: where a sample ends; higher bits are the benchmark's own. */
enum exc_end { EXC_TO_HANDLER = 0, EXC_TO_RETURN = 1 };

/* nb_loop.state. The last one is a struct exc_before *. */
enum exc_state { EXC_STAMP, EXC_COUNT, EXC_ERROR, EXC_BEFORE };

/* What the signal meant before us. */
struct exc_before {
	int number;
	struct sigaction action;
};

#define EXC_VARIANTS                                                     \
	.variants = { { .params = "to=handler", .arg = EXC_TO_HANDLER }, \
		      { .params = "to=return", .arg = EXC_TO_RETURN } }, \
	.variant_count = 2

/*
 * Async-signal-safe. A fault from elsewhere has other registers: the signal gets its default
 * meaning back, which ends the process when the instruction faults again.
 */
static inline void exc_handle(int number, siginfo_t *info, void *context)
{
	uint64_t stamp = nb_bench_clock();
	greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct nb_loop *loop;

	(void)info;
	if (registers[REG_RIP] != registers[REG_R8]) {
		signal(number, SIG_DFL);
		return;
	}
	loop = (struct nb_loop *)(uintptr_t)registers[REG_RDI];
	loop->state[EXC_STAMP] = stamp;
	loop->state[EXC_COUNT]++;
	loop->state[EXC_ERROR] = (uint64_t)registers[REG_ERR];
	registers[REG_RIP] = registers[REG_R9];
}

/* For setup: from now on the operation's exceptions arrive; returns NULL or why not. */
static inline const char *exc_catch(struct nb_loop *loop, int number)
{
	struct sigaction action = { .sa_sigaction = exc_handle, .sa_flags = SA_SIGINFO };
	struct exc_before *before = calloc(1, sizeof(*before));

	if (!before)
		return "no memory";
	before->number = number;
	sigemptyset(&action.sa_mask);
	(void)sigaction(number, &action, &before->action); /* every signal used here has handlers */
	loop->state[EXC_BEFORE] = (uintptr_t)before;
	return NULL;
}

/* For teardown: the signal means what it meant before. */
static inline void exc_release(struct nb_loop *loop)
{
	struct exc_before *before = (struct exc_before *)(uintptr_t)loop->state[EXC_BEFORE];

	(void)sigaction(before->number, &before->action, NULL);
	free(before);
}

/*
 * One exception: ticks from right before the operation to the first statement of the handler, or
 * to the instruction after. Always inline, so that no call is part of the time.
 */
static inline __attribute__((always_inline)) uint64_t exc_sample(struct nb_loop *loop,
								 nb_loop_code raise_one)
{
	uint64_t before = loop->state[EXC_COUNT];
	uint64_t start, end;

	start = nb_bench_clock();
	raise_one(loop);
	end = nb_bench_clock();
	loop->kept[3]++;
	if (loop->state[EXC_COUNT] - before != 1)
		nb_bench_fail(loop, "signals that did not arrive just once", 1, loop->kept[3]);
	return (loop->arg & EXC_TO_RETURN ? end : loop->state[EXC_STAMP]) - start;
}

#endif
