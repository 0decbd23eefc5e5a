/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"

/* Canonical for neither 48 nor 57 bits of address. */
#define NON_CANONICAL (UINT64_C(1) << 63)

static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_catch(EXC_GP);
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	uint64_t value;

	(void)loop;
	__asm__ volatile(EXC_RESUME "movq (%[address]), %[value]\n1:"
			 : EXC_RESUME_OUT, [value] "=&r"(value)
			 : [address] "r"(NON_CANONICAL)
			 : "memory");
}

static inline uint64_t sample(struct nb_loop *loop)
{
	return exc_sample(loop, op);
}

/* One exit where KVM's parameter enable_vmware_backdoor is on, which it is not by itself. */
NB_BENCH_DEFINE_SAMPLED(guest, exc_gp, sample, .expect = NB_EXPECT_VENDOR(0, 1, 0, 1),
			.rings = NB_RING_BOTH, .setup = setup, EXC_VARIANTS);
