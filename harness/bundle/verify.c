/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "bundle_claims.h"

static int by_name(const void *a, const void *b)
{
	const struct nb_series *x = *(const struct nb_series *const *)a;
	const struct nb_series *y = *(const struct nb_series *const *)b;
	int order = strcmp(x->benchmark, y->benchmark);

	if (order == 0)
		order = (int)x->vantage - (int)y->vantage;
	if (order == 0)
		order = strcmp(x->params, y->params);
	return order ? order : strcmp(x->metric, y->metric);
}

/* Rows of all sessions that are candidates; of all that are base. */
static void count_rows(const struct nb_bundle_data *data, size_t *candidate, size_t *base)
{
	*candidate = 0;
	*base = 0;
	for (size_t i = 0; i < data->count; i++)
		*candidate += data->records[i].count;
	for (size_t i = 0; i < data->base_count; i++)
		*base += data->base[i].count;
}

/* 0: no memory. */
static size_t count_series(const struct nb_bundle_data *data, size_t rows)
{
	const struct nb_series **all = calloc(rows + 1, sizeof(const struct nb_series *));
	size_t count = 0, different = 1;

	if (!all)
		return 0;
	for (size_t i = 0; i < data->count; i++)
		for (size_t j = 0; j < data->records[i].count; j++)
			all[count++] = &data->records[i].series[j].series;
	for (size_t i = 0; i < data->base_count; i++)
		for (size_t j = 0; j < data->base[i].count; j++)
			all[count++] = &data->base[i].rows[j].series;
	qsort(all, count, sizeof(const struct nb_series *), by_name);
	for (size_t i = 1; i < count; i++)
		different += by_name(&all[i - 1], &all[i]) != 0;
	free(all);
	return different;
}

/*
 * What comparing costs grows with draws, and with the square of series that no two sessions share.
 * Sessions that were measured stay far below these limits.
 */
static int refuse_work(const struct nb_bundle_data *data, const struct nb_compare_options *options,
		       struct nb_error *error)
{
	size_t groups = data->count < NB_VIEW_GROUPS_MAX ? data->count : NB_VIEW_GROUPS_MAX;
	double draws = (double)options->permutations + (double)options->replicates;
	size_t candidate, base, series;
	double rows;

	count_rows(data, &candidate, &base);
	series = count_series(data, candidate + base);
	if (series == 0)
		return nb_error_set(error, ENOMEM, "no memory to compare");
	rows = (double)candidate + (double)base * (double)groups;
	if (series > NB_BUNDLE_SERIES_MAX || rows * (double)series > NB_BUNDLE_LOOKS_MAX)
		return nb_error_set(error, EBADMSG,
				    "%zu series in %zu sessions are more than can be checked",
				    series, data->count + data->base_count);
	if (rows * draws > NB_BUNDLE_WORK_MAX)
		return nb_error_set(error, EBADMSG,
				    NB_BUNDLE_VERDICTS
				    ": options: %.0f draws for each of %.0f rows would take too "
				    "long",
				    draws, rows);
	return 0;
}

static int make_view(const struct nb_bundle_claims *claims, const struct nb_bundle_data *data,
		     struct nb_view *view, struct nb_error *error)
{
	struct nb_view_sources sources = {
		.records = data->records,
		.count = data->count,
		.base = claims->has_base ? claims->base : NULL,
		.base_provenance = claims->has_base ? claims->provenance : NULL,
		.base_sessions = { data->base, data->base_count },
		.figures = claims->figures ? &data->figures : NULL,
		.options = &claims->options,
	};
	struct nb_error cause = { 0 };
	int result = nb_view_make(&sources, view, &cause);

	if (result == -ENOMEM)
		return nb_error_set(error, ENOMEM, "%s", cause.text);
	if (result < 0)
		return nb_error_set(error, EBADMSG,
				    NB_BUNDLE_VERDICTS ": not to be computed again: %s",
				    cause.text);
	return 0;
}

/* Equal bytes are equal verdicts; only what differs is looked at value by value. */
static int check_text(const struct nb_bundle_file *file, const struct nb_bundle_claims *claims,
		      const struct nb_view *view, bool *exact, struct nb_error *error)
{
	char *text;
	size_t size;
	json_t *due;
	int result = nb_bundle_verdicts_of(view, claims->version, &text, &size, error);

	if (result < 0)
		return result;
	if (size == file->size && memcmp(text, file->bytes, size) == 0) {
		free(text);
		*exact = true;
		return 0;
	}
	due = json_loadb(text, size, 0, NULL);
	free(text);
	if (!due)
		return nb_error_set(error, ENOMEM, "no memory for verdicts");
	result = nb_bundle_difference(claims->root, due, error);
	json_decref(due);
	return result;
}

static int check(const struct nb_bundle_file *file, const struct nb_bundle_claims *claims,
		 const struct nb_bundle_data *data, struct nb_bundle_result *result,
		 struct nb_error *error)
{
	int status = refuse_work(data, &claims->options, error);
	struct nb_view view = { .count = 0 };

	if (status == 0)
		status = make_view(claims, data, &view, error);
	if (status < 0)
		return status;
	status = check_text(file, claims, &view, &result->exact, error);
	for (size_t i = 0; i < view.count; i++)
		if (view.groups[i].comparison)
			result->verdicts += view.groups[i].comparison->count;
	nb_view_free(&view);
	return status;
}

int nb_bundle_verify(const struct nb_bundle_files *files, struct nb_bundle_result *result,
		     struct nb_error *error)
{
	const struct nb_bundle_file *file = nb_bundle_find(files, NB_BUNDLE_VERDICTS);
	struct nb_bundle_result made = { .files = files->count };
	struct nb_bundle_claims claims;
	struct nb_bundle_data data;
	int status;

	if (!file)
		return nb_error_set(error, EBADMSG, NB_BUNDLE_VERDICTS " is missing");
	status = nb_bundle_claims_read(file, &claims, error);
	if (status < 0)
		return status;
	status = nb_bundle_load(files, &claims, &data, error);
	if (status == 0) {
		made.sessions = data.count + data.base_count;
		nb_base_copy(made.version, sizeof(made.version), claims.version);
		status = check(file, &claims, &data, &made, error);
		nb_bundle_data_free(&data);
	}
	nb_bundle_claims_free(&claims);
	if (status == 0)
		*result = made;
	return status;
}
