/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/fit.h"

/*
 * Docker Desktop's WSL 2 backend fails where WSL's own time limits do. Their defaults are in
 * https://github.com/microsoft/WSL src/windows/common/WslCoreConfig.h; the kernel's was 30 s until
 * it was raised to 90 s in 2026 (https://github.com/microsoft/WSL/pull/41165), because machines
 * under load ran into it. Which WSL there will be is not known here, so the shorter one counts.
 */
enum { KERNEL_LIMIT_S = 30, START_LIMIT_S = 60 };

/*
 * How long they will take is derived: what WSL's boot takes where nothing is wrong (1 to 3 s, the
 * same pull request) and the exits of a boot at what an exit costs here.
 *
 * Exits of a whole Linux VM's boot were counted by people who put counters into KVM:
 * https://github.com/jenniferhou762/cmpe-283-2 has 195 248 and
 * https://github.com/nicolashanout/linux 583 999. These VMs had a firmware and a desktop; WSL's
 * kernel is loaded directly, so the higher count is rather too high.
 *
 * An exit for I/O costs more than the CPUID that was measured here: 29.34 against 7.10 us for KVM
 * on KVM in the PVM paper (https://doi.org/10.1145/3600006.3613158). Of the exits that the second
 * of them lists by kind, 36 % were port or memory-mapped I/O. So the higher count weighs
 * 0.64 + 0.36 * 29.34 / 7.10 = 2.13 times as much; for the lower one every exit is a CPUID.
 */
static const double boot_least = 1, boot_most = 3;
static const double exits_least = 195248, exits_most = 583999 * 2.13;

/* An empty VM that takes a tenth of the limit leaves little hope for one with a kernel in it. */
static const double empty_part = 0.1;

/* https://docs.docker.com/desktop/setup/install/windows-install/ for either backend */
static const double docker_gib = 4;
/* https://learn.microsoft.com/windows/wsl/wsl-config */
static const double wsl_part = 0.5;
static const double gib = 1024.0 * 1024 * 1024;

enum { DURATION_SIZE = 24 };

/* What is asked: which limit, and the setting that lifts it. */
struct wait {
	const char *key, *label;
	const char *setting; /* of .wslconfig */
	double limit;	     /* seconds */
};

/* What all of the findings here start from. */
struct outlook {
	const struct nb_nesting *nesting;
	const struct nb_pace *pace;
	struct nb_findings *findings;
	int wsl;
};

static const char *write_seconds(double seconds, char text[DURATION_SIZE])
{
	int digits = seconds < 10 ? 1 : 0;

	snprintf(text, DURATION_SIZE, "%.*f s", digits, seconds);
	return text;
}

static const char *write_exit(double ns, char text[DURATION_SIZE])
{
	if (ns < 1000)
		snprintf(text, DURATION_SIZE, "%.0f ns", ns);
	else
		snprintf(text, DURATION_SIZE, "%.1f us", ns / 1000);
	return text;
}

static bool is_time(double value)
{
	return isfinite(value) && value > 0;
}

static struct nb_finding *add(const struct outlook *outlook, enum nb_state state,
			      const struct wait *wait, const char *value)
{
	return nb_finding_add(outlook->findings, NB_SECTION_READINESS, state, wait->key,
			      wait->label, "%s", value);
}

/* True if there is nothing to be estimated. */
static bool say_plain(const struct outlook *outlook, const struct wait *wait)
{
	struct nb_finding *finding;

	if (outlook->wsl == 2) {
		finding = add(outlook, NB_STATE_GOOD, wait,
			      "likely fine: this is WSL 2, so it came through at least once");
		nb_finding_how(finding, "we run in it");
	} else if (outlook->nesting->verdict == NB_NESTING_NO) {
		finding = add(outlook, NB_STATE_BAD, wait,
			      "at risk: no VM starts inside this one, so WSL 2 does not either");
		nb_finding_how(finding, "%s", outlook->nesting->reason);
		nb_finding_advice(finding, "%s", outlook->nesting->advice);
	} else {
		return false;
	}
	return true;
}

/* True if even an empty VM is slow. */
static bool say_slow_start(const struct outlook *outlook, const struct wait *wait)
{
	double seconds = outlook->pace->vm_boot_ms / 1000;
	char took[DURATION_SIZE];
	struct nb_finding *finding;

	if (!is_time(seconds) || seconds < wait->limit * empty_part)
		return false;
	finding = nb_finding_add(outlook->findings, NB_SECTION_READINESS, NB_STATE_WARN, wait->key,
				 wait->label, "at risk: an empty VM alone takes %s of WSL's %.0f s",
				 write_seconds(seconds, took), wait->limit);
	nb_finding_how(finding, "measured: from opening /dev/kvm to our microguest's first answer");
	nb_finding_advice(finding, "look for steal and other load first; then see %s in .wslconfig",
			  wait->setting);
	return true;
}

/*
 * Where a VM was started, its exits were timed at once, and a session would fare no better: KVM
 * counted none, as kvm_pvm does, which interprets the guest's kernel mode.
 */
static void say_unknown(const struct outlook *outlook, const struct wait *wait)
{
	bool tried = is_time(outlook->pace->vm_boot_ms);
	struct nb_finding *finding =
		add(outlook, NB_STATE_UNKNOWN, wait,
		    tried ? "unknown: what an exit costs cannot be measured with this KVM"
			  : "unknown: what an exit costs here is not measured");

	nb_finding_how(finding, "WSL waits %.0f s; a boot takes 195 248 to 583 999 exits%s",
		       wait->limit,
		       tried ? "; a CPUID in a VM is none here, or KVM does not count it" : "");
	if (!tried)
		nb_finding_advice(finding, "%s",
				  outlook->nesting->advice[0] ? outlook->nesting->advice
							      : "nestbench run exit.cpuid");
}

static void say_estimate(const struct outlook *outlook, const struct wait *wait)
{
	double exit = outlook->pace->exit_ns * 1e-9;
	double least = boot_least + exits_least * exit, most = boot_most + exits_most * exit;
	bool fine = most < wait->limit;
	char from[DURATION_SIZE], to[DURATION_SIZE], each[DURATION_SIZE];
	struct nb_finding *finding = nb_finding_add(
		outlook->findings, NB_SECTION_READINESS,
		fine ? NB_STATE_GOOD : (least < wait->limit ? NB_STATE_WARN : NB_STATE_BAD),
		wait->key, wait->label, "%s: about %s to %s; WSL waits %.0f s",
		fine ? "likely fine" : "at risk", write_seconds(least, from),
		write_seconds(most, to), wait->limit);

	nb_finding_how(finding,
		       "derived: 1 to 3 s where all is well (microsoft/WSL#41165) and 195 248 to "
		       "583 999 exits of a Linux boot (counted by others), each %s here, an I/O "
		       "4.1 times that (PVM, SOSP 2023). Measured with KVM; Hyper-V may differ",
		       write_exit(outlook->pace->exit_ns, each));
	if (!fine)
		nb_finding_advice(finding,
				  "in %%UserProfile%%\\.wslconfig, below [wsl2]: %s=%.0f makes WSL "
				  "wait longer; error 0x800705b4 is this limit",
				  wait->setting, wait->limit * 3000);
}

static void say_wait(const struct outlook *outlook, const struct wait *wait)
{
	if (say_plain(outlook, wait) || say_slow_start(outlook, wait))
		return;
	if (is_time(outlook->pace->exit_ns))
		say_estimate(outlook, wait);
	else
		say_unknown(outlook, wait);
}

static void say_limits(const struct outlook *outlook)
{
	struct nb_finding *finding = nb_finding_add(
		outlook->findings, NB_SECTION_READINESS, NB_STATE_INFO, "readiness.limits",
		"WSL's time limits",
		"kernel boot 30 s (newer: 90 s), distribution start 60 s, mounting a disk 5 s; "
		"after 60 s idle the VM is ended, so a cold start comes often");

	nb_finding_how(finding, "defaults in github.com/microsoft/WSL, WslCoreConfig.h; Docker "
				"Desktop's WSL 2 backend lives with them");
}

static void say_empty_vm(const struct outlook *outlook)
{
	struct nb_finding *finding;

	if (!is_time(outlook->pace->vm_boot_ms))
		return;
	finding = nb_finding_add(outlook->findings, NB_SECTION_READINESS, NB_STATE_INFO,
				 "readiness.empty_vm", "an empty VM", "starts in %.1f ms",
				 outlook->pace->vm_boot_ms);
	nb_finding_how(finding, "measured: from opening /dev/kvm to our microguest's first answer");
}

static void say_mount(const struct outlook *outlook)
{
	static const struct wait wait = {
		.key = "readiness.mount_device",
		.label = "mounting its disk",
	};
	struct nb_finding *finding;

	if (outlook->wsl == 2 || outlook->nesting->verdict == NB_NESTING_NO)
		return;
	finding = add(outlook, NB_STATE_UNKNOWN, &wait,
		      "unknown: the time goes to the disk, which is not measured");
	nb_finding_how(finding, "WSL waits 5 s for a virtual disk to appear and be mounted");
}

static void say_memory(const struct outlook *outlook, const struct nb_machine *machine)
{
	static const struct wait wait = { .key = "readiness.memory", .label = "memory" };
	double memory = (double)machine->memory_bytes / gib;
	struct nb_finding *finding;

	if (outlook->wsl == 2) {
		finding = add(outlook, NB_STATE_UNKNOWN, &wait,
			      "unknown: WSL 2 sees its own share, not the VM's memory");
	} else if (machine->memory_bytes <= 0) {
		finding = add(outlook, NB_STATE_UNKNOWN, &wait, "unknown");
	} else {
		bool enough = memory >= docker_gib * (1 - NB_FIT_MEMORY_TOLERANCE);

		finding = nb_finding_add(
			outlook->findings, NB_SECTION_READINESS,
			enough ? NB_STATE_GOOD : NB_STATE_BAD, wait.key, wait.label,
			"%s: %.1f GiB; Docker asks for %.0f GB, and WSL 2 takes up to %.1f GiB",
			enough ? "likely fine" : "at risk", memory, docker_gib, memory * wsl_part);
	}
	nb_finding_how(finding,
		       "Docker's requirements for Windows (docs.docker.com/desktop/setup/install/"
		       "windows-install); WSL 2 takes 50 %% by default "
		       "(learn.microsoft.com/windows/wsl/wsl-config)");
}

void nb_doctor_readiness(const struct nb_machine *machine, const struct nb_identity *identity,
			 const struct nb_nesting *nesting, const struct nb_pace *pace,
			 struct nb_findings *findings)
{
	static const struct wait waits[] = {
		{ .key = "readiness.kernel_boot",
		  .label = "WSL 2's kernel boots",
		  .setting = "kernelBootTimeout",
		  .limit = KERNEL_LIMIT_S },
		{ .key = "readiness.distribution_start",
		  .label = "a distribution starts",
		  .setting = "distributionStartTimeout",
		  .limit = START_LIMIT_S },
	};
	const struct outlook outlook = {
		.nesting = nesting,
		.pace = pace,
		.findings = findings,
		.wsl = identity->wsl,
	};

	say_empty_vm(&outlook);
	for (size_t i = 0; i < sizeof(waits) / sizeof(waits[0]); i++)
		say_wait(&outlook, &waits[i]);
	say_mount(&outlook);
	say_memory(&outlook, machine);
	say_limits(&outlook);
}
