/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"

static const char *setup(struct nb_loop *loop)
{
	return exc_catch(loop, SIGILL);
}

static inline void op(struct nb_loop *loop)
{
	__asm__ volatile(EXC_EXPECT("1f") "1: ud2\n2:" : : EXC_LOOP(loop) : EXC_CLOBBERS);
}

static inline uint64_t sample(struct nb_loop *loop)
{
	return exc_sample(loop, op);
}

NB_BENCH_DEFINE_SAMPLED(user, exc_ud, sample, .setup = setup, .teardown = exc_release,
			EXC_VARIANTS);
