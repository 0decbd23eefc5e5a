/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report_sample.h"

/* What is not a session as nestbench wrote it, or no longer is. */

/* What is changed in a good export, to what, and how the error begins. */
static const struct {
	const char *what, *by, *fault;
} faults[] = {
	{ "nestbench/1", "nestbench/2", "schema: " },
	{ "01JD6QJ3C0", "01JD6QJ3CU", "session.id: not a ULID" },
	{ "01JD6QJ3C0", "01JD6QJ3C00", "session.id: longer than 26 bytes" },
	{ "2026-11-21T", "2026-11-21 ", "session.started: not a UTC time" },
	{ "\"quick\"", "\"fast\"", "session.profile: no such word" },
	{ "\"seed\": 42", "\"seed\": -1", "session.seed: not in 0 .. 9007199254740991" },
	{ "\"seed\": 42", "\"seed\": 9007199254740992", "session.seed: not in" },
	{ "\"seed\": 42", "\"seed\": 4.5", "session.seed: not an integer" },
	{ "\"seed\": 42", "\"seed\": null", "session.seed: not an integer" },
	{ "\"seed\"", "\"sead\"", "session.seed: missing" },
	{ "\"level\": 1", "\"level\": 10", "session.level: not in 0 .. 9" },
	{ "\"fifo\": true", "\"fifo\": 1", "session.fifo: not true or false" },
	{ "\"size\": \"D4s", "\"size\": 4, \"x\": \"D4s", "session.labels.size: not a string" },
	{ "\"size\": \"", "\"size=\": \"", "session.labels: a name is not of letters" },
	{ "D4s_v5, large", "", "session.labels.size: empty" },
	{ "D4s_v5, large", "\\u202e", "session.labels.size: empty, or not UTF-8" },
	{ "\"size\": \"", "\"\": \"", "session.labels: a name is not of letters" },
	{ "\"cpu_vendor\": \"Genuine", "\"cpu_vendor\": \"GenuineGenuine",
	  "session.machine.cpu_vendor: longer than 15 bytes" },
	{ "\"cpus\": 4", "\"cpus\": \"4\"", "session.machine.cpus: not an integer" },
	{ "\"results\": [", "\"results\": [1,", "results[0].benchmark: missing" },
	{ "\"benchmark\": \"exit.cpuid\"", "\"benchmark\": \"exit cpuid\"",
	  "results[0].benchmark: not a name like" },
	{ "\"vantage\": \"user\"", "\"vantage\": \"host\"", "results[0].vantage: no such word" },
	{ "\"vantage\": \"user\"", "\"vantage\": \"guest\"",
	  "results[1].benchmark: the same series a second time" },
	{ "\"ring\": \"3\"", "\"ring\": 3", "results[2].params.ring: not a string" },
	{ "\"ring\": \"3\"", "\"a\": \"3\"", "results[2].params: not plain words in order" },
	{ "\"ring\": \"3\"", "\"ring\": \"3,x=1\"", "results[2].params.ring: not a plain" },
	{ "\"unit\": \"ns\"", "\"unit\": \"\"", "results[0].unit: not a plain word" },
	{ "\"better\": \"lower\"", "\"better\": \"less\"", "results[0].better: no such" },
	{ "\"round_data\"", "\"rounds_\"", "results[0].round_data: missing" },
	{ "\"round_data\": [", "\"round_data\": [7,", "results[0].round_data[0].: not an object" },
	{ "\"ordinal\": 1", "\"ordinal\": 0",
	  "results[0].round_data[1].ordinal: not in ascending order" },
	{ "\"ordinal\": 0", "\"ordinal\": null",
	  "results[0].round_data[0].ordinal: not an integer" },
	{ "\"null_ticks\": 1000.0", "\"null_ticks\": \"x\"",
	  "results[0].round_data[0].null_ticks: not a number" },
	{ "\"tick_hz\": 1000000000.0", "\"tick_hz\": null",
	  "results[0].round_data[0].tick_hz: not above 0" },
	{ "\"tick_hz\": 1000000000.0", "\"tick_hz\": 1e999", "line " },
	{ "\"wall_ms\": 1.25", "\"wall_ms\": false",
	  "results[0].round_data[0].guards.wall_ms: not a number" },
	{ "\"histogram\": \"", "\"histogram\": \"!",
	  "results[0].round_data[0].histogram: not base 64" },
	{ "\"histogram\": \"", "\"histogram\": \"AAAA", "results[0].round_data[0].histogram: " },
	{ "\"histogram\": \"", "\"histogram\": null, \"x\": \"",
	  "results[0].round_data[0].histogram: missing" },
	{ "\"verified\",\n     \"by_kind\": {\n      \"exits\": 401",
	  "\"verified\",\n     \"by_kind\": {\n      \"exits\": -401",
	  "results[1].round_data[0].by_kind.exits: not in" },
	/* Ticks from 2048 to 4095 share their bucket with one neighbour: 1998 may be 1999. */
	{ "     \"p50\": 1998.0", "     \"p50\": 2000.0",
	  "results[0].round_data[0].p50: 2000, but by the histogram 1998 .. 1999" },
	{ "     \"p50\": 1998.0", "     \"p50\": 1997.0",
	  "results[0].round_data[0].p50: 1997, but" },
	{ "     \"p50\": 1998.0", "     \"p50\": null",
	  "results[0].round_data[0].p50: missing, but known from 401 samples" },
	{ "     \"min\": 1798.0", "     \"min\": 1797.0",
	  "results[0].round_data[0].min: 1797, but" },
	{ "     \"p95\": 2178.0", "     \"p95\": 2180.0",
	  "results[0].round_data[0].p95: 2180, but" },
	{ "     \"p99\": 2194.0", "     \"p99\": 2150.0",
	  "results[0].round_data[0].p99: less than what stands before it" },
	{ "     \"p99\": 2194.0", "     \"p99\": 2197.0",
	  "results[0].round_data[0].p99: 2197, but" },
	{ "     \"p999\": null", "     \"p999\": 2197.5",
	  "results[0].round_data[0].p999: cannot be known from 401 samples" },
	{ "     \"max\": 2198.0", "     \"max\": 2199.0",
	  "results[0].round_data[0].max: 2199, but" },
	{ "     \"samples\": 401", "     \"samples\": 402",
	  "results[0].round_data[0].samples: the histogram has 401" },
	{ "     \"batch\": 1", "     \"batch\": 2", "results[0].round_data[0].min: 1798, but" },
	{ "\"null_ticks\": 1000.0", "\"null_ticks\": 990.0",
	  "results[0].round_data[0].min: 1798, but" },
	{ "\"tick_hz\": 1000000000.0", "\"tick_hz\": 1e-300",
	  "round_data[0].tick_hz: it makes times" },
	{ "{", "", "line 2: " },
	{ "\"fifo\": true", "\"fifo\": true, \"fifo\": true", "line " },
};

static void every_fault_is_refused_with_its_place(void **state)
{
	char *text = sample_json(*state, true);

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct nb_record read = { 0 };
		struct nb_error error = { 0 };
		char *bad = sample_replaced(text, faults[i].what, faults[i].by);

		if (sample_read(bad, &read, &error) != -EBADMSG)
			fail_msg("case %zu is read: %s", i, faults[i].by);
		if (!strstr(error.text, faults[i].fault))
			fail_msg("case %zu: \"%s\" is not in \"%s\"", i, faults[i].fault,
				 error.text);
		assert_null(read.series);
		free(bad);
	}
	free(text);
}

/* Reads the record with one text replaced; *fault is part of what is said of it, NULL: nothing. */
static void expect_read(const struct nb_record *record, const char *what, const char *by,
			const char *fault)
{
	struct nb_record read = { 0 };
	struct nb_error error = { 0 };
	char *text = sample_json(record, true);
	char *edited = sample_replaced(text, what, by);
	int status = sample_read(edited, &read, &error);

	assert_int_equal(status, fault ? -EBADMSG : 0);
	if (fault && !strstr(error.text, fault))
		fail_msg("\"%s\" is not in \"%s\"", fault, error.text);
	free(edited);
	free(text);
	nb_record_free(&read);
}

static void what_a_bucket_cannot_tell_apart_is_believed(void **state)
{
	expect_read(*state, "     \"p50\": 1998.0", "     \"p50\": 1999.0", NULL);
}

/* 100 samples are enough for p95 and too few for p99. */
static void a_percentile_of_too_few_samples_is_refused(void **state)
{
	struct nb_record *record = *state;
	uint64_t ticks[100];

	for (size_t i = 0; i < 100; i++)
		ticks[i] = 1500 + i;
	sample_fill(&record->series[0].rounds[0], ticks, 100);
	expect_read(record, "     \"p99\": null", "     \"p99\": 598.0",
		    "results[0].round_data[0].p99: cannot be known from 100 samples");
	expect_read(record, "     \"p95\": 594.0", "     \"p95\": 594.1",
		    "results[0].round_data[0].p95: 594.15, but by the histogram 594.05");
	expect_read(record, "     \"p95\": 594.0", "     \"p95\": 594.0", NULL);
}

static void the_histogram_of_another_round_is_refused(void **state)
{
	struct nb_record *record = *state;
	struct nb_round *rounds = record->series[0].rounds;
	struct nb_histogram swapped = rounds[0].histogram;

	rounds[0].histogram = rounds[4].histogram;
	rounds[4].histogram = swapped;
	expect_read(record, "{", "{",
		    "results[0].round_data[0].min: 1798, but by the histogram 1802");
}

static void a_round_that_failed_must_say_why(void **state)
{
	struct nb_record *record = *state;

	record->series[4].rounds[0].reason[0] = '\0';
	expect_read(record, "{", "{", "results[4].round_data[0].reason: missing");
}

static void a_round_that_failed_has_no_numbers(void **state)
{
	struct nb_record *record = *state;

	record->series[4].rounds[0].p50 = 12;
	expect_read(record, "{", "{", "results[4].round_data[0].p50: known, although");
}

static void text_need_not_be_terminated_and_may_end_anywhere(void **state)
{
	char *text = sample_json(*state, true);
	size_t size = strlen(text);

	for (size_t cut = 0; cut < size - 2; cut += 97) {
		struct nb_record read = { 0 };
		char *part = malloc(cut + 1);

		memcpy(part, text, cut);
		assert_int_equal(nb_report_json_read(part, cut, &read, NULL), -EBADMSG);
		free(part);
	}
	free(text);
}

static void names_from_a_file_cannot_reach_the_terminal_raw(void **state)
{
	expect_read(*state, "\"size\": \"", "\"\\u001b[2J\": 1, \"x\": \"",
		    "session.labels.?[2J: not a string");
	expect_read(*state, "\"size\": \"", "\"\\u001b[2J\": \"1\", \"x\": \"",
		    "session.labels: a name is not of letters");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLE_TEST(every_fault_is_refused_with_its_place),
		SAMPLE_TEST(what_a_bucket_cannot_tell_apart_is_believed),
		SAMPLE_TEST(a_percentile_of_too_few_samples_is_refused),
		SAMPLE_TEST(the_histogram_of_another_round_is_refused),
		SAMPLE_TEST(a_round_that_failed_must_say_why),
		SAMPLE_TEST(a_round_that_failed_has_no_numbers),
		SAMPLE_TEST(text_need_not_be_terminated_and_may_end_anywhere),
		SAMPLE_TEST(names_from_a_file_cannot_reach_the_terminal_raw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
