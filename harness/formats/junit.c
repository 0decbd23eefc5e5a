/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/compare_report.h"
#include "nestbench/report.h"

#include "formats_private.h"

/*
 * The XML that Ant's JUnit task and Maven's Surefire write and CI servers read, as in the schema
 * tests/data/junit.xsd: a suite a group, a test case a series. A series whose verdict is invalid is
 * skipped, because it must not look like one that passed; inconclusive and indicative ones pass.
 *
 * Readers take what stands before the last dot of classname for a package: "exit.guest" sorts the
 * series by family and vantage. time is how long measuring took, never what was measured.
 */

enum kind { PASSED, SKIPPED, FAILED, BROKEN, KINDS };

struct tally {
	size_t tests, of[KINDS];
	double seconds; /* NAN: not known */
};

/* U+FFFE and U+FFFF, which are no characters of XML 1.0. */
static bool forbidden(const char *bytes)
{
	return memcmp(bytes, "\xef\xbf", 2) == 0 && (bytes[2] == '\xbe' || bytes[2] == '\xbf');
}

/* For attributes and text alike. The control characters that XML cannot have are "?" by then. */
static void put_text(FILE *stream, const char *text)
{
	static const char special[] = "<>&\"'";
	char plain[NB_FORMATS_TEXT_SIZE];

	nb_report_plain(plain, sizeof(plain), text);
	for (const char *byte = plain; *byte; byte++) {
		if (strchr(special, *byte)) {
			fprintf(stream, "&#%d;", *byte);
		} else if (strlen(byte) >= 3 && forbidden(byte)) {
			fputc('?', stream);
			byte += 2;
		} else {
			fputc(*byte, stream);
		}
	}
}

static void put_attribute(FILE *stream, const char *name, const char *value)
{
	fprintf(stream, " %s=\"", name);
	put_text(stream, value);
	fputc('"', stream);
}

static enum kind kind_of(const struct nb_view_cell *cell)
{
	if (cell->outcome == NB_ERROR)
		return BROKEN;
	if (cell->outcome == NB_SKIP)
		return SKIPPED;
	if (!cell->verdict || cell->verdict->indicative)
		return PASSED;
	if (cell->verdict->verdict == NB_REGRESSED)
		return FAILED;
	return cell->verdict->verdict == NB_INVALID ? SKIPPED : PASSED;
}

static void add_rounds(const struct nb_series_rounds *rounds, double *seconds)
{
	for (size_t i = 0; i < rounds->count; i++) {
		double wall_ms = rounds->rounds[i].guards.wall_ms;

		if (isfinite(wall_ms))
			*seconds = (isfinite(*seconds) ? *seconds : 0) + wall_ms / 1000;
	}
}

/* What all rounds of all sessions took. */
static double seconds_of(const struct nb_view_group *group, const struct nb_series *series)
{
	double seconds = NAN;

	for (size_t i = 0; i < group->count; i++)
		for (size_t j = 0; j < group->records[i]->count; j++)
			if (nb_record_same_series(&group->records[i]->series[j].series, series))
				add_rounds(&group->records[i]->series[j], &seconds);
	return seconds;
}

static void put_seconds(FILE *stream, double seconds)
{
	if (isfinite(seconds))
		fprintf(stream, " time=\"%.3f\"", seconds);
}

static struct tally count_group(const struct nb_view *view, size_t group)
{
	struct tally tally = { .seconds = NAN };

	for (size_t i = 0; i < view->row_count; i++) {
		double seconds;

		if (view->rows[i].cells[group].sessions == 0)
			continue;
		tally.tests++;
		tally.of[kind_of(&view->rows[i].cells[group])]++;
		seconds = seconds_of(&view->groups[group], &view->rows[i].series);
		if (isfinite(seconds))
			tally.seconds = (isfinite(tally.seconds) ? tally.seconds : 0) + seconds;
	}
	return tally;
}

/* "p50 12.3 µs, 95 % CI 12.1 µs – 12.4 µs, p99 13.0 µs, 1 exits/op (verified)" */
static void describe_figures(char *text, size_t size, const struct nb_view_row *row, size_t group)
{
	const struct nb_view_cell *cell = &row->cells[group];
	char p50[NB_FORMATS_WORD_SIZE], p99[NB_FORMATS_WORD_SIZE];
	char interval[2 * NB_FORMATS_WORD_SIZE];
	char exits[NB_FORMATS_WORD_SIZE] = "";

	nb_formats_median(p50, sizeof(p50), row, group);
	nb_report_value(p99, sizeof(p99), cell->p99, row->series.unit, NB_REPORT_DIGITS);
	nb_formats_interval(interval, sizeof(interval), row, group);
	if (isfinite(cell->exits_per_op))
		snprintf(exits, sizeof(exits), ", %.3g exits/op (%s)", cell->exits_per_op,
			 nb_record_evidence_name(cell->evidence));
	snprintf(text, size, "p50 %s, 95 %% CI %s, p99 %s%s", p50, interval, p99, exits);
}

/* "regressed: +12.3 %, ratio 1.123, 95 % CI 1.101 – 1.145; base 10.0 µs, now 11.2 µs" */
static void describe_verdict(char *text, size_t size, const struct nb_compare_row *verdict)
{
	char change[NB_FORMATS_WORD_SIZE], base[NB_FORMATS_WORD_SIZE], now[NB_FORMATS_WORD_SIZE];
	char interval[NB_FORMATS_WORD_SIZE] = "";

	nb_compare_change(change, sizeof(change), verdict->ratio);
	nb_report_value(base, sizeof(base), verdict->base.p50, verdict->series.unit,
			NB_REPORT_DIGITS);
	nb_report_value(now, sizeof(now), verdict->candidate.p50, verdict->series.unit,
			NB_REPORT_DIGITS);
	if (!isfinite(verdict->ratio)) {
		snprintf(text, size, "%s", nb_formats_verdict(verdict));
		return;
	}
	if (isfinite(verdict->low) && isfinite(verdict->high))
		snprintf(interval, sizeof(interval), ", 95 %% CI %.4g – %.4g", verdict->low,
			 verdict->high);
	snprintf(text, size, "%s: %s, ratio %.4g%s; base %s, now %s", nb_formats_verdict(verdict),
		 change, verdict->ratio, interval, base, now);
}

/* <skipped message="..."/> and the like; type is what they have in place of an exception. */
static void put_result(FILE *stream, const char *element, const char *type, const char *message)
{
	fprintf(stream, "      <%s", element);
	put_attribute(stream, "type", type);
	put_attribute(stream, "message", message);
	fputs("/>\n", stream);
}

static void put_case_result(FILE *stream, const struct nb_view_cell *cell)
{
	char text[NB_FORMATS_TEXT_SIZE];

	if (cell->outcome != NB_OK) {
		put_result(stream, cell->outcome == NB_SKIP ? "skipped" : "error",
			   nb_record_outcome_name(cell->outcome), cell->reason);
		return;
	}
	if (kind_of(cell) == PASSED)
		return;
	describe_verdict(text, sizeof(text), cell->verdict);
	put_result(stream, kind_of(cell) == FAILED ? "failure" : "skipped",
		   nb_verdict_name(cell->verdict->verdict), text);
}

static void put_line(FILE *stream, const char *text)
{
	put_text(stream, text);
	fputc('\n', stream);
}

static void put_case_output(FILE *stream, const struct nb_view_row *row, size_t group)
{
	const struct nb_view_cell *cell = &row->cells[group];
	char text[NB_FORMATS_TEXT_SIZE];

	/* All that is known of it is its result's message. */
	if (cell->outcome != NB_OK)
		return;
	fputs("      <system-out>", stream);
	if (nb_formats_measured(cell)) {
		describe_figures(text, sizeof(text), row, group);
		put_line(stream, text);
	}
	if (cell->verdict) {
		describe_verdict(text, sizeof(text), cell->verdict);
		put_line(stream, text);
	}
	nb_formats_notes(text, sizeof(text), cell);
	if (text[0])
		put_line(stream, text);
	fputs("</system-out>\n", stream);
}

static void put_case(FILE *stream, const struct nb_view *view, const struct nb_view_row *row,
		     size_t group)
{
	const struct nb_series *series = &row->series;
	char family[sizeof(series->benchmark)];
	char name[NB_FORMATS_NAME_SIZE], class[NB_FORMATS_NAME_SIZE];

	nb_report_series(name, sizeof(name), series);
	nb_view_family(series, family, sizeof(family));
	/* Some readers forget the suite, and take cases of one class and name for one. */
	snprintf(class, sizeof(class), "%s%s%s.%s", view->count > 1 ? view->groups[group].name : "",
		 view->count > 1 ? "." : "", family, nb_record_vantage_name(series->vantage));
	fputs("    <testcase", stream);
	put_attribute(stream, "classname", class);
	put_attribute(stream, "name", name);
	put_seconds(stream, seconds_of(&view->groups[group], series));
	fputs(">\n", stream);
	put_case_result(stream, &row->cells[group]);
	put_case_output(stream, row, group);
	fputs("    </testcase>\n", stream);
}

static void put_property(FILE *stream, const char *name, const char *value)
{
	fputs("      <property", stream);
	put_attribute(stream, "name", name);
	put_attribute(stream, "value", value);
	fputs("/>\n", stream);
}

static void put_properties(FILE *stream, const struct nb_view *view,
			   const struct nb_view_group *group)
{
	fputs("    <properties>\n", stream);
	put_property(stream, "nestbench", NB_VERSION);
	if (view->base)
		put_property(stream, "base", view->base);
	for (size_t i = 0; i < group->digests.count; i++) {
		const struct nb_session *session = &group->digests.sessions[i].session;

		put_property(stream, "session", session->id);
		for (size_t j = 0; j < session->label_count; j++)
			put_property(stream, session->labels[j].key, session->labels[j].value);
	}
	fputs("    </properties>\n", stream);
}

static void put_counts(FILE *stream, const struct tally *tally)
{
	fprintf(stream, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", tally->tests,
		tally->of[FAILED], tally->of[BROKEN]);
	put_seconds(stream, tally->seconds);
}

static void put_suite(FILE *stream, const struct nb_view *view, size_t index)
{
	const struct nb_view_group *group = &view->groups[index];
	struct tally tally = count_group(view, index);
	char name[NB_FORMATS_TEXT_SIZE];

	snprintf(name, sizeof(name), "%s: %s", group->name, group->title);
	fputs("  <testsuite", stream);
	put_attribute(stream, "name", view->count > 1 ? name : group->title);
	put_counts(stream, &tally);
	fprintf(stream, " skipped=\"%zu\"", tally.of[SKIPPED]);
	/* Surefire's schema wants no fraction and no zone: it is UTC. */
	if (group->digests.count > 0) {
		nb_base_copy(name, sizeof("2026-11-21T03:12:05"),
			     group->digests.sessions[group->digests.count - 1].session.started);
		put_attribute(stream, "timestamp", name);
	}
	fputs(">\n", stream);
	put_properties(stream, view, group);
	for (size_t i = 0; i < view->row_count; i++)
		if (view->rows[i].cells[index].sessions > 0)
			put_case(stream, view, &view->rows[i], index);
	fputs("  </testsuite>\n", stream);
}

static struct tally count_all(const struct nb_view *view)
{
	struct tally all = { .seconds = NAN };

	for (size_t i = 0; i < view->count; i++) {
		struct tally one = count_group(view, i);

		all.tests += one.tests;
		all.of[FAILED] += one.of[FAILED];
		all.of[BROKEN] += one.of[BROKEN];
		if (isfinite(one.seconds))
			all.seconds = (isfinite(all.seconds) ? all.seconds : 0) + one.seconds;
	}
	return all;
}

int nb_formats_junit(FILE *stream, const struct nb_view *view, struct nb_error *error)
{
	struct tally all = count_all(view);

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"nestbench\"", stream);
	put_counts(stream, &all);
	fputs(">\n", stream);
	for (size_t i = 0; i < view->count; i++)
		put_suite(stream, view, i);
	fputs("</testsuites>\n", stream);
	return nb_report_finish(stream, error);
}
