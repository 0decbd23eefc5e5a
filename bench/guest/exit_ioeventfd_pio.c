/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

static inline void op(struct nb_loop *loop)
{
	nb_out8((uint16_t)loop->arg, NB_ABI_DOORBELL_VALUE);
}

NB_BENCH_DEFINE(guest, exit_ioeventfd_pio, op, nb_bench_no_prepare, .expect = NB_EXPECT(1),
		.rings = NB_RING_BOTH, .absent = NB_GUEST_NO_IOPL,
		.variants = { { .params = "match=any", .arg = NB_ABI_PORT_DOORBELL },
			      { .params = "match=data", .arg = NB_ABI_PORT_MATCHED } },
		.variant_count = 2);
