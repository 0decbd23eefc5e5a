/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "formats_rounds.h"

/*
 * benchstat makes a table of its own for each set of configuration lines and compares only within
 * one. They therefore say what kind of machine it was and nothing that differs between sessions of
 * one machine, such as their ids: that stands in lines that every reader passes over.
 */

/* An empty value makes readers forget the key, which is right for what is not known. */
static void put_configuration(FILE *stream, const char *key, const char *value)
{
	fprintf(stream, "%s:%s", key, value[0] ? " " : "");
	nb_rounds_put_line(stream, value);
	fputc('\n', stream);
}

static void put_machine(FILE *stream, const struct nb_machine *machine)
{
	put_configuration(stream, "goos", "linux");
	put_configuration(stream, "goarch", "amd64");
	put_configuration(stream, "pkg", "nestbench");
	put_configuration(stream, "cpu", machine->cpu_brand);
	put_configuration(stream, "hypervisor",
			  machine->hypervisor[0] ? machine->hypervisor : "hardware");
}

static void put_session(FILE *stream, const struct nb_view_group *group,
			const struct nb_record *record)
{
	const struct nb_session *session = &record->session;

	fputs("# session ", stream);
	nb_rounds_put_line(stream, session->id);
	fputs(" of ", stream);
	nb_rounds_put_line(stream, session->started);
	fputs(", profile ", stream);
	nb_rounds_put_line(stream, session->profile);
	fprintf(stream, ", platform %s: ", group->name);
	nb_rounds_put_line(stream, session->machine.platform);
	if (session->partial)
		fputs(", ended before its plan was done", stream);
	if (!nb_record_valid(record))
		fputs(", invalid: guards tag more than 20 % of its rounds", stream);
	fputc('\n', stream);
}

/* The family is the name and has to begin with a capital, the rest is below it. */
static void put_benchmark(FILE *stream, const char *benchmark)
{
	size_t family = strcspn(benchmark, ".");
	bool word = isalnum((unsigned char)benchmark[0]);

	fputs("Benchmark", stream);
	fputc(word ? toupper((unsigned char)benchmark[0]) : 'X', stream);
	if (family > 0)
		nb_rounds_put_word(stream, benchmark + 1, family - 1, "/");
	if (benchmark[family] == '\0')
		return;
	fputc('/', stream);
	benchmark += family + 1;
	nb_rounds_put_word(stream, benchmark, strlen(benchmark), "/");
}

static void put_key(FILE *stream, const char *key, const char *value)
{
	fprintf(stream, "/%s=", key);
	nb_rounds_put_word(stream, value, strlen(value), "/");
}

/*
 * "BenchmarkExit/cpuid/vantage=guest/level=2/ring=3-1". Level and parameters are keys, so that
 * "benchstat -col /level" is the price of a level. What the evidence speaks against is another
 * name, never compared with the true one. The last number is the count of CPUs: a round is pinned.
 */
static void put_name(FILE *stream, const struct nb_view_row *row, const struct nb_view_cell *cell)
{
	const struct nb_series *series = &row->series;
	const char *caveat = nb_rounds_caveat(cell->evidence);
	const char *params = series->params;
	struct nb_rounds_pair pair;

	put_benchmark(stream, series->benchmark);
	put_key(stream, "vantage", nb_record_vantage_name(series->vantage));
	if (cell->level < 0)
		fputs("/level=unknown", stream);
	else
		fprintf(stream, "/level=%d", cell->level);
	while (nb_rounds_next_pair(&params, &pair)) {
		fputc('/', stream);
		nb_rounds_put_word(stream, pair.key, pair.key_length, "/");
		fputc('=', stream);
		nb_rounds_put_word(stream, pair.value, pair.value_length, "/");
	}
	if (strcmp(series->metric, "latency") != 0)
		put_key(stream, "metric", series->metric);
	if (caveat)
		put_key(stream, "evidence", caveat);
	fputs("-1", stream);
}

static void put_value(FILE *stream, const char *prefix, double value,
		      const struct nb_series *series)
{
	double nanoseconds = nb_record_nanoseconds(series->unit);

	if (!isfinite(value))
		return;
	if (nanoseconds > 0) {
		fprintf(stream, "  %.9g %sns/op", value * nanoseconds, prefix);
		return;
	}
	fprintf(stream, "  %.9g %s", value, prefix);
	nb_rounds_put_word(stream, series->unit, strlen(series->unit), "");
}

static void put_round(FILE *stream, const struct nb_view_row *row, const struct nb_view_cell *cell,
		      const struct nb_round *round)
{
	put_name(stream, row, cell);
	fprintf(stream, "  %lld", (long long)nb_rounds_operations(round));
	put_value(stream, "", round->p50, &row->series);
	put_value(stream, "p99-", round->p99, &row->series);
	if (isfinite(round->exits_per_op))
		fprintf(stream, "  %.9g exits/op", round->exits_per_op);
	fputc('\n', stream);
}

/* Of a unit that is not Go's, benchstat does not know which way is up. */
static void put_unit(FILE *stream, const struct nb_series *series)
{
	if (nb_record_nanoseconds(series->unit) > 0)
		return;
	fputs("Unit ", stream);
	nb_rounds_put_word(stream, series->unit, strlen(series->unit), "");
	fprintf(stream, " better=%s\n", series->lower_is_better ? "lower" : "higher");
}

static void put_record(FILE *stream, const struct nb_view *view, size_t group,
		       const struct nb_record *record)
{
	put_machine(stream, &record->session.machine);
	put_session(stream, &view->groups[group], record);
	for (size_t i = 0; i < view->row_count; i++) {
		const struct nb_view_row *row = &view->rows[i];
		const struct nb_series_rounds *series = nb_record_find(record, &row->series, i);

		if (series && series->count > 0)
			put_unit(stream, &row->series);
		for (size_t j = 0; series && j < series->count; j++) {
			const struct nb_round *round = &series->rounds[j];

			if (round->outcome == NB_OK && isfinite(round->p50))
				put_round(stream, row, &row->cells[group], round);
		}
	}
}

int nb_formats_benchfmt(FILE *stream, const struct nb_view *view, struct nb_error *error)
{
	fputs("Unit p99-ns/op better=lower\nUnit exits/op better=lower\n", stream);
	for (size_t i = 0; i < view->count; i++) {
		const struct nb_view_group *group = &view->groups[i];

		for (size_t j = 0; j < group->count; j++)
			put_record(stream, view, i, group->records[j]);
	}
	return nb_report_finish(stream, error);
}
