/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"

static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_catch(EXC_UD);
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile(EXC_RESUME "ud2\n1:" : EXC_RESUME_OUT : : "memory");
}

static inline uint64_t sample(struct nb_loop *loop)
{
	return exc_sample(loop, op);
}

/* KVM always intercepts #UD, in case it is an instruction of the other vendor to be emulated. */
NB_BENCH_DEFINE_SAMPLED(guest, exc_ud, sample, .expect = NB_EXPECT(1), .rings = NB_RING_BOTH,
			.setup = setup, EXC_VARIANTS);
