/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"

static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_catch(EXC_DE);
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	uint32_t low = 1, high = 0;

	(void)loop;
	__asm__ volatile(EXC_RESUME "divl %[zero]\n1:"
			 : EXC_RESUME_OUT, "+a"(low), "+d"(high)
			 : [zero] "r"(0)
			 : "memory", "cc");
}

static inline uint64_t sample(struct nb_loop *loop)
{
	return exc_sample(loop, op);
}

NB_BENCH_DEFINE_SAMPLED(guest, exc_de, sample, .expect = NB_EXPECT(0), .rings = NB_RING_BOTH,
			.setup = setup, EXC_VARIANTS);
