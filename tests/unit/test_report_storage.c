/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../harness/report/report_storage.h"
#include "storage_sample.h"

/* Two targets in one table: what /mnt/c costs, held against the distribution's own disk. */

/* clang-format off */
static const char expected_table[] =
	"io, user, L1\n"
	"benchmark            where                              p50      p99  95 % CI      rate   CPU/op  sw/op  irq/op   x cwd\n"
	"io.rand_read_4k_q1   cwd ext4 direct                84.0 µs  88.2 µs     ±5 %  10 400/s  24.0 µs   1.00    2.00      1x\n"
	"io.rand_read_4k_q1   c 9p-fd direct-remote           630 µs   660 µs     ±5 %   1 390/s   180 µs   0.00       -  7.50x*\n"
	"io.rand_read_4k_q32  cwd ext4 direct uring           420 µs   440 µs     ±5 %   2 080/s   120 µs   0.00    0.00      1x\n"
	"io.rand_read_4k_q32  c 9p-fd direct-remote threads  9.45 ms  9.90 ms     ±5 %      93/s  2.70 ms   0.00       -  22.5x*\n"
	"io.seq_read_1m       cwd ext4 direct                1.05 ms  1.10 ms     ±5 %  874 MB/s   300 µs   0.00    0.00      1x\n"
	"io.seq_read_1m       c 9p-fd direct-remote          4.20 ms  4.40 ms     ±5 %  218 MB/s  1.20 ms   0.00       -  4.00x*\n"
	"io.fdatasync_2300b   cwd ext4                       4.20 ms  4.40 ms     ±5 %     208/s  1.20 ms   0.00    0.00      1x\n"
	"io.fdatasync_2300b   c 9p-fd                        21.0 ms  22.0 ms     ±5 %      42/s  6.00 ms   0.00       -   5.00x\n"
	"io.first_write       cwd ext4 direct                 336 µs   352 µs     ±5 %   85 MB/s  96.0 µs   0.00    0.00      1x\n"
	"io.rewrite           cwd ext4 direct                 105 µs   110 µs     ±5 %  273 MB/s  30.0 µs   0.00    0.00      1x\n"
	"io.mmap_fault_cold   cwd ext4                       94.5 µs  99.2 µs     ±5 %   9 260/s  27.0 µs   0.00    0.00      1x\n"
	"io.mmap_fault_cold   c 9p-fd                              -        -        -         -        -      -       -       -  skip: the page cache keeps it\n"
	"io.stat              cwd ext4                       1.26 µs  1.50 µs     ±5 %         -   360 ns   0.00    0.00      1x\n"
	"io.stat              c 9p-fd                         945 µs   990 µs     ±5 %         -   270 µs   0.00       -    750x\n"
	"io.unlink            cwd ext4                       8.40 µs  8.98 µs     ±5 %         -        -      -       -      1x\n"
	"io.unlink            c 9p-fd                        1.68 ms  1.76 ms     ±5 %         -        -      -       -    200x\n"
	"io.unix_pingpong                                    40.0 µs  40.2 µs   ±0.0 %         -        -      -       -       -\n"
	"\n"
	"cwd: fdatasync p99 4.40 ms: good enough for etcd (p99 < 10 ms)\n"
	"cwd: a first write takes 3.2 times as long as a rewrite: the file system allocates, or a disk below it grows\n"
	"c: fdatasync p99 22.0 ms: too slow for etcd (p99 < 10 ms)\n"
	"\n"
	"p50, p99       per operation, net of the empty operation \"null\", whose own row shows what was subtracted\n"
	"±N %           half of the 95 % CI of p50, relative to p50\n"
	"rate           operations or bytes over the time of the whole loop, for benchmarks whose loop does little else\n"
	"/op            of the whole loop, clock readings included: CPU time, context switches (sw), interrupts of a virtio disk (irq)\n";
/* clang-format on */

static void two_targets_stand_side_by_side(void **state)
{
	char *text = sample_table(*state, false, 0);

	if (!strstr(text, expected_table))
		fail_msg("%s", text);
	free(text);
}

/* As where a program puts sessions together in another order. */
static void rows_of_one_benchmark_stand_together_in_any_order(void **state)
{
	struct nb_record *record = *state;
	struct nb_series_rounds moved = record->series[1];
	const char *first, *second, *other;
	char *text;

	memmove(&record->series[1], &record->series[2],
		(record->count - 2) * sizeof(record->series[0]));
	record->series[record->count - 1] = moved;
	text = sample_table(record, false, 0);
	first = strstr(text, "io.rand_read_4k_q1   cwd");
	second = strstr(text, "io.rand_read_4k_q1   c 9p-fd");
	other = strstr(text, "io.rand_read_4k_q32  cwd");
	assert_true(first && second && other && first < second && second < other);
	free(text);
}

static void keep_series(struct nb_record *record, const char *target)
{
	size_t kept = 0;

	for (size_t i = 0; i < record->count; i++) {
		struct nb_series_rounds *series = &record->series[i];
		char name[32];

		nb_storage_param(series->series.params, "target", name, sizeof(name));
		if (strcmp(name, target) == 0) {
			struct nb_series_rounds swapped = record->series[kept];

			record->series[kept++] = *series;
			*series = swapped;
		}
	}
	for (size_t i = kept; i < record->count; i++) {
		for (size_t j = 0; j < record->series[i].count; j++)
			nb_stats_histogram_free(&record->series[i].rounds[j].histogram);
		free(record->series[i].rounds);
	}
	record->count = kept;
}

static void one_target_alone_is_held_against_nothing(void **state)
{
	char *text;

	keep_series(*state, "c");
	text = sample_table(*state, false, 0);
	assert_null(strstr(text, "x c"));
	assert_null(strstr(text, "x NAME"));
	assert_null(strstr(text, "irq/op  ")); /* nobody counted any */
	assert_non_null(strstr(text, "direct-remote  guest-direct-remote: "));
	free(text);
}

/* Without the working directory the first target is what others are held against. */
static void the_first_target_stands_in_for_the_working_directory(void **state)
{
	struct nb_record *record = *state;
	char *text;

	for (size_t i = 0; i < record->count; i++) {
		char *params = record->series[i].series.params;
		char *name = strstr(params, "cwd");

		if (name)
			nb_base_copy(name,
				     sizeof(record->series[i].series.params) -
					     (size_t)(name - params),
				     "ssd");
	}
	text = sample_table(record, false, 0);
	assert_non_null(strstr(text, "  x ssd\n"));
	assert_non_null(strstr(text, "  750x\n"));
	free(text);
}

static struct nb_series_rounds *find(struct nb_record *record, const char *benchmark)
{
	for (size_t i = 0; i < record->count; i++)
		if (strcmp(record->series[i].series.benchmark, benchmark) == 0)
			return &record->series[i];
	abort();
}

static void replace_samples(struct nb_series_rounds *series, uint64_t ticks, size_t count)
{
	uint64_t samples[SAMPLE_COUNT];

	for (size_t i = 0; i < count; i++)
		samples[i] = ticks;
	for (size_t i = 0; i < series->count; i++)
		sample_fill(&series->rounds[i], samples, count);
}

static void too_few_samples_give_no_verdict_for_etcd_but_where_it_is_clear(void **state)
{
	struct nb_series_rounds *series = find(*state, "io.fdatasync_2300b");
	char *text;

	replace_samples(series, 4000000, 10);
	text = sample_table(*state, false, 0);
	assert_non_null(strstr(text,
			       "\ncwd: fdatasync: 60 samples are too few for a p99, which takes "
			       "368: no verdict for etcd (p99 < 10 ms)\n"));
	free(text);
	replace_samples(series, 30000000, 10);
	text = sample_table(*state, false, 0);
	assert_non_null(
		strstr(text, "\ncwd: fdatasync p50 30.0 ms: too slow for etcd (p99 < 10 ms)\n"));
	free(text);
	replace_samples(series, 10000000, SAMPLE_COUNT);
	text = sample_table(*state, false, 0);
	assert_non_null(strstr(text, "\ncwd: fdatasync p99 10.0 ms: too slow for etcd"));
	free(text);
}

static void memory_is_no_place_for_etcd(void **state)
{
	struct nb_series_rounds *series = find(*state, "io.fdatasync_2300b");
	char *text;

	nb_base_copy(series->series.params, sizeof(series->series.params), "fs=tmpfs,target=cwd");
	text = sample_table(*state, false, 0);
	assert_non_null(strstr(text, "\ncwd: memory, which fdatasync writes nowhere: "));
	assert_null(strstr(text, "cwd: fdatasync p99"));
	free(text);
}

/* Their intervals touch: it may be chance. */
static void a_first_write_that_may_be_as_fast_is_not_worth_a_line(void **state)
{
	struct nb_series_rounds *series = find(*state, "io.rewrite");
	char *text;

	replace_samples(series, 150000, SAMPLE_COUNT);
	text = sample_table(*state, false, 0);
	assert_non_null(strstr(text, "a first write takes 2.2 times"));
	free(text);
	nb_stats_histogram_free(&series->rounds[5].histogram);
	series->rounds[5] = storage_round(5, 900000, 1000000, 0);
	nb_stats_histogram_free(&series->rounds[4].histogram);
	series->rounds[4] = storage_round(4, 900000, 1000000, 0);
	text = sample_table(*state, false, 0);
	assert_null(strstr(text, "a first write takes"));
	free(text);
}

/* A disk whose credits last for five of twenty windows. */
static void credits_that_ran_out_are_told_below_the_table(void **state)
{
	struct nb_record *record = *state;
	struct nb_series series =
		sample_series("io.rand_write_4k_q32", NB_USER, STORAGE_CWD_QUEUED);
	struct nb_series stream = sample_series("io.seq_write_1m", NB_USER, STORAGE_CWD_DIRECT);
	char *text;

	for (int i = 0; i < 20; i++) {
		int64_t wall_ns = INT64_C(1000000) * SAMPLE_COUNT * (i < 5 ? 1 : 7) / 3500;
		struct nb_round round = storage_round(i, 400000, wall_ns * 1000, 4096);
		struct nb_round next =
			storage_round(i, 400000, wall_ns * 1000, INT64_C(1048576) * SAMPLE_COUNT);

		round.guards.wall_ms = 10000;
		next.guards.wall_ms = 10000;
		sample_append(record, &series, round);
		sample_append(record, &stream, next);
	}
	text = sample_table(record, false, 0);
	if (!strstr(text, "\ncwd: io.rand_write_4k_q32: credits ran out after 100 s: "
			  "from 3 500/s to 500/s\n"
			  "cwd: io.seq_write_1m: credits ran out after 100 s: "
			  "from 3 670 MB/s to 524 MB/s\n"))
		fail_msg("%s", text);
	free(text);
}

static void assert_begins(const char *text, const char *beginning)
{
	assert_int_equal(strncmp(text, beginning, strlen(beginning)), 0);
}

static void json_has_rates_and_costs_of_storage_and_of_nothing_else(void **state)
{
	char *text = sample_json(*state, false);
	const char *place = strstr(text, "\"io.unlink\"");

	if (!strstr(text, "   \"io\": {\n"
			  "    \"per_second\": 10416.666666666666,\n"
			  "    \"bytes_per_second\": 42666666.666666664,\n"
			  "    \"cpu_ns_per_op\": 24000.0,\n"
			  "    \"switches_per_op\": 1.0,\n"
			  "    \"interrupts_per_op\": 2.0\n"
			  "   }"))
		fail_msg("%s", strstr(text, "\"io\""));
	assert_begins(strstr(place, "\"io\": "), "\"io\": {\n    \"per_second\": null,");
	place = strstr(text, "\"io.unix_pingpong\"");
	assert_begins(strstr(place, "\"io\": "), "\"io\": null");
	free(text);
}

static void json_of_storage_is_read_back(void **state)
{
	struct nb_record read = { 0 };
	struct nb_error error = { 0 };
	char *text = sample_json(*state, true);
	char *again;

	if (sample_read(text, &read, &error) < 0)
		fail_msg("%s", error.text);
	again = sample_json(&read, true);
	assert_string_equal(text, again);
	free(text);
	free(again);
	nb_record_free(&read);
}

static void csv_has_them_of_each_round(void **state)
{
	char *text = sample_csv(*state, true);

	assert_non_null(strstr(text, ",tags,io_per_second,io_bytes_per_second,io_cpu_ns_per_op,"
				     "io_switches_per_op,io_interrupts_per_op\r\n"));
	assert_non_null(strstr(text, ",10416.666666666666,42666666.666666664,24000,1,"
				     "2\r\n"));
	assert_non_null(strstr(text, ",,,,,\r\n"));
	free(text);
}

static void a_round_that_claims_nonsense_is_left_out(void **state)
{
	struct nb_record *record = *state;
	struct nb_series_rounds *series = &record->series[0];
	struct nb_storage storage, whole;

	assert_true(nb_storage_of_series(&record->session, series, &whole));
	series->rounds[0].ops = -1;
	series->rounds[1].kinds[0].count = 0;
	series->rounds[2].kinds[0].count = -1;
	series->rounds[3].outcome = NB_ERROR;
	assert_true(nb_storage_of_series(&record->session, series, &storage));
	assert_memory_equal(&storage, &whole, sizeof(storage));
	series->rounds[4].ops = 0;
	series->rounds[5].kind_count = 0;
	assert_false(nb_storage_of_series(&record->session, series, &storage));
	assert_true(isnan(storage.per_second) && isnan(storage.interrupts_per_op));
}

static void parameters_of_the_runner_are_told_from_a_benchmarks_own(void **state)
{
	struct nb_series a = sample_series("io.x", NB_USER, "depth=4,fs=ext4,size=1m,target=cwd");
	struct nb_series b = sample_series("io.x", NB_USER,
					   "depth=4,engine=uring,fs=9p-fd,"
					   "mode=buffered,size=1m,target=c");
	char text[96];

	(void)state;
	nb_storage_own_params(b.params, text, sizeof(text));
	assert_string_equal(text, "depth=4,size=1m");
	assert_true(nb_storage_same(&a, &b));
	nb_base_copy(b.params, sizeof(b.params), "depth=4,fs=9p-fd,size=2m,target=c");
	assert_false(nb_storage_same(&a, &b));
	assert_false(nb_storage_param(a.params, "size=1", text, sizeof(text)));
	assert_string_equal(text, "");
	assert_true(nb_storage_param("a=,b=2", "a", text, sizeof(text)));
	assert_string_equal(text, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STORAGE_TEST(two_targets_stand_side_by_side),
		STORAGE_TEST(rows_of_one_benchmark_stand_together_in_any_order),
		STORAGE_TEST(one_target_alone_is_held_against_nothing),
		STORAGE_TEST(the_first_target_stands_in_for_the_working_directory),
		STORAGE_TEST(too_few_samples_give_no_verdict_for_etcd_but_where_it_is_clear),
		STORAGE_TEST(memory_is_no_place_for_etcd),
		STORAGE_TEST(a_first_write_that_may_be_as_fast_is_not_worth_a_line),
		STORAGE_TEST(credits_that_ran_out_are_told_below_the_table),
		STORAGE_TEST(json_has_rates_and_costs_of_storage_and_of_nothing_else),
		STORAGE_TEST(json_of_storage_is_read_back),
		STORAGE_TEST(csv_has_them_of_each_round),
		STORAGE_TEST(a_round_that_claims_nonsense_is_left_out),
		cmocka_unit_test(parameters_of_the_runner_are_told_from_a_benchmarks_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
