/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "record_check.h"

/* Targets, as nb_target_read() makes them. */

/* JSON keeps whole numbers up to here. */
#define NUMBER_MAX ((INT64_C(1) << 53) - 1)

static bool is_word(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool is_ascii(const char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

/* Texts that have no rule of their own, by their names. */
static const char *text_fault(const struct nb_target *target)
{
	if (!is_word(target->transport))
		return "transport";
	if (!is_ascii(target->options))
		return "options";
	if (!is_ascii(target->device))
		return "device";
	if (!is_ascii(target->disk))
		return "disk";
	if (!is_ascii(target->scheduler))
		return "scheduler";
	return is_ascii(target->write_cache) ? NULL : "write_cache";
}

static const char *number_fault(const struct nb_target *target)
{
	if (target->rotational < -1 || target->rotational > 1)
		return "rotational";
#define OUTSIDE(field)                                        \
	if (target->field < -1 || target->field > NUMBER_MAX) \
		return #field;
	NB_TARGET_NUMBERS(OUTSIDE)
#undef OUTSIDE
	return NULL;
}

static int check_target(const struct nb_target *target, size_t index, struct nb_error *error)
{
	const char *fault;

	if (!target->name[0] || !is_word(target->name))
		return nb_error_set(error, EINVAL, "targets[%zu].name: not of a-z, 0-9 and '-'",
				    index);
	if (target->path[0] != '/' || !nb_base_printable(target->path))
		return nb_error_set(error, EINVAL,
				    "targets[%zu].path: not absolute, or not UTF-8 without control "
				    "characters",
				    index);
	if (!target->kind[0] || !is_word(target->kind))
		return nb_error_set(error, EINVAL, "targets[%zu].kind: not of a-z, 0-9 and '-'",
				    index);
	fault = text_fault(target);
	if (fault)
		return nb_error_set(error, EINVAL, "targets[%zu].%s: not plain text", index, fault);
	fault = number_fault(target);
	if (fault)
		return nb_error_set(error, EINVAL, "targets[%zu].%s: out of its range", index,
				    fault);
	return 0;
}

int nb_record_check_targets(const struct nb_session *session, struct nb_error *error)
{
	if (session->target_count > NB_TARGET_MAX)
		return nb_error_set(error, EINVAL, "targets: more than %d", NB_TARGET_MAX);
	for (size_t i = 0; i < session->target_count; i++) {
		if (check_target(&session->targets[i], i, error) < 0)
			return -EINVAL;
		for (size_t j = 0; j < i; j++) {
			if (strcmp(session->targets[j].name, session->targets[i].name) == 0)
				return nb_error_set(error, EINVAL,
						    "targets[%zu].name: \"%s\" a second time", i,
						    session->targets[i].name);
		}
	}
	return 0;
}
