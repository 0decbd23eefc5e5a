/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle_sample.h"

/* A verdicts.json that a stranger wrote is refused before it can cost anything. */

static const char verdicts[] = "verdicts.json";

static const struct {
	const char *what, *by, *words;
} faults[] = {
	{ "nestbench-verdicts/1", "nestbench-verdicts/2", "schema: not \"nestbench-verdicts/1\"" },
	{ "\"schema\"", "\"scheme\"", "verdicts.json: schema: missing" },
	{ "\"version\": \"0", "\"version\": \"00000000000000000", "version: too long" },
	{ "\"version\": \"0", "\"version\": \"\\u001b[2J0", "version: holds control characters" },
	{ "\"version\": \"0", "\"version\": \"\\u00000", "verdicts.json, line 3: " },
	{ "\"options\": {", "\"options\": [], \"o\": {", "options: not an object" },
	{ "\"margin\": 0", "\"margin\": \"\", \"m\": 0", "options.margin: not a number" },
	{ "\"margin\": 0", "\"margin\": -0", "a margin is not in 0 .. 10" },
	{ "\"margin\": 0", "\"margin\": 1e999, \"m\": 0", "verdicts.json, line 5: " },
	{ "\"margin\": 0.0500", "\"margin\": 11.0500", "a margin is not in 0 .. 10" },
	{ "\"rate\": 0", "\"rate\": 1", "rate is not between 0 and 1" },
	{ "\"confidence\": 0", "\"confidence\": 1", "confidence is not in 0.5 .. 0.9999" },
	{ "s\": 9999", "s\": 4000000000", "options.permutations: not in 0 .. 100000" },
	{ "s\": 9999", "s\": 1e4", "options.permutations: not an integer" },
	{ "s\": 9999", "s\": -1", "options.permutations: not in 0 .. 100000" },
	{ "s\": 9999", "s\": 99999999999999999999999", "verdicts.json, line 8: " },
	{ "s\": 2000", "s\": 1000001", "options.replicates: not in 0 .. 100000" },
	{ "s\": 2000", "s\": 0", "permutations without replicates" },
	{ "\"18446744073709551615\"", "\"18446744073709551616\"",
	  "options.seed: not a number below" },
	{ "\"18446744073709551615\"", "\"-1\"", "options.seed: not a number below" },
	{ "\"18446744073709551615\"", "\"\"", "options.seed: not a number below" },
	{ "\"18446744073709551615\"", "7", "options.seed: not a string" },
	{ "\"include_invalid\": false", "\"include_invalid\": 0", "include_invalid: not true or" },
	{ "\"margins\": [", "\"margins\": [7,", "options.pattern: missing" },
	{ "\"margins\": [", "\"margins\": {}, \"m\": [", "options.margins: not a list" },
	{ "exit.h*", "exit.h\\n", "options.pattern: holds control characters" },
	{ "\"asked\": [", "\"asked\": [7,", "options.asked: not plain text" },
	{ "\"base\": {", "\"base\": 7, \"b\": {", "verdicts.json: base: not an object" },
	{ "\"asked\": \"label", "\"asked\": \"\\u202elabel", "base.asked: holds control" },
	{ "\"figures\": null", "\"figures\": \"x\"", "base.figures: not the base that was asked" },
	{ "\"figures\": null", "\"figures\": 7", "base.figures: not a string" },
	{ "JKMNP100\"", "JKMNP101\"", "base.sessions: the same id twice" },
	{ "JKMNP100\"", "JKMNP10\"", "base.sessions: not an id" },
	{ "JKMNP200\"", "JKMN/../200\"", "groups.sessions: not an id" },
	{ "JKMNP200\"", "JKMNP201\"", "groups.sessions: the same id twice" },
	{ "\"groups\": [", "\"groups\": [], \"g\": [", "verdicts.json: groups: no session" },
	{ "\"groups\": [", "\"groups\": [7,", "groups.sessions: missing" },
	{ "\"groups\": [", "\"groups\": [7,7,7,7,7,7,", "groups: too many" },
	{ "\"schema\"", "\"schema\": 1, \"schema\"",
	  "verdicts.json, line 2: duplicate object key" },
	{ "{", "", "verdicts.json, line 2: " },
	{ "{", "[", "verdicts.json, line " },
};

static void what_is_not_as_it_was_written_is_refused_by_its_place(void **state)
{
	struct nb_bundle_files files = files_make();
	char *good = strdup(files_find(&files, verdicts)->bytes);

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		files_replace(&files, verdicts, faults[i].what, faults[i].by);
		assert_unverified(&files, faults[i].words);
		files_remove(&files, verdicts);
		files_add(&files, verdicts, strdup(good));
	}
	verify(&files);
	free(good);
	nb_bundle_files_free(&files);
}

/* In place of something, so many times the same. */
static void repeat(struct nb_bundle_files *files, const char *before, const char *part,
		   size_t count)
{
	char *by = calloc(1, strlen(before) + count * strlen(part) + 1), *end = by;

	assert_non_null(by);
	end = stpcpy(end, before);
	for (size_t i = 0; i < count; i++)
		end = stpcpy(end, part);
	files_replace(files, verdicts, before, by);
	free(by);
}

static void too_much_of_anything_is_refused(void **state)
{
	static const struct {
		const char *before, *part;
		size_t count;
		const char *words;
	} many[] = {
		{ "\"margins\": [", "{\"pattern\": \"*\", \"margin\": 0.1},", 256,
		  "more than 256" },
		{ "\"asked\": [", "\"cpus\",", 64, "options.asked: more than 64" },
		{ "\"asked\": \"", "x", 5000, "base.asked: too long" },
		{ "\"sessions\": [", "\"\",", 200, "base.sessions: too many" },
		{ "\"pattern\": \"", "*", 80, "options.pattern: too long" },
		{ "\"rows\": [", "[", 5000, "verdicts.json, line " },
		{ "\"rows\": [", "0,", 1 << 23, "verdicts.json: larger than any" },
		{ "\"rows\": [", "0,", 1 << 20, "rows[0] says 0, the data say {" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(many) / sizeof(many[0]); i++) {
		struct nb_bundle_files files = files_make();

		repeat(&files, many[i].before, many[i].part, many[i].count);
		assert_unverified(&files, many[i].words);
		nb_bundle_files_free(&files);
	}
}

/* Globs that a matcher without care takes years for. */
static void a_glob_of_stars_ends(void **state)
{
	struct nb_bundle_files files = files_make();

	(void)state;
	files_replace(&files, verdicts, "exit.h*",
		      "*e*x*i*t*.*c*p*u*i*d*e*x*i*t*.*c*p*u*i*d*e*x*i*t*.*c*p*u*i*d*e*x*i*t*b");
	assert_unverified(&files, "verdicts.json: exit.hlt ring=3 guest, group A: ");
	nb_bundle_files_free(&files);
}

static void more_series_than_any_session_has_are_refused(void **state)
{
	struct nb_bundle_files files = { .folder = "b" };
	struct nb_view_sources sources = { .options = &nb_compare_defaults };
	struct sessions sessions;
	struct nb_series series;
	char name[32];

	(void)state;
	sessions_make(&sessions, 200, 1, 1);
	sources.records = sessions.records;
	sources.count = 1;
	verdicts_add(&sources, &files);
	for (int i = 0; i < 1999; i++) {
		snprintf(name, sizeof(name), "exit.b%d", i);
		series = sample_series(name, NB_USER, "");
		sample_append(&sessions.records[0], &series, sample_failure(NB_SKIP, "no"));
	}
	sessions_add(&sessions, "sessions", &files);
	assert_unverified(&files, "2001 series in 1 sessions are more than can be checked");
	nb_bundle_files_free(&files);
	sessions_free(&sessions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_as_it_was_written_is_refused_by_its_place),
		cmocka_unit_test(too_much_of_anything_is_refused),
		cmocka_unit_test(a_glob_of_stars_ends),
		cmocka_unit_test(more_series_than_any_session_has_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
