/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_REDACT_H
#define NB_PLATFORM_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/redact.h"

/* The parts of redacting: patterns know nothing of the machine, secrets are what it told. */

bool nb_platform_is_word(char character); /* a letter, a digit, or a byte above ASCII */
char nb_platform_fold(char character);	  /* lower case, of ASCII */

/*
 * How many characters at text[at] look like a UUID, a MAC address or an IP address, 0 for none. The
 * word that they become, or NULL where they may stay. Looks at no more than a few dozen characters.
 */
size_t nb_platform_match_pattern(const char *text, size_t at, const char **word);

/* True for a name, in lower case, that tells nothing, or too little to look for it in texts. */
bool nb_platform_is_generic(const char *text);

/* For bytes that may hold NULs: what is between them is redacted, and stays where it is. */
size_t nb_platform_redact_bytes(const struct nb_redactor *redactor, char *bytes, size_t length,
				size_t size);

/* True for files that nobody but the redactor reads: they belong in no recording. */
bool nb_platform_is_private(const char *path);

#endif
