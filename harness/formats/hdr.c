/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "formats_hdr.h"
#include "formats_rounds.h"

/*
 * One interval a round. When a round began is not recorded, but in which order rounds ran and how
 * long each took: a session's intervals follow one another from its start, those of one ordinal in
 * report order although the session took them in random order.
 */

/* A series of one session and the tag of its intervals. */
struct track {
	const struct nb_view_row *row;
	const struct nb_view_cell *cell;
	const struct nb_series_rounds *series;
};

struct log {
	FILE *stream;
	const struct nb_view *view;
	struct nb_error *error;
	struct track *tracks; /* view->row_count of them */
	size_t count;
	double clock_s; /* since the epoch */
};

/* Seconds since the epoch of "2026-11-21T03:12:05.123Z"; 0 for anything else. */
static double seconds_of(const char *timestamp)
{
	struct tm date = { 0 };
	const char *rest = strptime(timestamp, "%Y-%m-%dT%H:%M:%S", &date);

	if (!rest)
		return 0;
	return (double)timegm(&date) + (*rest == '.' ? strtod(rest, NULL) : 0);
}

/* "Tag=exit.cpuid;guest;ring=3,": commas and blanks would end it. */
static void put_tag(const struct log *log, const struct nb_view_group *group,
		    const struct track *track)
{
	static const char taken[] = ",;";
	const struct nb_series *series = &track->row->series;
	const char *caveat = nb_rounds_caveat(track->cell->evidence);
	const char *params = series->params;
	struct nb_rounds_pair pair;

	fputs("Tag=", log->stream);
	if (log->view->count > 1)
		fprintf(log->stream, "%s;", group->name);
	nb_rounds_put_word(log->stream, series->benchmark, strlen(series->benchmark), taken);
	fprintf(log->stream, ";%s", nb_record_vantage_name(series->vantage));
	while (nb_rounds_next_pair(&params, &pair)) {
		fputc(';', log->stream);
		nb_rounds_put_word(log->stream, pair.key, pair.key_length, taken);
		fputc('=', log->stream);
		nb_rounds_put_word(log->stream, pair.value, pair.value_length, taken);
	}
	if (strcmp(series->metric, "latency") != 0) {
		fputs(";metric=", log->stream);
		nb_rounds_put_word(log->stream, series->metric, strlen(series->metric), taken);
	}
	if (caveat)
		fprintf(log->stream, ";evidence=%s", caveat);
	fputc(',', log->stream);
}

/* Whole nanoseconds, and none below 0, which HdrHistogram does not know; NAN: cannot be said. */
static double nanoseconds_of(const struct nb_series *series, const struct nb_round *round,
			     uint32_t bucket)
{
	double low = (double)nb_stats_bucket_low(bucket);
	double high = (double)nb_stats_bucket_high(bucket);
	double ticks = fmin(fmax((low + high) / 2, (double)round->histogram.min),
			    (double)round->histogram.max);
	double value = nb_record_value(series, round, ticks) * nb_record_nanoseconds(series->unit);

	if (!(value <= (double)NB_HDR_VALUE_MAX))
		return NAN;
	return value > 0 ? floor(value + 0.5) : 0;
}

/* The round's samples as a histogram of nanoseconds; the caller frees its buckets. */
static int convert(const struct nb_series *series, const struct nb_round *round,
		   struct nb_histogram *made, struct nb_error *error)
{
	const struct nb_histogram *ticks = &round->histogram;

	*made = (struct nb_histogram){ .buckets = calloc(ticks->length, sizeof(*made->buckets)) };
	if (!made->buckets)
		return nb_error_set(error, ENOMEM, "no memory for a histogram");
	for (size_t i = 0; i < ticks->length; i++) {
		double value = nanoseconds_of(series, round, ticks->buckets[i].index);
		uint32_t index;

		if (isnan(value)) {
			nb_stats_histogram_free(made);
			return nb_error_set(error, ERANGE,
					    "%s: a sample without a time, or of more than 100 days",
					    series->benchmark);
		}
		index = nb_stats_bucket_index((uint64_t)value);
		/* Values ascend with ticks; several buckets of ticks may be one of nanoseconds. */
		if (made->length == 0 || made->buckets[made->length - 1].index != index)
			made->buckets[made->length++].index = index;
		made->buckets[made->length - 1].count += ticks->buckets[i].count;
		made->max = (uint64_t)value;
	}
	made->count = ticks->count;
	return 0;
}

static int put_interval(struct log *log, const struct nb_view_group *group,
			const struct track *track, const struct nb_round *round)
{
	double length_s = round->guards.wall_ms > 0 ? round->guards.wall_ms / 1e3 : 0;
	struct nb_histogram histogram;
	char *text = NULL;
	uint64_t max;
	int status = convert(&track->row->series, round, &histogram, log->error);

	if (status < 0)
		return status;
	max = histogram.max;
	status = nb_hdr_encode(&histogram, &text, log->error);
	nb_stats_histogram_free(&histogram);
	if (status < 0)
		return status;
	put_tag(log, group, track);
	/* The format's own tools write the largest value in milliseconds, and read it nowhere. */
	fprintf(log->stream, "%.6f,%.6f,%.6f,%s\n", log->clock_s, length_s, (double)max / 1e6,
		text);
	free(text);
	log->clock_s += length_s;
	return 0;
}

/* Of that ordinal, with samples; NULL where there is none. */
static const struct nb_round *find_round(const struct nb_series_rounds *series, int ordinal)
{
	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];

		if (round->ordinal == ordinal)
			return round->outcome == NB_OK && round->histogram.count > 0 ? round : NULL;
	}
	return NULL;
}

/* The session's series that have times; returns how many rounds they have at most. */
static int find_tracks(struct log *log, size_t group, const struct nb_record *record)
{
	int rounds = 0;

	log->count = 0;
	for (size_t i = 0; i < log->view->row_count; i++) {
		const struct nb_view_row *row = &log->view->rows[i];
		const struct nb_series_rounds *series = nb_record_find(record, &row->series, i);

		if (!series || !(nb_record_nanoseconds(row->series.unit) > 0))
			continue;
		for (size_t j = 0; j < series->count; j++)
			if (series->rounds[j].ordinal >= rounds)
				rounds = series->rounds[j].ordinal + 1;
		log->tracks[log->count++] = (struct track){ row, &row->cells[group], series };
	}
	return rounds;
}

static int put_record(struct log *log, size_t group, const struct nb_record *record)
{
	int rounds = find_tracks(log, group, record);
	int status = 0;

	log->clock_s = seconds_of(record->session.started);
	fputs("#[Session ", log->stream);
	nb_rounds_put_line(log->stream, record->session.id);
	fprintf(log->stream, " of platform %s]\n", log->view->groups[group].name);
	for (int i = 0; i < rounds; i++) {
		for (size_t j = 0; status == 0 && j < log->count; j++) {
			const struct nb_round *round = find_round(log->tracks[j].series, i);

			if (round)
				status = put_interval(log, &log->view->groups[group],
						      &log->tracks[j], round);
		}
	}
	return status;
}

static void put_head(const struct log *log)
{
	const char *started = log->view->groups[0].records[0]->session.started;

	fprintf(log->stream,
		"#[Histogram log format version 1.3]\n"
		"#[StartTime: %.3f (seconds since epoch), ",
		seconds_of(started));
	nb_rounds_put_line(log->stream, started);
	fputs("]\n", log->stream);
	for (size_t i = 0; i < log->view->count; i++) {
		fprintf(log->stream, "#[Platform %s: ", log->view->groups[i].name);
		nb_rounds_put_line(log->stream, log->view->groups[i].title);
		fputs("]\n", log->stream);
	}
	fputs("\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
	      "\"Interval_Compressed_Histogram\"\n",
	      log->stream);
}

int nb_formats_hdr(FILE *stream, const struct nb_view *view, struct nb_error *error)
{
	struct log log = { .stream = stream, .view = view, .error = error };
	int status = 0;

	log.tracks = calloc(view->row_count + 1, sizeof(*log.tracks));
	if (!log.tracks)
		return nb_error_set(error, ENOMEM, "no memory for a histogram log");
	put_head(&log);
	for (size_t i = 0; i < view->count; i++)
		for (size_t j = 0; status == 0 && j < view->groups[i].count; j++)
			status = put_record(&log, i, view->groups[i].records[j]);
	free(log.tracks);
	return status < 0 ? status : nb_report_finish(stream, error);
}
