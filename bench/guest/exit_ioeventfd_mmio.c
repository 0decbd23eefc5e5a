/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

static inline void op(struct nb_loop *loop)
{
	nb_guest_mmio_write32(loop->arg, NB_ABI_DOORBELL_VALUE);
}

NB_BENCH_DEFINE(guest, exit_ioeventfd_mmio, op, nb_bench_no_prepare, .expect = NB_EXPECT(1),
		.ring3 = 1,
		.variants = { { "match=any", NB_ABI_MMIO_DOORBELL, 0 },
			      { "match=data", NB_ABI_MMIO_MATCHED, 0 } },
		.variant_count = 2);
