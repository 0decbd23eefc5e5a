/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

enum { CR4_PCE = 1 << 8 };

/* Lets ring 3 read the counters as well. */
static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_write_cr4(nb_guest_read_cr4() | CR4_PCE);
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	uint32_t low, high;

	(void)loop;
	__asm__ volatile("rdpmc" : "=a"(low), "=d"(high) : "c"(0) : "memory");
}

/* KVM intercepts it, except with a mediated PMU, which the guest owns. */
NB_BENCH_DEFINE(guest, exit_rdpmc, op, nb_bench_no_prepare, .expect = NB_EXPECT_VENDOR(1, 0, 1, 0),
		.rings = NB_RING_BOTH, .setup = setup,
		.absent = "this VM has no performance counters (RDPMC faults)");
