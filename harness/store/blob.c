/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store_private.h"

/*
 * The first byte of a blob says how the rest is packed. The code of a histogram is dense: zstd
 * gains only on a large one whose buckets repeat themselves, and is used only there.
 */
enum { FORMAT_PLAIN = 0, FORMAT_ZSTD = 1 };

/* All 56 320 buckets with the longest code that each can have take less. */
enum { ENCODED_MAX = 2 << 20 };
enum { COMPRESSION_LEVEL = 3 };

/* Returns the size of blob, or 0 if there was no memory. */
static size_t pack(ZSTD_CCtx *compressor, const uint8_t *bytes, size_t size, uint8_t *blob)
{
	/* Room for one byte less than the plain form: what is not smaller fails. */
	size_t packed =
		ZSTD_compressCCtx(compressor, blob + 1, size - 1, bytes, size, COMPRESSION_LEVEL);

	if (!ZSTD_isError(packed)) {
		blob[0] = FORMAT_ZSTD;
		return packed + 1;
	}
	blob[0] = FORMAT_PLAIN;
	memcpy(blob + 1, bytes, size);
	return size + 1;
}

int nb_store_bind_histogram(struct nb_store *store, sqlite3_stmt *statement, int parameter,
			    const struct nb_histogram *histogram, struct nb_error *error)
{
	uint8_t *bytes, *blob;
	size_t size;
	int status;

	if (histogram->count == 0)
		return sqlite3_bind_null(statement, parameter) == SQLITE_OK
			       ? 0
			       : nb_store_failed(store->db, &store->file, "bind", error);
	status = nb_stats_histogram_encode(histogram, &bytes, &size, error);
	if (status < 0)
		return status;
	blob = malloc(size + 1);
	if (blob)
		size = pack(store->compressor, bytes, size, blob);
	free(bytes);
	/* SQLite takes the blob over, and frees it even where it fails. */
	if (!blob || sqlite3_bind_blob64(statement, parameter, blob, size, free) != SQLITE_OK)
		return nb_error_set(error, ENOMEM, "no memory for a histogram");
	return 0;
}

static int unpack(const uint8_t *packed, size_t size, struct nb_histogram *histogram,
		  struct nb_error *error)
{
	unsigned long long length = ZSTD_getFrameContentSize(packed, size);
	uint8_t *bytes;
	size_t got;
	int status;

	/* The two error values of this function are beyond any limit. */
	if (length > ENCODED_MAX)
		return nb_error_set(error, EBADMSG, "broken histogram: not packed by nestbench");
	bytes = malloc((size_t)length + 1);
	if (!bytes)
		return nb_error_set(error, ENOMEM, "no memory for a histogram");
	got = ZSTD_decompress(bytes, (size_t)length, packed, size);
	if (ZSTD_isError(got))
		status = nb_error_set(error, EBADMSG, "broken histogram: %s",
				      ZSTD_getErrorName(got));
	else
		status = nb_stats_histogram_decode(histogram, bytes, got, error);
	free(bytes);
	return status;
}

int nb_store_read_histogram(sqlite3_stmt *statement, int column, struct nb_histogram *histogram,
			    struct nb_error *error)
{
	const uint8_t *blob;
	size_t size;

	*histogram = (struct nb_histogram){ 0 };
	if (sqlite3_column_type(statement, column) == SQLITE_NULL)
		return 0;
	if (sqlite3_column_type(statement, column) != SQLITE_BLOB)
		return nb_error_set(error, EBADMSG, "broken histogram: not a blob");
	blob = sqlite3_column_blob(statement, column);
	size = (size_t)sqlite3_column_bytes(statement, column);
	if (!blob || size < 2)
		return nb_error_set(error, EBADMSG, "broken histogram: too short");
	if (blob[0] == FORMAT_ZSTD)
		return unpack(blob + 1, size - 1, histogram, error);
	if (blob[0] == FORMAT_PLAIN)
		return nb_stats_histogram_decode(histogram, blob + 1, size - 1, error);
	return nb_error_set(error, EBADMSG, "broken histogram: unknown packing %d", blob[0]);
}
