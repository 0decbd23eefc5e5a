/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"
#include "nested_inner.h"

/*
 * From a hypercall of the inner guest to the handler of the exception that our own hypervisor
 * answers with, #GP with an error code and #UD without. nb_variant.arg: the vector, above the bit
 * of enum exc_end.
 */
#define ARG(vector) ((uint64_t)(vector) << 1)

static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
{
	if (reason != NB_INNER_HYPERCALL) {
		nb_nested_unexpected(loop, reason);
		return;
	}
	nb_nested_inject((uint8_t)(loop->arg >> 1), loop->arg == ARG(EXC_GP) ? 0 : -1);
}

static const char *setup(struct nb_loop *loop)
{
	loop->state[0] = nb_guest_mailbox()->cpu;
	nb_guest_catch((uint8_t)(loop->arg >> 1));
	return nested_open_msr(0, exited);
}

/* Neither the exit nor the injection steps over the hypercall; the handler does. */
static inline void op(struct nb_loop *loop)
{
	if (loop->state[0] == NB_ABI_CPU_AMD)
		__asm__ volatile(EXC_RESUME "vmmcall\n1:" : EXC_RESUME_OUT : "a"(0) : "memory");
	else
		__asm__ volatile(EXC_RESUME "vmcall\n1:" : EXC_RESUME_OUT : "a"(0) : "memory");
}

static inline uint64_t sample(struct nb_loop *loop)
{
	return exc_sample(loop, op);
}

NB_BENCH_DEFINE_SAMPLED(guest, nested_exception_inject, sample,
			.expect = NB_EXPECT_STAT("nested_run", 1), .setup = setup,
			.teardown = nested_close,
			.variants = { { .params = "exception=gp", .arg = ARG(EXC_GP) },
				      { .params = "exception=ud", .arg = ARG(EXC_UD) } },
			.variant_count = 2);
