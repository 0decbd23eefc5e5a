/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TEST_STORE_TARGETS_H
#define NB_TEST_STORE_TARGETS_H

#include "nestbench/record.h"

/* Storage targets of the sessions that the store's tests make. */

/* A target that is known whole, and one of which little is. */
static inline void fixture_targets(struct nb_session *session)
{
	struct nb_target *target = session->targets;

#define FILL_TEXT(field, size) nb_base_copy(target->field, size, #field);
#define FILL_NUMBER(field)     target->field = INT64_C(1) << 50;
	NB_TARGET_TEXTS(FILL_TEXT)
	NB_TARGET_NUMBERS(FILL_NUMBER)
#undef FILL_TEXT
#undef FILL_NUMBER
	nb_base_copy(target->path, sizeof(target->path), "/home/s\xc3\xa9 ba");
	target->rotational = 0;
	session->targets[1] = (struct nb_target){ .name = "c",
						  .path = "/mnt/c",
						  .kind = "9p",
						  .transport = "fd",
						  .rotational = -1,
						  .queue_depth = -1,
						  .size_bytes = -1,
						  .free_bytes = 0 };
	session->target_count = 2;
}

static inline void assert_targets_equal(const struct nb_target *a, const struct nb_target *b)
{
#define EQUAL_TEXT(field, size) assert_string_equal(a->field, b->field);
#define EQUAL_NUMBER(field)	assert_true(a->field == b->field);
	NB_TARGET_TEXTS(EQUAL_TEXT)
	NB_TARGET_NUMBERS(EQUAL_NUMBER)
#undef EQUAL_TEXT
#undef EQUAL_NUMBER
}

#endif
