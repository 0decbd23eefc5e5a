/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "nestbench/report.h"

#include "formats_hdr.h"

/*
 * Encoding V2 as HdrHistogram's AbstractHistogram.encodeIntoByteBuffer() and
 * encodeIntoCompressedByteBuffer() describe it. All numbers are big endian:
 *
 *	cookie, payload length, normalizing index offset, significant digits	4 bytes each
 *	lowest discernible value, highest trackable value, ratio to doubles	8 bytes each
 *	payload
 *
 * The payload has one word for each counter from index 0 to that of the largest value: a count, or
 * for two and more empty counters their negated number. Words are ZigZag numbers in LEB128 whose
 * ninth byte, if there is one, has eight bits. All of it is compressed by zlib and stands behind
 * another cookie and its own length.
 */

enum {
	/* 0x10: words are of variable length. */
	COOKIE = 0x1c849303 | 0x10,
	COMPRESSED_COOKIE = 0x1c849304 | 0x10,
	DIGITS = 3,
	HEAD_SIZE = 40,
	COMPRESSED_HEAD_SIZE = 8,
	WORD_SIZE = 9,
};

/*
 * What a reader reserves counters for. The same for all, so that readers that add histograms up
 * without growing them can: an hour, which no sample of ours lasts.
 */
static const uint64_t highest_trackable = UINT64_C(3600000000000);

static const uint64_t one_as_double = UINT64_C(0x3ff0000000000000);

static uint8_t *put_big_endian(uint8_t *place, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		place[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
	return place + bytes;
}

static uint8_t *put_word(uint8_t *place, int64_t value)
{
	uint64_t zigzag = ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);

	for (int i = 0; i < WORD_SIZE - 1; i++) {
		if (zigzag < 0x80) {
			*place = (uint8_t)zigzag;
			return place + 1;
		}
		*place++ = (uint8_t)(zigzag | 0x80);
		zigzag >>= 7;
	}
	*place = (uint8_t)zigzag;
	return place + 1;
}

static uint8_t *put_payload(uint8_t *place, const struct nb_histogram *histogram)
{
	uint32_t next = 0;

	for (size_t i = 0; i < histogram->length; i++) {
		uint32_t empty = histogram->buckets[i].index - next;

		if (empty == 1)
			place = put_word(place, 0);
		else if (empty > 1)
			place = put_word(place, -(int64_t)empty);
		place = put_word(place, (int64_t)histogram->buckets[i].count);
		next = histogram->buckets[i].index + 1;
	}
	return place;
}

/* Returns the size; bytes has room for two words a bucket. */
static size_t put_histogram(uint8_t *bytes, const struct nb_histogram *histogram)
{
	uint64_t highest = histogram->max > highest_trackable ? histogram->max : highest_trackable;
	uint8_t *end = put_payload(bytes + HEAD_SIZE, histogram);
	uint8_t *place = bytes;

	place = put_big_endian(place, COOKIE, 4);
	place = put_big_endian(place, (uint64_t)(end - bytes) - HEAD_SIZE, 4);
	place = put_big_endian(place, 0, 4);
	place = put_big_endian(place, DIGITS, 4);
	place = put_big_endian(place, 1, 8);
	place = put_big_endian(place, highest, 8);
	place = put_big_endian(place, one_as_double, 8);
	assert(place == bytes + HEAD_SIZE);
	return (size_t)(end - bytes);
}

static int compress_histogram(const uint8_t *bytes, size_t size, char **text,
			      struct nb_error *error)
{
	uLongf length = compressBound((uLong)size);
	uint8_t *compressed = malloc(COMPRESSED_HEAD_SIZE + length);
	int status = Z_MEM_ERROR;

	*text = NULL;
	if (compressed)
		status = compress(compressed + COMPRESSED_HEAD_SIZE, &length, bytes, (uLong)size);
	if (status == Z_OK) {
		put_big_endian(compressed, COMPRESSED_COOKIE, 4);
		put_big_endian(compressed + 4, length, 4);
		*text = nb_report_base64_encode(compressed, COMPRESSED_HEAD_SIZE + length);
	}
	free(compressed);
	if (*text)
		return 0;
	nb_error_set(error, ENOMEM, "no memory for a compressed histogram");
	return -ENOMEM;
}

int nb_hdr_encode(const struct nb_histogram *histogram, char **text, struct nb_error *error)
{
	uint8_t *bytes;
	int status;

	assert(histogram->max <= NB_HDR_VALUE_MAX);
	bytes = malloc(HEAD_SIZE + histogram->length * 2 * WORD_SIZE);
	if (!bytes)
		return nb_error_set(error, ENOMEM, "no memory for a histogram");
	status = compress_histogram(bytes, put_histogram(bytes, histogram), text, error);
	free(bytes);
	return status;
}
