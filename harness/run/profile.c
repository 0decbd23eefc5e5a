/* SPDX-License-Identifier: Apache-2.0 */
#include "run_private.h"

#define MIB (UINT64_C(1) << 20)

/* A millisecond of latency leaves a hundred of them to a round, a cache hit more than it needs. */
enum { IO_SAMPLES_MAX = 4096 };

/*
 * DESIGN section 5: six rounds are the fewest that give the median an interval at 95 %. Samples
 * are bounded so that all rounds together have plenty for the 99.9th percentile (3 688), and a
 * standard session stays under 1 MB in the store.
 */
struct nb_run_profile nb_run_profile(const struct nb_run_options *options)
{
	static const struct nb_run_profile profiles[] = {
		[NB_PROFILE_QUICK] = { .rounds = 6,
				       .rounds_max = 6,
				       .budget_ms = 20,
				       .io_budget_ms = 100,
				       .io_file_bytes = 32 * MIB,
				       .io_written_max = 256 * MIB,
				       .samples_max = 2048,
				       .max_time_s = 600 },
		[NB_PROFILE_STANDARD] = { .rounds = 20,
					  .rounds_max = 20,
					  .budget_ms = 40,
					  .io_budget_ms = 300,
					  .io_file_bytes = 256 * MIB,
					  .io_written_max = 2048 * MIB,
					  .samples_max = 640,
					  .max_time_s = 3600 },
		[NB_PROFILE_THOROUGH] = { .rounds = 20,
					  .rounds_max = 400,
					  .budget_ms = 40,
					  .io_budget_ms = 300,
					  .io_window_ms = 10000,
					  .io_window_bytes = 512 * MIB,
					  .io_file_bytes = 1024 * MIB,
					  .io_written_max = 32768 * MIB,
					  .samples_max = 640,
					  .half_width = 0.01,
					  .max_time_s = 3600 },
	};
	struct nb_run_profile profile = profiles[options->profile];

	if (options->rounds > 0) {
		profile.rounds = profile.rounds_max = options->rounds;
		profile.half_width = 0;
	}
	if (options->max_time_s > 0)
		profile.max_time_s = options->max_time_s;
	return profile;
}

struct nb_run_profile nb_run_profile_of(const struct nb_run_profile *profile,
					const struct nb_run_entry *entry)
{
	const struct nb_bench *bench = nb_run_entry_bench(entry);
	struct nb_run_profile own = *profile;

	if (entry->at.target < 0)
		return own;
	own.budget_ms = profile->io_budget_ms;
	own.samples_max = IO_SAMPLES_MAX;
	if (bench->io == NB_IO_STREAM || bench->io == NB_IO_QUEUED)
		own.window_ms = profile->io_window_ms;
	return own;
}
