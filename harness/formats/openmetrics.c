/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nestbench/report.h"

#include "formats_openmetrics.h"

/*
 * The node exporter's textfile collector reads Prometheus' text format 0.0.4 and passes over a file
 * with a timestamp in it; others read OpenMetrics 1.0. Everything here is of both: gauges only (the
 * older format knows no info and no state set), no timestamps, UNIT and EOF lines, which the older
 * format takes for comments, and a family's lines together. A number that is not known has no line.
 *
 * What identifies a time series is bounded by the benchmarks there are: what changes with each
 * session (its id, the kernel) is a label of nestbench_session_info alone. Names of series are
 * plain words (nb_record_check()), so that cleaning them cannot make two of them equal.
 */

enum { LABEL_SIZE = 128 };

void nb_metric_family(struct nb_metric_writer *writer, const struct nb_metric_family *family)
{
	writer->family = family;
	writer->begun = false;
}

/* The head stands above the first line only, or a family without one would be announced. */
void nb_metric_begin(struct nb_metric_writer *writer)
{
	const struct nb_metric_family *family = writer->family;

	writer->labels = false;
	if (!writer->begun) {
		fprintf(writer->stream, "# HELP %s %s\n# TYPE %s gauge\n", family->name,
			family->help, family->name);
		if (family->unit[0])
			fprintf(writer->stream, "# UNIT %s %s\n", family->name, family->unit);
		writer->begun = true;
	}
	fputs(family->name, writer->stream);
}

/* A newline, which has to be escaped too, has become "?" like all that is not to be printed. */
void nb_metric_label(struct nb_metric_writer *writer, const char *name, const char *value)
{
	char plain[LABEL_SIZE];

	nb_report_plain(plain, sizeof(plain), value);
	fprintf(writer->stream, "%c%s=\"", writer->labels ? ',' : '{', name);
	writer->labels = true;
	for (const char *byte = plain; *byte; byte++) {
		if (*byte == '\\' || *byte == '"')
			fputc('\\', writer->stream);
		fputc(*byte, writer->stream);
	}
	fputc('"', writer->stream);
}

void nb_metric_level(struct nb_metric_writer *writer, int level)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", level);
	nb_metric_label(writer, "level", level == NB_LEVEL_UNKNOWN ? "unknown" : text);
}

/* Thirteen digits are those of a time of day in milliseconds. */
void nb_metric_end(const struct nb_metric_writer *writer, double value)
{
	fprintf(writer->stream, "%s %.13g\n", writer->labels ? "}" : "", value);
}

static void begin_group(struct nb_metric_writer *writer, const struct nb_view_group *group)
{
	nb_metric_begin(writer);
	nb_metric_label(writer, "group", group->name);
}

/* "instance" would hide the label that Prometheus itself gives to a target. */
static void put_info(struct nb_metric_writer *writer, const struct nb_view_group *group)
{
	const struct nb_session *session;
	char kernel[LABEL_SIZE];

	if (group->digests.count == 0)
		return;
	session = &group->digests.sessions[group->digests.count - 1].session;
	snprintf(kernel, sizeof(kernel), "%.*s", (int)strcspn(session->machine.kernel, " "),
		 session->machine.kernel);
	begin_group(writer, group);
	nb_metric_label(writer, "session", session->id);
	nb_metric_label(writer, "version", session->version);
	nb_metric_label(writer, "profile", session->profile);
	nb_metric_level(writer, session->level);
	nb_metric_label(writer, "cpu", session->machine.cpu_brand);
	nb_metric_label(writer, "hypervisor", session->machine.hypervisor);
	nb_metric_label(writer, "kernel", kernel);
	nb_metric_label(writer, "kvm_module", session->machine.kvm_module);
	nb_metric_label(writer, "clocksource", session->machine.clocksource);
	nb_metric_label(writer, "cloud_instance", session->machine.instance);
	nb_metric_end(writer, 1);
}

static bool has_result(const struct nb_digest *digest)
{
	for (size_t i = 0; i < digest->count; i++)
		if (digest->rows[i].outcome == NB_OK)
			return true;
	return false;
}

/* Seconds since 1970 of "2026-11-21T03:12:05.123Z"; NAN where it is no such text. */
static double seconds_since_1970(const char *started)
{
	struct tm tm = { 0 };
	const char *rest = strptime(started, "%Y-%m-%dT%H:%M:%S", &tm);

	if (!rest)
		return NAN;
	return (double)timegm(&tm) + (*rest == '.' ? strtod(rest, NULL) : 0);
}

/* Sessions are oldest first. */
static void put_success(struct nb_metric_writer *writer, const struct nb_view_group *group)
{
	double seconds = NAN;

	for (size_t i = 0; i < group->digests.count; i++) {
		const struct nb_digest *digest = &group->digests.sessions[i];

		if (!digest->session.partial && has_result(digest))
			seconds = seconds_since_1970(digest->session.started);
	}
	if (!isfinite(seconds))
		return;
	begin_group(writer, group);
	nb_metric_end(writer, seconds);
}

static void put_sessions(struct nb_metric_writer *writer, const struct nb_view_group *group)
{
	begin_group(writer, group);
	nb_metric_end(writer, (double)group->digests.count);
}

static void put_invalid(struct nb_metric_writer *writer, const struct nb_view_group *group)
{
	size_t invalid = 0;

	for (size_t i = 0; i < group->digests.count; i++)
		invalid += !group->digests.sessions[i].valid;
	begin_group(writer, group);
	nb_metric_end(writer, (double)invalid);
}

static void put_outcomes(struct nb_metric_writer *writer, const struct nb_view_group *group)
{
	const struct nb_view *view = writer->view;
	size_t index = (size_t)(group - view->groups);
	size_t counts[NB_ERROR + 1] = { 0 };

	for (size_t i = 0; i < view->row_count; i++) {
		const struct nb_view_cell *cell = &view->rows[i].cells[index];

		if (cell->sessions > 0)
			counts[cell->outcome]++;
	}
	for (int i = NB_OK; i <= NB_ERROR; i++) {
		begin_group(writer, group);
		nb_metric_label(writer, "outcome", nb_record_outcome_name((enum nb_outcome)i));
		nb_metric_end(writer, (double)counts[i]);
	}
}

static const struct {
	struct nb_metric_family family;
	void (*put)(struct nb_metric_writer *, const struct nb_view_group *);
} of_groups[] = {
	{ { "nestbench_session_info", "", "The newest session, and the machine it ran on." },
	  put_info },
	{ { "nestbench_last_success_timestamp_seconds", "seconds",
	    "Start of the newest session that ran to its end and measured something." },
	  put_success },
	{ { "nestbench_sessions", "", "Sessions that the figures are of." }, put_sessions },
	{ { "nestbench_invalid_sessions", "", "Those that were too disturbed to be compared." },
	  put_invalid },
	{ { "nestbench_series", "", "Series by their outcome." }, put_outcomes },
};

static void put_base(struct nb_metric_writer *writer)
{
	static const struct nb_metric_family family = {
		"nestbench_base_info", "", "What the ratios and verdicts are against."
	};

	if (!writer->view->base)
		return;
	nb_metric_family(writer, &family);
	nb_metric_begin(writer);
	nb_metric_label(writer, "base", writer->view->base);
	nb_metric_end(writer, 1);
}

int nb_formats_openmetrics(FILE *stream, const struct nb_view *view, struct nb_error *error)
{
	struct nb_metric_writer writer = { .stream = stream, .view = view };

	for (size_t i = 0; i < sizeof(of_groups) / sizeof(of_groups[0]); i++) {
		nb_metric_family(&writer, &of_groups[i].family);
		for (size_t j = 0; j < view->count; j++)
			of_groups[i].put(&writer, &view->groups[j]);
	}
	put_base(&writer);
	nb_metric_all_series(&writer);
	fputs("# EOF\n", stream);
	return nb_report_finish(stream, error);
}
