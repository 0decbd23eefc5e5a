/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "nestbench/base.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Bit of a big-endian number; bits before its first are zero. */
static unsigned bit_at(const unsigned char *bytes, int bit)
{
	return bit < 0 ? 0 : (unsigned)bytes[bit / 8] >> (7 - bit % 8) & 1;
}

int nb_base_ulid(char text[NB_ULID_SIZE], struct nb_error *error)
{
	unsigned char bytes[16];
	struct timespec now;
	uint64_t milliseconds;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return nb_error_set(error, EIO, "cannot get random bytes for the session's id");
	clock_gettime(CLOCK_REALTIME, &now);
	milliseconds = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	for (int i = 0; i < 6; i++)
		bytes[i] = (unsigned char)(milliseconds >> (40 - 8 * i));
	/* 26 characters of 5 bits hold 130 bits: the first two bits are zero. */
	for (int i = 0; i < NB_ULID_SIZE - 1; i++) {
		unsigned value = 0;

		for (int bit = 5 * i - 2; bit < 5 * i + 3; bit++)
			value = value << 1 | bit_at(bytes, bit);
		text[i] = alphabet[value];
	}
	text[NB_ULID_SIZE - 1] = '\0';
	return 0;
}

bool nb_base_ulid_valid(const char *text)
{
	if (strnlen(text, NB_ULID_SIZE) != NB_ULID_SIZE - 1 || text[0] > '7')
		return false;
	return strspn(text, alphabet) == NB_ULID_SIZE - 1;
}

void nb_base_timestamp(char text[NB_TIMESTAMP_SIZE])
{
	char seconds[21];
	struct timespec now;
	struct tm utc;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(text, NB_TIMESTAMP_SIZE, "%.19s.%03dZ", seconds,
		 (int)((unsigned)(now.tv_nsec / 1000000) % 1000));
}
