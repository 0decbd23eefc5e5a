/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"

enum { TRAP_FLAG = 1 << 8 };

static const char *setup(struct nb_loop *loop)
{
	nb_guest_catch(EXC_DB);
	loop->state[0] = loop->null ? 0 : TRAP_FLAG;
	return 0;
}

/* The trap comes after the instruction that follows POPF; the handler clears the flag. */
static inline void op(struct nb_loop *loop)
{
	__asm__ volatile(EXC_RESUME "pushfq\n\t"
				    "orq %[flag], (%%rsp)\n\t"
				    "popfq\n\t"
				    "nop\n"
				    "1:"
			 : EXC_RESUME_OUT
			 : [flag] "r"(loop->state[0])
			 : "memory", "cc");
}

static inline uint64_t sample(struct nb_loop *loop)
{
	return exc_sample(loop, op);
}

/*
 * Net of the same instructions without the flag, since POPF is slow. KVM always intercepts #DB:
 * one that is raised again and again while it is delivered would hold the CPU for ever
 * (CVE-2015-8104).
 */
NB_BENCH_DEFINE_SAMPLED(guest, exc_db, sample, .expect = NB_EXPECT(1), .rings = NB_RING_BOTH,
			.own_null = 1, .setup = setup, EXC_VARIANTS);
