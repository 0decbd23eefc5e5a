/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

/* What comparisons came to: a row of verdict for each series, which all tell the comparison. */

static int add_verdict(struct nb_store *store, struct nb_store_verdicts *comparison,
		       const struct nb_store_verdict *verdict, struct nb_error *error)
{
	struct nb_store_verdict copy = *verdict;
	struct nb_walk walk = { 0 };
	int64_t series = 0;
	int status = nb_store_series_row(store, &verdict->series, &series, error);

	if (status < 0)
		return status;
	walk.statement = nb_store_statement(store, NB_SQL_VERDICT_ADD);
	nb_store_comparison_fields(&walk, comparison);
	nb_store_verdict_fields(&walk, &copy);
	sqlite3_bind_int64(walk.statement, walk.column + 1, series);
	status = nb_walk_end(&walk, store, "verdict", error);
	return status < 0 ? status : nb_store_run(store, walk.statement, "store a verdict", error);
}

int nb_store_add_verdicts(struct nb_store *store, const struct nb_store_verdicts *verdicts,
			  struct nb_error *error)
{
	struct nb_store_verdicts comparison = *verdicts;
	int status = nb_base_ulid(comparison.id, error);

	nb_base_timestamp(comparison.created);
	if (status == 0)
		status = nb_store_begin(store, NB_SQL_BEGIN_WRITE, error);
	if (status < 0)
		return status;
	for (size_t i = 0; status == 0 && i < verdicts->count; i++)
		status = add_verdict(store, &comparison, &verdicts->rows[i], error);
	return nb_store_finish(store, status, error);
}

/* The comparison that the row belongs to: the last one, or one more behind it. */
static struct nb_store_verdicts *find_comparison(struct nb_store_verdicts **comparisons,
						 size_t *count,
						 const struct nb_store_verdicts *read,
						 struct nb_error *error)
{
	struct nb_store_verdicts *grown = *comparisons;

	if (*count > 0 && strcmp(grown[*count - 1].id, read->id) == 0)
		return &grown[*count - 1];
	grown = nb_store_grow(grown, *count, sizeof(*grown), error);
	if (!grown)
		return NULL;
	*comparisons = grown;
	grown[*count] = *read;
	return &grown[(*count)++];
}

static int append(struct nb_store_verdicts *comparison, const struct nb_store_verdict *verdict,
		  struct nb_error *error)
{
	struct nb_store_verdict *grown =
		nb_store_grow(comparison->rows, comparison->count, sizeof(*grown), error);

	if (!grown)
		return -ENOMEM;
	comparison->rows = grown;
	grown[comparison->count++] = *verdict;
	return 0;
}

/* From the current row of NB_SQL_VERDICT_LIST. */
static int read_verdict(struct nb_store *store, sqlite3_stmt *list,
			struct nb_store_verdicts **comparisons, size_t *count,
			struct nb_error *error)
{
	struct nb_walk walk = { .statement = list, .reading = true };
	struct nb_store_verdicts read = { 0 };
	struct nb_store_verdict verdict = { 0 };
	struct nb_store_verdicts *comparison;
	int status;

	nb_store_comparison_fields(&walk, &read);
	nb_store_verdict_fields(&walk, &verdict);
	nb_store_series_fields(&walk, &verdict.series);
	status = nb_walk_end(&walk, store, "verdict", error);
	if (status < 0)
		return status;
	comparison = find_comparison(comparisons, count, &read, error);
	return comparison ? append(comparison, &verdict, error) : -ENOMEM;
}

int nb_store_list_verdicts(struct nb_store *store, struct nb_store_verdicts **verdicts,
			   size_t *count, struct nb_error *error)
{
	sqlite3_stmt *list = nb_store_statement(store, NB_SQL_VERDICT_LIST);
	struct nb_store_verdicts *found = NULL;
	size_t length = 0;
	int status = nb_store_begin(store, NB_SQL_BEGIN, error);

	if (status < 0)
		return status;
	while ((status = nb_store_step(store, list, "list the verdicts", error)) == 1) {
		status = read_verdict(store, list, &found, &length, error);
		if (status < 0)
			break;
	}
	sqlite3_reset(list);
	status = nb_store_finish(store, status, error);
	if (status < 0) {
		nb_store_free_verdicts(found, length);
		return status;
	}
	*verdicts = found;
	*count = length;
	return 0;
}

void nb_store_free_verdicts(struct nb_store_verdicts *verdicts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(verdicts[i].rows);
	free(verdicts);
}
