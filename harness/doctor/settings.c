/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "doctor_private.h"

/* Times are read with RDTSC; these are what the kernel, and a VM's own kernel, read them with. */
static const struct {
	const char *name;
	enum nb_state state;
	const char *why;
} clocks[] = {
	{ "tsc", NB_STATE_GOOD, "the CPU's own counter, read without an exit" },
	{ "hyperv_clocksource_tsc_page", NB_STATE_GOOD,
	  "the CPU's counter, scaled by a page of Hyper-V's, read without an exit" },
	{ "kvm-clock", NB_STATE_GOOD,
	  "the CPU's counter, scaled by a page of KVM's, read without an exit" },
	{ "xen", NB_STATE_WARN,
	  "the CPU's counter, scaled by a page of Xen's; often a system call each" },
	{ "hyperv_clocksource_msr", NB_STATE_BAD, "each reading is an exit to Hyper-V" },
	{ "hyperv_clocksource", NB_STATE_BAD, "each reading is an exit to Hyper-V" },
	{ "acpi_pm", NB_STATE_BAD,
	  "each reading is a port access, in a VM an exit: the kernel found the TSC unstable" },
	{ "hpet", NB_STATE_BAD,
	  "each reading is a device access, in a VM an exit: the kernel found the TSC unstable" },
	{ "jiffies", NB_STATE_BAD, "no better than a timer tick" },
	{ "refined-jiffies", NB_STATE_BAD, "no better than a timer tick" },
};

static void tell_clock(const char *clocksource, struct nb_findings *findings)
{
	enum nb_state state = clocksource[0] ? NB_STATE_INFO : NB_STATE_UNKNOWN;
	const char *why = clocksource[0] ? "not a clock that is known here" : "cannot be read";
	struct nb_finding *finding;

	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		if (strcmp(clocks[i].name, clocksource) != 0)
			continue;
		state = clocks[i].state;
		why = clocks[i].why;
	}
	finding = nb_finding_add(findings, NB_SECTION_SETTINGS, state, "settings.clocksource",
				 "clock source", "%s", clocksource[0] ? clocksource : "unknown");
	nb_finding_how(finding, "%s", why);
	nb_finding_advice(finding,
			  "grep . /sys/devices/system/clocksource/clocksource0/*_clocksource");
}

/* A VM has no say in the clock speed, and mostly cannot see it. */
static void tell_governor(const struct nb_machine *machine, struct nb_findings *findings)
{
	const char *governor = machine->governor;
	struct nb_finding *finding;

	if (!governor[0]) {
		finding = nb_finding_add(findings, NB_SECTION_SETTINGS, NB_STATE_INFO,
					 "settings.governor", "governor", "not visible");
		nb_finding_how(
			finding, "%s",
			machine->hypervisor[0]
				? "the host sets the clock speed and may change it at any time"
				: "no cpufreq driver: the firmware sets the clock speed");
	} else {
		bool full = strcmp(governor, "performance") == 0;

		finding = nb_finding_add(findings, NB_SECTION_SETTINGS,
					 full ? NB_STATE_GOOD : NB_STATE_WARN, "settings.governor",
					 "governor", "%s", governor);
		nb_finding_how(finding, "%s",
			       full ? "the clock speed stays up"
				    : "the clock speed follows the load: short operations are "
				      "measured while it is low");
	}
	nb_finding_advice(finding, "cat /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor");
}

static void tell_thp(const char *thp, struct nb_findings *findings)
{
	enum nb_state state = NB_STATE_UNKNOWN;
	const char *why = "cannot be read";
	struct nb_finding *finding;

	if (strcmp(thp, "madvise") == 0) {
		state = NB_STATE_GOOD;
		why = "large pages for whoever asks for them, as virtual machine monitors do";
	} else if (strcmp(thp, "always") == 0) {
		state = NB_STATE_INFO;
		why = "large pages for everything; making them in the background costs a pause now "
		      "and then";
	} else if (strcmp(thp, "never") == 0) {
		state = NB_STATE_WARN;
		why = "VMs get small pages only: each miss of the TLB walks more page tables, which "
		      "nesting multiplies";
	}
	finding = nb_finding_add(findings, NB_SECTION_SETTINGS, state, "settings.thp",
				 "transparent huge pages", "%s", thp[0] ? thp : "unknown");
	nb_finding_how(finding, "%s", why);
	nb_finding_advice(finding, "cat /sys/kernel/mm/transparent_hugepage/enabled");
}

/* Options of the kernel's command line that change what is measured; "=" ends a prefix. */
static const struct {
	const char *option;
	enum nb_state state;
	const char *why;
} options[] = {
	{ "mitigations=", NB_STATE_INFO, "mitigations cost exits: compare like with like" },
	{ "nohz_full=", NB_STATE_INFO, "fewer timer interrupts on some CPUs" },
	{ "isolcpus=", NB_STATE_INFO, "some CPUs run only what is put there (run --cpu)" },
	{ "rcu_nocbs=", NB_STATE_INFO, "less kernel work on some CPUs" },
	{ "idle=", NB_STATE_INFO, "idle CPUs behave unlike elsewhere: wake-ups do too" },
	{ "cpuidle_haltpoll.force=", NB_STATE_INFO, "idle CPUs poll before they halt" },
	{ "tsc=", NB_STATE_INFO, "the kernel was told what to think of the TSC" },
	{ "clocksource=", NB_STATE_INFO, "the clock source was chosen by hand" },
	{ "no-steal-acc", NB_STATE_WARN, "stolen time is not counted: steal is always 0" },
	{ "no-kvmclock", NB_STATE_INFO, "KVM's clock is not used" },
	{ "nosmt", NB_STATE_INFO, "one thread per core is used" },
	{ "nopti", NB_STATE_INFO, "system calls are cheaper than elsewhere" },
	{ "nopvspin", NB_STATE_INFO, "waiting vCPUs spin" },
	{ "nohlt", NB_STATE_INFO, "idle CPUs do not halt" },
	{ "processor.max_cstate=", NB_STATE_INFO, "idle CPUs sleep less deeply" },
	{ "intel_idle.max_cstate=", NB_STATE_INFO, "idle CPUs sleep less deeply" },
	{ "preempt=", NB_STATE_INFO, "the kernel's preemption was chosen by hand" },
};

enum { OPTION_LENGTH_MAX = 120, LIST_SIZE = 240 };

/* Those that are there, in the order of the command line. */
struct option_list {
	char words[LIST_SIZE], why[LIST_SIZE];
	enum nb_state state;
};

static bool is_option(const char *word, size_t length, const char *option)
{
	size_t prefix = strlen(option);

	if (option[prefix - 1] == '=')
		return length > prefix && memcmp(word, option, prefix) == 0;
	return length == prefix && memcmp(word, option, prefix) == 0;
}

static void add_option(const char *word, size_t length, struct option_list *list)
{
	size_t words = strlen(list->words);
	size_t why = strlen(list->why);
	int shown = (int)(length < OPTION_LENGTH_MAX ? length : OPTION_LENGTH_MAX);

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (!is_option(word, length, options[i].option))
			continue;
		nb_doctor_say(list->words + words, LIST_SIZE - words, "%s%.*s",
			      words > 0 ? " " : "", shown, word);
		nb_doctor_say(list->why + why, LIST_SIZE - why, "%s%s", why > 0 ? "; " : "",
			      options[i].why);
		if (options[i].state == NB_STATE_WARN)
			list->state = NB_STATE_WARN;
		return;
	}
}

static void tell_command_line(const char *text, struct nb_findings *findings)
{
	struct option_list list = { .state = text[0] ? NB_STATE_INFO : NB_STATE_UNKNOWN };
	const char *none = text[0] ? "none that matter here" : "unknown";
	struct nb_finding *finding;

	while (*text) {
		size_t length = strcspn(text, " ");

		add_option(text, length, &list);
		text += length;
		text += strspn(text, " ");
	}
	finding = nb_finding_add(findings, NB_SECTION_SETTINGS, list.state, "settings.cmdline",
				 "kernel options", "%s", list.words[0] ? list.words : none);
	nb_finding_how(finding, "%s", list.why);
	nb_finding_advice(finding, "cat /proc/cmdline");
}

void nb_doctor_settings(const struct nb_world *world, const struct nb_machine *machine,
			struct nb_findings *findings)
{
	tell_clock(machine->clocksource, findings);
	tell_governor(machine, findings);
	tell_thp(machine->thp, findings);
	nb_settings_mitigations(world, findings);
	nb_settings_smt(world, findings);
	nb_settings_steal(world, machine, findings);
	nb_settings_memory(world, findings);
	nb_settings_pressure(world, findings);
	nb_settings_quota(world, findings);
	nb_settings_neighbours(world, machine, findings);
	nb_settings_polling(world, findings);
	tell_command_line(machine->kernel_cmdline, findings);
}
