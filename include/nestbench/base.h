/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BASE_H
#define NB_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/error.h"

/* Small things that every room needs and that know nothing of measuring. */

enum { NB_ULID_SIZE = 27 };	 /* 26 characters and the terminating NUL */
enum { NB_TIMESTAMP_SIZE = 25 }; /* 2026-11-21T03:12:05.123Z and NUL */

/* Copies as much of text as fits into target[size], always terminated; NULL counts as "". */
void nb_base_copy(char *target, size_t size, const char *text);

/*
 * Bytes of the UTF-8 sequence at text; 0 where none begins. printable: it is one, and no control
 * character, nor one that breaks lines or turns the direction of text.
 */
size_t nb_base_sequence(const char *text, bool *printable);
/* All of text is. */
bool nb_base_printable(const char *text);

/* UTC time of day in ISO 8601 with milliseconds. */
void nb_base_timestamp(char text[NB_TIMESTAMP_SIZE]);

/* A new ULID (https://github.com/ulid/spec: 48 bits of milliseconds, 80 random bits). */
int nb_base_ulid(char text[NB_ULID_SIZE], struct nb_error *error);

/* True for 26 characters of Crockford's base 32 that do not overflow 128 bits. */
bool nb_base_ulid_valid(const char *text);

/*
 * A small reproducible generator, PCG-XSH-RR 64/32 (M. E. O'Neill, "PCG: A Family of Simple Fast
 * Space-Efficient Statistically Good Algorithms for Random Number Generation", 2014). The same
 * seed gives the same sequence on every machine; not for secrets.
 */
struct nb_random {
	uint64_t state;
};

void nb_random_seed(struct nb_random *random, uint64_t seed);
uint32_t nb_random_next(struct nb_random *random);
/* Uniform in 0 .. bound-1 without modulo bias; bound > 0. */
uint32_t nb_random_below(struct nb_random *random, uint32_t bound);

/*
 * Reads a whole small text file (procfs, sysfs) into text[size], terminated, with trailing white
 * space removed. Returns its length or a negative errno; text is "" then.
 */
int nb_base_read_line(const char *path, char *text, size_t size);

/* Reads until bytes[size] is full or the file ends. Returns how many came, or a negative errno. */
int64_t nb_base_read_all(int fd, void *bytes, size_t size);
/* 0 once all are written, or a negative errno. */
int nb_base_write_all(int fd, const void *bytes, size_t size);

/* A file that was embedded at build time (nb_embed() of CMakeLists.txt); its text is terminated. */
struct nb_embedded {
	const char *name; /* without its extension; NULL ends a list */
	const char *text;
	size_t size;
};

/* Levenshtein distance between two words, for "did you mean". */
size_t nb_base_distance(const char *a, const char *b);

#endif
