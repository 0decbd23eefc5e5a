/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report_storage.h"
#include "report_text.h"

static const char family[] = "io.";

bool nb_storage_param(const char *params, const char *key, char *value, size_t size)
{
	size_t length = strlen(key);

	for (; *params; params += strcspn(params, ","), params += *params == ',') {
		if (strncmp(params, key, length) != 0 || params[length] != '=')
			continue;
		snprintf(value, size, "%.*s", (int)strcspn(params + length + 1, ","),
			 params + length + 1);
		return true;
	}
	value[0] = '\0';
	return false;
}

/* The runner adds these to a benchmark's own parameters. */
static bool says_where(const char *param)
{
	static const char *const keys[] = { "engine=", "fs=", "mode=", "target=" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strncmp(param, keys[i], strlen(keys[i])) == 0)
			return true;
	return false;
}

void nb_storage_own_params(const char *params, char *text, size_t size)
{
	char param[sizeof(((struct nb_series *)0)->params)];

	text[0] = '\0';
	for (; *params; params += strcspn(params, ","), params += *params == ',') {
		if (says_where(params))
			continue;
		snprintf(param, sizeof(param), "%.*s", (int)strcspn(params, ","), params);
		nb_report_join(text, size, ",", param);
	}
}

bool nb_storage_same(const struct nb_series *a, const struct nb_series *b)
{
	char left[sizeof(a->params)], right[sizeof(b->params)];

	if (strcmp(a->benchmark, b->benchmark) != 0 || strcmp(a->metric, b->metric) != 0 ||
	    a->vantage != b->vantage)
		return false;
	nb_storage_own_params(a->params, left, sizeof(left));
	nb_storage_own_params(b->params, right, sizeof(right));
	return strcmp(left, right) == 0;
}

enum nb_storage_rate nb_storage_rate(const char *benchmark)
{
	/* Whose loop is the operation and next to nothing else. */
	static const struct {
		const char *benchmark;
		enum nb_storage_rate rate;
	} rates[] = {
		{ "io.rand_read_4k_q1", NB_STORAGE_RATE_OPS },
		{ "io.rand_write_4k_q1", NB_STORAGE_RATE_OPS },
		{ "io.rand_read_4k_q32", NB_STORAGE_RATE_OPS },
		{ "io.rand_write_4k_q32", NB_STORAGE_RATE_OPS },
		{ "io.seq_read_1m", NB_STORAGE_RATE_BYTES },
		{ "io.seq_write_1m", NB_STORAGE_RATE_BYTES },
		{ "io.fdatasync_2300b", NB_STORAGE_RATE_OPS }, /* commits: write and flush */
		{ "io.first_write", NB_STORAGE_RATE_BYTES },
		{ "io.rewrite", NB_STORAGE_RATE_BYTES },
		{ "io.mmap_fault_cold", NB_STORAGE_RATE_OPS },
		{ "io.tree_walk", NB_STORAGE_RATE_OPS },
		{ "io.untar", NB_STORAGE_RATE_OPS },
		{ "io.stat_storm", NB_STORAGE_RATE_OPS },
		{ "io.compile_like", NB_STORAGE_RATE_OPS },
	};

	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++)
		if (strcmp(rates[i].benchmark, benchmark) == 0)
			return rates[i].rate;
	return NB_STORAGE_RATE_NONE;
}

/* Their loops hold other operations of about the same cost. */
static bool prepares_with_work(const char *benchmark)
{
	return strcmp(benchmark, "io.create") == 0 || strcmp(benchmark, "io.unlink") == 0;
}

/* 38 700 as "38 700": operations a second run into the millions. */
static void group_digits(char *text, size_t size, double value)
{
	long long whole = llround(value);

	if (whole >= 1000000)
		snprintf(text, size, "%lld %03lld %03lld", whole / 1000000, whole / 1000 % 1000,
			 whole % 1000);
	else if (whole >= 1000)
		snprintf(text, size, "%lld %03lld", whole / 1000, whole % 1000);
	else
		snprintf(text, size, "%.*f", value < 10 ? 1 : 0, value);
}

/* Three digits are what a rate is good for. */
static double rounded(double value)
{
	double step = pow(10, fmax(floor(log10(fmax(value, 1))) - 2, 0));

	return value < 1000 ? value : round(value / step) * step;
}

void nb_storage_rate_text(char *text, size_t size, enum nb_storage_rate rate,
			  const struct nb_storage *storage)
{
	bool bytes = rate == NB_STORAGE_RATE_BYTES;
	double value = bytes ? storage->bytes_per_second / 1e6 : storage->per_second;

	snprintf(text, size, "-");
	if (rate == NB_STORAGE_RATE_NONE || !isfinite(value) || value >= 1e9)
		return;
	group_digits(text, size, rounded(value));
	nb_report_join(text, size, bytes ? " " : "", bytes ? "MB/s" : "/s");
}

/* Sums over rounds: of doubles, since a file may claim any number. */
struct totals {
	double ops, wall_ns, cpu_ns, bytes, switches, interrupts;
	bool interrupts_known;
};

static double count_of(const struct nb_round *round, const char *name)
{
	for (size_t i = 0; i < round->kind_count; i++)
		if (strcmp(round->kinds[i].name, name) == 0)
			return (double)round->kinds[i].count;
	return -1;
}

/* A counter that did not move is not among a round's kinds. */
static double grown(const struct nb_round *round, const char *name)
{
	return fmax(count_of(round, name), 0);
}

static void add_round(struct totals *totals, const struct nb_round *round)
{
	double wall_ns = count_of(round, "wall_ns");

	if (round->outcome != NB_OK || round->ops <= 0 || wall_ns <= 0)
		return;
	totals->ops += (double)round->ops;
	totals->wall_ns += wall_ns;
	totals->cpu_ns += grown(round, "cpu_ns");
	totals->bytes += grown(round, "bytes");
	totals->switches += grown(round, "switches");
	totals->interrupts += grown(round, "interrupts");
	totals->interrupts_known |= count_of(round, "interrupts") >= 0;
}

/* Whether the interrupts of the disk below a series are counted at all: then none is a figure. */
static bool counts_interrupts(const struct nb_session *session, const struct nb_series *series)
{
	char name[sizeof(session->targets[0].name)];

	if (!nb_storage_param(series->params, "target", name, sizeof(name)))
		return false;
	for (size_t i = 0; i < session->target_count; i++)
		if (strcmp(session->targets[i].name, name) == 0)
			return strstr(session->targets[i].disk, "(virtio_blk)") != NULL;
	return false;
}

static bool derive(const struct nb_session *session, const struct nb_series *series,
		   const struct totals *totals, struct nb_storage *storage)
{
	bool rate = nb_storage_rate(series->benchmark) != NB_STORAGE_RATE_NONE;

	*storage = (struct nb_storage){ NAN, NAN, NAN, NAN, NAN };
	if (totals->ops <= 0 || strncmp(series->benchmark, family, strlen(family)) != 0)
		return false;
	if (prepares_with_work(series->benchmark))
		return true;
	if (rate)
		storage->per_second = totals->ops / totals->wall_ns * 1e9;
	if (rate && totals->bytes > 0)
		storage->bytes_per_second = totals->bytes / totals->wall_ns * 1e9;
	storage->cpu_ns_per_op = totals->cpu_ns / totals->ops;
	storage->switches_per_op = totals->switches / totals->ops;
	if (totals->interrupts_known || counts_interrupts(session, series))
		storage->interrupts_per_op = totals->interrupts / totals->ops;
	return true;
}

bool nb_storage_of_round(const struct nb_session *session, const struct nb_series *series,
			 const struct nb_round *round, struct nb_storage *storage)
{
	struct totals totals = { .ops = 0 };

	add_round(&totals, round);
	return derive(session, series, &totals, storage);
}

bool nb_storage_of_series(const struct nb_session *session, const struct nb_series_rounds *series,
			  struct nb_storage *storage)
{
	struct totals totals = { .ops = 0 };

	for (size_t i = 0; i < series->count; i++)
		add_round(&totals, &series->rounds[i]);
	return derive(session, &series->series, &totals, storage);
}
