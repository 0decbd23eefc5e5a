/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TESTS_PLOT_VIEW_H
#define NB_TESTS_PLOT_VIEW_H

#include "plot_script.h"
#include "report_sample.h"

/*
 * Views of records with histograms, for plots that are drawn from single rounds.
 *
 *	struct plot_view plot = { 0 };
 *
 *	sample_measured(plot_session(&plot, "platform", 1), "exit.cpuid", NB_GUEST, "", 5000);
 *	plot_view_make(&plot);
 *	... plot.view ...
 *	plot_view_free(&plot);
 */

enum { PLOT_RECORDS_MAX = 4 };
#define PLOT_HOSTILE "<&\"'`\\\n\t#%\x1b\xff{x}_^@$(id)"

struct plot_view {
	struct nb_record records[PLOT_RECORDS_MAX];
	size_t count;
	struct nb_view view;
};

static inline struct nb_record *plot_session(struct plot_view *plot, const char *platform,
					     int level)
{
	struct nb_record *record = &plot->records[plot->count];

	sample_session(&record->session);
	snprintf(record->session.id, sizeof(record->session.id), "01JD6QJ3C0ABCDEFGHJKMNPQ%02zu",
		 plot->count);
	snprintf(record->session.started, sizeof(record->session.started),
		 "2026-11-%02zuT03:00:00.000Z", 1 + plot->count);
	nb_base_copy(record->session.machine.platform, sizeof(record->session.machine.platform),
		     platform);
	record->session.level = level;
	plot->count++;
	return record;
}

static inline void plot_view_make(struct plot_view *plot)
{
	const struct nb_view_sources sources = {
		.records = plot->records,
		.count = plot->count,
		.options = &nb_compare_defaults,
	};

	assert_int_equal(nb_view_make(&sources, &plot->view, NULL), 0);
}

static inline void plot_view_free(struct plot_view *plot)
{
	nb_view_free(&plot->view);
	for (size_t i = 0; i < plot->count; i++)
		nb_record_free(&plot->records[i]);
	*plot = (struct plot_view){ 0 };
}

/* So many series of one benchmark each, as guest code of L2. */
static inline void plot_view_wide(struct plot_view *plot, const char *family, size_t series)
{
	struct nb_record *record = plot_session(plot, "p", 1);

	for (size_t i = 0; i < series; i++) {
		char name[48];

		snprintf(name, sizeof(name), "%s.op%zu", family, i);
		sample_measured(record, name, NB_GUEST, "", 2000 + 50 * (double)i);
	}
	plot_view_make(plot);
}

/* Cell number column of the line, copied; "" where it has none. */
static inline void plot_field(const char *line, size_t column, char field[256])
{
	size_t length;

	for (; column > 0 && *line; column--) {
		line += strcspn(line, "\t\n");
		line += *line == '\t' ? 1 : 0;
	}
	length = strcspn(line, "\t\n");
	assert_true(length < 256);
	memcpy(field, line, length);
	field[length] = '\0';
}

/* The n-th line that is no comment and not empty; NULL: none. */
static inline const char *plot_row(const char *data, size_t n)
{
	for (const char *line = data; line && *line; line = strchr(line, '\n') + 1)
		if (*line != '#' && *line != '\n' && n-- == 0)
			return line;
	return NULL;
}

static inline double plot_value(const char *line, size_t column)
{
	char field[256];

	plot_field(line, column, field);
	return strtod(field, NULL);
}

static inline void plot_near(double value, double wanted, double within)
{
	if (!(fabs(value - wanted) <= within))
		fail_msg("%g is not %g", value, wanted);
}

#endif
