/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_files.h"
#include "platform_kvp.h"
#include "platform_parts.h"
#include "platform_redact.h"

enum {
	FILE_SIZE = 65536,
	PATH_SIZE = 128,
	MAC_SIZE = 13, /* 12 digits without the colons */
	MACS_MAX = 8,  /* every container of a host may have one, and the table is for all */
	FIRST_USER = 1000,
	LAST_USER = 60000,
};

#define DMI "/sys/class/dmi/id/"

static const char passwd_path[] = "/etc/passwd";
static const char environ_path[] = "/proc/self/environ";

static bool has_digit(const char *text)
{
	return strpbrk(text, "0123456789") != NULL;
}

/* Keeps the secrets sorted; of two that are equal the first stays. */
bool nb_redactor_learn(struct nb_redactor *redactor, const char *secret, const char *word)
{
	char text[NB_REDACT_SECRET_SIZE];
	size_t at = redactor->count;

	nb_base_copy(text, sizeof(text), secret);
	nb_platform_clean(text);
	for (size_t i = 0; text[i] != '\0'; i++)
		text[i] = nb_platform_fold(text[i]);
	if (nb_platform_is_generic(text))
		return true;
	while (at > 0 && strcmp(redactor->secrets[at - 1].text, text) > 0)
		at--;
	if (at > 0 && strcmp(redactor->secrets[at - 1].text, text) == 0)
		return true;
	if (redactor->count == NB_REDACT_SECRETS_MAX)
		return false;
	memmove(&redactor->secrets[at + 1], &redactor->secrets[at],
		(redactor->count - at) * sizeof(redactor->secrets[0]));
	nb_base_copy(redactor->secrets[at].text, sizeof(text), text);
	redactor->secrets[at].word = word;
	redactor->count++;
	return true;
}

/* A machine with more names than there is room for keeps the first ones. */
static void learn(struct nb_redactor *redactor, const char *secret, const char *word)
{
	(void)nb_redactor_learn(redactor, secret, word);
}

/* The name, and of one with dots its first label and the rest, which names the organisation. */
static void learn_host(struct nb_redactor *redactor, const char *name, const char *word)
{
	char label[NB_REDACT_SECRET_SIZE];
	const char *dot = strchr(name, '.');

	learn(redactor, name, word);
	if (!dot || strchr(name, ' '))
		return;
	nb_base_copy(label, sizeof(label), name);
	label[strcspn(label, ".")] = '\0';
	learn(redactor, label, word);
	if (strchr(dot + 1, '.'))
		learn(redactor, dot + 1, "<domain>");
}

/* An inventory number, not a word as "No Asset Tag"; the tag that says Azure has its own rule. */
static bool is_tag(const char *text)
{
	return has_digit(text) && !strchr(text, ' ') && strcmp(text, NB_PLATFORM_AZURE_TAG) != 0;
}

static void learn_line(struct nb_redactor *redactor, const struct nb_world *world, const char *path,
		       const char *word)
{
	char text[NB_REDACT_SECRET_SIZE];

	if (nb_world_line(world, path, text, sizeof(text)))
		learn(redactor, text, word);
}

static void learn_machine(struct nb_redactor *redactor, const struct nb_world *world)
{
	static const char *const names[] = { "/proc/sys/kernel/hostname", "/etc/hostname" };
	static const char *const tags[] = { DMI "board_asset_tag", DMI "chassis_asset_tag" };
	char text[NB_REDACT_SECRET_SIZE];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (nb_world_line(world, names[i], text, sizeof(text)))
			learn_host(redactor, text, "<hostname>");
	}
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		if (nb_world_line(world, tags[i], text, sizeof(text)) && is_tag(text))
			learn(redactor, text, "<asset-tag>");
	}
	learn_line(redactor, world, "/proc/sys/kernel/domainname", "<domain>");
	learn_line(redactor, world, "/etc/machine-id", "<machine-id>");
	learn_line(redactor, world, "/var/lib/dbus/machine-id", "<machine-id>");
	learn_line(redactor, world, "/var/lib/cloud/data/instance-id", "<instance>");
	learn_line(redactor, world, DMI "product_serial", "<serial>");
	learn_line(redactor, world, DMI "board_serial", "<serial>");
	learn_line(redactor, world, DMI "chassis_serial", "<serial>");
	learn_line(redactor, world, DMI "product_uuid", "<uuid>");
}

/*
 * With colons they are known by their pattern. Without they are part of names such as
 * "enx0022aabbccdd".
 */
static void learn_macs(struct nb_redactor *redactor, const struct nb_world *world)
{
	struct nb_world_names names;

	world->names(world->self, "/sys/class/net", "", &names);
	for (size_t i = 0; i < names.count && i < MACS_MAX; i++) {
		char path[PATH_SIZE];
		char address[32];
		char mac[MAC_SIZE];
		size_t length = 0;

		snprintf(path, sizeof(path), "/sys/class/net/%s/address", names.name[i]);
		if (!nb_world_line(world, path, address, sizeof(address)))
			continue;
		for (const char *at = address; *at && length < sizeof(mac) - 1; at++) {
			if (*at != ':')
				mac[length++] = *at;
		}
		mac[length] = '\0';
		learn(redactor, mac, "<mac>");
		if (strncmp(names.name[i], "enx", 3) == 0)
			learn(redactor, names.name[i], "<mac>");
	}
}

/* The next field of a line of passwd(5), which is cut there; NULL behind the last one. */
static char *next_field(char **line)
{
	char *field = *line;
	char *colon = field ? strchr(field, ':') : NULL;

	if (colon)
		*colon = '\0';
	*line = colon ? colon + 1 : NULL;
	return field;
}

static void learn_home(struct nb_redactor *redactor, const char *home)
{
	const char *slash = strrchr(home, '/');

	learn(redactor, slash ? slash + 1 : home, "<user>");
}

static void learn_account(struct nb_redactor *redactor, char *line)
{
	char *name = next_field(&line);
	char *password = next_field(&line);
	const char *uid = next_field(&line);
	char *group = next_field(&line);
	char *person = next_field(&line);
	const char *home = next_field(&line);
	long number = uid ? strtol(uid, NULL, 10) : 0;

	(void)password;
	(void)group;
	if (!home || number < FIRST_USER || number > LAST_USER)
		return;
	learn(redactor, name, "<user>");
	learn_home(redactor, home);
	/* "full name,room,telephone" */
	person[strcspn(person, ",")] = '\0';
	learn(redactor, person, "<user>");
}

static void learn_accounts(struct nb_redactor *redactor, const struct nb_world *world, char *text)
{
	char *line = text;

	if (world->read(world->self, passwd_path, text, FILE_SIZE) < 0)
		return;
	while (*line) {
		size_t length = strcspn(line, "\n");
		bool last = line[length] == '\0';

		line[length] = '\0';
		learn_account(redactor, line);
		line += length + !last;
	}
}

static void learn_environment(struct nb_redactor *redactor, const struct nb_world *world,
			      char *text)
{
	static const char *const names[] = { "USER=", "LOGNAME=", "SUDO_USER=", "HOME=" };
	int length = world->read(world->self, environ_path, text, FILE_SIZE);

	for (int at = 0; at < length; at += (int)strlen(text + at) + 1) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			if (strncmp(text + at, names[i], strlen(names[i])) == 0)
				learn_home(redactor, text + at + strlen(names[i]));
		}
	}
}

static void learn_users(struct nb_redactor *redactor, const struct nb_world *world)
{
	char *text = malloc(FILE_SIZE);

	if (!text)
		return;
	learn_environment(redactor, world, text);
	learn_accounts(redactor, world, text);
	free(text);
}

static void learn_pool(struct nb_redactor *redactor, const struct nb_world *world)
{
	static const struct {
		const char *key, *word;
	} names[] = {
		{ "HostName", "<physical-host>" },
		{ "PhysicalHostName", "<physical-host>" },
		{ "PhysicalHostNameFullyQualified", "<physical-host>" },
		{ "VirtualMachineName", "<vm-name>" },
	};
	struct nb_platform_pool pool;

	nb_platform_pool_read(&pool, world);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = nb_platform_pool_find(&pool, names[i].key);

		if (value)
			learn_host(redactor, value, names[i].word);
	}
	nb_platform_pool_free(&pool);
}

void nb_redactor_init(struct nb_redactor *redactor, const struct nb_world *world)
{
	redactor->count = 0;
	learn_machine(redactor, world);
	learn_pool(redactor, world);
	learn_macs(redactor, world);
	learn_users(redactor, world);
}

bool nb_platform_is_private(const char *path)
{
	return strcmp(path, passwd_path) == 0 || strcmp(path, environ_path) == 0;
}
