/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "nestbench/stats.h"

/*
 * The byte form, version 1. An empty histogram is the single byte 01. Any other one is
 *
 *	01         the version
 *	min        the smallest value as LEB128: 7 bits a byte, the lowest first, the top bit set in
 *	           every byte but the last; the shortest form only
 *	max - min  likewise
 *	bits       from the top bit of each byte to its lowest; the last byte is filled up with 0:
 *	           gamma(count of the first bucket), then for each further bucket
 *	           gamma(its index - index of the bucket before), gamma(its count)
 *
 * The first bucket is the one of min and the last the one of max, so that their indices and the
 * number of buckets need not be stored: the bits end after the count of the bucket of max. Indices
 * are those of nb_stats_bucket_index(). If the only bucket has count 1, max - min is 0. The sum of
 * the counts is below 2^64.
 *
 * gamma(v) is Elias' gamma code (P. Elias, "Universal codeword sets and representations of the
 * integers", IEEE Trans. Inf. Theory 21(2), 1975) for v > 0: with n the number of bits of v, n - 1
 * bits 0 and then v in n bits. 1 is "1", 2 is "010", 5 is "00101".
 *
 * Example: the values 3, 3, 5 are 01 03 02 4a, the bits being 010 (twice 3), 010 (two indices on),
 * 1 (once 5) and one 0 to fill up.
 *
 * The buckets of a round are mostly neighbours with a count of 1 to 3, which makes gamma codes 0.5
 * to 1 byte per bucket where pairs of nibble-wise varints need 1.03 to 1.3. Fitting an
 * exponential Golomb code to each histogram would save 3 % more, which is not worth a parameter.
 * Every histogram has one encoding only: equal bytes mean equal histograms and vice versa.
 */
enum { VERSION = 1, LEB128_MAX = 10, HEADER_MAX = 1 + 2 * LEB128_MAX };

static unsigned bit_width(uint64_t value)
{
	unsigned width = 0;

	for (; value > 0; value >>= 1)
		width++;
	return width;
}

static size_t gamma_width(uint64_t value)
{
	return 2 * (size_t)bit_width(value) - 1;
}

static size_t put_leb128(uint8_t *bytes, uint64_t value)
{
	size_t size = 0;

	for (; value > 0x7f; value >>= 7)
		bytes[size++] = (uint8_t)(value | 0x80);
	bytes[size++] = (uint8_t)value;
	return size;
}

/* The bytes at which bits are put are all zero before. */
struct bit_writer {
	uint8_t *bytes;
	size_t position; /* in bits */
};

static void put_gamma(struct bit_writer *writer, uint64_t value)
{
	unsigned width = bit_width(value);

	assert(value > 0);
	writer->position += width - 1;
	for (unsigned bit = width; bit-- > 0; writer->position++) {
		unsigned one = (unsigned)(value >> bit) & 1;

		writer->bytes[writer->position / 8] |= (uint8_t)(one << (7 - writer->position % 8));
	}
}

static size_t bits_needed(const struct nb_histogram *histogram)
{
	size_t bits = 0;

	for (size_t i = 0; i < histogram->length; i++) {
		const struct nb_bucket *bucket = &histogram->buckets[i];

		bits += gamma_width(bucket->count);
		if (i > 0)
			bits += gamma_width(bucket->index - bucket[-1].index);
	}
	return bits;
}

static void put_buckets(struct bit_writer *writer, const struct nb_histogram *histogram)
{
	for (size_t i = 0; i < histogram->length; i++) {
		const struct nb_bucket *bucket = &histogram->buckets[i];

		if (i > 0)
			put_gamma(writer, bucket->index - bucket[-1].index);
		put_gamma(writer, bucket->count);
	}
}

int nb_stats_histogram_encode(const struct nb_histogram *histogram, uint8_t **bytes, size_t *size,
			      struct nb_error *error)
{
	size_t body = (bits_needed(histogram) + 7) / 8;
	struct bit_writer writer;
	size_t header = 0;
	uint8_t *encoded;

	assert((histogram->count == 0) == (histogram->length == 0));
	encoded = calloc(HEADER_MAX + body, 1);
	if (!encoded)
		return nb_error_set(error, ENOMEM, "no memory for an encoded histogram");
	encoded[header++] = VERSION;
	if (histogram->count > 0) {
		header += put_leb128(encoded + header, histogram->min);
		header += put_leb128(encoded + header, histogram->max - histogram->min);
	}
	writer = (struct bit_writer){ .bytes = encoded + header };
	put_buckets(&writer, histogram);
	*bytes = encoded;
	*size = header + body;
	return 0;
}

/* Reading beyond the end, or a form that is not the shortest, sets failed and returns 0. */
struct bit_reader {
	const uint8_t *bytes;
	size_t size;
	size_t position; /* in bits */
	bool failed;
};

static unsigned get_bit(struct bit_reader *reader)
{
	size_t position = reader->position;

	if (position / 8 >= reader->size) {
		reader->failed = true;
		return 0;
	}
	reader->position++;
	return ((unsigned)reader->bytes[position / 8] >> (7 - position % 8)) & 1;
}

static uint64_t get_gamma(struct bit_reader *reader)
{
	uint64_t value = 1;
	unsigned zeros = 0;

	while (!reader->failed && get_bit(reader) == 0)
		zeros++;
	if (zeros > 63)
		reader->failed = true;
	for (; zeros > 0 && !reader->failed; zeros--)
		value = value << 1 | get_bit(reader);
	return reader->failed ? 0 : value;
}

/* Only at the start of a byte. */
static uint64_t get_leb128(struct bit_reader *reader)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < LEB128_MAX; i++) {
		size_t offset = reader->position / 8;
		uint64_t byte = offset < reader->size ? reader->bytes[offset] : 0;

		if (offset >= reader->size || (i == LEB128_MAX - 1 && byte > 1))
			break;
		reader->position += 8;
		value |= (byte & 0x7f) << (7 * i);
		if (byte == 0 && i > 0)
			break;
		if (byte <= 0x7f)
			return value;
	}
	reader->failed = true;
	return 0;
}

/*
 * Reads the buckets from min's to max's, and stores them unless buckets is NULL. Their number is
 * bounded by the bytes there are, as each takes two bits or more. Returns it, 0 for a fault.
 */
static size_t get_buckets(struct bit_reader *reader, struct nb_histogram *header,
			  struct nb_bucket *buckets)
{
	uint32_t index = nb_stats_bucket_index(header->min);
	uint32_t last = nb_stats_bucket_index(header->max);
	size_t length = 0;

	header->count = 0;
	for (;;) {
		uint64_t count = get_gamma(reader);
		uint64_t gap;

		if (reader->failed || count > UINT64_MAX - header->count)
			return 0;
		header->count += count;
		if (buckets)
			buckets[length] = (struct nb_bucket){ .index = index, .count = count };
		length++;
		if (index == last)
			return length;
		gap = get_gamma(reader);
		if (reader->failed || gap > last - index)
			return 0;
		index += (uint32_t)gap;
	}
}

/* True if nothing follows but the zero bits that fill up the last byte. */
static bool at_end(struct bit_reader *reader)
{
	while (reader->position % 8 != 0)
		if (get_bit(reader) != 0)
			return false;
	return reader->position / 8 == reader->size;
}

/* Everything that can be known without storing the buckets; *reader then stands before them. */
static const char *check(struct bit_reader *reader, struct nb_histogram *header)
{
	struct bit_reader ahead;
	uint64_t span;

	header->min = get_leb128(reader);
	span = get_leb128(reader);
	if (reader->failed || span > UINT64_MAX - header->min)
		return "its range is malformed";
	header->max = header->min + span;
	ahead = *reader;
	header->length = get_buckets(&ahead, header, NULL);
	if (header->length == 0)
		return "its buckets are malformed";
	if (header->count == 1 && span > 0)
		return "a single sample spans a range";
	return at_end(&ahead) ? NULL : "bytes follow its end";
}

int nb_stats_histogram_decode(struct nb_histogram *histogram, const uint8_t *bytes, size_t size,
			      struct nb_error *error)
{
	struct bit_reader reader = { .bytes = bytes, .size = size, .position = 8 };
	struct nb_histogram decoded = { 0 };
	const char *fault;

	if (size == 0 || bytes[0] != VERSION)
		return nb_error_set(error, EBADMSG, "not a histogram of version %d", VERSION);
	if (size == 1) {
		*histogram = decoded;
		return 0;
	}
	fault = check(&reader, &decoded);
	if (fault)
		return nb_error_set(error, EBADMSG, "broken histogram: %s", fault);
	decoded.buckets = calloc(decoded.length, sizeof(*decoded.buckets));
	if (!decoded.buckets)
		return nb_error_set(error, ENOMEM, "no memory for a histogram");
	get_buckets(&reader, &decoded, decoded.buckets);
	*histogram = decoded;
	return 0;
}
