/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/* After the first write KVM hands the debug registers to the guest until the next exit. */
enum { DR7_FIXED = 0x400 };

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile("movq %0, %%dr7" : : "r"((uint64_t)DR7_FIXED) : "memory");
}

NB_BENCH_DEFINE(guest, exit_dr7_write, op, nb_bench_no_prepare, .expect = NB_EXPECT(0));
