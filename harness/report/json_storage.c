/* SPDX-License-Identifier: Apache-2.0 */
#include "report_json.h"
#include "report_storage.h"

/* null for whatever is not storage. */
json_t *nb_json_storage(const struct nb_session *session, const struct nb_series_rounds *series)
{
	struct nb_storage storage;
	json_t *tree;
	int bad = 0;

	if (!nb_storage_of_series(session, series, &storage))
		return json_null();
	tree = json_object();
#define NB_PUT(field) bad |= nb_json_put_number(tree, #field, storage.field);
	NB_STORAGE_NUMBERS(NB_PUT)
#undef NB_PUT
	return nb_json_complete(tree, bad);
}
