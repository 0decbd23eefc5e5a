/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include <cmocka.h>

#include "../../harness/formats/formats_hdr.h"
#include "../../harness/report/report_base64.h"
#include "formats_rounds_sample.h"

enum { HEAD = 40, ROOM = 4096 };

static uint64_t big_endian(const uint8_t *bytes, int count)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++)
		value = value << 8 | bytes[i];
	return value;
}

/* Undoes base 64 and compression; returns how many bytes there were. */
static size_t unpack(const char *text, size_t length, uint8_t plain[ROOM])
{
	uLongf size = ROOM;
	uint8_t *packed;
	size_t packed_size;

	assert_int_equal(nb_report_base64_decode(text, length, &packed, &packed_size), 0);
	assert_int_equal(big_endian(packed, 4), 0x1c849314);
	assert_int_equal(big_endian(packed + 4, 4), packed_size - 8);
	assert_int_equal(uncompress(plain, &size, packed + 8, packed_size - 8), Z_OK);
	free(packed);
	return size;
}

static size_t encoded(const uint64_t *values, size_t count, uint8_t plain[ROOM])
{
	struct nb_histogram histogram = { 0 };
	size_t size;
	char *text;

	assert_int_equal(nb_stats_histogram_build(&histogram, values, count, NULL), 0);
	assert_int_equal(nb_hdr_encode(&histogram, &text, NULL), 0);
	size = unpack(text, strlen(text), plain);
	nb_stats_histogram_free(&histogram);
	free(text);
	return size;
}

static void the_head_is_that_of_version_2(void **state)
{
	static const uint64_t value = 7;
	uint8_t plain[ROOM];
	size_t size = encoded(&value, 1, plain);

	(void)state;
	assert_int_equal(big_endian(plain, 4), 0x1c849313);
	assert_int_equal(big_endian(plain + 4, 4), size - HEAD);
	assert_int_equal(big_endian(plain + 8, 4), 0);	/* normalizing index offset */
	assert_int_equal(big_endian(plain + 12, 4), 3); /* significant digits */
	assert_int_equal(big_endian(plain + 16, 8), 1); /* lowest discernible value */
	assert_true(big_endian(plain + 24, 8) == UINT64_C(3600000000000));
	assert_true(big_endian(plain + 32, 8) == UINT64_C(0x3ff0000000000000)); /* 1.0 */
}

/* ZigZag: a count n is 2n, a run of n empty counters 2n - 1; seven bits a byte, lowest first. */
static void counts_and_runs_of_empty_counters_are_words(void **state)
{
	static const uint8_t expected[] = {
		2,	    /* 0: once */
		0,	    /* 1: one empty counter is a count of 0 */
		4,	    /* 2: twice */
		0xf9, 0x1f, /* 3 .. 2047: 2045 empty ones */
		0x02,	    /* 2048 and 2049 share a counter */
	};
	static const uint64_t values[] = { 0, 2, 2, 2048 };
	uint8_t plain[ROOM];

	(void)state;
	assert_int_equal(encoded(values, 4, plain), HEAD + sizeof(expected));
	assert_memory_equal(plain + HEAD, expected, sizeof(expected));
}

/* Of the ninth byte all eight bits count, which is not so in LEB128 as others know it. */
static void the_largest_count_takes_nine_bytes(void **state)
{
	struct nb_bucket bucket = { .index = 0, .count = INT64_MAX };
	struct nb_histogram histogram = { .buckets = &bucket, .length = 1, .count = INT64_MAX };
	uint8_t plain[ROOM];
	char *text;

	(void)state;
	assert_int_equal(nb_hdr_encode(&histogram, &text, NULL), 0);
	assert_int_equal(unpack(text, strlen(text), plain), HEAD + 9);
	assert_int_equal(plain[HEAD], 0xfe);
	for (int i = 1; i < 9; i++)
		assert_int_equal(plain[HEAD + i], 0xff);
	free(text);
}

static void a_larger_value_than_an_hour_can_be_tracked(void **state)
{
	static const uint64_t value = NB_HDR_VALUE_MAX;
	uint8_t plain[ROOM];

	(void)state;
	encoded(&value, 1, plain);
	assert_true(big_endian(plain + 24, 8) == value);
}

static void each_round_is_an_interval_behind_the_one_before(void **state)
{
	char *text = rounds_text(nb_formats_hdr, 1);

	(void)state;
	assert_int_equal(strncmp(text, "#[Histogram log format version 1.3]\n", 36), 0);
	assert_non_null(strstr(text, "\n#[StartTime: 1795230725.123 (seconds since epoch), "
				     "2026-11-21T03:12:05.123Z]\n"));
	assert_int_equal(rounds_count(text, "\nTag="), 3 * SAMPLE_ROUNDS);
	/* Samples of up to 2198 + 200 ns less the one of the empty operation. */
	assert_non_null(
		strstr(text, "\nTag=exit.cpuid;user,1795230725.123000,0.001250,0.002198,HISTF"));
	assert_non_null(strstr(text, "\nTag=exit.cpuid;guest,1795230725.124250,0.001250,"));
	free(text);
}

static void values_are_net_nanoseconds(void **state)
{
	static const char tag[] = "\nTag=exit.cpuid;user,1795230725.123000,0.001250,0.002198,";
	char *text = rounds_text(nb_formats_hdr, 1);
	const char *payload = strstr(text, tag) + sizeof(tag) - 1;
	uint8_t plain[ROOM];

	(void)state;
	assert_int_equal(unpack(payload, strcspn(payload, "\n"), plain) > HEAD, 1);
	/*
	 * The two smallest, 2798 and 2799 ticks, share a bucket, whose middle less 1000 of the
	 * empty operation is 1799: that many empty counters, then a count of two.
	 */
	assert_int_equal(plain[HEAD], ((2 * 1799 - 1) & 0x7f) | 0x80);
	assert_int_equal(plain[HEAD + 1], (2 * 1799 - 1) >> 7);
	assert_int_equal(plain[HEAD + 2], 4);
	free(text);
}

static void tags_hold_together(void **state)
{
	char *text = rounds_text(nb_formats_hdr, 3);

	(void)state;
	assert_true(rounds_plain(text));
	assert_non_null(strstr(
		text, "\nTag=B;exit.msr_read;guest;match=data;ring=3;evidence=unverified,1795"));
	free(text);
}

static void a_sample_without_a_time_is_refused(void **state)
{
	struct rounds_sample *sample = rounds_make(1);
	struct nb_error error = { 0 };
	struct sample_stream stream;

	(void)state;
	sample->records[0].series[0].rounds[0].tick_hz = 1e-9;
	sample_open(&stream);
	assert_int_equal(nb_formats_hdr(stream.file, &sample->view, &error), -ERANGE);
	assert_non_null(strstr(error.text, "exit.cpuid"));
	free(sample_text(&stream, 0));
	rounds_free(sample);
}

static void a_full_disk_is_an_error(void **state)
{
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(rounds_into_full(nb_formats_hdr, &error), -EIO);
	assert_non_null(strstr(error.text, "No space left"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_head_is_that_of_version_2),
		cmocka_unit_test(counts_and_runs_of_empty_counters_are_words),
		cmocka_unit_test(the_largest_count_takes_nine_bytes),
		cmocka_unit_test(a_larger_value_than_an_hour_can_be_tracked),
		cmocka_unit_test(each_round_is_an_interval_behind_the_one_before),
		cmocka_unit_test(values_are_net_nanoseconds),
		cmocka_unit_test(tags_hold_together),
		cmocka_unit_test(a_sample_without_a_time_is_refused),
		cmocka_unit_test(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
