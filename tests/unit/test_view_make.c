/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nestbench/tax.h"
#include "nestbench/view.h"

#include "report_sample.h"

/* Records of a few series on one or two platforms; values are medians in ns. */

enum { RECORDS_MAX = 8 };

struct set {
	struct nb_record records[RECORDS_MAX];
	struct nb_digest digests[RECORDS_MAX]; /* of the same, for a base */
	size_t count;
};

static struct nb_record *add_session(struct set *set, const char *platform, int level)
{
	struct nb_record *record = &set->records[set->count];

	sample_session(&record->session);
	snprintf(record->session.id, sizeof(record->session.id), "01JD6QJ3C0ABCDEFGHJKMN%04zu",
		 set->count);
	snprintf(record->session.started, sizeof(record->session.started),
		 "2026-11-%02zuT03:00:00.000Z", 1 + set->count);
	nb_base_copy(record->session.machine.platform, sizeof(record->session.machine.platform),
		     platform);
	record->session.level = level;
	set->count++;
	return record;
}

static void digest(struct set *set)
{
	for (size_t i = 0; i < set->count; i++)
		if (nb_digest_make(&set->records[i], &set->digests[i], NULL) < 0)
			fail_msg("no digest of record %zu", i);
}

static void set_free(struct set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		nb_digest_free(&set->digests[i]);
		nb_record_free(&set->records[i]);
	}
}

static struct nb_view view_of(const struct set *set, const struct set *base)
{
	const struct nb_view_sources sources = {
		.records = set->records,
		.count = set->count,
		.base = base ? "label:when=before" : NULL,
		.base_sessions = { base ? base->digests : NULL, base ? base->count : 0 },
		.options = &nb_compare_defaults,
	};
	struct nb_view view;
	struct nb_error error = { 0 };

	if (nb_view_make(&sources, &view, &error) < 0)
		fail_msg("%s", error.text);
	return view;
}

static void sessions_of_one_platform_are_one_column(void **state)
{
	struct set set = { 0 };
	struct nb_view view;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		sample_measured(add_session(&set, i == 1 ? "b" : "a", 1), "exit.cpuid", NB_GUEST,
				"", 2000);
	sample_measured(add_session(&set, "a", 2), "exit.cpuid", NB_GUEST, "", 2000);
	view = view_of(&set, NULL);
	assert_int_equal(view.count, 3);
	assert_string_equal(view.groups[0].name, "A");
	assert_int_equal(view.groups[0].count, 2);
	assert_string_equal(view.groups[0].records[1]->session.id, set.records[2].session.id);
	assert_string_equal(view.groups[0].digests.sessions[1].session.id,
			    set.records[2].session.id);
	assert_int_equal(view.groups[2].level, 2);
	nb_view_free(&view);
	nb_view_free(&view);
	set_free(&set);
}

static void a_family_stands_together_whatever_session_brought_it(void **state)
{
	static const char *const expected[] = { "exit.a", "exit.b", "exit.c", "irq.a" };
	struct set set = { 0 };
	struct nb_record *first = add_session(&set, "a", 1), *second;
	struct nb_view view;

	(void)state;
	sample_measured(first, "exit.a", NB_GUEST, "", 2000);
	sample_measured(first, "exit.c", NB_GUEST, "", 2000);
	sample_measured(first, "irq.a", NB_GUEST, "", 2000);
	second = add_session(&set, "a", 1);
	sample_measured(second, "exit.a", NB_GUEST, "", 2000);
	sample_measured(second, "exit.b", NB_GUEST, "", 2000);
	view = view_of(&set, NULL);
	assert_int_equal(view.row_count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(view.rows[i].series.benchmark, expected[i]);
	assert_int_equal(view.rows[1].cells[0].sessions, 1);
	nb_view_free(&view);
	set_free(&set);
}

static void families_stand_in_report_order(void **state)
{
	static const char *const expected[] = { "exit.a", "irq.a", "io.a", "other.a" };
	struct set set = { 0 };
	struct nb_view view;

	(void)state;
	for (size_t i = 4; i-- > 0;)
		sample_measured(add_session(&set, "a", 1), expected[i], NB_GUEST, "", 2000);
	view = view_of(&set, NULL);
	for (size_t i = 0; i < 4; i++)
		assert_string_equal(view.rows[i].series.benchmark, expected[i]);
	nb_view_free(&view);
	set_free(&set);
}

static void one_session_has_its_own_interval_and_few_their_spread(void **state)
{
	struct set set = { 0 };
	struct nb_result result;
	struct nb_view view;

	(void)state;
	sample_measured(add_session(&set, "a", 1), "exit.a", NB_GUEST, "", 2000);
	view = view_of(&set, NULL);
	assert_int_equal(nb_record_summarise(&set.records[0].session, &set.records[0].series[0],
					     &result, NULL),
			 0);
	assert_true(view.rows[0].cells[0].p50 == result.p50);
	assert_true(view.rows[0].cells[0].low == result.ci_low);
	assert_true(view.rows[0].cells[0].high == result.ci_high);
	assert_false(view.rows[0].cells[0].spread);
	nb_view_free(&view);
	sample_measured(add_session(&set, "a", 1), "exit.a", NB_GUEST, "", 3000);
	view = view_of(&set, NULL);
	assert_true(view.rows[0].cells[0].spread);
	assert_true(view.rows[0].cells[0].low < 2010 && view.rows[0].cells[0].high > 2990);
	assert_true(view.rows[0].cells[0].p50 > 2490 && view.rows[0].cells[0].p50 < 2510);
	nb_view_free(&view);
	for (int i = 0; i < 4; i++)
		sample_measured(add_session(&set, "a", 1), "exit.a", NB_GUEST, "", 2500);
	view = view_of(&set, NULL);
	assert_int_equal(view.rows[0].cells[0].sessions, 6);
	assert_false(view.rows[0].cells[0].spread);
	nb_view_free(&view);
	set_free(&set);
}

static void one_session_that_measured_it_is_enough(void **state)
{
	struct nb_series series = sample_series("exit.a", NB_GUEST, "");
	struct set set = { 0 };
	struct nb_view view;

	(void)state;
	sample_append(add_session(&set, "a", 1), &series, sample_failure(NB_SKIP, "not here"));
	view = view_of(&set, NULL);
	assert_int_equal(view.rows[0].cells[0].outcome, NB_SKIP);
	assert_string_equal(view.rows[0].cells[0].reason, "not here");
	assert_true(isnan(view.rows[0].cells[0].p50));
	nb_view_free(&view);
	sample_measured(add_session(&set, "a", 1), "exit.a", NB_GUEST, "", 2000);
	view = view_of(&set, NULL);
	assert_int_equal(view.rows[0].cells[0].outcome, NB_OK);
	assert_string_equal(view.rows[0].cells[0].reason, "");
	assert_true(view.rows[0].cells[0].p50 > 1990);
	nb_view_free(&view);
	set_free(&set);
}

static void fill(struct set *set, double slow)
{
	for (int i = 0; i < 6; i++) {
		struct nb_record *record = add_session(set, "a", 1);

		sample_measured(record, "exit.a", NB_GUEST, "", 20000 + 10 * i);
		sample_measured(record, "exit.b", NB_GUEST, "", (20000 + 10 * i) * slow);
		sample_measured(record, "exit.c", NB_GUEST, "", (20000 + 10 * i) / slow);
		sample_measured(record, "exit.d", NB_GUEST, "", (20000 + 10 * i) / slow / slow);
	}
}

static void what_got_worse_comes_first_and_the_largest_before_the_rest(void **state)
{
	struct set base = { 0 }, set = { 0 };
	struct nb_view_change changes[5];
	char text[512];
	struct nb_view view;

	(void)state;
	fill(&base, 1);
	fill(&set, 1.2);
	digest(&base);
	view = view_of(&set, &base);
	assert_non_null(view.groups[0].comparison);
	assert_int_equal(nb_view_changes(&view, changes, 5), 3);
	assert_string_equal(changes[0].row->series.benchmark, "exit.b");
	assert_int_equal(changes[0].row->cells[0].verdict->verdict, NB_REGRESSED);
	assert_string_equal(changes[1].row->series.benchmark, "exit.d");
	assert_string_equal(changes[2].row->series.benchmark, "exit.c");
	assert_int_equal(nb_view_changes(&view, changes, 2), 2);
	assert_string_equal(changes[1].row->series.benchmark, "exit.d");
	nb_view_sentence(&view, text, sizeof(text));
	assert_non_null(strstr(text, "label:when=before"));
	assert_non_null(strstr(text, "1 regressed, 2 improved, 1 same"));
	nb_view_free(&view);
	set_free(&base);
	set_free(&set);
}

static void without_a_base_the_sentence_counts_what_was_measured(void **state)
{
	struct nb_series series = sample_series("exit.b", NB_GUEST, "");
	struct nb_view_change changes[5];
	struct set set = { 0 };
	char text[512];
	struct nb_view view;

	(void)state;
	sample_measured(add_session(&set, "a", 1), "exit.a", NB_GUEST, "", 2000);
	sample_append(&set.records[0], &series, sample_failure(NB_ERROR, "hung"));
	view = view_of(&set, NULL);
	nb_view_sentence(&view, text, sizeof(text));
	assert_non_null(strstr(text, "1 series measured, 0 skipped, 1 failed"));
	assert_int_equal(nb_view_changes(&view, changes, 5), 0);
	nb_view_free(&view);
	set_free(&set);
}

static void too_many_sessions_are_refused_with_advice(void **state)
{
	struct nb_view_sources sources = { .options = &nb_compare_defaults };
	struct nb_view view;
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(nb_view_make(&sources, &view, &error), -ENODATA);
	sources.count = NB_VIEW_SESSIONS_MAX + 1;
	assert_int_equal(nb_view_make(&sources, &view, &error), -E2BIG);
	assert_non_null(strstr(error.text, "nestbench history"));
}

static void too_many_platforms_are_refused(void **state)
{
	const char *const names[] = { "a", "b", "c", "d", "e", "f", "g" };
	struct nb_view_sources sources = { .options = &nb_compare_defaults };
	struct nb_error error = { 0 };
	struct set set = { 0 };
	struct nb_view view;

	(void)state;
	for (size_t i = 0; i < NB_VIEW_GROUPS_MAX + 1; i++)
		sample_measured(add_session(&set, names[i], 1), "exit.a", NB_GUEST, "", 2000);
	sources.records = set.records;
	sources.count = set.count;
	assert_int_equal(nb_view_make(&sources, &view, &error), -E2BIG);
	assert_non_null(strstr(error.text, "platforms"));
	set_free(&set);
}

static void a_base_without_a_session_that_counts_is_no_failure(void **state)
{
	struct set base = { 0 }, set = { 0 };
	char text[512];
	struct nb_view view;

	(void)state;
	fill(&base, 1);
	fill(&set, 1);
	digest(&base);
	for (size_t i = 0; i < base.count; i++)
		base.digests[i].valid = false;
	view = view_of(&set, &base);
	assert_null(view.groups[0].comparison);
	assert_non_null(strstr(view.groups[0].title, "not compared"));
	nb_view_sentence(&view, text, sizeof(text));
	assert_non_null(strstr(text, "no session that counts"));
	nb_view_free(&view);
	set_free(&base);
	set_free(&set);
}

static void a_group_with_nested_series_has_a_tax(void **state)
{
	struct set set = { 0 };
	struct nb_record *record;
	struct nb_view view;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		record = add_session(&set, i == 2 ? "b" : "a", 1);
		sample_measured(record, "exit.cpuid", NB_GUEST, "", 2000);
		if (i < 2)
			sample_measured(record, "nested.roundtrip_cpuid", NB_GUEST, "stage2=on",
					20000 + 10000 * (double)i);
	}
	view = view_of(&set, NULL);
	assert_int_equal(view.rows[1].cells[0].level, 3);
	assert_non_null(view.groups[0].tax);
	assert_int_equal(view.groups[0].tax->rows[0].steps[1].sessions, 2);
	assert_null(view.groups[1].tax);
	/* Two levels of one session are one thing, three another. */
	assert_int_equal(view.groups[0].levels.count, 0);
	nb_view_free(&view);
	/* An invalid session counts for nothing. */
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < set.records[i].series[0].count; j++)
			set.records[i].series[0].rounds[j].guards.tags = NB_TAG_STEAL;
	view = view_of(&set, NULL);
	assert_null(view.groups[0].tax);
	nb_view_free(&view);
	set_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_of_one_platform_are_one_column),
		cmocka_unit_test(a_family_stands_together_whatever_session_brought_it),
		cmocka_unit_test(families_stand_in_report_order),
		cmocka_unit_test(one_session_has_its_own_interval_and_few_their_spread),
		cmocka_unit_test(one_session_that_measured_it_is_enough),
		cmocka_unit_test(what_got_worse_comes_first_and_the_largest_before_the_rest),
		cmocka_unit_test(without_a_base_the_sentence_counts_what_was_measured),
		cmocka_unit_test(too_many_sessions_are_refused_with_advice),
		cmocka_unit_test(too_many_platforms_are_refused),
		cmocka_unit_test(a_base_without_a_session_that_counts_is_no_failure),
		cmocka_unit_test(a_group_with_nested_series_has_a_tax),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
