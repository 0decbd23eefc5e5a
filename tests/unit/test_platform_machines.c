/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/base.h"

#include "../../harness/platform/platform_parts.h"
#include "test_platform_tree.h"

#define CASE(name) NB_TEST_DATA "/platform/" name

/* Copies of /proc, /sys and /etc of whole machines; bare-intel has CPUID as well. */
static void read_case(struct nb_machine *machine, const char *root)
{
	struct nb_error error = { 0 };

	memset(machine, 0x5a, sizeof(*machine));
	assert_int_equal(tree_read(machine, root, -1, &error), 0);
}

static void a_kvm_guest_is_decoded(void **state)
{
	struct nb_machine machine;

	(void)state;
	read_case(&machine, CASE("kvm-guest"));
	assert_string_equal(machine.topology, "1 socket x 2 cores x 2 threads");
	assert_int_equal(machine.cpus, 4);
	assert_int_equal(machine.memory_bytes, INT64_C(8123456) * 1024);
	assert_int_equal(machine.swap_bytes, INT64_C(998396) * 1024);
	assert_string_equal(machine.microcode, "0x1000065");
	assert_string_equal(machine.dmi_vendor, "QEMU");
	assert_string_equal(machine.dmi_product, "Standard PC (Q35 + ICH9, 2009)");
	assert_string_equal(machine.dmi_version, "pc-q35-7.2");
	assert_string_equal(machine.dmi_bios, "SeaBIOS 1.16.2-debian-1.16.2-1");
	assert_string_equal(machine.os, "Debian GNU/Linux 12 (bookworm)");
	assert_string_equal(machine.kernel,
			    "6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)");
	assert_string_equal(machine.kernel_cmdline,
			    "BOOT_IMAGE=/boot/vmlinuz-6.1.0-18-amd64 root=/dev/vda1 ro quiet");
	assert_string_equal(machine.clocksource, "kvm-clock");
	assert_string_equal(machine.thp, "always");
	assert_string_equal(machine.boot_id, "0b1f1b52-6c0e-4f3a-9d2e-5a7c3b1d9e10");
	assert_string_equal(
		machine.mitigations,
		"meltdown: Not affected; "
		"retbleed: Mitigation: untrained return thunk; SMT enabled with STIBP protection; "
		"spectre_v1: Mitigation: usercopy/swapgs barriers and __user pointer sanitization; "
		"spectre_v2: Mitigation: Retpolines, IBPB: conditional, IBRS_FW, "
		"STIBP: conditional, RSB filling");
}

static void what_a_kvm_guest_lacks_is_empty(void **state)
{
	struct nb_machine machine;

	(void)state;
	read_case(&machine, CASE("kvm-guest"));
	assert_string_equal(machine.cloud, "");
	assert_string_equal(machine.instance, "");
	assert_string_equal(machine.host, "");
	assert_string_equal(machine.wsl, "");
	assert_string_equal(machine.container, "");
	assert_string_equal(machine.governor, "");
	assert_string_equal(machine.kvm_module, "");
	assert_string_equal(machine.kvm_parameters, "");
	/* Its flags have svm_lock, which is not svm. */
	assert_int_equal(tree_virtualization(CASE("kvm-guest")), NB_VIRT_NONE);
}

static void a_wsl_2_distribution_is_decoded(void **state)
{
	struct nb_machine machine;
	char clocksource[sizeof(machine.clocksource)];

	(void)state;
	read_case(&machine, CASE("wsl2"));
	assert_string_equal(machine.wsl, "2");
	assert_string_equal(machine.container, "");
	assert_string_equal(machine.cloud, "");
	assert_string_equal(machine.dmi_vendor, "");
	assert_string_equal(machine.dmi_bios, "");
	assert_string_equal(machine.topology, "1 socket x 4 cores x 2 threads");
	assert_int_equal(machine.cpus, 8);
	assert_int_equal(machine.swap_bytes, INT64_C(2147483648));
	assert_string_equal(machine.os, "Ubuntu 22.04.4 LTS");
	/* The name may be longer than the fact's text. */
	nb_base_copy(clocksource, sizeof(clocksource), "hyperv_clocksource_tsc_page");
	assert_string_equal(machine.clocksource, clocksource);
	assert_string_equal(machine.thp, "madvise");
	/* Both vendors' modules are built in; the CPU says which one works. */
	assert_string_equal(machine.kvm_module, "kvm_intel");
	assert_string_equal(
		machine.kvm_parameters,
		"kvm.halt_poll_ns=200000 kvm.ignore_msrs=N kvm_intel.enlightened_vmcs=N "
		"kvm_intel.ept=Y kvm_intel.nested=Y");
	assert_int_equal(tree_virtualization(CASE("wsl2")), NB_VIRT_VMX);
}

static void an_azure_vm_is_decoded(void **state)
{
	struct nb_machine machine;

	(void)state;
	read_case(&machine, CASE("azure"));
	assert_string_equal(machine.cloud, "azure");
	assert_string_equal(machine.instance, "");
	assert_string_equal(machine.host, "AMS07-NODE-0042");
	assert_string_equal(machine.wsl, "");
	assert_string_equal(machine.dmi_vendor, "Microsoft Corporation");
	assert_string_equal(machine.dmi_product, "Virtual Machine");
	assert_string_equal(machine.topology, "1 socket x 2 cores x 2 threads");
	assert_string_equal(machine.os, "Ubuntu 24.04.1 LTS");
	assert_int_equal(machine.swap_bytes, 0);
	assert_string_equal(machine.kvm_module, "kvm_intel");
	assert_string_equal(machine.mitigations,
			    "meltdown: Not affected; mmio_stale_data: Vulnerable: Clear CPU "
			    "buffers attempted, no microcode; SMT Host state unknown");
}

static void a_bare_intel_host_is_decoded(void **state)
{
	struct nb_machine machine;

	(void)state;
	read_case(&machine, CASE("bare-intel"));
	/* Its siblings are not neighbours and both sockets count their cores from 0. */
	assert_string_equal(machine.topology, "2 sockets x 2 cores x 2 threads");
	assert_int_equal(machine.cpus, 8);
	assert_string_equal(machine.microcode, "0x5003604");
	assert_string_equal(machine.governor, "performance");
	assert_string_equal(machine.dmi_version, "");
	assert_string_equal(machine.dmi_bios, "Dell Inc. 2.21.2");
	assert_string_equal(machine.os, "Fedora Linux 40 (Server Edition)");
	assert_string_equal(machine.kvm_module, "kvm_intel");
	assert_string_equal(
		machine.kvm_parameters,
		"kvm.enable_vmware_backdoor=N kvm.halt_poll_ns=200000 kvm.mmio_caching=Y "
		"kvm.nx_huge_pages=auto kvm.tdp_mmu=Y kvm_intel.enable_apicv=Y "
		"kvm_intel.enable_shadow_vmcs=Y kvm_intel.ept=Y kvm_intel.eptad=Y "
		"kvm_intel.flexpriority=Y kvm_intel.nested=Y kvm_intel.ple_gap=128 "
		"kvm_intel.ple_window=4096 kvm_intel.pml=Y kvm_intel.preemption_timer=Y "
		"kvm_intel.unrestricted_guest=Y kvm_intel.vmentry_l1d_flush=not required "
		"kvm_intel.vpid=Y");
	assert_int_equal(tree_virtualization(CASE("bare-intel")), NB_VIRT_VMX);
}

static void a_container_in_a_vm_is_decoded(void **state)
{
	struct nb_machine machine;

	(void)state;
	read_case(&machine, CASE("container"));
	assert_string_equal(machine.container, "docker");
	assert_string_equal(machine.os, "Alpine Linux v3.20");
	/* CPU 1 is off line, so that one socket has fewer cores left. */
	assert_string_equal(machine.topology, "2 sockets, 3 cores, 3 threads (uneven)");
	assert_int_equal(machine.cpus, 3);
	assert_string_equal(machine.thp, "never");
	assert_string_equal(machine.kvm_module, "kvm_amd");
	assert_string_equal(machine.kvm_parameters, "kvm.halt_poll_ns=200000 kvm_amd.avic=N "
						    "kvm_amd.nested=1 kvm_amd.npt=Y");
	assert_int_equal(tree_virtualization(CASE("container")), NB_VIRT_SVM);
}

static void an_empty_recording_leaves_facts_unknown_and_is_no_error(void **state)
{
	struct nb_machine machine;
	struct nb_error error = { 0 };

	assert_int_equal(tree_read(&machine, *state, -1, &error), 0);
	assert_string_equal(machine.cpu_vendor, "");
	assert_string_equal(machine.hypervisor, "");
	assert_string_equal(machine.topology, "");
	assert_string_equal(machine.kernel, "");
	assert_string_equal(machine.mitigations, "");
	assert_string_equal(machine.platform, "?/cpu ?/?/L?/?");
	assert_int_equal(machine.cpu_family, -1);
	assert_int_equal(machine.cpus, -1);
	assert_int_equal(machine.memory_bytes, -1);
	assert_int_equal(machine.swap_bytes, -1);
	assert_int_equal(nb_platform_level(&machine), -1);
	assert_int_equal(tree_virtualization(*state), NB_VIRT_NONE);
}

static void a_recorded_cpu_is_identified(void **state)
{
	struct nb_machine machine;

	(void)state;
	read_case(&machine, CASE("bare-intel"));
	assert_string_equal(machine.cpu_vendor, "GenuineIntel");
	assert_string_equal(machine.cpu_brand, "Intel(R) Xeon(R) Gold 6248R CPU @ 3.00GHz");
	assert_int_equal(machine.cpu_family, 6);
	assert_int_equal(machine.cpu_model, 85);
	assert_int_equal(machine.cpu_stepping, 7);
	assert_string_equal(machine.hypervisor, "");
	assert_int_equal(nb_platform_level(&machine), 0);
}

static void the_platform_key_has_the_level_and_ends_in_the_clock_source(void **state)
{
	struct nb_machine machine;
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(tree_read(&machine, CASE("bare-intel"), 2, &error), 0);
	assert_string_equal(machine.platform,
			    "hardware/cpu 6.85.7/2 sockets x 2 cores x 2 threads/L2/tsc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_kvm_guest_is_decoded),
		cmocka_unit_test(what_a_kvm_guest_lacks_is_empty),
		cmocka_unit_test(a_wsl_2_distribution_is_decoded),
		cmocka_unit_test(an_azure_vm_is_decoded),
		cmocka_unit_test(a_bare_intel_host_is_decoded),
		cmocka_unit_test(a_container_in_a_vm_is_decoded),
		cmocka_unit_test_setup_teardown(
			an_empty_recording_leaves_facts_unknown_and_is_no_error, tree_setup,
			tree_teardown),
		cmocka_unit_test(a_recorded_cpu_is_identified),
		cmocka_unit_test(the_platform_key_has_the_level_and_ends_in_the_clock_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
