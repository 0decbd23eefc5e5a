/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/fields.h"
#include "nestbench/report.h"

#include "report_storage.h"
#include "report_text.h"

/* RFC 4180: fields with commas, quotes or line ends stand in quotes; lines end in CR LF. */

enum { LIST_SIZE = 4608 };

static void put_text(FILE *stream, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fprintf(stream, "%s,", text);
		return;
	}
	fputc('"', stream);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', stream);
		fputc(*text, stream);
	}
	fputs("\",", stream);
}

/* Unknown numbers are empty fields, which every reader takes for a missing value. */
static void put_last(FILE *stream, double value)
{
	if (isfinite(value))
		fprintf(stream, "%.17g", value);
}

static void put_number(FILE *stream, double value)
{
	put_last(stream, value);
	fputc(',', stream);
}

static void put_count(FILE *stream, int64_t value)
{
	if (value >= 0)
		fprintf(stream, "%lld", (long long)value);
	fputc(',', stream);
}

static void put_labels(FILE *stream, const struct nb_session *session)
{
	char list[LIST_SIZE] = "";
	char pair[sizeof(struct nb_label) + 2];

	for (size_t i = 0; i < session->label_count; i++) {
		snprintf(pair, sizeof(pair), "%s=%s", session->labels[i].key,
			 session->labels[i].value);
		nb_report_join(list, sizeof(list), ";", pair);
	}
	put_text(stream, list);
}

static void put_kinds(FILE *stream, const struct nb_round *round)
{
	char list[LIST_SIZE] = "";
	char pair[sizeof(struct nb_exit_kind) + 24];

	for (size_t i = 0; i < round->kind_count; i++) {
		snprintf(pair, sizeof(pair), "%s=%lld", round->kinds[i].name,
			 (long long)round->kinds[i].count);
		nb_report_join(list, sizeof(list), ";", pair);
	}
	put_text(stream, list);
}

static void put_session(FILE *stream, const struct nb_session *session)
{
	put_text(stream, session->id);
	put_text(stream, session->started);
	put_text(stream, session->version);
	put_text(stream, session->profile);
	fprintf(stream, "%llu,", (unsigned long long)session->seed);
	put_text(stream, session->machine.platform);
	put_text(stream, session->machine.instance);
	put_labels(stream, session);
}

static void put_series(FILE *stream, const struct nb_session *session,
		       const struct nb_series *series)
{
	put_text(stream, series->benchmark);
	put_text(stream, nb_record_vantage_name(series->vantage));
	put_count(stream, nb_record_level(session, series));
	put_text(stream, series->params);
	put_text(stream, series->metric);
	put_text(stream, series->unit);
	put_text(stream, series->lower_is_better ? "lower" : "higher");
}

static void put_guards(FILE *stream, const struct nb_guards *guards)
{
#define NB_PUT(field) put_count(stream, guards->field);
	NB_GUARD_COUNTS(NB_PUT)
#undef NB_PUT
#define NB_PUT(field) put_number(stream, guards->field);
	NB_GUARD_NUMBERS(NB_PUT)
#undef NB_PUT
}

/* Empty for whatever is not storage. */
static void put_storage(FILE *stream, const struct nb_session *session,
			const struct nb_series *series, const struct nb_round *round)
{
	struct nb_storage storage;

	nb_storage_of_round(session, series, round, &storage);
#define NB_PUT(field)       \
	fputc(',', stream); \
	put_last(stream, storage.field);
	NB_STORAGE_NUMBERS(NB_PUT)
#undef NB_PUT
	fputs("\r\n", stream);
}

static void put_round(FILE *stream, const struct nb_round *round)
{
	char tags[128];

	fprintf(stream, "%d,", round->ordinal);
	put_text(stream, nb_record_outcome_name(round->outcome));
	put_text(stream, round->reason);
#define NB_PUT(field) put_count(stream, round->field);
	NB_ROUND_COUNTS(NB_PUT)
#undef NB_PUT
#define NB_PUT(field) put_number(stream, round->field);
	NB_ROUND_NUMBERS(NB_PUT)
#undef NB_PUT
	put_text(stream, nb_record_clock_name(round->clock));
	put_text(stream, nb_record_evidence_name(round->evidence));
	put_kinds(stream, round);
	put_guards(stream, &round->guards);
	nb_report_tags(tags, sizeof(tags), ";", round->guards.tags);
	fputs(tags, stream);
}

static void put_header(FILE *stream)
{
	fputs("session,started,version,profile,seed,platform,instance,labels,benchmark,vantage,"
	      "level,params,metric,unit,better,round,outcome,reason,",
	      stream);
#define NB_PUT(field) fputs(#field ",", stream);
	NB_ROUND_COUNTS(NB_PUT)
	NB_ROUND_NUMBERS(NB_PUT)
	fputs("clock,evidence,by_kind,", stream);
	NB_GUARD_COUNTS(NB_PUT)
	NB_GUARD_NUMBERS(NB_PUT)
#undef NB_PUT
	fputs("tags", stream);
#define NB_PUT(field) fputs(",io_" #field, stream);
	NB_STORAGE_NUMBERS(NB_PUT)
#undef NB_PUT
	fputs("\r\n", stream);
}

int nb_report_csv(FILE *stream, const struct nb_record *record, bool header, struct nb_error *error)
{
	if (header)
		put_header(stream);
	for (size_t i = 0; i < record->count; i++) {
		const struct nb_series_rounds *series = &record->series[i];

		for (size_t j = 0; j < series->count; j++) {
			put_session(stream, &record->session);
			put_series(stream, &record->session, &series->series);
			put_round(stream, &series->rounds[j]);
			put_storage(stream, &record->session, &series->series, &series->rounds[j]);
		}
	}
	return nb_report_finish(stream, error);
}
