/* SPDX-License-Identifier: Apache-2.0 */
#include "report_json.h"

/* What io.* measured, as a part of the session. */

static json_t *target_tree(const struct nb_target *target)
{
	json_t *tree = json_object();
	int bad = 0;

#define NB_PUT(field, size) bad |= nb_json_put_text(tree, #field, target->field);
	NB_TARGET_TEXTS(NB_PUT)
#undef NB_PUT
#define NB_PUT(field) bad |= nb_json_put_count(tree, #field, target->field);
	NB_TARGET_NUMBERS(NB_PUT)
#undef NB_PUT
	return nb_json_complete(tree, bad);
}

json_t *nb_json_targets(const struct nb_session *session)
{
	json_t *tree = json_array();
	int bad = 0;

	for (size_t i = 0; i < session->target_count; i++)
		bad |= json_array_append_new(tree, target_tree(&session->targets[i]));
	return nb_json_complete(tree, bad);
}

static void read_target(struct nb_json_in *in, const json_t *tree, struct nb_target *target)
{
	if (!json_is_object(tree)) {
		nb_json_fault(in, "", "not an object");
		return;
	}
#define NB_GET(field, size) nb_json_text(in, tree, #field, target->field, size);
	NB_TARGET_TEXTS(NB_GET)
#undef NB_GET
#define NB_GET(field) nb_json_count(in, tree, #field, nb_json_integer_max, &target->field);
	NB_TARGET_NUMBERS(NB_GET)
#undef NB_GET
}

void nb_json_read_targets(struct nb_json_in *in, const json_t *tree, struct nb_session *session)
{
	json_t *targets;

	if (!json_object_get(tree, "targets"))
		return;
	targets = nb_json_member(in, tree, "targets", JSON_ARRAY);
	if (json_array_size(targets) > NB_TARGET_MAX) {
		nb_json_fault(in, "targets", "more than %d", NB_TARGET_MAX);
		return;
	}
	for (size_t i = 0; i < json_array_size(targets) && in->status == 0; i++) {
		size_t length = nb_json_enter(in, "targets[%zu].", i);

		read_target(in, json_array_get(targets, i),
			    &session->targets[session->target_count++]);
		nb_json_leave(in, length);
	}
}
