/* SPDX-License-Identifier: Apache-2.0 */
#include "run_private.h"

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
				       .samples_max = 2048,
				       .max_time_s = 600 },
		[NB_PROFILE_STANDARD] = { .rounds = 20,
					  .rounds_max = 20,
					  .budget_ms = 40,
					  .samples_max = 640,
					  .max_time_s = 3600 },
		[NB_PROFILE_THOROUGH] = { .rounds = 20,
					  .rounds_max = 400,
					  .budget_ms = 40,
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
