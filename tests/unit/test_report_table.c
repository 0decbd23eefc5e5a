/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../harness/report/report_text.h"
#include "report_sample.h"

static int prepare(void **state)
{
	static struct nb_record record;

	sample_record(&record);
	*state = &record;
	return 0;
}

static int release(void **state)
{
	nb_record_free(*state);
	return 0;
}

/* The whole table as a person sees it; the other tests are about single marks. */
static void the_table_reads_as_it_should(void **state)
{
	static const char expected[] =
		"Session 01JD6QJ3C0ABCDEFGHJKMNPQRS, 2026-11-21 03:12:05 UTC, nestbench 0.1.0\n"
		"CPU         Example CPU, 4 online, 16.0 GiB memory\n"
		"Hypervisor  Microsoft Hv, this system is L1\n"
		"Kernel      6.1.0-28-amd64, clock source tsc\n"
		"Profile     quick, 6 rounds, seed 42, CPU 1, SCHED_FIFO, memory lock not granted\n"
		"Labels      size=D4s_v5, large\n"
		"\n"
		"exit, user, L1\n"
		"benchmark       p50      p99    95 % CI of p50  exits/op  guest/user\n"
		"exit.cpuid  2.00 µs  2.20 µs  1.998 – 2.003 µs      1.00           -\n"
		"\n"
		"exit, guest, L2\n"
		"benchmark                            p50      p99      95 % CI of p50  exits/op  "
		"expected  guest/user\n"
		"exit.cpuid                       50.0 µs  50.2 µs  49.998 – 50.003 µs      1.00  "
		"               25.0x  noisy: steal, switches (2 of 6 rounds)\n"
		"exit.msr_read match=data,ring=3  1.20 ms  1.20 ms  1.2000 – 1.2000 ms      0.05  "
		"    1.00           -  unverified (0.05 exits/op, expected 1)\n"
		"exit.rdpmc                             -        -                   -         -  "
		"                   -  skip: no performance counters here\n"
		"exit.hypercall                         -        -                   -         -  "
		"                   -  error: timed out\n"
		"\n"
		"p50, p99    per operation, net of the empty operation \"null\", whose own row shows "
		"what was subtracted\n"
		"guest/user  p50 of this row over the p50 of the same benchmark in user mode of "
		"this system\n"
		"unverified  KVM counted other exits than the benchmark expects: the time is not "
		"what its name says\n"
		"noisy       a guard saw these disturb so many rounds; the rounds are kept\n"
		"\n"
		"note: 11.1 % of rounds were disturbed (steal, switches)\n"
		"3 ok, 1 skip, 1 error\n";
	char *text = sample_table(*state, false, 0);

	assert_string_equal(text, expected);
	free(text);
}

static void colour_is_only_used_when_asked_for(void **state)
{
	char *plain = sample_table(*state, false, 0);
	char *coloured = sample_table(*state, true, 0);

	assert_null(strchr(plain, '\033'));
	assert_non_null(strstr(coloured, "\033[31merror: timed out\033[0m"));
	free(plain);
	free(coloured);
}

static void notes_are_cut_to_the_width_of_the_terminal(void **state)
{
	char *text = sample_table(*state, false, 130);
	char *rest = NULL;

	assert_non_null(strstr(text, "noisy: steal, switches ("));
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		if (strncmp(line, "exit.", 5) == 0)
			assert_true(nb_report_columns(line) <= 130);
	free(text);
}

/* Two series skipped for one reason that is too long for the terminal: told once, and whole. */
static void a_reason_that_does_not_fit_is_told_below(void **state)
{
	static const char reason[] =
		"no such thing on this machine, and a word on what to do about it";
	struct nb_record *record = *state;
	char *text;

	for (int i = 0; i < 2; i++) {
		struct nb_series series =
			sample_series(i ? "exit.b" : "exit.a", NB_USER, "match=data,ring=3");
		struct nb_round round = { .outcome = NB_SKIP };

		strcpy(round.reason, reason);
		sample_append(record, &series, round);
	}
	text = sample_table(record, false, 80);
	assert_non_null(strstr(text, "  skip (1)\n"));
	assert_null(strstr(text, "(2)"));
	assert_non_null(strstr(text,
			       "\n(1) no such thing on this machine, and a word on what to do "
			       "about it\n"));
	free(text);
}

static void a_time_like_the_empty_operation_is_not_given_as_a_figure(void **state)
{
	struct nb_record *record = *state;
	struct nb_series series = sample_series("exit.pause", NB_USER, "");
	char *text;

	for (int i = 0; i < SAMPLE_ROUNDS; i++)
		sample_append(record, &series, sample_round(i, i - 3, 1000));
	text = sample_table(record, false, 0);
	assert_non_null(strstr(text, "exit.pause    ~0 ns"));
	assert_non_null(strstr(text, "~0 ns       not to be told from the empty operation\n"));
	assert_null(strstr(text, "CI ±"));
	free(text);
}

static void the_null_row_shows_the_overhead_itself(void **state)
{
	struct nb_record *record = *state;
	struct nb_series series = sample_series("exit.null", NB_USER, "");
	char *text;

	for (int i = 0; i < SAMPLE_ROUNDS; i++)
		sample_append(record, &series, sample_round(i, 240, 0));
	text = sample_table(record, false, 0);
	assert_non_null(strstr(text, "exit.null    240 ns   436 ns"));
	free(text);
}

static void few_rounds_have_no_interval_and_few_samples_no_p99(void **state)
{
	struct nb_record *record = *state;
	struct nb_series series = sample_series("exit.pause", NB_USER, "");
	struct nb_round round = sample_round(0, 3000, 1000);
	uint64_t values[100];
	char *text;

	nb_stats_histogram_free(&round.histogram);
	for (uint64_t i = 0; i < 100; i++)
		values[i] = 3950 + i;
	assert_int_equal(nb_stats_histogram_build(&round.histogram, values, 100, NULL), 0);
	sample_append(record, &series, round);
	text = sample_table(record, false, 0);
	assert_non_null(strstr(text, "exit.pause  3.00 µs      n/a               n/a  "));
	assert_non_null(strstr(text, "n/a         too few rounds"));
	free(text);
}

static void a_wide_interval_is_pointed_out(void **state)
{
	struct nb_record *record = *state;
	struct nb_series series = sample_series("exit.pause", NB_USER, "");
	char *text;

	for (int i = 0; i < SAMPLE_ROUNDS; i++)
		sample_append(record, &series, sample_round(i, 1000 + 100 * i, 1000));
	text = sample_table(record, false, 0);
	assert_non_null(strstr(text, "1.00 – 1.50 µs"));
	assert_non_null(strstr(text, "CI ±20 %\n"));
	free(text);
}

static void emulated_and_outside_timing_are_marked(void **state)
{
	struct nb_record *record = *state;
	struct nb_series_rounds *series = &record->series[1];
	char *text;

	for (size_t i = 0; i < series->count; i++) {
		series->rounds[i].evidence = NB_EMULATED;
		series->rounds[i].clock = NB_CLOCK_HOST;
	}
	text = sample_table(record, false, 0);
	assert_non_null(strstr(text, "emulated; timed by the host; noisy: steal"));
	assert_non_null(strstr(text, "emulated    the hypervisor interprets"));
	assert_non_null(strstr(text, "host        the operation is the host's own"));
	free(text);
}

static void a_spoilt_or_unfinished_session_says_so(void **state)
{
	struct nb_record *record = *state;
	char *text;

	record->session.partial = true;
	for (size_t i = 0; i < SAMPLE_ROUNDS; i++)
		record->series[0].rounds[i].guards.tags = NB_TAG_STALL;
	text = sample_table(record, false, 0);
	assert_non_null(strstr(text, "warning: partial session"));
	assert_non_null(strstr(text, "warning: 44.4 % of rounds were disturbed (steal, switches, "
				     "stall): over 20 %, so not valid for comparison\n"));
	free(text);
}

static void a_group_skipped_for_one_reason_is_told_once(void **state)
{
	struct nb_record *record = *state;
	struct nb_series first = sample_series("irq.ipi", NB_GUEST, "");
	struct nb_series second = sample_series("irq.self", NB_GUEST, "ring=3");
	char *text;

	sample_append(record, &first, sample_failure(NB_SKIP, "no /dev/kvm"));
	sample_append(record, &second, sample_failure(NB_SKIP, "no /dev/kvm"));
	text = sample_table(record, false, 0);
	assert_non_null(strstr(text, "\nirq, guest, L2\n"
				     "skip, all 2: no /dev/kvm\n"
				     "irq.ipi, irq.self ring=3\n"));
	assert_non_null(strstr(text, "3 ok, 3 skip, 1 error\n"));
	free(text);
}

static void what_is_unknown_about_the_machine_is_left_out(void **state)
{
	struct nb_record record = { 0 };
	char *text;

	(void)state;
	record.session = (struct nb_session){ .id = "01JD6QJ3C0ABCDEFGHJKMNPQRS",
					      .started = "2026-11-21T03:12:05.123Z",
					      .version = "0.1.0",
					      .profile = "quick",
					      .level = NB_LEVEL_UNKNOWN,
					      .cpu = -1 };
	text = sample_table(&record, false, 80);
	assert_string_equal(text,
			    "Session 01JD6QJ3C0ABCDEFGHJKMNPQRS, 2026-11-21 03:12:05 UTC, "
			    "nestbench 0.1.0\n"
			    "Hypervisor  none visible, level unknown (--level sets it)\n"
			    "Profile     quick, 0 rounds, seed 0, SCHED_FIFO not granted, memory "
			    "lock not gr…\n"
			    "\n0 ok, 0 skip, 0 error\n");
	free(text);
}

static void a_full_disk_is_an_error(void **state)
{
	struct nb_report_style style = { 0 };
	FILE *stream = fopen("/dev/full", "w");

	assert_non_null(stream);
	assert_int_equal(nb_report_table(stream, *state, &style, NULL), -EIO);
	fclose(stream);
}

#define WITH_RECORD(test) cmocka_unit_test_setup_teardown(test, prepare, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RECORD(the_table_reads_as_it_should),
		WITH_RECORD(colour_is_only_used_when_asked_for),
		WITH_RECORD(notes_are_cut_to_the_width_of_the_terminal),
		WITH_RECORD(a_reason_that_does_not_fit_is_told_below),
		WITH_RECORD(a_time_like_the_empty_operation_is_not_given_as_a_figure),
		WITH_RECORD(the_null_row_shows_the_overhead_itself),
		WITH_RECORD(few_rounds_have_no_interval_and_few_samples_no_p99),
		WITH_RECORD(a_wide_interval_is_pointed_out),
		WITH_RECORD(emulated_and_outside_timing_are_marked),
		WITH_RECORD(a_spoilt_or_unfinished_session_says_so),
		WITH_RECORD(a_group_skipped_for_one_reason_is_told_once),
		cmocka_unit_test(what_is_unknown_about_the_machine_is_left_out),
		WITH_RECORD(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
