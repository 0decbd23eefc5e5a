/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BUNDLE_PRIVATE_H
#define NB_BUNDLE_PRIVATE_H

#include <sha2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/bundle.h"

/* What writer and reader of archives must agree on. */

#define NB_BUNDLE_MANIFEST "MANIFEST.sha256"

enum {
	NB_BUNDLE_DIGEST_SIZE = SHA256_DIGEST_STRING_LENGTH, /* in hex, terminated */
	NB_BUNDLE_PATH_SIZE = 2 * NB_BUNDLE_NAME_SIZE,	     /* folder, "/", name */
	NB_BUNDLE_QUOTE_SIZE = 140,
};

/* name.c: what is wrong with a relative path of less than size bytes; NULL: nothing. */
const char *nb_bundle_name_fault(const char *name, size_t size);
/* They are equal, or one would have to be both a file and the folder of the other. */
bool nb_bundle_names_clash(const char *a, const char *b);
/* A name of unknown origin for a line of an error: plain, and cut where it is long. */
void nb_bundle_quote(char text[NB_BUNDLE_QUOTE_SIZE], const char *name);

/*
 * seal.c: a frame that decoders of zstd skip, with the SHA-256 of every byte before it. The
 * manifest covers what is in the archive; the seal also finds what was changed in the wrapping,
 * where many bits can flip without a consequence. An archive that was packed again has none.
 */
enum { NB_BUNDLE_SEAL_SIZE = 48 };
/* Ends the digest. */
void nb_bundle_seal_make(SHA2_CTX *digest, uint8_t seal[NB_BUNDLE_SEAL_SIZE]);
/* False where there is one that does not fit. */
bool nb_bundle_seal_fits(const uint8_t *bytes, size_t size);

/* manifest.c: checks all files against their manifest, and takes that out of the list. */
int nb_bundle_check_manifest(struct nb_bundle_files *files, struct nb_error *error);

#endif
