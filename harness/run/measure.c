/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run_private.h"

enum {
	BLOCKS = 4, /* turns of null and operation */
	WARM_UP = 16,
	WARM_UP_AGAIN = 2, /* after the other one's turn */
	PROBE = 64,	   /* samples that calibration looks at */
	PROBE_FIRST = 4,   /* a slow operation shows itself in these */
	COUNT_MIN = 16,	   /* samples of a round */
	NULL_COUNT = 512,
	BATCH = 64,	     /* operations per sample below the clock's resolution */
	BATCH_BELOW = 100,   /* ticks; some TSCs count in steps of 25 */
	CLOCK_TRAPS = 1000,  /* ticks: no CPU reads its own counter that slowly */
	UNTIMED_NS = 200000, /* length of a batch timed from outside */
	UNTIMED_PROBE = 256,
	UNTIMED_NULLS = 32,
};

struct measurement {
	const struct nb_run_driver *driver;
	struct nb_run_exchange *exchange;
	struct nb_run_count null, loop;
	double budget_ns;
	double window_ns; /* go on for so long, whatever the samples are; 0: no longer than they
			     take */
	uint64_t window_bytes; /* of writing */
	uint64_t samples_max;
	int64_t ops;
	bool is_null; /* the measured benchmark is the empty operation */
	uint64_t scratch[NULL_COUNT];
};

/* All of a round's samples of one kind: the blocks append to them. */
struct stretch {
	bool null;
	struct nb_run_tuning tuning;
	uint64_t *samples;
	struct nb_run_count *count;
};

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

/* Sorts the values. */
static double median_of(uint64_t *values, uint64_t count)
{
	uint64_t lower = (count - 1) / 2;
	uint64_t upper = count / 2;

	qsort(values, count, sizeof(values[0]), compare);
	return ((double)values[lower] + (double)values[upper]) / 2;
}

/* Of the driver's last samples, NULL_COUNT at the most. */
static double median(struct measurement *m, uint64_t count)
{
	memcpy(m->scratch, m->driver->samples(m->driver->context), count * sizeof(m->scratch[0]));
	return median_of(m->scratch, count);
}

static int run(struct measurement *m, const struct nb_run_tuning *tuning)
{
	return m->driver->run(m->driver->context, tuning, &m->exchange->verdict);
}

static int run_counted(struct measurement *m, const struct nb_run_tuning *tuning,
		       struct nb_run_count *count)
{
	bool before = m->driver->counters(m->driver->context, &count->before);
	int result = run(m, tuning);

	count->samples = tuning->count;
	count->valid = m->driver->counters(m->driver->context, &count->after) && before &&
		       count->before.count == count->after.count;
	return result;
}

static int setup(struct measurement *m, bool null)
{
	return m->driver->setup(m->driver->context, null, &m->exchange->verdict);
}

static int teardown(struct measurement *m)
{
	return m->driver->teardown(m->driver->context, &m->exchange->verdict);
}

static bool is_emulated(const struct nb_run_count *null)
{
	return null->valid && nb_run_count_of(null, "insn_emulation") > 2 * (int64_t)null->samples;
}

/*
 * An empty sample reads the clock twice. What traps in user mode, or to an outer hypervisor, is in
 * no counter of ours, but it takes its time.
 */
static bool clock_traps(const struct nb_run_count *null, double null_ticks)
{
	if (is_emulated(null))
		return false;
	if (null->valid && nb_run_count_exits(null) > (int64_t)(null->samples + null->samples / 2))
		return true;
	return null_ticks > CLOCK_TRAPS;
}

static int probe_null(struct measurement *m, double *null_ticks)
{
	struct nb_run_tuning tuning = { .count = PROBE, .batch = 1 };

	if (setup(m, true) < 0 || run(m, &tuning) < 0 || run_counted(m, &tuning, &m->null) < 0)
		return -1;
	*null_ticks = median(m, PROBE);
	return teardown(m);
}

static uint64_t at_most(uint64_t count, uint64_t limit)
{
	return limit > 0 && count > limit ? limit : count;
}

/* What a few samples tell of an operation. */
struct probe {
	double ticks;	/* of one sample, clock included */
	double tick_ns; /* how long a tick is */
	double wall_ns; /* that a sample takes, whatever it says it does */
};

static int probe_operation(struct measurement *m, uint64_t batch, struct probe *probe)
{
	uint64_t limit = m->driver->bench->samples_max;
	struct nb_run_tuning tuning = { .count = at_most(PROBE_FIRST, limit), .batch = batch };
	struct nb_run_instant start = nb_run_clock_now();
	struct nb_run_instant again, stop;

	if (run(m, &tuning) < 0)
		return -1;
	again = nb_run_clock_now();
	if (again.raw_ns - start.raw_ns < m->budget_ns / 4)
		tuning.count = at_most(PROBE, limit);
	if (run(m, &tuning) < 0)
		return -1;
	stop = nb_run_clock_now();
	probe->ticks = median(m, tuning.count);
	probe->tick_ns = 1e9 / nb_run_clock_rate(&start, &stop);
	probe->wall_ns = (stop.raw_ns - again.raw_ns) / (double)tuning.count;
	return 0;
}

static uint64_t fit(double wanted, uint64_t least, uint64_t most)
{
	if (!(wanted > (double)least))
		return least;
	return wanted < (double)most ? (uint64_t)wanted : most;
}

static int tune_untimed(struct measurement *m, struct nb_run_tuning *tuning)
{
	struct nb_run_tuning probe = { .count = 3, .batch = UNTIMED_PROBE, .untimed = true };
	double ns;

	if (run(m, &probe) < 0)
		return -1;
	ns = fmax(median(m, probe.count), 1);
	tuning->untimed = true;
	tuning->batch = fit(UNTIMED_NS * UNTIMED_PROBE / ns, 1, 1000000);
	tuning->count = fit(m->budget_ns / UNTIMED_NS, COUNT_MIN, m->samples_max);
	return 0;
}

/* Operations a sample: below the clock's resolution many, unless the benchmark knows. */
static uint64_t choose_batch(const struct measurement *m, double net, double null_ticks)
{
	if (m->driver->bench->batch > 0)
		return m->driver->bench->batch;
	return net < BATCH_BELOW && null_ticks < CLOCK_TRAPS && !m->is_null ? BATCH : 1;
}

/*
 * What a sample takes, in ns. A timer that is 100 us late after a millisecond is a sample of a
 * millisecond; 32 reads of a millisecond each that are under way together take one.
 */
static double price_of(const struct nb_bench *bench, const struct probe *probe)
{
	if (bench->io == NB_IO_QUEUED)
		return probe->wall_ns;
	return fmax(probe->ticks * probe->tick_ns, probe->wall_ns);
}

/* How many samples of how many operations fill the budget. */
static int calibrate(struct measurement *m, struct nb_run_tuning *tuning)
{
	const struct nb_bench *bench = m->driver->bench;
	uint64_t most = at_most(m->samples_max, BLOCKS * bench->samples_max);
	double null_ticks, net;
	struct probe probe;

	if (probe_null(m, &null_ticks) < 0 || setup(m, false) < 0)
		return -1;
	if (bench->untimed && !bench->own_null && clock_traps(&m->null, null_ticks)) {
		if (tune_untimed(m, tuning) < 0)
			return -1;
		return teardown(m);
	}
	if (probe_operation(m, bench->batch > 0 ? bench->batch : 1, &probe) < 0)
		return -1;
	net = fmax(probe.ticks - null_ticks, 0);
	tuning->batch = choose_batch(m, net, null_ticks);
	if (bench->batch == 0)
		probe.ticks = null_ticks + net * (double)tuning->batch;
	tuning->count = fit(m->budget_ns / price_of(bench, &probe), at_most(COUNT_MIN, most), most);
	return teardown(m);
}

/* Where block number of BLOCKS begins; number BLOCKS is the end. */
static uint64_t block_start(uint64_t count, unsigned number)
{
	return count * number / BLOCKS;
}

/* A fast disk takes in ten seconds more than anybody wants to have written. */
static bool has_written_enough(const struct measurement *m, const struct nb_run_count *count)
{
	return m->driver->bench->writes &&
	       nb_run_count_of(count, "bytes") > (int64_t)m->window_bytes;
}

/* Warm-ups and what calibration did, too: the counter begins with the round. */
static uint64_t bytes_so_far(const struct nb_run_count *count)
{
	const struct nb_run_count all = { .after = count->after };

	return (uint64_t)nb_run_count_of(&all, "bytes");
}

/*
 * The counted part of a block. Where a window is watched, what its counters say is of all of it,
 * and the samples are the last ones: a disk that has used up its credits is slow by then.
 */
static int measure_part(struct measurement *m, const struct stretch *stretch,
			const struct nb_run_tuning *part)
{
	double end = nb_run_clock_raw_ns() + (stretch->null ? 0 : m->window_ns / BLOCKS);
	struct nb_run_count count;

	do {
		if (run_counted(m, part, &count) < 0)
			return -1;
		nb_run_count_add(stretch->count, &count);
		m->exchange->moved = bytes_so_far(&count);
		m->ops += stretch->null ? 0 : (int64_t)(part->count * part->batch);
	} while (nb_run_clock_raw_ns() < end && !has_written_enough(m, stretch->count));
	return 0;
}

/* One stretch of the empty operation or of the measured one. */
static int measure_block(struct measurement *m, const struct stretch *stretch, unsigned number)
{
	uint64_t start = block_start(stretch->tuning.count, number);
	struct nb_run_tuning part = stretch->tuning;
	struct nb_run_tuning warm_up = stretch->tuning;

	part.count = block_start(stretch->tuning.count, number + 1) - start;
	warm_up.count =
		at_most(number == 0 ? WARM_UP : WARM_UP_AGAIN, m->driver->bench->samples_max);
	if (setup(m, stretch->null) < 0 || run(m, &warm_up) < 0 ||
	    measure_part(m, stretch, &part) < 0)
		return -1;
	memcpy(stretch->samples + start, m->driver->samples(m->driver->context),
	       part.count * sizeof(stretch->samples[0]));
	return teardown(m);
}

/*
 * Null and operation take turns, so that a machine that changes its pace within a round, as VMs on
 * busy hosts do, changes it for both.
 */
static int measure_blocks(struct measurement *m, const struct nb_run_tuning *tuning)
{
	struct stretch null = {
		.null = true, .tuning = *tuning, .samples = m->scratch, .count = &m->null
	};
	struct stretch operation = { .tuning = *tuning,
				     .samples = m->exchange->samples,
				     .count = &m->loop };

	null.tuning.count = tuning->untimed ? UNTIMED_NULLS : NULL_COUNT;
	m->null.samples = 0;
	for (unsigned number = 0; number < BLOCKS; number++) {
		if (measure_block(m, &null, number) < 0 || measure_block(m, &operation, number) < 0)
			return -1;
	}
	m->exchange->null_ticks = m->is_null ? 0 : median_of(m->scratch, null.tuning.count);
	m->exchange->emulated = is_emulated(&m->null);
	if (m->is_null) /* its own exits are what it is to show */
		m->null.samples = 0;
	return 0;
}

static int measure(struct measurement *m, int cpu)
{
	struct nb_run_exchange *exchange = m->exchange;
	struct nb_run_tuning *tuning = &exchange->tuning;
	struct nb_run_watch watch;
	int result;

	if (tuning->count == 0 && calibrate(m, tuning) < 0)
		return -1;
	nb_run_guards_start(&watch, cpu, &exchange->guards);
	result = measure_blocks(m, tuning);
	nb_run_guards_stop(&watch, &exchange->guards, &exchange->tsc_hz);
	if (result < 0)
		return -1;
	exchange->tick_hz = tuning->untimed ? 1e9 : exchange->tsc_hz;
	exchange->ops = m->ops;
	nb_run_evidence_fill(&m->null, &m->loop, m->driver->bench, exchange);
	return 0;
}

void nb_run_measure(const struct nb_run_driver *driver, const struct nb_run_profile *profile,
		    int cpu, struct nb_run_exchange *exchange)
{
	struct measurement m = { .driver = driver,
				 .exchange = exchange,
				 .budget_ns = profile->budget_ms * 1e6,
				 .window_ns = profile->window_ms * 1e6,
				 .window_bytes = profile->io_window_bytes,
				 .samples_max = profile->samples_max,
				 .is_null = driver->is_null };

	measure(&m, cpu);
}
