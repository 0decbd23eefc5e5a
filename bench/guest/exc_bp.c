/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"

static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_catch(EXC_BP);
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile(EXC_RESUME "int3\n1:" : EXC_RESUME_OUT : : "memory");
}

static inline uint64_t sample(struct nb_loop *loop)
{
	return exc_sample(loop, op);
}

/* KVM intercepts #BP only for a debugger in the host (KVM_GUESTDBG_USE_SW_BP). */
NB_BENCH_DEFINE_SAMPLED(guest, exc_bp, sample, .expect = NB_EXPECT(0), .rings = NB_RING_BOTH,
			.setup = setup, EXC_VARIANTS);
