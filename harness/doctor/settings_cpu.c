/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "doctor_private.h"

enum { PATH_SIZE = 192, STATE_SIZE = 256, LIST_SIZE = 160 };

static const char folder[] = "/sys/devices/system/cpu/vulnerabilities";

/*
 * Phrases of a vulnerability's state that tell of work on every exit from a VM or entry into one;
 * whole phrases, since "IBPB: disabled" and "eIBRS: Not affected" tell of none.
 */
static const char *const exit_work[] = {
	"Clear CPU buffers", "cache flushes",	 "Mitigation: IBRS",	   "Enhanced IBRS",
	"Automatic IBRS",    "Mitigation: IBPB", "IBPB on VMEXIT",	   "IBPB before exit",
	"Safe RET",	     "RSB filling",	 "untrained return thunk",
};

struct mitigations {
	char exits[LIST_SIZE]; /* those that cost exits */
	int on, open, unaffected;
};

static bool costs_exits(const char *state)
{
	for (size_t i = 0; i < sizeof(exit_work) / sizeof(exit_work[0]); i++)
		if (strstr(state, exit_work[i]))
			return true;
	return false;
}

/* The kernel's words (Documentation/admin-guide/hw-vuln): "Not affected", "Vulnerable...", ... */
static void count(struct mitigations *mitigations, const char *name, const char *state)
{
	size_t length = strlen(mitigations->exits);

	if (strncmp(state, "Not affected", strlen("Not affected")) == 0) {
		mitigations->unaffected++;
		return;
	}
	if (strncmp(state, "Mitigation", strlen("Mitigation")) == 0 ||
	    strncmp(state, "KVM: Mitigation", strlen("KVM: Mitigation")) == 0)
		mitigations->on++;
	else
		mitigations->open++;
	if (costs_exits(state))
		nb_doctor_say(mitigations->exits + length, LIST_SIZE - length, "%s%s",
			      length > 0 ? ", " : "", name);
}

void nb_settings_mitigations(const struct nb_world *world, struct nb_findings *findings)
{
	struct mitigations mitigations = { .on = 0 };
	struct nb_world_names names;
	struct nb_finding *finding;
	int total;

	names.count = 0;
	world->names(world->self, folder, "", &names);
	for (size_t i = 0; i < names.count; i++) {
		char path[PATH_SIZE];
		char state[STATE_SIZE];

		nb_doctor_say(path, sizeof(path), "%s/%s", folder, names.name[i]);
		if (nb_world_line(world, path, state, sizeof(state)))
			count(&mitigations, names.name[i], state);
	}
	total = mitigations.on + mitigations.open + mitigations.unaffected;
	if (total == 0)
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_UNKNOWN,
					 "settings.mitigations", "mitigations", "unknown");
	else
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_INFO,
					 "settings.mitigations", "mitigations",
					 "%d on, %d vulnerable, %d not affected", mitigations.on,
					 mitigations.open, mitigations.unaffected);
	if (mitigations.exits[0])
		nb_finding_how(finding,
			       "work on exits: %s; compare only with machines that do it "
			       "too",
			       mitigations.exits);
	else if (total > 0)
		nb_finding_how(finding, "none is known to add work to exits");
	nb_finding_advice(finding, "grep -r . %s", folder);
}

/* The hypervisor may tell a VM of siblings that are none, and hide those that are. */
void nb_settings_smt(const struct nb_world *world, struct nb_findings *findings)
{
	int64_t active = nb_world_number(world, "/sys/devices/system/cpu/smt/active");
	char siblings[STATE_SIZE];
	struct nb_finding *finding;
	bool known =
		nb_world_line(world, "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list",
			      siblings, sizeof(siblings));
	/* One CPU is "0"; more are "0-1" or "0,64". */
	bool shared = known && strpbrk(siblings, ",-") != NULL;

	if (!known && active < 0)
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_UNKNOWN,
					 "settings.smt", "threads per core", "unknown");
	else if (shared)
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_INFO,
					 "settings.smt", "threads per core",
					 "more than one (CPUs %s share a core)", siblings);
	else
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS,
					 active > 0 ? NB_STATE_INFO : NB_STATE_GOOD, "settings.smt",
					 "threads per core", "%s",
					 active > 0 ? "more than one" : "one");
	if (shared || active > 0)
		nb_finding_how(finding, "what runs on the other thread slows this one down");
	else if (known || active == 0)
		nb_finding_how(finding,
			       "as this machine is told; in a VM the host may share the core "
			       "with others all the same");
	nb_finding_advice(finding, "lscpu --extended");
}
