/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REDACT_H
#define NB_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/world.h"

/*
 * Takes out of texts what would tell whose machine it is: its host name, machine id, DMI serial
 * numbers and UUIDs, MAC addresses, the names of its users and of its physical host, cloud
 * instance ids, all as found on the machine itself; and whatever looks like a UUID, a MAC address
 * or an IP address. Each becomes a word in angle brackets, as "<hostname>". Versions such as
 * 6.12.113 and the addresses 127.0.0.1, ::1 and 0.0.0.0 stay.
 */
enum { NB_REDACT_SECRETS_MAX = 128, NB_REDACT_SECRET_SIZE = 128 };

struct nb_redactor {
	struct {
		char text[NB_REDACT_SECRET_SIZE];
		const char *word; /* "<hostname>" */
	} secrets[NB_REDACT_SECRETS_MAX];
	size_t count;
};

/* Learns the machine's secrets from the world; a world without them teaches the patterns only. */
void nb_redactor_init(struct nb_redactor *redactor, const struct nb_world *world);

/*
 * Teaches one more secret, which becomes word; word must outlive the redactor. What is known
 * already keeps its word, and what tells nothing ("root") is passed over. False: no room for it.
 */
bool nb_redactor_learn(struct nb_redactor *redactor, const char *secret, const char *word);

/*
 * Redacts text in place; size is the buffer's. Where the words in brackets need more room than
 * there is, the end is cut off, never a secret left in. Returns how many places it changed.
 */
size_t nb_redact(const struct nb_redactor *redactor, char *text, size_t size);

#endif
