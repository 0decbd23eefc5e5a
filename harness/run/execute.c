/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "run_storage_private.h"

/* What a round takes beside its timed loop: fork, VM, null, guards. From 366 rounds here. */
static const double overhead_ms = 45;
/*
 * The real-time class may use 95 % of a CPU (sched(7), sched_rt_runtime_us); a loop that is
 * throttled in its middle is worse than a pause after each round.
 */
static const double pause_share = 0.08;

/* One entry's state between its rounds. */
struct track {
	struct nb_run_tuning tuning;
	double *medians;
	size_t count;
	bool over;
	double half_width;
};

struct execution {
	const struct nb_run_options *options;
	const struct nb_run_catalogue *catalogue;
	const struct nb_session *session;
	const struct nb_run_hooks *hooks;
	struct nb_run_profile profile;
	struct nb_run_exchange *exchange;
	struct track *tracks;
	size_t *order;
	struct nb_random random;
	double session_hz, started_s;
	size_t done, total;
	int other_cpu;
	uint64_t written[NB_TARGET_MAX]; /* by the loops, in bytes */
	bool written_out;
};

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double round_ms(const struct nb_run_profile *profile, const struct nb_run_entry *entry)
{
	struct nb_run_profile own = nb_run_profile_of(profile, entry);

	return fmax(own.budget_ms, own.window_ms) + overhead_ms;
}

void nb_run_estimate(const struct nb_run_options *options, const struct nb_run_catalogue *catalogue,
		     struct nb_run_estimate *estimate)
{
	struct nb_run_profile profile = nb_run_profile(options);

	memset(estimate, 0, sizeof(*estimate));
	estimate->rounds = profile.rounds;
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct nb_run_entry *entry = &catalogue->entries[i];

		if (!entry->runnable) {
			estimate->skipped++;
			continue;
		}
		estimate->runnable++;
		estimate->seconds += profile.rounds / 1000.0 * round_ms(&profile, entry);
	}
	estimate->seconds = fmin(estimate->seconds, profile.max_time_s);
}

static bool stop_asked(const struct execution *run)
{
	if (run->options->stop && *run->options->stop)
		return true;
	return now_s() - run->started_s > run->profile.max_time_s;
}

static void report_progress(const struct execution *run, size_t index, int round)
{
	double elapsed = now_s() - run->started_s;
	struct nb_run_progress progress = {
		.series = &run->catalogue->entries[index].series,
		.round = round,
		.rounds = run->profile.rounds,
		.done = run->done,
		.total = run->total,
		.eta_s = run->done > 0
				 ? elapsed / (double)run->done * (double)(run->total - run->done)
				 : NAN,
		.half_width = run->tracks[index].half_width,
	};

	if (run->hooks->progress)
		run->hooks->progress(run->hooks->context, &progress);
}

/* Sorted insertion: the medians are few and their interval is wanted after every round. */
static void add_median(const struct execution *run, struct track *track,
		       const struct nb_round *round)
{
	/* A median near zero is as good as what was subtracted from it. */
	double floor = round->null_ticks / (double)round->batch / round->tick_hz * 1e9;
	double median = round->p50;
	double low, high, middle;
	size_t at = track->count++;

	for (; at > 0 && track->medians[at - 1] > median; at--)
		track->medians[at] = track->medians[at - 1];
	track->medians[at] = median;
	if (nb_stats_median_interval(track->medians, track->count, 0.95, &low, &high) < 0)
		return;
	middle = fabs(nb_stats_quantile(track->medians, track->count, 0.5));
	track->half_width = high > low ? (high - low) / 2 / fmax(middle, floor) : 0;
	if (run->profile.half_width > 0 && (int)track->count >= run->profile.rounds &&
	    track->half_width <= run->profile.half_width)
		track->over = true;
}

/*
 * What was written to a target counts against what the plan said would be at most; then nothing
 * more that writes runs there. A part that the file system's own writing takes is added.
 */
static void count_written(struct execution *run, const struct nb_run_entry *entry)
{
	uint64_t *written, all;

	if (entry->at.target < 0 || !nb_run_entry_bench(entry)->writes)
		return;
	written = &run->written[entry->at.target];
	*written += run->exchange->moved;
	all = run->profile.io_file_bytes + *written;
	if (all + all / 8 <= run->profile.io_written_max)
		return;
	run->written_out = true;
	for (size_t i = 0; i < run->catalogue->count; i++)
		run->tracks[i].over |= run->catalogue->entries[i].at.target == entry->at.target &&
				       nb_run_entry_bench(&run->catalogue->entries[i])->writes;
}

static int hand_over(struct execution *run, size_t index, int ordinal, struct nb_error *error)
{
	const struct nb_run_exchange *exchange = run->exchange;
	struct track *track = &run->tracks[index];
	struct nb_round round = { .ordinal = ordinal };
	int result;

	if (exchange->verdict.outcome == NB_OK && run->session_hz == 0)
		run->session_hz = exchange->tsc_hz;
	result = nb_run_result(&run->catalogue->entries[index], exchange, run->session_hz, &round,
			       error);
	if (result == 0 && round.outcome == NB_OK) {
		track->tuning = exchange->tuning;
		add_median(run, track, &round);
	}
	track->over |= exchange->verdict.final;
	count_written(run, &run->catalogue->entries[index]);
	if (result == 0)
		result = run->hooks->round_done(run->hooks->context, index, &round, error);
	nb_stats_histogram_free(&round.histogram);
	return result;
}

static void breathe(double round_ms)
{
	double ns = round_ms * pause_share * 1e6;
	struct timespec pause = { .tv_sec = (time_t)(ns / 1e9), .tv_nsec = (long)fmod(ns, 1e9) };

	nanosleep(&pause, NULL);
}

static int run_one(struct execution *run, size_t index, int ordinal, struct nb_error *error)
{
	const struct nb_run_profile profile =
		nb_run_profile_of(&run->profile, &run->catalogue->entries[index]);
	const struct nb_run_task task = { .entry = &run->catalogue->entries[index],
					  .profile = &profile,
					  .device = run->options->kvm_device,
					  .cpu = run->session->cpu,
					  .other_cpu = run->other_cpu,
					  .storage = run->catalogue->storage };
	double start = now_s();

	report_progress(run, index, ordinal);
	memset(run->exchange, 0, sizeof(*run->exchange));
	run->exchange->tuning = run->tracks[index].tuning;
	nb_run_round(&task, run->exchange);
	run->done++;
	breathe((now_s() - start) * 1000);
	return hand_over(run, index, ordinal, error);
}

static int skip_all(struct execution *run, struct nb_error *error)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < run->catalogue->count; i++) {
		const struct nb_run_entry *entry = &run->catalogue->entries[i];

		if (entry->runnable)
			continue;
		memset(run->exchange, 0, sizeof(*run->exchange));
		run->exchange->verdict.outcome = NB_SKIP;
		run->exchange->verdict.final = true;
		nb_base_copy(run->exchange->verdict.reason, sizeof(run->exchange->verdict.reason),
			     entry->reason);
		result = hand_over(run, i, 0, error);
	}
	return result;
}

/* One round of everything that is not over; *whole says that nothing ended it before. */
static int run_round(struct execution *run, int ordinal, bool *whole, struct nb_error *error)
{
	int result = 0;

	*whole = false;
	nb_run_order(run->order, run->catalogue->count, &run->random);
	for (size_t i = 0; i < run->catalogue->count; i++) {
		size_t index = run->order[i];

		if (run->tracks[index].over)
			continue;
		if (stop_asked(run))
			return 0;
		result = run_one(run, index, ordinal, error);
		if (result < 0)
			return result;
	}
	*whole = true;
	return 0;
}

static size_t remaining(const struct execution *run)
{
	size_t count = 0;

	for (size_t i = 0; i < run->catalogue->count; i++)
		count += !run->tracks[i].over;
	return count;
}

/*
 * A session is partial where the profile's rounds were not all measured. To run out of time after
 * those is how a thorough session may end.
 */
static int run_rounds(struct execution *run, struct nb_run_summary *summary, struct nb_error *error)
{
	int planned = run->profile.rounds;
	int result = skip_all(run, error);
	int ordinal = 0;

	for (; result == 0 && ordinal < run->profile.rounds_max; ordinal++) {
		size_t open = remaining(run);
		bool whole;

		if (open == 0 || stop_asked(run))
			break;
		run->total = run->done + open * (size_t)(ordinal < planned ? planned - ordinal : 1);
		result = run_round(run, ordinal, &whole, error);
		if (!whole)
			break;
	}
	if (run->options->stop && *run->options->stop) /* even if thorough had what it needs */
		planned = run->profile.rounds_max;
	summary->partial = result < 0 || (ordinal < planned && remaining(run) > 0);
	summary->written_out = run->written_out;
	return result;
}

static int allocate(struct execution *run, struct nb_error *error)
{
	size_t count = run->catalogue->count;

	run->tracks = calloc(count, sizeof(run->tracks[0]));
	run->order = calloc(count, sizeof(run->order[0]));
	run->exchange = mmap(NULL, sizeof(*run->exchange), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!run->tracks || !run->order || run->exchange == MAP_FAILED)
		return nb_error_set(error, ENOMEM, "no memory for the session");
	for (size_t i = 0; i < count; i++) {
		run->tracks[i].half_width = NAN;
		run->tracks[i].medians =
			calloc((size_t)run->profile.rounds_max, sizeof(run->tracks[i].medians[0]));
		if (!run->tracks[i].medians)
			return nb_error_set(error, ENOMEM, "no memory for the session");
	}
	return 0;
}

static void release(struct execution *run)
{
	for (size_t i = 0; run->tracks && i < run->catalogue->count; i++)
		free(run->tracks[i].medians);
	free(run->tracks);
	free(run->order);
	if (run->exchange != MAP_FAILED)
		munmap(run->exchange, sizeof(*run->exchange));
}

int nb_run_execute(const struct nb_run_options *options, const struct nb_run_catalogue *catalogue,
		   const struct nb_session *session, const struct nb_run_hooks *hooks,
		   struct nb_run_summary *summary, struct nb_error *error)
{
	struct execution run = { .options = options,
				 .catalogue = catalogue,
				 .session = session,
				 .hooks = hooks,
				 .profile = nb_run_profile(options),
				 .exchange = MAP_FAILED,
				 .started_s = now_s() };
	int result;

	*summary = (struct nb_run_summary){ .partial = false };
	nb_run_conditions_cpus(session->cpu, &run.other_cpu);
	nb_random_seed(&run.random, session->seed);
	result = allocate(&run, error);
	if (result == 0)
		result = run_rounds(&run, summary, error);
	release(&run);
	return result;
}
