/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plot_panels.h"

/* Rows of one picture: more would not be looked at. */
enum { ROWS_MAX = 120 };

/* One series in one group: the rounds of the group's newest session that measured it. */
struct strip {
	const struct nb_view_row *row;
	const struct nb_session *session;
	const struct nb_series_rounds *rounds;
	size_t group;
	double median, median_p99; /* over the rounds, in the series' unit */
};

static double p50_of(const struct nb_round *round)
{
	return round->outcome == NB_OK ? round->p50 : NAN;
}

static double p99_of(const struct nb_round *round)
{
	return round->outcome == NB_OK ? round->p99 : NAN;
}

/* Median of what one column of the rounds knows; NAN: nothing, or nothing to divide by. */
static double median_of(const struct nb_series_rounds *rounds,
			double (*column)(const struct nb_round *))
{
	double *values = calloc(rounds->count + 1, sizeof(*values));
	double median = NAN;
	size_t count = 0;

	for (size_t i = 0; values && i < rounds->count; i++)
		if (isfinite(column(&rounds->rounds[i])))
			values[count++] = column(&rounds->rounds[i]);
	if (count > 0) {
		nb_stats_sort(values, count);
		median = nb_stats_quantile(values, count, 0.5);
	}
	free(values);
	return median > 0 ? median : NAN;
}

/* False where the group never measured the series. */
static bool find_strip(const struct nb_view *view, const struct nb_view_row *row, size_t group,
		       struct strip *strip)
{
	const struct nb_view_group *sessions = &view->groups[group];

	*strip = (struct strip){ .row = row, .group = group, .median = NAN };
	for (size_t i = sessions->count; i-- > 0 && !isfinite(strip->median);) {
		strip->session = &sessions->records[i]->session;
		strip->rounds = nb_record_find(sessions->records[i], &row->series, 0);
		if (strip->rounds)
			strip->median = median_of(strip->rounds, p50_of);
	}
	if (!strip->rounds || !isfinite(strip->median))
		return false;
	strip->median_p99 = median_of(strip->rounds, p99_of);
	return nb_record_nanoseconds(row->series.unit) > 0;
}

/* "steal switches"; "-" for none, "error" where there is no number. */
static void write_tags(FILE *stream, const struct nb_round *round)
{
	const char *separator = "";

	if (round->outcome != NB_OK)
		fputs(nb_record_outcome_name(round->outcome), stream);
	else if (round->guards.tags == 0)
		fputc('-', stream);
	for (uint32_t bit = 1; round->outcome == NB_OK && bit && nb_record_tag_name(bit);
	     bit <<= 1) {
		if (!(round->guards.tags & bit))
			continue;
		fprintf(stream, "%s%s", separator, nb_record_tag_name(bit));
		separator = " ";
	}
	fputc('\n', stream);
}

static void write_columns(FILE *stream, const double values[4])
{
	for (int i = 0; i < 4; i++) {
		nb_plot_number(stream, values[i]);
		fputc('\t', stream);
	}
}

static void strip_label(const struct nb_view *view, const struct strip *strip, char *label,
			size_t size)
{
	char text[NB_PLOT_LABEL_SIZE], whole[NB_PLOT_LABEL_SIZE + 8];

	nb_plot_label(text, sizeof(text), &strip->row->series,
		      strip->row->cells[strip->group].level);
	snprintf(whole, sizeof(whole), "%s%s%s",
		 view->count > 1 ? view->groups[strip->group].name : "", view->count > 1 ? " " : "",
		 text);
	nb_plot_cell(label, size, whole);
}

static void write_strip(FILE *stream, const struct nb_view *view, const struct strip *strip,
			size_t number)
{
	double ns = nb_record_nanoseconds(strip->row->series.unit);
	char label[NB_PLOT_LABEL_SIZE], session[NB_ULID_SIZE];

	strip_label(view, strip, label, sizeof(label));
	nb_plot_cell(session, sizeof(session), strip->session->id);
	for (size_t i = 0; i < strip->rounds->count; i++) {
		const struct nb_round *round = &strip->rounds->rounds[i];
		double p50 = p50_of(round), p99 = p99_of(round);
		const double values[] = { p50 * ns, p99 * ns, p50 / strip->median,
					  p99 / strip->median_p99 };

		fprintf(stream, "%zu\t%s\t%s\t%d\t", number, label, session, round->ordinal + 1);
		write_columns(stream, values);
		write_tags(stream, round);
	}
}

int nb_plot_data_tail(FILE *stream, const struct nb_plot_query *query, struct nb_error *error)
{
	const struct nb_view *view = query->view;
	size_t written = 0, left_out = 0;

	for (size_t i = 0; i < view->row_count * view->count; i++) {
		const struct nb_view_row *row = &view->rows[i / view->count];
		struct strip strip;

		if (!nb_plot_wants(query, &row->series) ||
		    !find_strip(view, row, i % view->count, &strip))
			continue;
		if (written == ROWS_MAX) {
			left_out++;
			continue;
		}
		if (written == 0)
			nb_plot_header(stream, NB_PLOT_TAIL,
				       "row\tseries\tsession\tround\tp50 [ns]\tp99 [ns]\t"
				       "p50 to its median\tp99 to its median\tguards");
		else
			fputc('\n', stream);
		write_strip(stream, view, &strip, written++);
	}
	if (written == 0)
		return nb_plot_nothing(query, "no round was measured", error);
	if (left_out > 0)
		fprintf(stream, "# %zu more series are left out; a pattern chooses\n", left_out);
	return nb_plot_written(stream, error);
}
