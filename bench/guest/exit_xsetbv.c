/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

enum { CR4_OSXSAVE = 1 << 18 };

static const char *setup(struct nb_loop *loop)
{
	uint32_t low, high;

	nb_guest_write_cr4(nb_guest_read_cr4() | CR4_OSXSAVE);
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	loop->state[0] = (uint64_t)high << 32 | low;
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_write_cr4(nb_guest_read_cr4() & ~(uint64_t)CR4_OSXSAVE);
}

static inline void op(struct nb_loop *loop)
{
	__asm__ volatile("xsetbv"
			 :
			 : "a"((uint32_t)loop->state[0]), "d"((uint32_t)(loop->state[0] >> 32)),
			   "c"(0)
			 : "memory");
}

NB_BENCH_DEFINE(guest, exit_xsetbv, op, nb_bench_no_prepare, .expect = NB_EXPECT(1), .setup = setup,
		.teardown = teardown);
