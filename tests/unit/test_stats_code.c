/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/base.h"
#include "nestbench/stats.h"

enum { VALUES_MAX = 4000, HISTOGRAMS = 3000 };

struct encoding {
	uint8_t *bytes;
	size_t size;
};

static uint64_t random64(struct nb_random *random)
{
	return (uint64_t)nb_random_next(random) << 32 | nb_random_next(random);
}

static struct encoding encode_values(const uint64_t *values, size_t count)
{
	struct nb_histogram histogram;
	struct encoding encoding;

	assert_int_equal(nb_stats_histogram_build(&histogram, values, count, NULL), 0);
	assert_int_equal(
		nb_stats_histogram_encode(&histogram, &encoding.bytes, &encoding.size, NULL), 0);
	nb_stats_histogram_free(&histogram);
	return encoding;
}

static void assert_same(const struct nb_histogram *a, const struct nb_histogram *b)
{
	assert_true(a->count == b->count && a->min == b->min && a->max == b->max);
	assert_int_equal(a->length, b->length);
	for (size_t i = 0; i < a->length; i++) {
		assert_int_equal(a->buckets[i].index, b->buckets[i].index);
		assert_true(a->buckets[i].count == b->buckets[i].count);
	}
}

static void assert_round_trip(const struct nb_histogram *histogram)
{
	struct nb_histogram decoded = { 0 };
	struct encoding encoding;

	assert_int_equal(
		nb_stats_histogram_encode(histogram, &encoding.bytes, &encoding.size, NULL), 0);
	assert_int_equal(nb_stats_histogram_decode(&decoded, encoding.bytes, encoding.size, NULL),
			 0);
	assert_same(histogram, &decoded);
	nb_stats_histogram_free(&decoded);
	free(encoding.bytes);
}

static void assert_values_round_trip(const uint64_t *values, size_t count)
{
	struct nb_histogram histogram;

	assert_int_equal(nb_stats_histogram_build(&histogram, values, count, NULL), 0);
	assert_round_trip(&histogram);
	nb_stats_histogram_free(&histogram);
}

/* Refuses, or is the one encoding of what it decodes to. The copy lets ASan see every overrun. */
static bool decodes_canonically(const uint8_t *bytes, size_t size)
{
	struct nb_histogram histogram = { 0 };
	struct nb_error error = { 0 };
	struct encoding again;
	uint8_t *copy = malloc(size > 0 ? size : 1);
	int status;

	assert_non_null(copy);
	if (size > 0)
		memcpy(copy, bytes, size);
	status = nb_stats_histogram_decode(&histogram, copy, size, &error);
	if (status < 0) {
		assert_int_equal(status, -EBADMSG);
		assert_int_equal(error.code, EBADMSG);
		assert_true(error.text[0] != '\0' && !histogram.buckets);
		free(copy);
		return false;
	}
	assert_int_equal(nb_stats_histogram_encode(&histogram, &again.bytes, &again.size, NULL), 0);
	assert_int_equal(again.size, size);
	assert_memory_equal(again.bytes, copy, size);
	nb_stats_histogram_free(&histogram);
	free(again.bytes);
	free(copy);
	return true;
}

/* The example in histogram_code.c and others worked out by hand from the format's description. */
static void encodings_are_byte_for_byte_as_documented(void **state)
{
	static const uint64_t three[] = { 3, 5, 3 };
	static const uint64_t largest[] = { UINT64_MAX };
	static const uint64_t shared[] = { 5000, 5001 };
	static const uint64_t ends[] = { 0, UINT64_MAX };
	static const struct {
		const uint64_t *values;
		size_t count;
		const char *bytes;
		size_t size;
	} table[] = {
		{ NULL, 0, "\x01", 1 },
		{ three, 3, "\x01\x03\x02\x4a", 4 },
		{ three, 1, "\x01\x03\x00\x80", 4 },
		{ largest, 1, "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00\x80", 13 },
		/* One bucket, both in it: gamma(2) = 010. */
		{ shared, 2, "\x01\x88\x27\x01\x40", 5 },
		/* gamma(1), gamma(56319) = 15 zeros and 1101101111111111, gamma(1). */
		{ ends, 2,
		  "\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
		  "\x80\x00\xdb\xff\x80",
		  17 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct encoding encoding = encode_values(table[i].values, table[i].count);

		assert_int_equal(encoding.size, table[i].size);
		assert_memory_equal(encoding.bytes, table[i].bytes, encoding.size);
		free(encoding.bytes);
	}
}

static void special_histograms_survive_encoding(void **state)
{
	static uint64_t values[2048];
	static const uint64_t all_zero[] = { 0, 0, 0, 0 };
	static const uint64_t largest[] = { UINT64_MAX, UINT64_MAX };
	static const uint64_t ends[] = { 0, UINT64_MAX, 2047, 2048 };

	(void)state;
	for (size_t i = 0; i < 2048; i++)
		values[i] = i;
	assert_values_round_trip(NULL, 0);
	assert_values_round_trip(all_zero, 1);
	assert_values_round_trip(all_zero, 4);
	assert_values_round_trip(largest, 1);
	assert_values_round_trip(largest, 2);
	assert_values_round_trip(ends, 4);
	assert_values_round_trip(values, 2048);
}

static void random_histograms_survive_encoding(void **state)
{
	static uint64_t values[VALUES_MAX];
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 1);
	for (int round = 0; round < HISTOGRAMS; round++) {
		size_t count = 1 + nb_random_below(&random, 100);
		uint32_t width = nb_random_below(&random, 64);
		uint64_t base = random64(&random) >> nb_random_below(&random, 64) >> 1;

		for (size_t i = 0; i < count; i++)
			values[i] = base + (random64(&random) >> 1 >> width);
		assert_values_round_trip(values, count);
	}
}

static void huge_counts_survive_encoding(void **state)
{
	struct nb_bucket buckets[] = { { 10, UINT64_MAX - 3 }, { 11, 1 }, { 56319, 2 } };
	struct nb_histogram histogram = { buckets, 3, UINT64_MAX, 10, UINT64_MAX };
	struct nb_histogram single = { buckets, 1, UINT64_MAX - 3, 10, 10 };

	(void)state;
	assert_round_trip(&histogram);
	assert_round_trip(&single);
}

static void malformed_bytes_are_refused(void **state)
{
	static const struct {
		const char *what, *bytes;
		size_t size;
	} table[] = {
		{ "nothing", "", 0 },
		{ "version 0", "\x00", 1 },
		{ "version 2", "\x02\x03\x02\x4a", 4 },
		{ "no range", "\x01\x03", 2 },
		{ "no buckets", "\x01\x03\x02", 3 },
		{ "LEB128 not the shortest", "\x01\x83\x00\x02\x4a", 5 },
		{ "LEB128 without end", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12 },
		{ "LEB128 of 65 bits", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x00\x80", 13 },
		{ "max above 2^64", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01\x40", 13 },
		{ "a bit after the end", "\x01\x03\x02\x4b", 4 },
		{ "a byte after the end", "\x01\x03\x02\x4a\x00", 5 },
		{ "a byte after the empty one", "\x01\x00", 2 },
		{ "beyond the last bucket", "\x01\x03\x01\xa0", 4 },
		{ "a gap of 2^32 + 1", "\x01\x03\x01\x80\0\0\0\x40\0\0\0\x60", 12 },
		{ "max below min", "\x01\x89\x27\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x40", 14 },
		{ "gap cut off", "\x01\x03\x02\x81", 4 },
		{ "one sample, two values", "\x01\x88\x27\x01\x80", 5 },
		{ "65 bits of gamma", "\x01\x03\x00\0\0\0\0\0\0\0\0\x80\0\0\0\0\0\0\0\0", 20 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (decodes_canonically((const uint8_t *)table[i].bytes, table[i].size))
			fail_msg("not refused: %s", table[i].what);
}

static void counts_whose_sum_overflows_are_refused(void **state)
{
	struct nb_bucket buckets[] = { { 1, UINT64_MAX }, { 2, 1 } };
	struct nb_histogram histogram = { buckets, 2, UINT64_MAX, 1, 2 };
	struct encoding encoding;

	(void)state;
	assert_int_equal(
		nb_stats_histogram_encode(&histogram, &encoding.bytes, &encoding.size, NULL), 0);
	assert_false(decodes_canonically(encoding.bytes, encoding.size));
	free(encoding.bytes);
}

/* A round as this project sees it: a lognormal core and a heavy (Pareto) tail of 1 to 5 %. */
static void simulate_latency(struct nb_random *random, uint64_t *values, size_t count, double sigma)
{
	for (size_t i = 0; i < count; i++) {
		double u = (nb_random_next(random) + 1.0) / 4294967296.0;
		double v = (nb_random_next(random) + 1.0) / 4294967296.0;
		double value = 30000 * exp(sigma * sqrt(-2 * log(u)) * cos(6.283185307 * v));

		if (nb_random_below(random, 100) < 3)
			value *= pow((nb_random_next(random) + 1.0) / 4294967296.0, -1 / 1.1);
		values[i] = (uint64_t)value;
	}
}

static void try_cuts_and_changes(const struct encoding *encoding)
{
	for (size_t size = 0; size < encoding->size; size++)
		assert_true(!decodes_canonically(encoding->bytes, size) || size == 1);
	for (size_t i = 0; i < encoding->size; i++) {
		uint8_t kept = encoding->bytes[i];

		for (unsigned change = 1; change <= 255; change++) {
			encoding->bytes[i] = (uint8_t)(kept ^ change);
			decodes_canonically(encoding->bytes, encoding->size);
		}
		encoding->bytes[i] = kept;
	}
}

static void every_cut_and_every_changed_byte_is_refused_or_canonical(void **state)
{
	static uint64_t values[VALUES_MAX];
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 2);
	for (size_t count = 1; count <= 400; count = 2 * count + 1) {
		struct encoding encoding;

		simulate_latency(&random, values, count, 0.05);
		encoding = encode_values(values, count);
		try_cuts_and_changes(&encoding);
		free(encoding.bytes);
	}
}

static void random_bytes_are_refused_or_canonical(void **state)
{
	struct nb_random random;
	uint8_t bytes[24];
	int accepted = 0;

	(void)state;
	nb_random_seed(&random, 3);
	for (int round = 0; round < 100000; round++) {
		size_t size = 1 + nb_random_below(&random, sizeof(bytes));

		for (size_t i = 0; i < size; i++)
			bytes[i] = (uint8_t)nb_random_next(&random);
		bytes[0] = 1;
		accepted += decodes_canonically(bytes, size);
	}
	assert_true(accepted > 100);
}

static void latencies_take_no_more_than_1_1_bytes_per_bucket(void **state)
{
	static const size_t counts[] = { 500, 1000, 2000, 4000 };
	static uint64_t values[VALUES_MAX];
	struct nb_random random;

	(void)state;
	nb_random_seed(&random, 4);
	for (size_t i = 0; i < 12; i++) {
		const double sigma = i < 4 ? 0.05 : i < 8 ? 0.1 : 0.15;
		size_t count = counts[i % 4];
		struct nb_histogram histogram;
		struct encoding encoding;

		simulate_latency(&random, values, count, sigma);
		encoding = encode_values(values, count);
		assert_int_equal(nb_stats_histogram_build(&histogram, values, count, NULL), 0);
		print_message("%4zu samples, %4zu buckets: %4zu bytes\n", count, histogram.length,
			      encoding.size);
		assert_true(10 * encoding.size <= 11 * histogram.length);
		nb_stats_histogram_free(&histogram);
		free(encoding.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodings_are_byte_for_byte_as_documented),
		cmocka_unit_test(special_histograms_survive_encoding),
		cmocka_unit_test(random_histograms_survive_encoding),
		cmocka_unit_test(huge_counts_survive_encoding),
		cmocka_unit_test(malformed_bytes_are_refused),
		cmocka_unit_test(counts_whose_sum_overflows_are_refused),
		cmocka_unit_test(every_cut_and_every_changed_byte_is_refused_or_canonical),
		cmocka_unit_test(random_bytes_are_refused_or_canonical),
		cmocka_unit_test(latencies_take_no_more_than_1_1_bytes_per_bucket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
