/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../harness/report/report_fields.h"
#include "report_sample.h"

static int read_text(const char *text, struct nb_record *record, struct nb_error *error)
{
	return nb_report_json_read(text, strlen(text), record, error);
}

/* A copy of text with the first occurrence of what replaced; the caller frees it. */
static char *replaced(const char *text, const char *what, const char *by)
{
	const char *place = strstr(text, what);
	size_t before;
	char *copy;

	assert_non_null(place);
	before = (size_t)(place - text);
	copy = malloc(strlen(text) + strlen(by) + 1);
	assert_non_null(copy);
	memcpy(copy, text, before);
	strcpy(copy + before, by);
	strcat(copy, place + strlen(what));
	return copy;
}

static void assert_number(double a, double b)
{
	assert_true((isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof(a)) == 0);
}

static void assert_same_guards(const struct nb_guards *a, const struct nb_guards *b)
{
#define SAME(field) assert_true(a->field == b->field);
	NB_GUARD_COUNTS(SAME)
#undef SAME
#define SAME(field) assert_number(a->field, b->field);
	NB_GUARD_NUMBERS(SAME)
#undef SAME
	assert_int_equal(a->tags, b->tags);
}

static void assert_same_round(const struct nb_round *a, const struct nb_round *b)
{
	assert_int_equal(a->ordinal, b->ordinal);
	assert_int_equal(a->outcome, b->outcome);
	assert_string_equal(a->reason, b->reason);
#define SAME(field) assert_true(a->field == b->field);
	NB_ROUND_COUNTS(SAME)
#undef SAME
#define SAME(field) assert_number(a->field, b->field);
	NB_ROUND_NUMBERS(SAME)
#undef SAME
	assert_int_equal(a->clock, b->clock);
	assert_int_equal(a->evidence, b->evidence);
	assert_int_equal(a->kind_count, b->kind_count);
	for (size_t i = 0; i < a->kind_count; i++) {
		assert_string_equal(a->kinds[i].name, b->kinds[i].name);
		assert_true(a->kinds[i].count == b->kinds[i].count);
	}
	assert_same_guards(&a->guards, &b->guards);
	assert_int_equal(a->histogram.count, b->histogram.count);
	assert_int_equal(a->histogram.min, b->histogram.min);
	assert_int_equal(a->histogram.max, b->histogram.max);
	assert_int_equal(a->histogram.length, b->histogram.length);
	for (size_t i = 0; i < a->histogram.length; i++) {
		assert_int_equal(a->histogram.buckets[i].index, b->histogram.buckets[i].index);
		assert_int_equal(a->histogram.buckets[i].count, b->histogram.buckets[i].count);
	}
}

static void assert_same_session(const struct nb_session *a, const struct nb_session *b)
{
	assert_string_equal(a->id, b->id);
	assert_string_equal(a->started, b->started);
	assert_string_equal(a->version, b->version);
	assert_string_equal(a->profile, b->profile);
	assert_true(a->seed == b->seed);
	assert_int_equal(a->level, b->level);
	assert_int_equal(a->cpu, b->cpu);
	assert_int_equal(a->fifo, b->fifo);
	assert_int_equal(a->locked, b->locked);
	assert_int_equal(a->partial, b->partial);
	assert_int_equal(a->label_count, b->label_count);
	for (size_t i = 0; i < a->label_count; i++) {
		assert_string_equal(a->labels[i].key, b->labels[i].key);
		assert_string_equal(a->labels[i].value, b->labels[i].value);
	}
#define SAME(field, size) assert_string_equal(a->machine.field, b->machine.field);
	NB_MACHINE_TEXTS(SAME)
#undef SAME
#define SAME(field) assert_true(a->machine.field == b->machine.field);
	NB_MACHINE_NUMBERS(SAME)
#undef SAME
}

static void assert_same_record(const struct nb_record *a, const struct nb_record *b)
{
	assert_same_session(&a->session, &b->session);
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		const struct nb_series *series = &a->series[i].series;

		assert_string_equal(series->benchmark, b->series[i].series.benchmark);
		assert_string_equal(series->params, b->series[i].series.params);
		assert_string_equal(series->metric, b->series[i].series.metric);
		assert_string_equal(series->unit, b->series[i].series.unit);
		assert_int_equal(series->vantage, b->series[i].series.vantage);
		assert_int_equal(series->lower_is_better, b->series[i].series.lower_is_better);
		assert_int_equal(a->series[i].count, b->series[i].count);
		for (size_t j = 0; j < a->series[i].count; j++)
			assert_same_round(&a->series[i].rounds[j], &b->series[i].rounds[j]);
	}
}

static void what_was_written_is_read_back_field_by_field(void **state)
{
	struct nb_record written, read = { 0 };
	struct nb_error error = { 0 };
	char *text, *again;

	(void)state;
	sample_record(&written);
	/* Numbers that decimal notation with fewer digits would change. */
	written.series[0].rounds[0].p50 = 0.1 + 0.2;
	written.series[0].rounds[0].min = 5e-324;
	written.series[0].rounds[0].max = 1.7976931348623157e308;
	written.series[0].rounds[0].tick_hz = 2445424123.4567891;
	nb_base_copy(written.session.machine.kernel_cmdline, 64, "a=\"b\"\tc\\d µ\033");
	text = sample_json(&written, true);
	assert_int_equal(read_text(text, &read, &error), 0);
	assert_same_record(&written, &read);
	again = sample_json(&read, true);
	assert_string_equal(text, again);
	free(text);
	free(again);
	nb_record_free(&written);
	nb_record_free(&read);
}

static void what_is_not_known_is_null_and_never_zero(void **state)
{
	struct nb_record record;
	char *text;

	(void)state;
	sample_record(&record);
	record.session.level = NB_LEVEL_UNKNOWN;
	text = sample_json(&record, false);
	assert_non_null(strstr(text, "\"level\": null"));
	assert_non_null(strstr(text, "\"swap_bytes\": null"));
	assert_non_null(strstr(text, "\"p999\": null"));
	assert_non_null(strstr(text, "\"ci95\": null"));
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "round_data"));
	free(text);
	nb_record_free(&record);
}

static void text_that_is_not_utf8_is_kept_as_far_as_it_can_be(void **state)
{
	struct nb_record record;
	char *text;

	(void)state;
	sample_record(&record);
	nb_base_copy(record.session.machine.dmi_vendor, 16, "Acme \377 Inc");
	text = sample_json(&record, false);
	assert_non_null(strstr(text, "\"dmi_vendor\": \"Acme ? Inc\""));
	free(text);
	nb_record_free(&record);
}

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
	{ "\"size\": \"", "\"\": \"", "session.labels.: bad length" },
	{ "\"cpu_vendor\": \"Genuine", "\"cpu_vendor\": \"GenuineGenuine",
	  "session.machine.cpu_vendor: longer than 15 bytes" },
	{ "\"cpus\": 4", "\"cpus\": \"4\"", "session.machine.cpus: not an integer" },
	{ "\"results\": [", "\"results\": [1,", "results[0].benchmark: missing" },
	{ "\"benchmark\": \"exit.cpuid\"", "\"benchmark\": \"exit cpuid\"",
	  "results[0].benchmark: not a plain word" },
	{ "\"vantage\": \"user\"", "\"vantage\": \"host\"", "results[0].vantage: no such word" },
	{ "\"vantage\": \"user\"", "\"vantage\": \"guest\"",
	  "results[1].benchmark: the same series a second time" },
	{ "\"ring\": \"3\"", "\"ring\": 3", "results[2].params.ring: not a string" },
	{ "\"ring\": \"3\"", "\"a\": \"3\"", "results[2].params.a: keys must be" },
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
	{ "{", "", "line 2: " },
	{ "\"fifo\": true", "\"fifo\": true, \"fifo\": true", "line " },
};

static void every_fault_is_refused_with_its_place(void **state)
{
	struct nb_record record;
	char *text;

	(void)state;
	sample_record(&record);
	text = sample_json(&record, true);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct nb_record read = { 0 };
		struct nb_error error = { 0 };
		char *bad;

		bad = replaced(text, faults[i].what, faults[i].by);
		if (read_text(bad, &read, &error) != -EBADMSG)
			fail_msg("case %zu is read: %s", i, faults[i].by);
		if (!strstr(error.text, faults[i].fault))
			fail_msg("case %zu: \"%s\" is not in \"%s\"", i, faults[i].fault,
				 error.text);
		assert_null(read.series);
		free(bad);
	}
	free(text);
	nb_record_free(&record);
}

static void a_round_that_failed_must_say_why(void **state)
{
	struct nb_record record, read = { 0 };
	struct nb_error error = { 0 };
	char *text;

	(void)state;
	sample_record(&record);
	record.series[4].rounds[0].reason[0] = '\0';
	text = sample_json(&record, true);
	assert_int_equal(read_text(text, &read, &error), -EBADMSG);
	assert_non_null(strstr(error.text, "results[4].round_data[0].reason: missing"));
	free(text);
	nb_record_free(&record);
}

static void an_export_without_rounds_cannot_be_read(void **state)
{
	struct nb_record record, read = { 0 };
	struct nb_error error = { 0 };
	char *text;

	(void)state;
	sample_record(&record);
	text = sample_json(&record, false);
	assert_int_equal(read_text(text, &read, &error), -EBADMSG);
	assert_string_equal(error.text, "results[0].round_data: missing");
	free(text);
	nb_record_free(&record);
}

static void members_of_later_versions_are_passed_over(void **state)
{
	struct nb_record record, read = { 0 };
	char *text, *newer;

	(void)state;
	sample_record(&record);
	text = sample_json(&record, true);
	newer = replaced(text, "\"session\": {", "\"new\": [1], \"session\": {\"newer\": {},");
	assert_int_equal(read_text(newer, &read, NULL), 0);
	assert_same_record(&record, &read);
	free(newer);
	free(text);
	nb_record_free(&read);
	nb_record_free(&record);
}

static void text_need_not_be_terminated_and_may_end_anywhere(void **state)
{
	struct nb_record record;
	char *text;
	size_t size;

	(void)state;
	sample_record(&record);
	text = sample_json(&record, true);
	size = strlen(text);
	for (size_t cut = 0; cut < size - 2; cut += 97) {
		struct nb_record read = { 0 };
		char *part = malloc(cut + 1);

		memcpy(part, text, cut);
		assert_int_equal(nb_report_json_read(part, cut, &read, NULL), -EBADMSG);
		free(part);
	}
	free(text);
	nb_record_free(&record);
}

static void names_from_a_file_cannot_reach_the_terminal_raw(void **state)
{
	struct nb_record record, read = { 0 };
	struct nb_error error = { 0 };
	char *text, *bad;

	(void)state;
	sample_record(&record);
	text = sample_json(&record, true);
	bad = replaced(text, "\"size\": \"", "\"\\u001b[2J\": 1, \"x\": \"");
	assert_int_equal(read_text(bad, &read, &error), -EBADMSG);
	assert_string_equal(error.text, "session.labels.?[2J: not a string");
	free(bad);
	free(text);
	nb_record_free(&record);
}

static void a_full_disk_is_an_error(void **state)
{
	FILE *stream = fopen("/dev/full", "w");
	struct nb_record record;

	(void)state;
	assert_non_null(stream);
	sample_record(&record);
	assert_int_equal(nb_report_json(stream, &record, true, NULL), -EIO);
	fclose(stream);
	nb_record_free(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_written_is_read_back_field_by_field),
		cmocka_unit_test(what_is_not_known_is_null_and_never_zero),
		cmocka_unit_test(text_that_is_not_utf8_is_kept_as_far_as_it_can_be),
		cmocka_unit_test(every_fault_is_refused_with_its_place),
		cmocka_unit_test(a_round_that_failed_must_say_why),
		cmocka_unit_test(an_export_without_rounds_cannot_be_read),
		cmocka_unit_test(members_of_later_versions_are_passed_over),
		cmocka_unit_test(text_need_not_be_terminated_and_may_end_anywhere),
		cmocka_unit_test(names_from_a_file_cannot_reach_the_terminal_raw),
		cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
