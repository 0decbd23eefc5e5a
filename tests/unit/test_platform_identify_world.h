/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TEST_PLATFORM_IDENTIFY_WORLD_H
#define NB_TEST_PLATFORM_IDENTIFY_WORLD_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/base.h"
#include "nestbench/identity.h"
#include "nestbench/platform.h"

/*
 * A world that is a few lines of a test: what a rule looks at and nothing else. Use it as
 *
 *	IDENTIFY(.leaves = { VM, KVM_AT(0x40000000) }, .files = { { DMI "sys_vendor", "QEMU" } });
 *	assert_string_equal(value_of("hypervisor"), "KVM");
 */

enum { SAMPLE_MAX = 24 };

struct sample_leaf {
	uint32_t leaf;
	struct nb_cpuid registers;
};

struct sample_text {
	const char *name, *text;
};

struct sample {
	struct sample_leaf leaves[SAMPLE_MAX];
	struct sample_text files[SAMPLE_MAX]; /* path, content */
	struct sample_text links[SAMPLE_MAX]; /* path, target */
	struct sample_text probes[4];	      /* name, answer */
	bool no_cpuid;
};

#define DMI	"/sys/class/dmi/id/"
#define RELEASE "/proc/sys/kernel/osrelease"
#define IMDS_OK "status=ok\n"

/* Leaf 1 with and without the hypervisor bit, of a Skylake. */
#define VM                                           \
	{                                            \
		1,                                   \
		{                                    \
			0x00050657, 0, 0x80000000, 0 \
		}                                    \
	}
#define METAL                               \
	{                                   \
		1,                          \
		{                           \
			0x00050657, 0, 0, 0 \
		}                           \
	}
#define INTEL                                                   \
	{                                                       \
		0,                                              \
		{                                               \
			0xd, 0x756e6547, 0x6c65746e, 0x49656e69 \
		}                                               \
	}
#define AMD                                                     \
	{                                                       \
		0,                                              \
		{                                               \
			0xd, 0x68747541, 0x444d4163, 0x69746e65 \
		}                                               \
	}

#define HYPERV(max)                                             \
	{                                                       \
		0x40000000,                                     \
		{                                               \
			max, 0x7263694d, 0x666f736f, 0x76482074 \
		}                                               \
	}
#define HV_1                                \
	{                                   \
		0x40000001,                 \
		{                           \
			0x31237648, 0, 0, 0 \
		}                           \
	}
#define KVM_AT(base)                                             \
	{                                                        \
		base,                                            \
		{                                                \
			(base) + 1, 0x4b4d564b, 0x564b4d56, 0x4d \
		}                                                \
	}
#define XEN_AT(base)                                                   \
	{                                                              \
		base,                                                  \
		{                                                      \
			(base) + 5, 0x566e6558, 0x65584d4d, 0x4d4d566e \
		}                                                      \
	}
#define TCG                                                            \
	{                                                              \
		0x40000000,                                            \
		{                                                      \
			0x40000001, 0x54474354, 0x43544743, 0x47435447 \
		}                                                      \
	}
#define VMWARE                                                         \
	{                                                              \
		0x40000000,                                            \
		{                                                      \
			0x40000010, 0x61774d56, 0x4d566572, 0x65726177 \
		}                                                      \
	}

static struct nb_identity identity;
static struct nb_findings findings;

static inline const char *sample_find(const struct sample_text *texts, size_t count,
				      const char *name)
{
	for (size_t i = 0; i < count && texts[i].name; i++) {
		if (strcmp(texts[i].name, name) == 0)
			return texts[i].text;
	}
	return NULL;
}

static inline int sample_give(const char *found, char *text, size_t size)
{
	nb_base_copy(text, size, found);
	return found ? (int)strlen(text) : -ENOENT;
}

static inline bool sample_cpuid(void *self, uint32_t leaf, uint32_t subleaf,
				struct nb_cpuid *registers)
{
	const struct sample *sample = self;

	*registers = (struct nb_cpuid){ 0 };
	for (size_t i = 0; i < SAMPLE_MAX && !sample->no_cpuid && subleaf == 0; i++) {
		if (sample->leaves[i].leaf != leaf)
			continue;
		*registers = sample->leaves[i].registers;
		return true;
	}
	return false;
}

static inline int sample_read(void *self, const char *path, char *text, size_t size)
{
	const struct sample *sample = self;

	return sample_give(sample_find(sample->files, SAMPLE_MAX, path), text, size);
}

static inline int sample_link(void *self, const char *path, char *target, size_t size)
{
	const struct sample *sample = self;

	return sample_give(sample_find(sample->links, SAMPLE_MAX, path), target, size);
}

static inline bool sample_exists(void *self, const char *path)
{
	const struct sample *sample = self;

	return sample_find(sample->files, SAMPLE_MAX, path) != NULL;
}

/* Of a folder, the names that a file of the sample is called directly. */
static inline void sample_names(void *self, const char *path, const char *prefix,
				struct nb_world_names *names)
{
	const struct sample *sample = self;
	size_t length = strlen(path);

	names->count = 0;
	for (size_t i = 0; i < SAMPLE_MAX && sample->files[i].name; i++) {
		const char *name = sample->files[i].name;

		if (strncmp(name, path, length) != 0 || name[length] != '/' ||
		    strchr(name + length + 1, '/') ||
		    strncmp(name + length + 1, prefix, strlen(prefix)) != 0)
			continue;
		nb_base_copy(names->name[names->count++], NB_WORLD_NAME_SIZE, name + length + 1);
	}
}

static inline int sample_probe(void *self, const char *name, char *text, size_t size)
{
	const struct sample *sample = self;

	return sample_give(sample_find(sample->probes, 4, name), text, size);
}

static inline void identify(struct sample *sample)
{
	const struct nb_world world = {
		.self = sample,
		.cpuid = sample_cpuid,
		.read = sample_read,
		.link = sample_link,
		.exists = sample_exists,
		.names = sample_names,
		.probe = sample_probe,
	};
	struct nb_machine machine;
	struct nb_error error = { 0 };

	memset(&identity, 0x5a, sizeof(identity));
	findings = (struct nb_findings){ 0 };
	assert_int_equal(nb_platform_read(&machine, &world, -1, &error), 0);
	nb_identify(&world, &machine, &identity, &findings);
	assert_int_equal(findings.dropped, 0);
}

#define IDENTIFY(...) identify(&(struct sample){ __VA_ARGS__ })

static inline const struct nb_finding *finding_of(const char *key)
{
	const struct nb_finding *finding = nb_finding_find(&findings, key);

	if (!finding)
		fail_msg("no finding \"%s\"", key);
	return finding;
}

static inline const char *value_of(const char *key)
{
	return finding_of(key)->value;
}

static inline void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

/* The identity's slugs with a blank between them. */
static inline void assert_slugs(const char *expected)
{
	char text[NB_IDENTITY_SLUGS * NB_IDENTITY_SLUG_SIZE] = "";
	size_t length = 0;

	for (size_t i = 0; i < NB_IDENTITY_SLUGS && identity.slugs[i][0]; i++)
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s",
					   i > 0 ? " " : "", identity.slugs[i]);
	assert_string_equal(text, expected);
}

/* What every rule decides. */
static inline void assert_believed(enum nb_hypervisor hypervisor, bool hidden, bool conflict)
{
	assert_string_equal(nb_hypervisor_slug(identity.hypervisor),
			    nb_hypervisor_slug(hypervisor));
	assert_int_equal(identity.hidden, hidden);
	assert_int_equal(identity.conflict, conflict);
	assert_int_equal(nb_finding_find(&findings, "hypervisor.witnesses") != NULL, conflict);
}

#endif
