/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "cli_bundle.h"

enum { INSTANCE_DIGITS_MIN = 8, INSTANCE_DIGITS_MAX = 17, KIND_SIZE = 16 };

void nb_cli_secrets_init(struct nb_cli_secrets *secrets, const struct nb_world *world)
{
	nb_redactor_init(&secrets->redactor, world);
	secrets->count = 0;
	/* Whether all of this machine's fitted, nobody can tell then. */
	secrets->full = secrets->redactor.count == NB_REDACT_SECRETS_MAX;
}

/* How many words of this kind there are: "<user-1>", "<user-2>". */
static size_t count_of(const struct nb_cli_secrets *secrets, const char *kind)
{
	size_t length = strlen(kind), count = 0;

	for (size_t i = 0; i < secrets->count; i++)
		count += strncmp(secrets->words[i] + 1, kind, length) == 0 &&
			 secrets->words[i][length + 1] == '-';
	return count;
}

static void learn(struct nb_cli_secrets *secrets, const char *text, const char *kind)
{
	size_t before = secrets->redactor.count;
	char *word = secrets->words[secrets->count];

	if (!text[0] || secrets->full)
		return;
	snprintf(word, NB_CLI_WORD_SIZE, "<%.*s-%zu>", KIND_SIZE, kind,
		 count_of(secrets, kind) + 1);
	secrets->full = !nb_redactor_learn(&secrets->redactor, text, word);
	secrets->count += secrets->redactor.count > before;
}

static void learn_part(struct nb_cli_secrets *secrets, const char *text, size_t length,
		       const char *kind)
{
	char part[NB_REDACT_SECRET_SIZE];

	nb_base_copy(part, length + 1 < sizeof(part) ? length + 1 : sizeof(part), text);
	learn(secrets, part, kind);
}

/* "build7.example.org" is known by its first label, too. */
static void learn_host(struct nb_cli_secrets *secrets, const char *name, const char *kind)
{
	learn(secrets, name, kind);
	if (strchr(name, '.'))
		learn_part(secrets, name, strcspn(name, "."), kind);
}

/* A folder below that of all users bears a name that may stand elsewhere without it. */
static void learn_homes(struct nb_cli_secrets *secrets, const char *text)
{
	static const char *const folders[] = { "/home/", "/users/", "\\users\\" };

	for (const char *at = text; *at; at++) {
		for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
			size_t length = strlen(folders[i]);

			if (strncasecmp(at, folders[i], length) == 0)
				learn_part(secrets, at + length,
					   strcspn(at + length, "/\\ \t\n,;:\"'"), "user");
		}
	}
}

/* "i-0123456789abcdef0": what Amazon calls a VM. */
static void learn_instances(struct nb_cli_secrets *secrets, const char *text)
{
	for (const char *at = strstr(text, "i-"); at; at = strstr(at + 2, "i-")) {
		size_t digits = strspn(at + 2, "0123456789abcdef");

		if ((at == text || !isalnum((unsigned char)at[-1])) &&
		    digits >= INSTANCE_DIGITS_MIN && digits <= INSTANCE_DIGITS_MAX &&
		    !isalnum((unsigned char)at[2 + digits]))
			learn_part(secrets, at, digits + 2, "instance");
	}
}

static void learn_text(struct nb_cli_secrets *secrets, const char *text)
{
	learn_homes(secrets, text);
	learn_instances(secrets, text);
}

/* What people label their sessions with to tell machines and persons apart. */
static void learn_label(struct nb_cli_secrets *secrets, const struct nb_label *label)
{
	static const struct {
		const char *key, *kind;
	} keys[] = {
		{ "user", "user" },
		{ "username", "user" },
		{ "login", "user" },
		{ "owner", "user" },
		{ "author", "user" },
		{ "email", "user" },
		{ "host", "host" },
		{ "hostname", "host" },
		{ "node", "host" },
		{ "nodename", "host" },
		{ "fqdn", "host" },
		{ "machine-id", "instance" },
		{ "instance-id", "instance" },
		{ "instance_id", "instance" },
		{ "instanceid", "instance" },
		{ "vmid", "instance" },
		{ "vm-id", "instance" },
		{ "vm_id", "instance" },
		{ "serial", "serial" },
		{ "uuid", "uuid" },
		{ "ip", "ip" },
		{ "mac", "mac" },
	};

	learn_text(secrets, label->value);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcasecmp(label->key, keys[i].key) == 0)
			learn_host(secrets, label->value, keys[i].kind);
	}
}

void nb_cli_secrets_learn(struct nb_cli_secrets *secrets, const struct nb_record *record)
{
	const struct nb_session *session = &record->session;

	learn_host(secrets, session->machine.host, "physical-host");
	for (size_t i = 0; i < session->label_count; i++)
		learn_label(secrets, &session->labels[i]);
#define LEARN(field, size) learn_text(secrets, session->machine.field);
	NB_MACHINE_TEXTS(LEARN)
#undef LEARN
	for (size_t i = 0; i < session->target_count; i++) {
#define LEARN(field, size) learn_text(secrets, session->targets[i].field);
		NB_TARGET_TEXTS(LEARN)
#undef LEARN
	}
	for (size_t i = 0; i < record->count; i++) {
		for (size_t j = 0; j < record->series[i].count; j++)
			learn_text(secrets, record->series[i].rounds[j].reason);
	}
}

void nb_cli_secrets_learn_boot(struct nb_cli_secrets *secrets, const struct nb_record *record)
{
	bool full = secrets->full;

	learn(secrets, record->session.machine.boot_id, "boot");
	secrets->full = full;
}
