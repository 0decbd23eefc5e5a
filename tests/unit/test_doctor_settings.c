/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/doctor.h"

#include "doctor_world.h"

/* Settings of machines in memory: the state and the words that go with it. */

#define CPUS "/sys/devices/system/cpu/"

static void examine(struct doctor_world *here, const struct nb_machine *machine,
		    struct nb_findings *findings)
{
	findings->count = 0;
	findings->dropped = 0;
	nb_doctor_settings(&here->world, machine, findings);
}

static const struct nb_finding *expect(const struct nb_findings *findings, const char *key,
				       enum nb_state state, const char *part)
{
	const struct nb_finding *finding = nb_finding_find(findings, key);

	if (!finding)
		fail_msg("there is no finding %s", key);
	if (!strstr(finding->value, part))
		fail_msg("%s is \"%s\", wanted \"%s\"", key, finding->value, part);
	if (finding->state != state)
		fail_msg("%s has state %d, wanted %d", key, (int)finding->state, (int)state);
	assert_int_equal(finding->section, NB_SECTION_SETTINGS);
	return finding;
}

/* One file in an otherwise empty world. */
static void expect_with(const char *path, const char *text, const char *key, enum nb_state state,
			const char *part)
{
	struct nb_machine machine = { .hypervisor = "KVMKVMKVM" };
	struct nb_findings findings;
	struct doctor_world here;

	doctor_world_init(&here);
	doctor_world_file(&here, path, text);
	examine(&here, &machine, &findings);
	expect(&findings, key, state, part);
}

static void every_finding_has_a_command_and_its_own_key(void **state)
{
	struct nb_machine machine = { .hypervisor = "KVMKVMKVM", .kernel_cmdline = "quiet" };
	struct nb_findings findings;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	doctor_world_file(&here, "/sys/kernel/mm/ksm/run", "1\n");
	doctor_world_file(&here, "/sys/fs/cgroup/cpu.max", "50000 100000\n");
	doctor_world_file(&here, "/sys/module/kvm/parameters/halt_poll_ns", "200000\n");
	doctor_world_file(&here, CPUS "cpuidle/current_driver", "haltpoll\n");
	examine(&here, &machine, &findings);
	assert_int_equal(findings.dropped, 0);
	assert_in_range(findings.count, 15, 24);
	for (size_t i = 0; i < findings.count; i++) {
		const struct nb_finding *finding = &findings.items[i];

		assert_true(finding->advice[0] != '\0');
		assert_ptr_equal(nb_finding_find(&findings, finding->key), finding);
	}
}

static void nothing_known_is_said_to_be_unknown(void **state)
{
	static const char *const keys[] = { "clocksource",  "thp", "mitigations", "smt",  "swap",
					    "pressure_cpu", "vms", "cmdline",	  "steal" };
	struct nb_machine machine = { .hypervisor = "" };
	struct nb_findings findings;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	examine(&here, &machine, &findings);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char key[40];

		snprintf(key, sizeof(key), "settings.%s", keys[i]);
		expect(&findings, key, NB_STATE_UNKNOWN, "unknown");
	}
}

static void clocks_that_exit_are_bad(void **state)
{
	static const struct {
		const char *name;
		enum nb_state state;
	} clocks[] = {
		{ "tsc", NB_STATE_GOOD },	{ "hyperv_clocksource_tsc_page", NB_STATE_GOOD },
		{ "kvm-clock", NB_STATE_GOOD }, { "hyperv_clocksource_msr", NB_STATE_BAD },
		{ "acpi_pm", NB_STATE_BAD },	{ "hpet", NB_STATE_BAD },
		{ "jiffies", NB_STATE_BAD },	{ "sundial", NB_STATE_INFO },
	};
	struct nb_findings findings;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
		struct nb_machine machine = { .cpus = 1 };

		nb_base_copy(machine.clocksource, sizeof(machine.clocksource), clocks[i].name);
		examine(&here, &machine, &findings);
		expect(&findings, "settings.clocksource", clocks[i].state, clocks[i].name);
	}
}

static void a_governor_that_follows_the_load_is_warned_of(void **state)
{
	struct nb_machine machine = { .governor = "powersave", .thp = "never" };
	struct nb_findings findings;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	examine(&here, &machine, &findings);
	expect(&findings, "settings.governor", NB_STATE_WARN, "powersave");
	expect(&findings, "settings.thp", NB_STATE_WARN, "never");
	nb_base_copy(machine.governor, sizeof(machine.governor), "performance");
	nb_base_copy(machine.thp, sizeof(machine.thp), "madvise");
	examine(&here, &machine, &findings);
	expect(&findings, "settings.governor", NB_STATE_GOOD, "performance");
	expect(&findings, "settings.thp", NB_STATE_GOOD, "madvise");
	machine.governor[0] = '\0';
	examine(&here, &machine, &findings);
	expect(&findings, "settings.governor", NB_STATE_INFO, "not visible");
}

static void mitigations_on_exits_are_named(void **state)
{
	struct nb_machine machine = { .cpus = 1 };
	const struct nb_finding *finding;
	struct nb_findings findings;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	doctor_world_file(&here, CPUS "vulnerabilities/l1tf",
			  "Mitigation: PTE Inversion; VMX: conditional cache flushes\n");
	doctor_world_file(&here, CPUS "vulnerabilities/mds",
			  "Mitigation: Clear CPU buffers; SMT Host state unknown\n");
	doctor_world_file(&here, CPUS "vulnerabilities/spectre_v1",
			  "Mitigation: usercopy/swapgs barriers\n");
	doctor_world_file(&here, CPUS "vulnerabilities/mmio_stale_data",
			  "Vulnerable: Clear CPU buffers attempted, no microcode\n");
	doctor_world_file(&here, CPUS "vulnerabilities/itlb_multihit",
			  "KVM: Mitigation: VMX disabled\n");
	doctor_world_file(&here, CPUS "vulnerabilities/spectre_v2",
			  "Mitigation: Retpolines; IBPB: disabled; PBRSB-eIBRS: Not affected\n");
	doctor_world_file(&here, CPUS "vulnerabilities/srbds", "Not affected\n");
	examine(&here, &machine, &findings);
	finding = expect(&findings, "settings.mitigations", NB_STATE_INFO,
			 "5 on, 1 vulnerable, 1 not affected");
	assert_non_null(strstr(finding->how, ": l1tf, mds, mmio_stale_data;"));
}

static void steal_is_a_share_of_all_time(void **state)
{
	(void)state;
	/* Guest time (the ninth number) is in user time already and must not count twice. */
	expect_with("/proc/stat", "cpu  400 0 100 480 10 0 5 5 390 0\ncpu0 1\n", "settings.steal",
		    NB_STATE_GOOD, "0.50 % since boot");
	expect_with("/proc/stat", "cpu  100 0 0 880 0 0 0 20 0 0\n", "settings.steal",
		    NB_STATE_WARN, "2.00 %");
	expect_with("/proc/stat", "cpu  100 0 0 800 0 0 0 100 0 0\n", "settings.steal",
		    NB_STATE_BAD, "10.00 %");
	expect_with("/proc/stat", "cpu  1 2 3\n", "settings.steal", NB_STATE_UNKNOWN, "unknown");
	expect_with("/proc/stat", "cpu  0 0 0 0 0 0 0 0\n", "settings.steal", NB_STATE_UNKNOWN,
		    "unknown");
}

static void no_steal_says_nothing_where_nobody_tells_it(void **state)
{
	struct nb_machine machine = { .hypervisor = "Microsoft Hv" };
	struct nb_findings findings;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	doctor_world_file(&here, "/proc/stat", "cpu  100 0 0 900 0 0 0 0 0 0\n");
	examine(&here, &machine, &findings);
	expect(&findings, "settings.steal", NB_STATE_UNKNOWN, "0 since boot");
	machine.hypervisor[0] = '\0';
	examine(&here, &machine, &findings);
	expect(&findings, "settings.steal", NB_STATE_GOOD, "0.00 %");
}

static void swap_in_use_is_warned_of(void **state)
{
	static const char path[] = "/proc/meminfo";

	(void)state;
	expect_with(path, "MemTotal: 8 kB\nSwapTotal:       4096 kB\nSwapFree:        1024 kB\n",
		    "settings.swap", NB_STATE_WARN, "3 of 4 MiB");
	expect_with(path, "SwapTotal: 4096 kB\nSwapFree: 4096 kB\n", "settings.swap", NB_STATE_GOOD,
		    "0 of 4 MiB");
	expect_with(path, "SwapTotal: 0 kB\nSwapFree: 0 kB\n", "settings.swap", NB_STATE_GOOD,
		    "none");
	expect_with(path, "SwapTotal: 1024 kB\nSwapFree: 4096 kB\n", "settings.swap",
		    NB_STATE_UNKNOWN, "unknown");
	expect_with(path, "SwapTotal: lots\nSwapFree: 1 kB\n", "settings.swap", NB_STATE_UNKNOWN,
		    "unknown");
}

static void pressure_is_read_whatever_the_locale(void **state)
{
	(void)state;
	expect_with("/proc/pressure/cpu", "some avg10=12.05 avg60=2.15 avg300=2.87 total=1\n",
		    "settings.pressure_cpu", NB_STATE_WARN, "12.05 %");
	expect_with("/proc/pressure/memory", "some avg10=0.99 avg60=0.00 avg300=0.00 total=0\n",
		    "settings.pressure_memory", NB_STATE_GOOD, "0.99 %");
	expect_with("/proc/pressure/cpu", "some avg10=lots\n", "settings.pressure_cpu",
		    NB_STATE_UNKNOWN, "unknown");
	expect_with("/proc/pressure/cpu", "some avg10=99999999999999999999.1\n",
		    "settings.pressure_cpu", NB_STATE_UNKNOWN, "unknown");
}

static void siblings_that_share_a_core_are_named(void **state)
{
	(void)state;
	expect_with(CPUS "cpu0/topology/thread_siblings_list", "0,32\n", "settings.smt",
		    NB_STATE_INFO, "CPUs 0,32 share a core");
	expect_with(CPUS "cpu0/topology/thread_siblings_list", "0\n", "settings.smt", NB_STATE_GOOD,
		    "one");
	expect_with(CPUS "smt/active", "1\n", "settings.smt", NB_STATE_INFO, "more than one");
}

static void vms_in_this_machine_are_counted_where_that_can_be_seen(void **state)
{
	struct nb_machine machine = { .cpus = 1 };
	struct nb_findings findings;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	doctor_world_file(&here, "/sys/kernel/debug/kvm/1201-14/exits", "1\n");
	doctor_world_file(&here, "/sys/kernel/debug/kvm/990-3/exits", "1\n");
	doctor_world_file(&here, "/sys/kernel/debug/kvm/exits", "2\n");
	examine(&here, &machine, &findings);
	expect(&findings, "settings.vms", NB_STATE_WARN, "2");
	assert_null(nb_finding_find(&findings, "settings.neighbours"));
	expect_with("/sys/module/kvm_amd/refcnt", "0\n", "settings.vms", NB_STATE_GOOD, "none");
	expect_with("/sys/module/kvm_intel/refcnt", "4\n", "settings.vms", NB_STATE_WARN, "some");
	expect_with("/sys/module/kvm_intel/refcnt", "4\n", "settings.neighbours", NB_STATE_UNKNOWN,
		    "cannot be seen");
}

static void quotas_and_polling_are_told(void **state)
{
	struct nb_machine machine = { .cpus = 1 };
	struct nb_findings findings;
	struct doctor_world here;

	(void)state;
	expect_with("/sys/fs/cgroup/cpu.max", "50000 100000\n", "settings.quota", NB_STATE_BAD,
		    "50000 100000");
	expect_with("/sys/module/kvm/parameters/halt_poll_ns", "200000\n", "settings.halt_polling",
		    NB_STATE_INFO, "200 us");
	expect_with("/sys/kernel/mm/ksm/run", "1\n", "settings.ksm", NB_STATE_WARN, "on");
	doctor_world_init(&here);
	doctor_world_file(&here, "/sys/fs/cgroup/cpu.max", "max 100000\n");
	doctor_world_file(&here, "/sys/kernel/mm/ksm/run", "0\n");
	examine(&here, &machine, &findings);
	assert_null(nb_finding_find(&findings, "settings.quota"));
	assert_null(nb_finding_find(&findings, "settings.ksm"));
}

static void kernel_options_that_matter_are_picked_out(void **state)
{
	struct nb_machine machine = { .kernel_cmdline = "quiet nohz_full=1-3  idle=poll nohz_full "
							"xidle=1 no-steal-acc tsc= root=/dev/vda" };
	const struct nb_finding *finding;
	struct nb_findings findings;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	examine(&here, &machine, &findings);
	finding = expect(&findings, "settings.cmdline", NB_STATE_WARN, "");
	assert_string_equal(finding->value, "nohz_full=1-3 idle=poll no-steal-acc");
	assert_non_null(strstr(finding->how, "steal is always 0"));
	nb_base_copy(machine.kernel_cmdline, sizeof(machine.kernel_cmdline), "quiet splash");
	examine(&here, &machine, &findings);
	expect(&findings, "settings.cmdline", NB_STATE_INFO, "none that matter");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_finding_has_a_command_and_its_own_key),
		cmocka_unit_test(nothing_known_is_said_to_be_unknown),
		cmocka_unit_test(clocks_that_exit_are_bad),
		cmocka_unit_test(a_governor_that_follows_the_load_is_warned_of),
		cmocka_unit_test(mitigations_on_exits_are_named),
		cmocka_unit_test(steal_is_a_share_of_all_time),
		cmocka_unit_test(no_steal_says_nothing_where_nobody_tells_it),
		cmocka_unit_test(swap_in_use_is_warned_of),
		cmocka_unit_test(pressure_is_read_whatever_the_locale),
		cmocka_unit_test(siblings_that_share_a_core_are_named),
		cmocka_unit_test(vms_in_this_machine_are_counted_where_that_can_be_seen),
		cmocka_unit_test(quotas_and_polling_are_told),
		cmocka_unit_test(kernel_options_that_matter_are_picked_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
