/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine whose every file holds the same bytes, DMI above all, is described in printable
 * words, and redacts any text. A target of libFuzzer:
 * https://llvm.org/docs/LibFuzzer.html
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/identity.h"
#include "nestbench/platform.h"
#include "nestbench/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *data;
	size_t size;
};

static void check(int holds)
{
	if (!holds)
		abort();
}

static bool no_cpuid(void *self, uint32_t leaf, uint32_t subleaf, struct nb_cpuid *registers)
{
	(void)self;
	(void)leaf;
	(void)subleaf;
	*registers = (struct nb_cpuid){ 0 };
	return false;
}

static int same_bytes(void *self, const char *path, char *text, size_t size)
{
	const struct bytes *bytes = self;
	size_t length = bytes->size < size - 1 ? bytes->size : size - 1;

	(void)path;
	memcpy(text, bytes->data, length);
	text[length] = '\0';
	return (int)length;
}

static bool always_there(void *self, const char *path)
{
	(void)self;
	(void)path;
	return true;
}

static void one_name(void *self, const char *path, const char *prefix, struct nb_world_names *names)
{
	(void)self;
	(void)path;
	nb_base_copy(names->name[0], sizeof(names->name[0]), prefix);
	names->count = prefix[0] ? 1 : 0;
}

static void check_printable(const char *text)
{
	for (; *text; text++)
		check(*text >= ' ' && *text <= '~');
}

static void describe(const struct nb_world *world)
{
	static struct nb_findings findings;
	struct nb_identity identity;
	struct nb_machine machine;
	struct nb_error error = { 0 };

	check(nb_platform_read(&machine, world, -1, &error) == 0);
#define NB_TEXT(field, size) check_printable(machine.field);
	NB_MACHINE_TEXTS(NB_TEXT)
#undef NB_TEXT
	nb_platform_virtualization(world);
	findings.count = 0;
	nb_identify(world, &machine, &identity, &findings);
	check(findings.count <= NB_FINDINGS_MAX);
}

/* A buffer without room for longer words only cuts the end. */
static void redact(const struct nb_world *world, const struct bytes *bytes)
{
	static struct nb_redactor redactor;
	const size_t room = bytes->size * 8 + 1;
	char *text = malloc(room);
	char *tight = malloc(bytes->size + 1);

	check(text != NULL && tight != NULL);
	nb_redactor_init(&redactor, world);
	check(redactor.count <= NB_REDACT_SECRETS_MAX);
	for (size_t i = 1; i < redactor.count; i++)
		check(strcmp(redactor.secrets[i - 1].text, redactor.secrets[i].text) < 0);
	same_bytes(world->self, "", text, bytes->size + 1);
	same_bytes(world->self, "", tight, bytes->size + 1);
	nb_redact(&redactor, text, room);
	nb_redact(&redactor, tight, bytes->size + 1);
	check(strncmp(text, tight, strlen(tight)) == 0);
	free(tight);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	const struct nb_world world = {
		.self = &bytes,
		.cpuid = no_cpuid,
		.read = same_bytes,
		.link = same_bytes,
		.exists = always_there,
		.names = one_name,
		.probe = same_bytes,
	};

	describe(&world);
	redact(&world, &bytes);
	return 0;
}
