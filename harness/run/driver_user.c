/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run_storage_private.h"

/* The user vantage: the same loops in this very process. */

enum user_index {
#define NB_BENCH(id, vantage, needs, unit, summary) NB_INDEX_##vantage(id)
#define NB_INDEX_guest(id)
#define NB_INDEX_user(id) INDEX_##id,
#define NB_INDEX_io(id)	  INDEX_##id,
#include "bench.def"
#undef NB_BENCH
};

struct user {
	const struct nb_bench *bench, *selected;
	uint64_t arg;
	struct nb_loop loop;
	uint64_t samples[NB_RUN_SAMPLES_MAX];
	const struct nb_run_site *site; /* of bench/io; NULL otherwise */
	struct nb_io io;
	struct nb_run_counting counting;
};

static int setup(void *context, bool null, struct nb_run_verdict *verdict)
{
	struct user *user = context;
	const char *reason;

	user->selected =
		null && !user->bench->own_null ? nb_run_user_bench(INDEX_exit_null) : user->bench;
	user->loop.arg = user->arg;
	user->loop.null = null && user->bench->own_null;
	user->loop.samples = user->samples;
	user->loop.failure = NULL;
	memset(user->loop.state, 0, sizeof(user->loop.state));
	reason = user->selected->setup ? user->selected->setup(&user->loop) : NULL;
	if (!reason)
		return 0;
	return nb_run_fail(verdict, user->loop.failure ? NB_ERROR : NB_SKIP, reason);
}

static void run_untimed(struct user *user, const struct nb_run_tuning *tuning)
{
	user->loop.count = 1;
	for (uint64_t i = 0; i < tuning->count; i++) {
		double start = nb_run_clock_raw_ns();

		user->selected->untimed(&user->loop);
		user->samples[i] = (uint64_t)(nb_run_clock_raw_ns() - start);
	}
}

static int teardown(void *context, struct nb_run_verdict *verdict)
{
	struct user *user = context;

	(void)verdict;
	if (user->selected->teardown)
		user->selected->teardown(&user->loop);
	return 0;
}

static int run(void *context, const struct nb_run_tuning *tuning, struct nb_run_verdict *verdict)
{
	struct user *user = context;
	struct nb_loop *loop = &user->loop;

	loop->batch = tuning->batch;
	loop->count = tuning->count;
	loop->failure = NULL;
	if (tuning->untimed)
		run_untimed(user, tuning);
	else
		user->selected->timed(loop);
	if (!loop->failure)
		return 0;
	verdict->outcome = NB_ERROR; /* the next round may be luckier */
	snprintf(verdict->reason, sizeof(verdict->reason), "%s: %llu of %llu", loop->failure,
		 (unsigned long long)loop->failed, (unsigned long long)loop->total);
	/* On a full disk what it made would be in the way of the others. */
	if (user->site)
		teardown(user, verdict);
	return -1;
}

static const uint64_t *samples(void *context)
{
	const struct user *user = context;

	return user->samples;
}

/* Nobody inside a machine can count that machine's own exits; storage has other things to count. */
static bool counters(void *context, struct nb_vmm_stats *stats)
{
	struct user *user = context;

	stats->count = 0;
	if (!user->site)
		return false;
	nb_run_storage_counters(user->site, &user->io, &user->counting, stats);
	return true;
}

static void close_user(void *context)
{
	struct user *user = context;

	if (user->site)
		nb_io_close(&user->io);
	free(user);
}

static int open_storage(struct user *user, const struct nb_run_task *task,
			struct nb_run_verdict *verdict)
{
	struct nb_error error = { 0 };

	if (task->entry->at.target < 0)
		return 0;
	user->site = &task->storage->sites[task->entry->at.target];
	if (nb_io_open(&user->io, &user->site->workspace, &task->storage->plan, &error) == 0)
		return 0;
	user->site = NULL;
	return nb_run_fail(verdict, NB_ERROR, error.text);
}

int nb_run_driver_user(struct nb_run_driver *driver, const struct nb_run_task *task,
		       struct nb_run_verdict *verdict)
{
	const struct nb_run_entry *entry = task->entry;
	struct user *user = calloc(1, sizeof(*user));

	if (!user)
		return nb_run_fail(verdict, NB_ERROR, "no memory");
	user->bench = nb_run_entry_bench(entry);
	user->arg = user->bench->variants[entry->at.variant].arg;
	if (open_storage(user, task, verdict) < 0) {
		close_user(user);
		return -1;
	}
	user->loop.context = user->site ? &user->io : NULL;
	memset(user->samples, 1, sizeof(user->samples)); /* no page fault in a sample */
	*driver = (struct nb_run_driver){ .context = user,
					  .bench = user->bench,
					  .is_null = entry->at.bench == INDEX_exit_null,
					  .setup = setup,
					  .run = run,
					  .teardown = teardown,
					  .samples = samples,
					  .counters = counters,
					  .close = close_user };
	return 0;
}
