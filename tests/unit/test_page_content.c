/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "page_check.h"

/* What the page tells, and what it leaves out where there is nothing to tell. */

enum { SIZE_LIMIT = 2 * 1024 * 1024 };

static void one_series_without_a_base_makes_a_whole_page(void **state)
{
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 1, 1);
	text = page_of(&sample.view);
	page_assert_has(text, "<h2 id=\"verdict-h\">Summary</h2>");
	page_assert_has(text,
			"<span class=\"name\">exit.<wbr/>op0</span> <span class=\"sub\">guest L2");
	page_assert_has(text, "<td class=\"n\" data-v=\"1000\"><b>1.00 µs</b>");
	page_assert_has(text, ">0.990 – 1.01 µs<");
	page_assert_has(text, ">1.50 µs</td>");
	page_assert_has(text, "2026-11-21 03:12 UTC");
	for (size_t i = 0; i < 5; i++) {
		static const char *const absent[] = { "id=\"differences\"", "id=\"tax\"",
						      "id=\"history\"", "id=\"targets\"",
						      "id=\"overview\"" };

		page_assert_lacks(text, absent[i]);
	}
	page_assert_lacks(page_body(text), ">verdict<");
	page_assert_lacks(page_body(text), "id=\"changes-h\"");
	page_assert_lacks(page_body(text), "p99.9</th>");
	page_assert_lacks(page_body(text), "nan");
	free(text);
	view_sample_free(&sample);
}

static void a_comparison_shows_verdicts_in_words_and_its_largest_changes(void **state)
{
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 1, 12);
	view_sample_compare(&sample, "baseline:old");
	view_sample_base(&sample);
	sample.comparisons[0].rows[2].verdict = NB_INCONCLUSIVE;
	sample.comparisons[0].rows[2].more_sessions = 4;
	sample.comparisons[0].rows[5].indicative = true;
	text = page_of(&sample.view);
	page_assert_has(text, "<div class=\"sentence regressed\">");
	page_assert_has(text, "<strong>+25.0 %</strong>");
	page_assert_has(text, "800 ns → 1.00 µs");
	page_assert_has(text, "<b>-20.0 %</b><span class=\"sub\">-20.8 to -19.2 %</span>");
	page_assert_has(text, "<span aria-hidden=\"true\">✗</span> regressed</span>");
	page_assert_has(text, "4 more sessions each");
	page_assert_has(text, "<span aria-hidden=\"true\">≈</span> indicative</span>");
	page_assert_has(text, "a change of more than 3 %");
	page_assert_has(text, "<h2 id=\"differences-h\">");
	page_assert_has(text, "<tr><th scope=\"row\">Kernel</th><td><bdi>6.1.25</bdi></td>"
			      "<td><bdi>6.1.0</bdi></td></tr>");
	free(text);
	view_sample_free(&sample);
}

static void figures_without_sessions_are_a_base_too(void **state)
{
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 1, 3);
	view_sample_compare(&sample, "baseline:turtles-2010");
	for (size_t i = 0; i < 3; i++) {
		struct nb_compare_row *row = &sample.comparisons[0].rows[i];

		row->verdict = NB_INCONCLUSIVE;
		row->indicative = true;
		row->low = NAN;
		row->high = NAN;
		row->p_adjusted = NAN;
		nb_base_copy(row->provenance, sizeof(row->provenance), "published: a paper");
	}
	sample.comparisons[0].rows[2].ratio = NAN;
	text = page_of(&sample.view);
	page_assert_has(text, "figures that others published or documented");
	page_assert_has(text, "<li id=\"note-1-1\">published: a paper</li>");
	page_assert_has(text, "<b>n/a</b>");
	page_assert_has(text, "No series changed for certain.");
	page_assert_lacks(page_body(text), "id=\"differences\"");
	page_assert_lacks(page_body(text), "<span class=\"sub\">p ");
	free(text);
	view_sample_free(&sample);
}

static void a_view_of_skips_tells_their_reasons_once(void **state)
{
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 1, 3);
	for (size_t i = 0; i < 3; i++)
		sample.view.rows[i].cells[0] = view_cell_skip("no /dev/kvm here");
	sample.view.rows[1].cells[0].outcome = NB_ERROR;
	text = page_of(&sample.view);
	page_assert_lacks(page_body(text), "class=\"series");
	page_assert_has(text, "1 skipped, 0 failed");
	page_assert_has(text, "0 skipped, 1 failed");
	page_assert_has(text, "</span> skip</span>: <bdi>no /dev/kvm here</bdi>");
	page_assert_has(text, "1 series failed and has no number here.");
	free(text);
	view_sample_free(&sample);
}

static void a_view_without_any_series_is_a_page(void **state)
{
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 1, 0);
	text = page_of(&sample.view);
	page_assert_has(text, "No series was run.");
	free(text);
	view_sample_free(&sample);
}

static void evidence_is_told_in_words(void **state)
{
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 1, 4);
	sample.view.rows[0].cells[0].evidence = NB_UNVERIFIED;
	sample.view.rows[0].cells[0].exits_per_op = 0.25;
	sample.view.rows[1].cells[0].evidence = NB_EMULATED;
	sample.view.rows[2].cells[0].tagged_rounds = 3;
	text = page_of(&sample.view);
	page_assert_has(text, "0.25<span class=\"sub\"><span class=\"mark unverified\"><span "
			      "aria-hidden=\"true\">▲</span> unverified</span> <span "
			      "class=\"expected\">(expected 1.00)</span>");
	page_assert_has(text, "1 series unverified: ");
	page_assert_has(text, "1 series emulated: ");
	page_assert_has(text, "3 of 6 rounds disturbed");
	page_assert_has(text, "16.7 % of the rounds were disturbed (steal); they are kept.");
	free(text);
	view_sample_free(&sample);
}

static void several_groups_stand_side_by_side_with_their_tails_apart(void **state)
{
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 3, 4);
	sample.view.rows[0].cells[1] = view_cell_skip("not on this one");
	sample.view.rows[0].cells[2].sessions = 0;
	sample.view.rows[1].cells[2].spread = true;
	sample.view.rows[2].cells[2].level = 1;
	text = page_of(&sample.view);
	page_assert_has(text, "<th scope=\"colgroup\" class=\"g\" colspan=\"2\">C");
	page_assert_has(text, "<caption>Exits: tails</caption>");
	page_assert_has(text, "<td class=\"n none\">skip</td>");
	page_assert_has(text, "<td class=\"n none\">not run</td>");
	page_assert_has(text, "<span class=\"sub\">spread 1.00 – 1.02 µs</span>");
	/* Measured at two levels: the row says none. */
	page_assert_has(text, "op2</span> <span class=\"sub\">guest · ");
	free(text);
	view_sample_free(&sample);
}

static void levels_show_the_ratio_and_what_was_published(void **state)
{
	struct nb_level_ratio ratios[] = {
		{ .benchmark = "exit.cpuid",
		  .unit = "ns",
		  .level = 2,
		  .ratio = 21.5,
		  .low = NAN,
		  .high = NAN,
		  .deeper_p50 = 43000,
		  .upper_p50 = 2000,
		  .sessions = 1,
		  .band_low = 13,
		  .band_high = 22,
		  .band = NB_BAND_WITHIN },
		{ .benchmark = "exit.rdtsc",
		  .unit = "ns",
		  .level = 2,
		  .ratio = NAN,
		  .low = NAN,
		  .high = NAN,
		  .deeper_p50 = NAN,
		  .upper_p50 = NAN,
		  .band_low = NAN,
		  .band_high = NAN,
		  .note = "emulated" },
	};
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 1, 1);
	sample.view.groups[0].levels = (struct nb_level_table){
		.rows = ratios, .count = 2, .any_low = NAN, .any_high = NAN
	};
	text = page_of(&sample.view);
	page_assert_has(text, "<b>21.5x</b>");
	page_assert_has(text, ">13 to 22x<span class=\"sub\">within</span>");
	page_assert_has(text, "1 without a ratio");
	page_assert_has(text, "<code>exit.rdtsc</code> emulated");
	page_assert_has(text, "<a href=\"#tax\">");
	free(text);
	view_sample_free(&sample);
}

static void six_machines_with_many_series_stay_under_two_megabytes(void **state)
{
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, NB_VIEW_GROUPS_MAX, 150);
	view_sample_compare(&sample, "baseline:old");
	text = page_of(&sample.view);
	assert_true(strlen(text) < SIZE_LIMIT);
	free(text);
	view_sample_free(&sample);
}

static void a_stream_that_cannot_be_written_is_an_error(void **state)
{
	FILE *stream = fopen("/dev/full", "w");
	struct nb_error error = { 0 };
	struct view_sample sample;
	struct nb_page page = { .view = &sample.view };

	(void)state;
	assert_non_null(stream);
	view_sample_make(&sample, 1, 4);
	assert_int_equal(nb_page_write(stream, &page, &error), -EIO);
	assert_true(error.text[0] != '\0');
	fclose(stream);
	view_sample_free(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_series_without_a_base_makes_a_whole_page),
		cmocka_unit_test(a_comparison_shows_verdicts_in_words_and_its_largest_changes),
		cmocka_unit_test(figures_without_sessions_are_a_base_too),
		cmocka_unit_test(a_view_of_skips_tells_their_reasons_once),
		cmocka_unit_test(a_view_without_any_series_is_a_page),
		cmocka_unit_test(evidence_is_told_in_words),
		cmocka_unit_test(several_groups_stand_side_by_side_with_their_tails_apart),
		cmocka_unit_test(levels_show_the_ratio_and_what_was_published),
		cmocka_unit_test(six_machines_with_many_series_stay_under_two_megabytes),
		cmocka_unit_test(a_stream_that_cannot_be_written_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
