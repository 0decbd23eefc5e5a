/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include <jansson.h>

#include "bundle_sample.h"

/* Verdicts are computed again from the data, and nothing else is believed. */

static const char verdicts[] = "verdicts.json";

static void a_bundle_from_end_to_end_verifies(void **state)
{
	struct nb_bundle_files files = files_make(), opened;
	struct bytes archive = bundle_packed(&files);
	struct nb_bundle_result result;

	(void)state;
	opened = bundle_opened(&archive);
	result = verify(&opened);
	assert_int_equal(result.files, 13);
	assert_int_equal(result.sessions, 12);
	assert_int_equal(result.verdicts, 2);
	assert_string_equal(result.version, NB_VERSION);
	assert_non_null(strstr(files_find(&opened, verdicts)->bytes, "\"verdict\": \"regressed\""));
	assert_non_null(strstr(files_find(&opened, verdicts)->bytes, "\"18446744073709551615\""));
	nb_bundle_files_free(&opened);
	nb_bundle_files_free(&files);
	bytes_free(&archive);
}

static void the_same_view_gives_the_same_text(void **state)
{
	struct nb_bundle_files first = files_make(), second = files_make();

	(void)state;
	assert_string_equal(files_find(&first, verdicts)->bytes,
			    files_find(&second, verdicts)->bytes);
	nb_bundle_files_free(&first);
	nb_bundle_files_free(&second);
}

/* Whoever edits can also make the digests fit: the archive is read, and the verdict is not. */
static void an_edited_verdict_with_fitting_digests_is_refused_by_its_row(void **state)
{
	struct nb_bundle_files files = files_make(), opened;
	struct bytes archive;

	(void)state;
	files_replace(&files, verdicts, "\"verdict\": \"regressed\"", "\"verdict\": \"same\"");
	archive = bundle_packed(&files);
	opened = bundle_opened(&archive);
	assert_unverified(&opened, "verdicts.json: exit.cpuid guest, group A: verdict says "
				   "\"same\", the data say \"regressed\"");
	nb_bundle_files_free(&opened);
	nb_bundle_files_free(&files);
	bytes_free(&archive);
}

static const struct {
	const char *what, *by, *words;
} edits[] = {
	{ "\"ring=3\"", "\"ring=0\"", "exit.hlt ring=3 guest, group A: params says \"ring=0\"" },
	{ "\"cand_sessions\": 6", "\"cand_sessions\": 60",
	  "cand_sessions says 60, the data say 6" },
	{ "\"p\": ", "\"p\": 0.5, \"q\": ", "exit.cpuid guest, group A: p says 0.5" },
	{ "\"tail\": {", "\"tail\": 5, \"x\": {", "tail says 5, the data say {" },
	{ "\"more_sessions\": null", "\"more_sessions\": \"inf\"",
	  "more_sessions says \"inf\", the data say null" },
	{ "\"rows\": [", "\"rows\": [7,", "groups[0].comparison.rows[0] says 7, the data say {" },
	{ "\"rows\": [", "\"rows\": [], \"others\": [", "rows[0] says nothing, the data say" },
	{ "\"regressed\": 1", "\"regressed\": 0", "counts.regressed says 0, the data say 1" },
	{ "\"name\": \"A\"", "\"name\": \"B\"", "groups[0].name says \"B\", the data say \"A\"" },
	{ "\"version\"", "\"vers\": 1, \"version\"", "vers says 1, the data say nothing" },
	{ "\"confidence\": 0.9", "\"confidence\": 0.8", "the data say" },
	{ "\"seed\": \"18", "\"seed\": \"17", "the data say" },
	{ "{\n", "{ \n", "the same values, but not as nestbench writes them" },
	{ "\"01JD6QJ3C0ABCDEFGHJKMNP100\",", "",
	  "baseline/01JD6QJ3C0ABCDEFGHJKMNP100.json: "
	  "verdicts.json does not use it" },
	{ "\"01JD6QJ3C0ABCDEFGHJKMNP200\"", "\"01JD6QJ3C0ABCDEFGHJKMNP300\"",
	  "sessions/01JD6QJ3C0ABCDEFGHJKMNP200.json: verdicts.json does not use it" },
	{ "NP200\",\n    \"01JD6QJ3C0ABCDEFGHJKMNP201",
	  "NP201\",\n    \"01JD6QJ3C0ABCDEFGHJKMNP200",
	  "groups[0].sessions[0] says \"01JD6QJ3C0ABCDEFGHJKMNP201\"" },
};

static void every_edited_number_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		struct nb_bundle_files files = files_make();

		files_replace(&files, verdicts, edits[i].what, edits[i].by);
		assert_unverified(&files, edits[i].words);
		nb_bundle_files_free(&files);
	}
}

/* The ratio of exit.cpuid times so much. */
static void scale_ratio(struct nb_bundle_files *files, double factor)
{
	static const char name[] = "\"ratio\": ";
	const char *place = strstr(files_find(files, verdicts)->bytes, name);
	char old[64], changed[64];
	double ratio;

	assert_non_null(place);
	ratio = strtod(place + strlen(name), NULL);
	snprintf(old, sizeof(old), "%s%.17g,", name, ratio);
	snprintf(changed, sizeof(changed), "%s%.17g,", name, ratio * factor);
	assert_string_not_equal(old, changed);
	files_replace(files, verdicts, old, changed);
}

/* exp() and log() do so between processors with and without fused multiply-add. */
static void only_what_differs_in_the_last_digits_may_differ(void **state)
{
	struct nb_bundle_files files = files_make();

	(void)state;
	assert_true(verify(&files).exact);
	scale_ratio(&files, 1 + 1e-15);
	assert_false(verify(&files).exact);
	scale_ratio(&files, 1 + 1e-8);
	assert_unverified(&files, "exit.cpuid guest, group A: ratio says 1.2109");
	nb_bundle_files_free(&files);
}

static void an_edited_session_is_refused_by_its_histograms(void **state)
{
	struct nb_bundle_files files = files_make();

	(void)state;
	files_replace(&files, "sessions/01JD6QJ3C0ABCDEFGHJKMNP203.json", "     \"p50\": 6",
		      "     \"p50\": 5");
	assert_unverified(&files, "sessions/01JD6QJ3C0ABCDEFGHJKMNP203.json: results[0].");
	nb_bundle_files_free(&files);
}

static void another_session_under_the_same_name_is_refused(void **state)
{
	struct nb_bundle_files files = files_make();

	(void)state;
	files_replace(&files, "sessions/01JD6QJ3C0ABCDEFGHJKMNP203.json", "MNP203\"", "MNP204\"");
	assert_unverified(&files, "sessions/01JD6QJ3C0ABCDEFGHJKMNP203.json: it holds session "
				  "01JD6QJ3C0ABCDEFGHJKMNP204");
	nb_bundle_files_free(&files);
}

static void missing_and_stray_files_are_named(void **state)
{
	struct nb_bundle_files files = files_make();

	(void)state;
	files_remove(&files, "baseline/01JD6QJ3C0ABCDEFGHJKMNP102.json");
	assert_unverified(&files, "baseline/01JD6QJ3C0ABCDEFGHJKMNP102.json is missing");
	nb_bundle_files_free(&files);

	files = files_make();
	files_add(&files, "sessions/notes.txt", strdup("none"));
	assert_unverified(&files, "sessions/notes.txt: verdicts.json does not use it");
	nb_bundle_files_free(&files);

	files = files_make();
	files_remove(&files, verdicts);
	assert_unverified(&files, "verdicts.json is missing");
	nb_bundle_files_free(&files);
}

static void without_a_base_there_are_groups_and_no_rows(void **state)
{
	struct nb_bundle_files files = { .folder = "nestbench-sample" };
	struct sessions sessions;
	struct nb_view_sources sources = { .options = &nb_compare_defaults };
	struct nb_bundle_result result;

	(void)state;
	sessions_make(&sessions, 200, 2, 1);
	sessions.records[1].session.level = 2;
	sources.records = sessions.records;
	sources.count = 2;
	sessions_add(&sessions, "sessions", &files);
	verdicts_add(&sources, &files);
	result = verify(&files);
	assert_int_equal(result.sessions, 2);
	assert_int_equal(result.verdicts, 0);
	assert_non_null(strstr(files_find(&files, verdicts)->bytes, "\"base\": null"));
	assert_non_null(strstr(files_find(&files, verdicts)->bytes, "\"comparison\": null"));
	sessions_free(&sessions);
	nb_bundle_files_free(&files);
}

static const char figures_text[] =
	"{\"schema\": \"nestbench-baseline/1\", \"name\": \"a-paper\", \"title\": \"A paper\","
	" \"kind\": \"literature\", \"summary\": \"Made up for a test.\", \"figures\": ["
	"{\"metric\": \"exit.cpuid\", \"value\": 40000, \"unit\": \"ns\", \"kind\": \"published\","
	" \"level\": \"L2\", \"hardware\": \"a machine\","
	" \"source\": {\"title\": \"A paper\", \"address\": \"https://example.com/\"}}]}";

static struct nb_bundle_files figures_make(void)
{
	struct nb_bundle_files files = { .folder = "nestbench-sample" };
	struct sessions sessions;
	struct nb_view_sources sources = { .base = "baseline:a-paper",
					   .options = &nb_compare_defaults };
	struct nb_baseline figures;
	struct nb_error error = { 0 };

	if (nb_baseline_parse(figures_text, strlen(figures_text), &figures, &error) < 0)
		fail_msg("%s", error.text);
	sessions_make(&sessions, 200, 1, 1);
	sources.records = sessions.records;
	sources.count = 1;
	sources.figures = &figures;
	sessions_add(&sessions, "sessions", &files);
	files_add(&files, "baseline/a-paper.json", strdup(figures_text));
	verdicts_add(&sources, &files);
	nb_baseline_free(&figures);
	sessions_free(&sessions);
	return files;
}

static void published_figures_are_a_base_too(void **state)
{
	struct nb_bundle_files files = figures_make();

	(void)state;
	assert_int_equal(verify(&files).verdicts, 1);
	files_replace(&files, "baseline/a-paper.json", "40000", "45000");
	assert_unverified(&files, "exit.cpuid guest, group A: base_p50 says 40000");
	nb_bundle_files_free(&files);

	files = figures_make();
	files_replace(&files, "baseline/a-paper.json", "\"a-paper\"", "\"b-paper\"");
	assert_unverified(&files, "baseline/a-paper.json: it holds baseline b-paper");
	files_replace(&files, "baseline/a-paper.json", "\"unit\"", "\"unity\"");
	assert_unverified(&files, "baseline/a-paper.json: figures[0]");
	nb_bundle_files_free(&files);
}

static void what_nobody_could_check_is_not_written(void **state)
{
	struct nb_compare_options options = nb_compare_defaults;
	struct nb_view view = { .options = &options };
	struct nb_error error = { 0 };
	char *text;
	size_t size;

	(void)state;
	options.permutations = 1000000;
	assert_int_equal(nb_bundle_verdicts(&view, &text, &size, &error), -EINVAL);
	options = nb_compare_defaults;
	view.base = "baseline:../secret";
	assert_int_equal(nb_bundle_verdicts(&view, &text, &size, &error), -EINVAL);
	assert_non_null(strstr(error.text, "no name of a baseline"));
}

static size_t allocations_left;

static void *allocate(size_t size)
{
	if (allocations_left == 0)
		return NULL;
	allocations_left--;
	return malloc(size);
}

static void no_memory_for_json_is_no_crash_and_no_leak(void **state)
{
	struct nb_bundle_files files = figures_make();
	struct nb_bundle_result result;
	struct nb_error error;
	int status = -1;

	(void)state;
	json_set_alloc_funcs(allocate, free);
	for (size_t count = 0; status < 0 && count < 100000; count += 1 + count / 50) {
		allocations_left = count;
		error = (struct nb_error){ 0 };
		status = nb_bundle_verify(&files, &result, &error);
		if (status < 0)
			assert_true(error.text[0] != '\0');
	}
	json_set_alloc_funcs(malloc, free);
	assert_int_equal(status, 0);
	nb_bundle_files_free(&files);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bundle_from_end_to_end_verifies),
		cmocka_unit_test(the_same_view_gives_the_same_text),
		cmocka_unit_test(an_edited_verdict_with_fitting_digests_is_refused_by_its_row),
		cmocka_unit_test(every_edited_number_is_named),
		cmocka_unit_test(only_what_differs_in_the_last_digits_may_differ),
		cmocka_unit_test(an_edited_session_is_refused_by_its_histograms),
		cmocka_unit_test(another_session_under_the_same_name_is_refused),
		cmocka_unit_test(missing_and_stray_files_are_named),
		cmocka_unit_test(without_a_base_there_are_groups_and_no_rows),
		cmocka_unit_test(published_figures_are_a_base_too),
		cmocka_unit_test(what_nobody_could_check_is_not_written),
		cmocka_unit_test(no_memory_for_json_is_no_crash_and_no_leak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
