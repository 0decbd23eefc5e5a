/* SPDX-License-Identifier: Apache-2.0 */
#include "run_private.h"

/* The benchmarks of user mode, in the order of bench.def. */

#define NB_BENCH(id, vantage, needs, unit, summary) NB_DECLARE_##vantage(id)
#define NB_DECLARE_guest(id)
#define NB_DECLARE_user(id) extern const struct nb_bench nb_bench_user_##id;
#define NB_DECLARE_io(id)   extern const struct nb_bench nb_bench_io_##id;
#include "bench.def"
#undef NB_BENCH

#define NB_BENCH(id, vantage, needs, unit, summary) NB_ENTRY_##vantage(id)
#define NB_ENTRY_guest(id)
#define NB_ENTRY_user(id) &nb_bench_user_##id,
#define NB_ENTRY_io(id)	  &nb_bench_io_##id,
static const struct nb_bench *const benches[] = {
#include "bench.def"
};
#undef NB_BENCH

const struct nb_bench *nb_run_user_bench(unsigned index)
{
	return index < sizeof(benches) / sizeof(benches[0]) ? benches[index] : NULL;
}
