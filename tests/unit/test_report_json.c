/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nestbench/fields.h"

#include "report_sample.h"

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

/* Numbers that decimal notation with fewer digits would change. */
static void make_long_numbers(struct nb_round *round)
{
	uint64_t ticks[400];

	for (size_t i = 0; i < 400; i++)
		ticks[i] = 1000003 + 7919 * (i * i % 1009);
	round->batch = 3;
	round->tick_hz = 2445424123.4567891;
	round->null_ticks = 0.1 + 0.2;
	round->guards.steal_ms = 5e-324;
	round->guards.stall_us = 1.7976931348623157e308;
	round->guards.tsc_ppm = -0.1 - 0.2;
	sample_fill(round, ticks, 400);
}

static void what_was_written_is_read_back_field_by_field(void **state)
{
	struct nb_record *written = *state;
	struct nb_record read = { 0 };
	struct nb_error error = { 0 };
	char *text, *again;

	make_long_numbers(&written->series[0].rounds[0]);
	nb_base_copy(written->session.machine.kernel_cmdline, 64, "a=\"b\"\tc\\d µ\033");
	text = sample_json(written, true);
	assert_int_equal(sample_read(text, &read, &error), 0);
	assert_same_record(written, &read);
	again = sample_json(&read, true);
	assert_string_equal(text, again);
	free(text);
	free(again);
	nb_record_free(&read);
}

static void what_is_not_known_is_null_and_never_zero(void **state)
{
	struct nb_record *record = *state;
	char *text;

	record->session.level = NB_LEVEL_UNKNOWN;
	text = sample_json(record, false);
	assert_non_null(strstr(text, "\"level\": null"));
	assert_non_null(strstr(text, "\"swap_bytes\": null"));
	assert_non_null(strstr(text, "\"p999\": null"));
	assert_non_null(strstr(text, "\"ci95\": null"));
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "round_data"));
	free(text);
}

static void text_that_is_not_utf8_is_kept_as_far_as_it_can_be(void **state)
{
	struct nb_record *record = *state;
	char *text;

	nb_base_copy(record->session.machine.dmi_vendor, 16, "Acme \377 Inc");
	text = sample_json(record, false);
	assert_non_null(strstr(text, "\"dmi_vendor\": \"Acme ? Inc\""));
	free(text);
}

static void an_export_without_rounds_cannot_be_read(void **state)
{
	struct nb_record read = { 0 };
	struct nb_error error = { 0 };
	char *text = sample_json(*state, false);

	assert_int_equal(sample_read(text, &read, &error), -EBADMSG);
	assert_string_equal(error.text, "results[0].round_data: missing");
	free(text);
}

static void members_of_later_versions_are_passed_over(void **state)
{
	struct nb_record read = { 0 };
	char *text = sample_json(*state, true);
	char *newer = sample_replaced(text, "\"session\": {",
				      "\"new\": [1], \"session\": {\"newer\": {},");

	assert_int_equal(sample_read(newer, &read, NULL), 0);
	assert_same_record(*state, &read);
	free(newer);
	free(text);
	nb_record_free(&read);
}

static void a_full_disk_is_an_error(void **state)
{
	FILE *stream = fopen("/dev/full", "w");

	assert_non_null(stream);
	assert_int_equal(nb_report_json(stream, *state, true, NULL), -EIO);
	fclose(stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLE_TEST(what_was_written_is_read_back_field_by_field),
		SAMPLE_TEST(what_is_not_known_is_null_and_never_zero),
		SAMPLE_TEST(text_that_is_not_utf8_is_kept_as_far_as_it_can_be),
		SAMPLE_TEST(an_export_without_rounds_cannot_be_read),
		SAMPLE_TEST(members_of_later_versions_are_passed_over),
		SAMPLE_TEST(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
