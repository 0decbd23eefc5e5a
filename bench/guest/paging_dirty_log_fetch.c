/* SPDX-License-Identifier: Apache-2.0 */
#include "paging.h"

/*
 * KVM_GET_DIRTY_LOG, with what it does to make the log clean again. full: every page of 4 MiB was
 * written to, by this loop; a GiB is 256 times that. clean: not one of 1 GiB.
 */
enum { PAGES = 1024 };

static inline void op(struct nb_loop *loop)
{
	paging_store(NB_ABI_ARENA_VIRTUAL + loop->kept[0]++ % PAGES * PAGING_PAGE, 1);
}

NB_BENCH_DEFINE(
	guest, paging_dirty_log_fetch, op, nb_bench_no_prepare, .host = NB_HOST_DIRTY_FETCH,
	.batch = 1, .own_null = 1, .samples_max = 512,
	.variants = { { .params = "log=clean,size=1g",
			.arena = { .memory = UINT64_C(1) << 30, .page = PAGING_HUGE, .cold = 1 } },
		      { .params = "log=full,size=4m",
			.arena = { .memory = (uint64_t)PAGES * PAGING_PAGE,
				   .page = PAGING_PAGE } } },
	.variant_count = 2);
