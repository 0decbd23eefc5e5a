/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/base.h"

#include "doctor_private.h"

enum { PLATFORM_SIZE = 48 };

static bool is_slug(const struct nb_identity *identity, const char *slug)
{
	for (size_t i = 0; i < NB_IDENTITY_SLUGS && identity->slugs[i][0]; i++)
		if (strcmp(identity->slugs[i], slug) == 0)
			return true;
	return false;
}

/* Azure gives nesting to VMs of security type Standard; Trusted Launch is the portal's default. */
static bool secured(const struct nb_identity *identity)
{
	return identity->security[0] && strcmp(identity->security, "Standard") != 0;
}

/*
 * The row of this platform: a slug may be the name of several, as "hyper-v" is for Intel and AMD.
 * NULL where the table has none.
 */
static const struct nb_support_row *find_row(const struct nb_nesting_facts *facts,
					     const struct nb_support_table *table)
{
	const char *slug = facts->identity->slugs[0];
	bool amd = facts->cpu.usual == NB_EXTENSION_SVM;
	const struct nb_support_row *row = NULL;
	char name[PLATFORM_SIZE];

	if (!slug[0])
		return NULL;
	nb_doctor_say(name, sizeof(name), "%s-%s", slug, amd ? "amd" : "intel");
	row = nb_support_find(table, name);
	if (!row)
		row = nb_support_find(table, slug);
	if (!row)
		nb_support_match(table, facts->identity, &row, 1);
	return row;
}

static bool begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* A switch is named only where there is one: nobody should look for what a platform cannot do. */
static void advise_row(const struct nb_support_row *row, char *advice, size_t size)
{
	const char *nesting = row->nesting.text;
	int length = (int)strlen(nesting);

	if (length > 0 && nesting[length - 1] == '.')
		length--;
	if (begins(nesting, "no") || begins(nesting, "unknown"))
		nb_doctor_say(advice, size, "no switch is known on %s (nesting there: %.*s). %s",
			      row->name, length, nesting, row->alternative.text);
	else if (begins(nesting, "partly"))
		nb_doctor_say(advice, size,
			      "switch on nested virtualization for this VM (%.*s): nestbench "
			      "doctor --platform %s",
			      length, nesting, row->id);
	else
		nb_doctor_say(advice, size,
			      "switch on nested virtualization for this VM: nestbench doctor "
			      "--platform %s",
			      row->id);
}

static void advise_platform(const struct nb_nesting_facts *facts, char *advice, size_t size)
{
	const struct nb_support_row *row = NULL;
	struct nb_support_table *table = NULL;

	if (nb_support_open(&table, NULL) == 0)
		row = find_row(facts, table);
	if (row)
		advise_row(row, advice, size);
	else
		nb_doctor_say(advice, size,
			      "switch on nested virtualization for this VM: nestbench doctor "
			      "--platforms tells how for each platform");
	nb_support_close(table);
}

void nb_nesting_switch(const struct nb_nesting_facts *facts, char *advice, size_t size)
{
	const struct nb_identity *identity = facts->identity;

	if (identity->wsl == 2)
		nb_doctor_say(
			advice, size,
			"on Windows 11: nestedVirtualization=true under [wsl2] in "
			"%%UserProfile%%\\.wslconfig, then wsl --shutdown; where Windows is a "
			"VM itself, its hypervisor must allow it too: nestbench doctor "
			"--platforms");
	else if (secured(identity))
		nb_doctor_say(
			advice, size,
			"this VM has the security type %s: make it anew with the type Standard, "
			"of a size that supports nested virtualization: nestbench doctor "
			"--platform azure",
			identity->security);
	else if (identity->hypervisor == NB_HYPERVISOR_NONE)
		nb_doctor_say(advice, size,
			      "switch on VT-x (Intel) or SVM mode (AMD) in the firmware's set-up, "
			      "then start the machine anew");
	else
		advise_platform(facts, advice, size);
}

/* Docker Desktop stands beside us, on Windows: what it needs is not what is asked here. */
static void tell_windows(const struct nb_identity *identity, struct nb_findings *findings)
{
	if (identity->wsl != 2)
		return;
	nb_finding_how(
		nb_finding_add(findings, NB_SECTION_NESTING, NB_STATE_INFO, "nesting.windows",
			       "Windows below", "can run VMs: WSL 2 is one and runs"),
		"the verdict is about one more VM, inside WSL 2 (KVM); Docker Desktop on the "
		"WSL 2 backend does not need that one");
}

/* Whoever reads the first lines only would take a no for one to Docker Desktop. */
static void note_windows(const struct nb_identity *identity, struct nb_nesting *nesting)
{
	if (identity->wsl != 2 || nesting->note[0] ||
	    (nesting->verdict != NB_NESTING_NO && nesting->verdict != NB_NESTING_UNKNOWN))
		return;
	nb_doctor_say(nesting->note, sizeof(nesting->note),
		      "this is about VMs inside WSL 2; Docker Desktop on the WSL 2 backend does "
		      "not need them, and WSL 2 itself, a VM of Windows, runs");
}

static void tell_security(const struct nb_identity *identity, const struct nb_cpu_witness *cpu,
			  struct nb_findings *findings)
{
	struct nb_finding *finding;

	if (!secured(identity) || !is_slug(identity, "azure") || cpu->found != NB_EXTENSION_NONE)
		return;
	finding = nb_finding_add(findings, NB_SECTION_NESTING, NB_STATE_BAD, "nesting.security",
				 "security type", "%s", identity->security);
	nb_finding_how(finding, "Azure's metadata; nested virtualization wants the type Standard");
}

void nb_doctor_nesting(const struct nb_world *world, const struct nb_machine *machine,
		       const struct nb_identity *identity, struct nb_nesting *nesting,
		       struct nb_findings *findings)
{
	struct nb_nesting_facts facts = { .machine = machine, .identity = identity };

	*nesting = (struct nb_nesting){ .verdict = NB_NESTING_UNKNOWN };
	nb_nesting_ask_cpu(world, identity, &facts.cpu, findings);
	nb_nesting_ask_module(world, &facts, findings);
	nb_nesting_ask_device(world, &facts.device, findings);
	tell_security(identity, &facts.cpu, findings);
	tell_windows(identity, findings);
	nb_nesting_judge(&facts, nesting);
	nb_nesting_slow(&facts, nesting);
	note_windows(identity, nesting);
}
