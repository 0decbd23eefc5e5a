/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "bundle_private.h"

/*
 * Zstandard's skippable frame (RFC 8878, section 3.1.2): a magic number of 4 bytes, the size of
 * what follows in 4, both with the lowest byte first. Ours is 8 bytes of text and the digest.
 */
static const uint8_t head[] = { 0x50, 0x2a, 0x4d, 0x18, 40, 0, 0, 0 };
static const uint8_t mark[] = { 'n', 'e', 's', 't', 's', 'e', 'a', 'l' };

_Static_assert(sizeof(head) + sizeof(mark) + SHA256_DIGEST_LENGTH == NB_BUNDLE_SEAL_SIZE,
	       "a seal is its head, its mark and its digest");

void nb_bundle_seal_make(SHA2_CTX *digest, uint8_t seal[NB_BUNDLE_SEAL_SIZE])
{
	memcpy(seal, head, sizeof(head));
	memcpy(seal + sizeof(head), mark, sizeof(mark));
	SHA256Final(seal + sizeof(head) + sizeof(mark), digest);
}

bool nb_bundle_seal_fits(const uint8_t *bytes, size_t size)
{
	uint8_t due[NB_BUNDLE_SEAL_SIZE];
	const uint8_t *seal;
	SHA2_CTX digest;

	if (size < NB_BUNDLE_SEAL_SIZE)
		return true;
	/* One flipped bit spoils the head or the mark, never both: such a seal is still found. */
	seal = bytes + size - NB_BUNDLE_SEAL_SIZE;
	if (memcmp(seal, head, sizeof(head)) != 0 &&
	    memcmp(seal + sizeof(head), mark, sizeof(mark)) != 0)
		return true;
	SHA256Init(&digest);
	SHA256Update(&digest, bytes, size - NB_BUNDLE_SEAL_SIZE);
	nb_bundle_seal_make(&digest, due);
	return memcmp(seal, due, sizeof(due)) == 0;
}
