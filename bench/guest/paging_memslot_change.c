/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/*
 * The VMM gives its VM a memory slot of 64 KiB and takes it away again, as for devices that come
 * and go; KVM forgets all or part of the second level of translation. No code of the guest runs.
 */
static inline void op(struct nb_loop *loop)
{
	(void)loop;
}

NB_BENCH_DEFINE(guest, paging_memslot_change, op, nb_bench_no_prepare, .host = NB_HOST_MEMSLOT,
		.batch = 1, .own_null = 1);
