/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes are refused as a dump of CPUID, or are a CPU that can be described. A target of
 * libFuzzer: https://llvm.org/docs/LibFuzzer.html
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/identity.h"
#include "nestbench/platform.h"

#include "../../harness/platform/platform_parts.h"
#include "../../harness/platform/platform_world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static bool dump_cpuid(void *self, uint32_t leaf, uint32_t subleaf, struct nb_cpuid *registers)
{
	return nb_platform_dump_find(self, leaf, subleaf, registers);
}

static int no_text(void *self, const char *path, char *text, size_t size)
{
	(void)self;
	(void)path;
	(void)size;
	text[0] = '\0';
	return -ENOENT;
}

static bool nothing_there(void *self, const char *path)
{
	(void)self;
	(void)path;
	return false;
}

static void no_names(void *self, const char *path, const char *prefix, struct nb_world_names *names)
{
	(void)self;
	(void)path;
	(void)prefix;
	names->count = 0;
}

static void check_printable(const char *text)
{
	for (; *text; text++)
		check(*text >= ' ' && *text <= '~');
}

static void describe(struct nb_platform_dump *dump)
{
	static struct nb_findings findings;
	const struct nb_world world = {
		.self = dump,
		.cpuid = dump_cpuid,
		.read = no_text,
		.link = no_text,
		.exists = nothing_there,
		.names = no_names,
		.probe = no_text,
	};
	struct nb_identity identity;
	struct nb_machine machine;
	struct nb_error error = { 0 };

	check(nb_platform_read(&machine, &world, -1, &error) == 0);
	check_printable(machine.cpu_vendor);
	check_printable(machine.cpu_brand);
	check_printable(machine.hypervisor);
	check_printable(machine.hypervisor_version);
	check_printable(machine.platform);
	check(nb_platform_level(&machine) >= -1);
	findings.count = 0;
	nb_identify(&world, &machine, &identity, &findings);
	check(findings.count <= NB_FINDINGS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct nb_platform_dump dump;
	struct nb_error error = { 0 };

	if (nb_platform_dump_parse(&dump, (const char *)data, size, &error) < 0) {
		check(error.code == EBADMSG && error.text[0] != '\0');
		return 0;
	}
	describe(&dump);
	return 0;
}
