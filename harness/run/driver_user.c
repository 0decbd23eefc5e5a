/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run_private.h"

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
	memset(user->loop.state, 0, sizeof(user->loop.state));
	reason = user->selected->setup ? user->selected->setup(&user->loop) : NULL;
	if (!reason)
		return 0;
	verdict->outcome = NB_SKIP;
	verdict->final = true;
	nb_base_copy(verdict->reason, sizeof(verdict->reason), reason);
	return -1;
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
	return -1;
}

static int teardown(void *context, struct nb_run_verdict *verdict)
{
	struct user *user = context;

	(void)verdict;
	if (user->selected->teardown)
		user->selected->teardown(&user->loop);
	return 0;
}

static const uint64_t *samples(void *context)
{
	const struct user *user = context;

	return user->samples;
}

/* Nobody inside a machine can count that machine's own exits. */
static bool counters(void *context, struct nb_vmm_stats *stats)
{
	(void)context;
	stats->count = 0;
	return false;
}

int nb_run_driver_user(struct nb_run_driver *driver, const struct nb_run_task *task,
		       struct nb_run_verdict *verdict)
{
	const struct nb_run_entry *entry = task->entry;
	struct user *user = calloc(1, sizeof(*user));

	if (!user) {
		verdict->outcome = NB_ERROR;
		nb_base_copy(verdict->reason, sizeof(verdict->reason), "no memory");
		return -1;
	}
	user->bench = nb_run_entry_bench(entry);
	user->arg = user->bench->variants[entry->at.variant].arg;
	memset(user->samples, 1, sizeof(user->samples)); /* no page fault in a sample */
	*driver = (struct nb_run_driver){ .context = user,
					  .bench = user->bench,
					  .is_null = entry->at.bench == INDEX_exit_null,
					  .setup = setup,
					  .run = run,
					  .teardown = teardown,
					  .samples = samples,
					  .counters = counters,
					  .close = free };
	return 0;
}
