/* SPDX-License-Identifier: Apache-2.0 */
#include <cpuid.h>
#include <errno.h>
#include <string.h>
#include <sys/io.h>

#include "cli_doctor.h"

/*
 * VMware's backdoor (open-vm-tools, lib/include/backdoor_def.h; Linux, arch/x86/include/asm/
 * vmware.h): a magic number and a command in registers, and an IN from a port that VMware lets
 * even user mode read, or a hypercall where CPUID offers one. Anywhere else the instruction faults
 * or comes back without the magic number.
 */
#define MAGIC 0x564d5868u

enum {
	PORT = 0x5658,
	GET_VERSION = 10,
	GET_BUILD = 100,
	LEAF_FIRST = 0x40000000,
	LEAF_CALLS = 0x40000010, /* ECX: how to call */
	HAS_VMMCALL = 1 << 0,
	HAS_VMCALL = 1 << 1,
	CHILD_MS = 150,
};

struct registers {
	uint32_t eax, ebx, ecx, edx;
};

struct way {
	const char *name;
	void (*call)(struct registers *registers);
	uint32_t edx;
	uint32_t offered; /* bit of LEAF_CALLS; 0: needs none */
};

static void call_port(struct registers *r)
{
	__asm__ volatile("inl %%dx, %%eax"
			 : "+a"(r->eax), "+b"(r->ebx), "+c"(r->ecx), "+d"(r->edx)
			 :
			 : "memory");
}

static void call_vmcall(struct registers *r)
{
	__asm__ volatile("vmcall"
			 : "+a"(r->eax), "+b"(r->ebx), "+c"(r->ecx), "+d"(r->edx)
			 :
			 : "memory");
}

static void call_vmmcall(struct registers *r)
{
	__asm__ volatile("vmmcall"
			 : "+a"(r->eax), "+b"(r->ebx), "+c"(r->ecx), "+d"(r->edx)
			 :
			 : "memory");
}

static const struct way ways[] = {
	{ "port", call_port, PORT, 0 },
	{ "vmcall", call_vmcall, 0, HAS_VMCALL },
	{ "vmmcall", call_vmmcall, 0, HAS_VMMCALL },
};

static struct registers ask(const struct way *way, uint32_t command)
{
	struct registers registers = { .eax = MAGIC, .ebx = ~0u, .ecx = command, .edx = way->edx };

	way->call(&registers);
	return registers;
}

static void put_number(char *text, size_t size, const char *key, uint32_t value)
{
	char word[16];

	snprintf(word, sizeof(word), "%u", value);
	nb_cli_put_line(text, size, key, word);
}

/* In a child: any of these instructions may be its last. */
static int try_way(void *context, char *text, size_t size)
{
	const struct way *way = context;
	struct registers version, build;

	/* Root may read the port anywhere, so that a fault means no more than it has to. */
	if (way->call == call_port)
		(void)!iopl(3);
	version = ask(way, GET_VERSION);
	if (version.ebx != MAGIC || version.eax == ~0u)
		return -ENODEV;
	nb_cli_put_line(text, size, "status", "ok");
	put_number(text, size, "version", version.eax);
	put_number(text, size, "product", version.ecx);
	build = ask(way, GET_BUILD);
	if (build.eax != ~0u && build.eax != 0 && build.eax != MAGIC)
		put_number(text, size, "build", build.eax);
	nb_cli_put_line(text, size, "via", way->name);
	return (int)strlen(text);
}

static uint32_t offered_calls(void)
{
	struct registers r;

	__cpuid(LEAF_FIRST, r.eax, r.ebx, r.ecx, r.edx);
	/* "VMwa": the leaf means something else to other hypervisors. */
	if (r.ebx != 0x61774d56 || r.eax < LEAF_CALLS)
		return 0;
	__cpuid(LEAF_CALLS, r.eax, r.ebx, r.ecx, r.edx);
	return r.ecx;
}

int nb_cli_probe_vmware(char *text, size_t size)
{
	uint32_t offered = offered_calls();

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		struct way way = ways[i];

		if ((offered & way.offered) != way.offered)
			continue;
		if (nb_cli_child(try_way, &way, CHILD_MS, text, size) > 0)
			return (int)strlen(text);
	}
	text[0] = '\0';
	nb_cli_put_line(text, size, "status", "none");
	return (int)strlen(text);
}
