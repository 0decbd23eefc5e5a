/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"

static const char *setup(struct nb_loop *loop)
{
	return exc_catch(loop, SIGTRAP);
}

static inline void op(struct nb_loop *loop)
{
	/* A trap, not a fault: RIP is behind the instruction. */
	__asm__ volatile(EXC_EXPECT("2f") "int3\n2:" : : EXC_LOOP(loop) : EXC_CLOBBERS);
}

static inline uint64_t sample(struct nb_loop *loop)
{
	return exc_sample(loop, op);
}

NB_BENCH_DEFINE_SAMPLED(user, exc_bp, sample, .setup = setup, .teardown = exc_release,
			EXC_VARIANTS);
