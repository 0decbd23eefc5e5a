/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "page_check.h"

/* Texts of others cannot become part of the page. */

enum { LONG = 4096 };

static void hostile_texts_of_a_view_are_escaped(void **state)
{
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 2, 8);
	view_sample_compare(&sample, VIEW_HOSTILE);
	view_sample_base(&sample);
	nb_base_copy(sample.comparisons[0].rows[0].note, 200, VIEW_HOSTILE "note");
	nb_base_copy(sample.comparisons[0].rows[0].provenance, 320, view_garbled);
	nb_base_copy(sample.comparisons[0].warnings[0], 240, VIEW_HOSTILE "warning");
	sample.comparisons[0].warning_count = 1;
	nb_base_copy(sample.comparisons[0].left_out[0], 96, VIEW_HOSTILE "left");
	sample.comparisons[0].left_out_count = 1;
	text = page_of(&sample.view);
	page_assert_lacks(text, "<script>alert");
	page_assert_has(text,
			"&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;&lt;!--  ]]&gt;|`%s");
	page_assert_has(text, "%snote</li>");
	page_assert_has(text, "%swarning");
	page_assert_has(text, "%sleft.</li>");
	free(text);
	view_sample_free(&sample);
}

static void what_is_no_printable_character_is_replaced(void **state)
{
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 1, 4);
	text = page_of(&sample.view);
	page_assert_has(text, "who=a\xef\xbf\xbd"
			      "b\xef\xbf\xbd[31m\xef\xbf\xbd"
			      "c\xef\xbf\xbd\xef\xbf\xbd"
			      "d\xef\xbf\xbd"
			      "e<");
	free(text);
	view_sample_free(&sample);
}

static void names_of_series_units_and_machines_are_escaped(void **state)
{
	struct view_sample sample;
	struct nb_session *session;
	char *text;

	(void)state;
	view_sample_make(&sample, 2, 1);
	nb_base_copy(sample.view.rows[0].series.benchmark, 48, "<b>\"&'.</b>");
	nb_base_copy(sample.view.rows[0].series.params, 96, VIEW_HOSTILE);
	nb_base_copy(sample.view.rows[0].series.metric, 16, VIEW_HOSTILE);
	nb_base_copy(sample.view.rows[0].series.unit, 8, "<&>");
	nb_base_copy(sample.view.rows[0].cells[0].reason, 224, VIEW_HOSTILE "odd");
	session = &sample.digests[0].session;
	nb_base_copy(session->id, sizeof(session->id), VIEW_HOSTILE);
	nb_base_copy(session->started, sizeof(session->started), view_garbled);
	nb_base_copy(session->version, sizeof(session->version), VIEW_HOSTILE);
	nb_base_copy(session->profile, sizeof(session->profile), VIEW_HOSTILE);
	nb_base_copy(session->machine.mitigations, 1536, "a: <x>; b: " VIEW_HOSTILE "; c: d");
	nb_base_copy(session->machine.boot_id, 40, view_garbled);
	session->target_count = 1;
	nb_base_copy(session->targets[0].name, 24, VIEW_HOSTILE);
	nb_base_copy(session->targets[0].path, 256, "/mnt/" VIEW_HOSTILE);
	nb_base_copy(session->targets[0].options, 256, view_garbled);
	text = page_of(&sample.view);
	page_assert_lacks(text, "<script>alert");
	page_assert_has(text, "&lt;b&gt;&quot;&amp;&#39;.<wbr/>&lt;/b&gt;");
	page_assert_has(text, "/mnt/&lt;script&gt;");
	free(text);
	view_sample_free(&sample);
}

static void names_of_four_kilobytes_stay_whole(void **state)
{
	struct view_sample sample;
	char base[LONG + 1];
	char *text;

	(void)state;
	memset(base, 'n', LONG);
	base[LONG] = '\0';
	view_sample_make(&sample, 1, 4);
	view_sample_compare(&sample, base);
	text = page_of(&sample.view);
	page_assert_has(text, base);
	free(text);
	view_sample_free(&sample);
}

static void pictures_that_run_something_are_refused(void **state)
{
	static const struct nb_page_plot plots[] = {
		{ "one", "exit", "Fine <1>", "A & B", "<?xml version='1.0'?><svg><g/></svg>",
		  NULL },
		{ "two", "exit", "Bad", "", "<svg><script>alert(2)</script></svg>", NULL },
		{ "three", "exit", "None", "", NULL, VIEW_HOSTILE },
		{ "four", "other", "Alone", "", "<svg></svg>", NULL },
		{ "five", "", "First", "", "<svg></svg>", NULL },
	};
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 1, 4);
	text = page_write(&(struct nb_page){ .view = &sample.view,
					     .plots = plots,
					     .plot_count = 5,
					     .note = VIEW_HOSTILE "note" });
	page_assert_lacks(text, "<script>alert");
	page_assert_lacks(text, "<?xml");
	page_assert_has(text, "\n<svg><g/></svg>\n");
	page_assert_has(text, "<b>Fine &lt;1&gt;</b> <span class=\"how\">A &amp; B</span>");
	page_assert_has(text, "Bad: not drawn, <bdi>reason unknown");
	page_assert_has(text, "None: not drawn, <bdi>&lt;script&gt;");
	page_assert_has(text, "other <code>other.*</code>");
	page_assert_has(text, "id=\"overview\"");
	page_assert_has(text, "%snote</li>");
	free(text);
	view_sample_free(&sample);
}

static void the_policy_names_the_script_by_its_hash_and_nothing_is_loaded(void **state)
{
	struct view_sample sample;
	char *text;

	(void)state;
	view_sample_make(&sample, 1, 4);
	text = page_of(&sample.view);
	page_assert_has(text, "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-");
	page_assert_lacks(text, "http:");
	page_assert_lacks(text, "https:");
	page_assert_lacks(text, "url(");
	page_assert_lacks(text, "@import");
	free(text);
	view_sample_free(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_texts_of_a_view_are_escaped),
		cmocka_unit_test(what_is_no_printable_character_is_replaced),
		cmocka_unit_test(names_of_series_units_and_machines_are_escaped),
		cmocka_unit_test(names_of_four_kilobytes_stay_whole),
		cmocka_unit_test(pictures_that_run_something_are_refused),
		cmocka_unit_test(the_policy_names_the_script_by_its_hash_and_nothing_is_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
