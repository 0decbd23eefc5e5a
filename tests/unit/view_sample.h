/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TESTS_VIEW_SAMPLE_H
#define NB_TESTS_VIEW_SAMPLE_H

#include "nestbench/view.h"

#include "report_sample.h"

/*
 * Views made by hand, without nb_view_make(): one session a group, and texts that try to break out
 * of whatever they are written into.
 *
 *	struct view_sample sample;
 *
 *	view_sample_make(&sample, 2, 4);      (groups, series)
 *	... sample.view ...
 *	view_sample_free(&sample);
 */

#define VIEW_HOSTILE "<script>alert(1)</script>\"'&<!--\n\t]]>|`%s"

/*
 * Text that turns its direction, control characters, bytes that are not UTF-8, no character.
 * Byte by byte, because a source file shall not do that either.
 */
static const char view_garbled[] = { 'a', '\xe2', '\x80', '\xae', 'b', '\x1b', '[',
				     '3', '1',	  'm',	  '\x7f', 'c', '\xff', '\xc3',
				     'd', '\xef', '\xbf', '\xbf', 'e', '\0' };

struct view_sample {
	struct nb_view view;
	struct nb_record records[NB_VIEW_GROUPS_MAX];
	const struct nb_record *pointers[NB_VIEW_GROUPS_MAX];
	struct nb_digest digests[NB_VIEW_GROUPS_MAX];
	struct nb_comparison comparisons[NB_VIEW_GROUPS_MAX];
	struct nb_digest base;
};

static inline struct nb_view_cell view_cell_skip(const char *reason)
{
	struct nb_view_cell cell = { .sessions = 1,
				     .outcome = NB_SKIP,
				     .level = 2,
				     .p50 = NAN,
				     .low = NAN,
				     .high = NAN,
				     .min = NAN,
				     .p95 = NAN,
				     .p99 = NAN,
				     .p999 = NAN,
				     .max = NAN,
				     .evidence = NB_UNAVAILABLE,
				     .exits_per_op = NAN,
				     .expected = NAN };

	nb_base_copy(cell.reason, sizeof(cell.reason), reason);
	return cell;
}

/* p50 as given; p99.9 is not known. */
static inline struct nb_view_cell view_cell_ok(double p50)
{
	return (struct nb_view_cell){ .sessions = 1,
				      .outcome = NB_OK,
				      .level = 2,
				      .p50 = p50,
				      .low = 0.99 * p50,
				      .high = 1.01 * p50,
				      .min = 0.9 * p50,
				      .p95 = 1.2 * p50,
				      .p99 = 1.5 * p50,
				      .p999 = NAN,
				      .max = 9 * p50,
				      .evidence = NB_VERIFIED,
				      .exits_per_op = 1,
				      .expected = 1,
				      .rounds = SAMPLE_ROUNDS,
				      .samples = 401 };
}

/* "exit.op0", "exit.op1", ..., a fourth of them each of the families exit, irq, paging and io. */
static inline struct nb_series view_series(size_t index, size_t count)
{
	static const char *const families[] = { "exit", "irq", "paging", "io" };
	char name[32], params[48];

	snprintf(name, sizeof(name), "%s.op%zu", families[4 * index / count], index);
	snprintf(params, sizeof(params), "match=data,size=%zuk", index);
	return sample_series(name, index % 2 ? NB_USER : NB_GUEST, params);
}

static inline void view_sample_record(struct nb_record *record, size_t group)
{
	*record = (struct nb_record){ 0 };
	sample_session(&record->session);
	record->session.id[sizeof(record->session.id) - 2] = (char)('A' + group);
	record->session.level = 1;
	record->session.label_count = 2;
	nb_base_copy(record->session.labels[0].key, 32, "ticket");
	nb_base_copy(record->session.labels[0].value, 96, VIEW_HOSTILE);
	nb_base_copy(record->session.labels[1].key, 32, "who");
	nb_base_copy(record->session.labels[1].value, 96, view_garbled);
	snprintf(record->session.machine.kernel, sizeof(record->session.machine.kernel), "6.1.%zu",
		 group);
	sample_measured(record, "exit.op0", NB_GUEST, "match=data,size=0k", 1500);
	record->series[0].rounds[0].guards.tags = NB_TAG_STEAL;
	record->series[0].rounds[0].guards.steal_ms = 0.5;
}

static inline void view_sample_group(struct view_sample *sample, size_t index)
{
	struct nb_view_group *group = &sample->view.groups[index];

	view_sample_record(&sample->records[index], index);
	sample->pointers[index] = &sample->records[index];
	if (nb_digest_make(&sample->records[index], &sample->digests[index], NULL) < 0)
		abort();
	group->name[0] = (char)('A' + index);
	snprintf(group->title, sizeof(group->title), "machine %zu %s", index, VIEW_HOSTILE);
	group->level = 1;
	group->records = &sample->pointers[index];
	group->count = 1;
	group->digests = (struct nb_compare_group){ &sample->digests[index], 1 };
}

static inline void view_sample_make(struct view_sample *sample, size_t groups, size_t series)
{
	*sample = (struct view_sample){ 0 };
	sample->view.count = groups;
	sample->view.options = &nb_compare_defaults;
	sample->view.rows = calloc(series + 1, sizeof(*sample->view.rows));
	if (!sample->view.rows)
		abort();
	sample->view.row_count = series;
	for (size_t i = 0; i < series; i++) {
		sample->view.rows[i].series = view_series(i, series);
		for (size_t j = 0; j < groups; j++)
			sample->view.rows[i].cells[j] = view_cell_ok(1000.0 + 10.0 * (double)i);
	}
	for (size_t i = 0; i < groups; i++)
		view_sample_group(sample, i);
}

static inline struct nb_compare_row view_verdict(const struct nb_view_row *row, double ratio,
						 enum nb_verdict verdict)
{
	double p50 = row->cells[0].p50;

	return (struct nb_compare_row){ .series = row->series,
					.level = 2,
					.base = { 5, 2, p50 / ratio, 1.5 * p50 / ratio, 0.01 },
					.candidate = { 5, 2, p50, 1.5 * p50, 0.01 },
					.ratio = ratio,
					.low = 0.99 * ratio,
					.high = 1.01 * ratio,
					.p = 0.001,
					.p_adjusted = 0.01,
					.margin = 0.03,
					.mde = 0.02,
					.tail_ratio = NAN,
					.tail_low = NAN,
					.tail_high = NAN,
					.tail_p_adjusted = NAN,
					.tail = NB_INCONCLUSIVE,
					.verdict = verdict,
					.more_sessions = -1 };
}

/* Every third series regressed by a fourth, every third improved, the others the same. */
static inline void view_sample_compare(struct view_sample *sample, const char *base)
{
	static const double ratios[] = { 1.25, 0.8, 1.001 };
	static const enum nb_verdict verdicts[] = { NB_REGRESSED, NB_IMPROVED, NB_SAME };
	struct nb_view *view = &sample->view;

	view->base = base;
	view->base_provenance = VIEW_HOSTILE;
	for (size_t i = 0; i < view->count; i++) {
		struct nb_comparison *comparison = &sample->comparisons[i];

		comparison->rows = calloc(view->row_count + 1, sizeof(*comparison->rows));
		if (!comparison->rows)
			abort();
		comparison->count = view->row_count;
		comparison->verdict = NB_REGRESSED;
		for (size_t j = 0; j < view->row_count; j++) {
			comparison->rows[j] =
				view_verdict(&view->rows[j], ratios[j % 3], verdicts[j % 3]);
			comparison->verdicts[verdicts[j % 3]]++;
			view->rows[j].cells[i].verdict = &comparison->rows[j];
		}
		view->groups[i].comparison = comparison;
	}
}

/* The base is sessions: one, which has another kernel. */
static inline void view_sample_base(struct view_sample *sample)
{
	struct nb_record record;

	view_sample_record(&record, 25);
	if (nb_digest_make(&record, &sample->base, NULL) < 0)
		abort();
	nb_record_free(&record);
	sample->view.base_sessions = (struct nb_compare_group){ &sample->base, 1 };
}

static inline void view_sample_free(struct view_sample *sample)
{
	for (size_t i = 0; i < sample->view.count; i++) {
		nb_record_free(&sample->records[i]);
		nb_digest_free(&sample->digests[i]);
		free(sample->comparisons[i].rows);
	}
	nb_digest_free(&sample->base);
	free(sample->view.rows);
	*sample = (struct view_sample){ 0 };
}

#endif
