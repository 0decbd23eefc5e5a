/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "nestbench/base.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Milliseconds since 1970, from the first ten characters. */
static uint64_t ulid_time(const char *text)
{
	uint64_t value = 0;

	for (int i = 0; i < 10; i++) {
		const char *place = strchr(alphabet, text[i]);

		assert_non_null(place);
		value = value << 5 | (uint64_t)(place - alphabet);
	}
	return value;
}

static void new_ids_are_valid_and_all_different(void **state)
{
	enum { IDS = 500 };
	static char ids[IDS][NB_ULID_SIZE];

	(void)state;
	for (int i = 0; i < IDS; i++) {
		assert_int_equal(nb_base_ulid(ids[i], NULL), 0);
		assert_int_equal(strlen(ids[i]), NB_ULID_SIZE - 1);
		assert_true(nb_base_ulid_valid(ids[i]));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(ids[i], ids[j]);
	}
}

static void an_id_tells_the_time_it_was_made_at(void **state)
{
	char id[NB_ULID_SIZE];
	uint64_t before = (uint64_t)time(NULL) * 1000;

	(void)state;
	assert_int_equal(nb_base_ulid(id, NULL), 0);
	/* time() cuts milliseconds off and may lag by a tick, hence two seconds and not one. */
	assert_true(ulid_time(id) >= before);
	assert_true(ulid_time(id) <= (uint64_t)time(NULL) * 1000 + 2000);
}

/* Ids of different milliseconds sort as text in the order in which they were made. */
static void later_ids_sort_behind_earlier_ones(void **state)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	char earlier[NB_ULID_SIZE], later[NB_ULID_SIZE];

	(void)state;
	assert_int_equal(nb_base_ulid(earlier, NULL), 0);
	for (int i = 0; i < 20; i++) {
		nanosleep(&pause, NULL);
		assert_int_equal(nb_base_ulid(later, NULL), 0);
		assert_true(strcmp(earlier, later) < 0);
		memcpy(earlier, later, sizeof(later));
	}
}

/* All 80 random bits vary: no character of the random part is the same in all ids. */
static void every_random_character_varies(void **state)
{
	uint32_t seen[16] = { 0 };
	char id[NB_ULID_SIZE];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(nb_base_ulid(id, NULL), 0);
		for (int j = 0; j < 16; j++)
			seen[j] |= (uint32_t)1 << (strchr(alphabet, id[10 + j]) - alphabet);
	}
	for (int j = 0; j < 16; j++)
		assert_int_equal(seen[j], UINT32_MAX);
}

static void only_26_characters_of_base_32_within_128_bits_are_valid(void **state)
{
	(void)state;
	/* The example of the specification, the smallest and the largest. */
	assert_true(nb_base_ulid_valid("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
	assert_true(nb_base_ulid_valid("00000000000000000000000000"));
	assert_true(nb_base_ulid_valid("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"));
	assert_false(nb_base_ulid_valid("80000000000000000000000000"));
	assert_false(nb_base_ulid_valid("ZZZZZZZZZZZZZZZZZZZZZZZZZZ"));
	assert_false(nb_base_ulid_valid(""));
	assert_false(nb_base_ulid_valid("01ARZ3NDEKTSV4RRFFQ69G5FA"));
	assert_false(nb_base_ulid_valid("01ARZ3NDEKTSV4RRFFQ69G5FAVV"));
	assert_false(nb_base_ulid_valid("01ARZ3NDEKTSV4RRFFQ69G5FAI"));
	assert_false(nb_base_ulid_valid("01ARZ3NDEKTSV4RRFFQ69G5FAL"));
	assert_false(nb_base_ulid_valid("01ARZ3NDEKTSV4RRFFQ69G5FAO"));
	assert_false(nb_base_ulid_valid("01ARZ3NDEKTSV4RRFFQ69G5FAU"));
	assert_false(nb_base_ulid_valid("01ARZ3NDEKTSV4RRFFQ69G5FAv"));
	assert_false(nb_base_ulid_valid("01ARZ3NDEKTSV4RRFFQ69G5 AV"));
	assert_false(nb_base_ulid_valid("-1ARZ3NDEKTSV4RRFFQ69G5FAV"));
}

static void timestamps_are_iso_8601_with_milliseconds(void **state)
{
	time_t before = time(NULL);
	char text[NB_TIMESTAMP_SIZE];
	struct tm utc = { 0 };
	const char *fraction;

	(void)state;
	nb_base_timestamp(text);
	assert_int_equal(strlen(text), NB_TIMESTAMP_SIZE - 1);
	fraction = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);
	assert_ptr_equal(fraction, text + 19);
	assert_int_equal(text[19], '.');
	assert_int_equal(strspn(text + 20, "0123456789"), 3);
	assert_string_equal(text + 23, "Z");
	assert_true(timegm(&utc) >= before && timegm(&utc) <= time(NULL) + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_ids_are_valid_and_all_different),
		cmocka_unit_test(an_id_tells_the_time_it_was_made_at),
		cmocka_unit_test(later_ids_sort_behind_earlier_ones),
		cmocka_unit_test(every_random_character_varies),
		cmocka_unit_test(only_26_characters_of_base_32_within_128_bits_are_valid),
		cmocka_unit_test(timestamps_are_iso_8601_with_milliseconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
