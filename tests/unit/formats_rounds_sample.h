/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TESTS_FORMATS_ROUNDS_SAMPLE_H
#define NB_TESTS_FORMATS_ROUNDS_SAMPLE_H

#include "nestbench/formats.h"

#include "report_sample.h"

/*
 * Two sessions of one machine and one of another, as formats see them that show every round. The
 * first one's reason, label and machine are hostile.
 */

enum { ROUNDS_SESSIONS = 3 };

#define ROUNDS_HOSTILE "a,b \"c\"\n<script>\x1b[31m\xff"

struct rounds_sample {
	struct nb_record records[ROUNDS_SESSIONS];
	struct nb_compare_options options;
	struct nb_view view;
};

typedef int (*rounds_writer)(FILE *stream, const struct nb_view *view, struct nb_error *error);

static inline struct rounds_sample *rounds_make(size_t sessions)
{
	struct rounds_sample *sample = calloc(1, sizeof(*sample));
	struct nb_view_sources sources = { .count = sessions };
	struct nb_record *first;

	if (!sample)
		abort();
	for (size_t i = 0; i < sessions; i++)
		sample_record(&sample->records[i]);
	first = &sample->records[0];
	nb_base_copy(first->series[3].rounds[0].reason, 64, ROUNDS_HOSTILE);
	nb_base_copy(first->session.labels[0].value, 64, ROUNDS_HOSTILE);
	nb_base_copy(first->session.machine.cpu_brand, 64, ROUNDS_HOSTILE);
	if (sessions > 1) {
		sample->records[1].session.id[0] = '7';
		nb_base_copy(sample->records[1].session.started, NB_TIMESTAMP_SIZE,
			     "2026-11-22T00:00:00.000Z");
	}
	if (sessions > 2)
		nb_base_copy(sample->records[2].session.machine.platform, 160, "other");
	sample->options = (struct nb_compare_options){
		.margin = 0.03, .rate = 0.05, .confidence = 0.95, .seed = 1
	};
	sources.records = sample->records;
	sources.options = &sample->options;
	if (nb_view_make(&sources, &sample->view, NULL) < 0)
		abort();
	return sample;
}

static inline void rounds_free(struct rounds_sample *sample)
{
	nb_view_free(&sample->view);
	for (size_t i = 0; i < ROUNDS_SESSIONS; i++)
		nb_record_free(&sample->records[i]);
	free(sample);
}

/* What the format writes of so many sessions; the caller frees it. */
static inline char *rounds_text(rounds_writer write, size_t sessions)
{
	struct rounds_sample *sample = rounds_make(sessions);
	struct sample_stream stream;
	char *text;

	sample_open(&stream);
	text = sample_text(&stream, write(stream.file, &sample->view, NULL));
	rounds_free(sample);
	return text;
}

static inline size_t rounds_count(const char *text, const char *what)
{
	size_t count = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		count++;
	return count;
}

/* Nothing but printable ASCII and line ends. */
static inline bool rounds_plain(const char *text)
{
	for (; *text; text++)
		if (*text != '\n' && (*text < ' ' || *text > '~'))
			return false;
	return true;
}

/* A format says so where its stream is full. */
static inline int rounds_into_full(rounds_writer write, struct nb_error *error)
{
	struct rounds_sample *sample = rounds_make(1);
	FILE *full = fopen("/dev/full", "w");
	int status = full ? write(full, &sample->view, error) : 0;

	if (full)
		fclose(full);
	rounds_free(sample);
	return status;
}

#endif
