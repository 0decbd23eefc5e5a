/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TESTS_FORMATS_SAMPLE_H
#define NB_TESTS_FORMATS_SAMPLE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/formats.h"

/*
 * A view made by hand, with something of everything that an export has to show, and with texts as
 * a database of somebody else may hold them.
 */

enum { FORMATS_ROWS = 6, FORMATS_LONG = 4096 };

#define FORMATS_HOSTILE \
	"<script>alert(\"x\")</script> 'q' \\ `c` |p| @user #1 GH-2 \n\t\x01\x7f\xff&amp;"

struct formats_sample {
	struct nb_view view;
	struct nb_view_row rows[FORMATS_ROWS];
	struct nb_compare_row verdicts[FORMATS_ROWS];
	struct nb_comparison comparison;
	struct nb_record record;
	const struct nb_record *records[1];
	struct nb_digest digest;
	struct nb_digest_row digest_row;
	char base[FORMATS_LONG + 1];
};

static inline struct nb_view_row formats_row(const char *benchmark, enum nb_vantage vantage,
					     const char *params, double p50)
{
	struct nb_view_row row = { .series = { .vantage = vantage,
					       .metric = "latency",
					       .unit = "ns",
					       .lower_is_better = true },
				   .cells[0] = { .sessions = 1,
						 .outcome = NB_OK,
						 .level = vantage == NB_GUEST ? 2 : 1,
						 .p50 = p50,
						 .low = p50 - 10,
						 .high = p50 + 10,
						 .min = p50 - 20,
						 .p95 = NAN,
						 .p99 = 2 * p50,
						 .p999 = NAN,
						 .max = 3 * p50,
						 .evidence = NB_VERIFIED,
						 .exits_per_op = 1,
						 .expected = 1,
						 .rounds = 6,
						 .samples = 1000 } };

	nb_base_copy(row.series.benchmark, sizeof(row.series.benchmark), benchmark);
	nb_base_copy(row.series.params, sizeof(row.series.params), params);
	return row;
}

static inline void formats_failure(struct nb_view_cell *cell, enum nb_outcome outcome,
				   const char *reason)
{
	cell->outcome = outcome;
	cell->p50 = cell->low = cell->high = cell->p99 = cell->exits_per_op = NAN;
	nb_base_copy(cell->reason, sizeof(cell->reason), reason);
}

/* Row index of the first group gets a verdict. */
static inline void formats_judge(struct formats_sample *sample, size_t index,
				 enum nb_verdict verdict, double ratio)
{
	struct nb_view_row *row = &sample->rows[index];

	sample->verdicts[index] = (struct nb_compare_row){
		.series = row->series,
		.base = { .sessions = 6, .p50 = row->cells[0].p50 / ratio },
		.candidate = { .sessions = 6, .p50 = row->cells[0].p50 },
		.ratio = ratio,
		.low = ratio - 0.01,
		.high = ratio + 0.01,
		.verdict = verdict,
		.more_sessions = -1,
	};
	row->cells[0].verdict = &sample->verdicts[index];
}

static inline void formats_session(struct formats_sample *sample)
{
	struct nb_session *session = &sample->digest.session;

	nb_base_copy(session->id, sizeof(session->id), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
	nb_base_copy(session->started, sizeof(session->started), "2026-01-02T03:04:05.250Z");
	nb_base_copy(session->version, sizeof(session->version), "0.1.0");
	nb_base_copy(session->machine.kernel, sizeof(session->machine.kernel), "6.1.0 #1 SMP");
	nb_base_copy(session->machine.cpu_brand, sizeof(session->machine.cpu_brand),
		     FORMATS_HOSTILE);
	session->level = 1;
	session->label_count = 1;
	nb_base_copy(session->labels[0].key, sizeof(session->labels[0].key), "note");
	nb_base_copy(session->labels[0].value, sizeof(session->labels[0].value), FORMATS_HOSTILE);
	sample->digest.valid = true;
	sample->digest_row.outcome = NB_OK;
	sample->digest.rows = &sample->digest_row;
	sample->digest.count = 1;
	sample->record.session = *session;
	sample->records[0] = &sample->record;
}

/* One group without a base; rows: ok, ok, "~0 ns", skip, error, and ok without proof. */
static inline struct formats_sample *formats_sample(void)
{
	struct formats_sample *sample = calloc(1, sizeof(*sample));
	struct nb_view_group *group;

	if (!sample)
		abort();
	group = &sample->view.groups[0];
	sample->rows[0] = formats_row("exit.cpuid", NB_GUEST, "", 1234);
	sample->rows[1] = formats_row("exit.cpuid", NB_GUEST, "ring=3", 1300);
	sample->rows[2] = formats_row("exit.pio", NB_USER, "", 0.5);
	sample->rows[3] = formats_row("irq.ipi", NB_GUEST, "", 1);
	sample->rows[4] = formats_row("irq.self", NB_GUEST, "", 1);
	sample->rows[5] = formats_row("paging.walk", NB_USER, "", 7e6);
	formats_failure(&sample->rows[3].cells[0], NB_SKIP, FORMATS_HOSTILE);
	formats_failure(&sample->rows[4].cells[0], NB_ERROR, FORMATS_HOSTILE);
	sample->rows[5].cells[0].evidence = NB_UNVERIFIED;
	sample->rows[5].cells[0].p99 = NAN;
	sample->rows[5].cells[0].tagged_rounds = 2;
	formats_session(sample);
	nb_base_copy(group->name, sizeof(group->name), "A");
	nb_base_copy(group->title, sizeof(group->title), FORMATS_HOSTILE);
	group->level = 1;
	group->records = sample->records;
	group->count = 1;
	group->digests = (struct nb_compare_group){ &sample->digest, 1 };
	sample->view.count = 1;
	sample->view.rows = sample->rows;
	sample->view.row_count = FORMATS_ROWS;
	sample->view.base_provenance = "";
	sample->view.options = &nb_compare_defaults;
	return sample;
}

/* With a base of a long hostile name: regressed, indicative, same and invalid. */
static inline struct formats_sample *formats_judged(void)
{
	struct formats_sample *sample = formats_sample();

	memset(sample->base, 'b', FORMATS_LONG);
	memcpy(sample->base, FORMATS_HOSTILE, strlen(FORMATS_HOSTILE));
	sample->view.base = sample->base;
	sample->view.groups[0].comparison = &sample->comparison;
	formats_judge(sample, 0, NB_REGRESSED, 1.25);
	formats_judge(sample, 1, NB_INCONCLUSIVE, 1.5);
	sample->verdicts[1].indicative = true;
	formats_judge(sample, 2, NB_SAME, 1);
	formats_judge(sample, 5, NB_INVALID, NAN);
	return sample;
}

/* The same session again as a second group. */
static inline void formats_double(struct formats_sample *sample)
{
	sample->view.groups[1] = sample->view.groups[0];
	nb_base_copy(sample->view.groups[1].name, sizeof(sample->view.groups[1].name), "B");
	for (size_t i = 0; i < FORMATS_ROWS; i++)
		sample->rows[i].cells[1] = sample->rows[i].cells[0];
	sample->view.count = 2;
}

typedef int formats_writer(FILE *stream, const struct nb_view *view, struct nb_error *error);

/* What the writer makes of it; the sample is gone then. The caller frees the text. */
static inline char *formats_text(formats_writer *write, struct formats_sample *sample)
{
	char *text = NULL, *copy;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	if (!stream || write(stream, &sample->view, NULL) < 0)
		abort();
	fclose(stream);
	free(sample);
	/* The stream knew where text is, so gcc 12 takes what points into it for dangling. */
	copy = strdup(text);
	if (!copy || strlen(copy) != size)
		abort();
	free(text);
	return copy;
}

/* The status where nothing can be written. */
static inline int formats_full(formats_writer *write)
{
	struct formats_sample *sample = formats_sample();
	FILE *stream = fopen("/dev/full", "we");
	struct nb_error error = { 0 };
	int status;

	if (!stream)
		abort();
	status = write(stream, &sample->view, &error);
	fclose(stream);
	free(sample);
	return status < 0 && error.text[0] ? status : 0;
}

/* How often part stands in text. */
static inline size_t formats_count(const char *text, const char *part)
{
	size_t count = 0;

	for (const char *found = strstr(text, part); found; found = strstr(found + 1, part))
		count++;
	return count;
}

/* No byte that is a control character but line feeds. */
static inline bool formats_clean(const char *text)
{
	for (const char *byte = text; *byte; byte++)
		if (((unsigned char)*byte < 0x20 && *byte != '\n') || *byte == 0x7f)
			return false;
	return true;
}

#endif
