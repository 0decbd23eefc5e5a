/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "nestbench/tax.h"

#include "report_compare.h"
#include "report_json.h"

/* The member "tax" of a session: null where a level has no such operation. */

static json_t *cell_tree(const struct nb_tax *tax, const struct nb_tax_cell *cell)
{
	struct nb_session session = { .level = tax->level };
	json_t *tree;
	int bad;

	if (!cell->series.benchmark[0])
		return json_null();
	tree = json_object();
	bad = nb_json_put_series(tree, &cell->series, nb_record_level(&session, &cell->series));
	bad |= nb_json_put_number(tree, "p50", cell->p50);
	bad |= nb_json_put_text(tree, "status", nb_record_evidence_name(cell->evidence));
	return nb_json_complete(tree, bad);
}

static json_t *step_tree(const struct nb_tax_step *step)
{
	json_t *tree = json_object();
	int bad = nb_json_put_number(tree, "ratio", step->ratio);

	bad |= json_object_set_new(tree, "interval",
				   nb_compare_interval_tree(step->low, step->high));
	return nb_json_complete(tree, bad);
}

static json_t *row_tree(const struct nb_tax *tax, const struct nb_tax_row *row)
{
	json_t *tree = json_object();
	int bad = nb_json_put_text(tree, "operation", row->operation);

	bad |= nb_compare_put_optional(tree, "note", row->note);
	bad |= json_object_set_new(tree, "user", cell_tree(tax, &row->cells[NB_TAX_USER]));
	bad |= json_object_set_new(tree, "guest", cell_tree(tax, &row->cells[NB_TAX_GUEST]));
	bad |= json_object_set_new(tree, "nested", cell_tree(tax, &row->cells[NB_TAX_NESTED]));
	bad |= json_object_set_new(tree, "guest_over_user", step_tree(&row->steps[0]));
	bad |= json_object_set_new(tree, "nested_over_guest", step_tree(&row->steps[1]));
	return nb_json_complete(tree, bad);
}

json_t *nb_json_tax(const struct nb_record *record, struct nb_error *cause)
{
	struct nb_tax *tax = NULL;
	json_t *rows;
	int bad = 0;

	if (nb_tax_make(&record, 1, true, &tax, cause) < 0)
		return NULL;
	rows = json_array();
	for (size_t i = 0; tax && i < tax->count; i++)
		bad |= json_array_append_new(rows, row_tree(tax, &tax->rows[i]));
	free(tax);
	return nb_json_complete(rows, bad);
}
