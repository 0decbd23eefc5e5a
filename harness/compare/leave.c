/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "compare_private.h"

int nb_compare_leave_out(const struct nb_compare_group *group, const char *side,
			 bool include_invalid, struct nb_compare_counted *counted,
			 struct nb_error *error)
{
	struct nb_digest *kept = calloc(group->count + 1, sizeof(*kept));
	size_t count = 0;

	if (!kept)
		return nb_error_set(error, ENOMEM, "no memory for %zu sessions", group->count);
	for (size_t i = 0; i < group->count; i++)
		if (group->sessions[i].valid || include_invalid)
			kept[count++] = group->sessions[i];
	if (count > 0) {
		*counted = (struct nb_compare_counted){ { kept, count }, kept };
		return 0;
	}
	free(kept);
	if (group->count > 0)
		return nb_error_set(error, ENODATA,
				    "the %s side has no valid session: its %zu were disturbed",
				    side, group->count);
	return nb_error_set(error, ENODATA, "the %s side has no session", side);
}

void nb_compare_name_invalid(const struct nb_compare_group *group, const char *side,
			     bool include_invalid, char (*left_out)[96], size_t *count)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct nb_digest *session = &group->sessions[i];

		if (session->valid || include_invalid || *count == NB_COMPARE_WARNINGS)
			continue;
		if (*count == NB_COMPARE_WARNINGS - 1)
			nb_base_copy(left_out[(*count)++], sizeof(*left_out), "and others");
		else
			snprintf(left_out[(*count)++], sizeof(*left_out),
				 "%s%s%s: over 20 %% of its rounds were disturbed", side,
				 *side ? " " : "", session->session.id);
	}
}
