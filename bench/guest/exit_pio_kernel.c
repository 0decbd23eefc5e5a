/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/* Interrupt mask register of the first 8259A: all lines masked, as they stay. */
enum { PIC_MASK = 0x21 };

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	nb_out8(PIC_MASK, 0xff);
}

NB_BENCH_DEFINE(guest, exit_pio_kernel, op, nb_bench_no_prepare, .expect = NB_EXPECT(1),
		.rings = NB_RING_BOTH, .absent = NB_GUEST_NO_IOPL);
