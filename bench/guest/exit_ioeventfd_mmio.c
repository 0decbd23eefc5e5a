/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

static inline void op(struct nb_loop *loop)
{
	nb_guest_mmio_write32(loop->arg, NB_ABI_DOORBELL_VALUE);
}

NB_BENCH_DEFINE(guest, exit_ioeventfd_mmio, op, nb_bench_no_prepare, .expect = NB_EXPECT(1),
		.rings = NB_RING_BOTH,
		.variants = { { .params = "match=any", .arg = NB_ABI_MMIO_DOORBELL },
			      { .params = "match=data", .arg = NB_ABI_MMIO_MATCHED } },
		.variant_count = 2);
