/* SPDX-License-Identifier: Apache-2.0 */
#include "test_platform_identify_world.h"

/* Which witness is believed: one test a rule of identify_judge.c. */

static void hardware_has_no_bit_and_its_makers_name(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, METAL }, .files = { { DMI "sys_vendor", "Dell Inc." },
							{ DMI "product_name", "PowerEdge R640" } });
	assert_believed(NB_HYPERVISOR_NONE, false, false);
	assert_string_equal(value_of("hypervisor"), "none (hardware)");
	assert_int_equal(identity.level, 0);
	assert_slugs("hardware");
}

static void hardware_without_dmi_is_hardware(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, METAL });
	assert_believed(NB_HYPERVISOR_NONE, false, false);
	assert_has(finding_of("hypervisor")->how, "no DMI");
	assert_string_equal(value_of("cloud"), "unknown");
}

static void leaves_without_the_bit_are_no_hypervisors(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, METAL, KVM_AT(0x40000000) });
	assert_believed(NB_HYPERVISOR_NONE, false, false);
}

static void kvm_is_known_by_its_signature(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     KVM_AT(0x40000000),
			     { 0x40000001, { 0x01000029, 0, 0, 1 } } },
		 .files = { { DMI "sys_vendor", "QEMU" } });
	assert_believed(NB_HYPERVISOR_KVM, false, false);
	assert_string_equal(value_of("hypervisor"), "KVM");
	assert_string_equal(finding_of("hypervisor")->how,
			    "CPUID 0x40000000 \"KVMKVMKVM\", DMI sys_vendor \"QEMU\"");
	assert_slugs("kvm");
}

static void a_missing_dmi_contradicts_nothing(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, KVM_AT(0x40000000) });
	assert_believed(NB_HYPERVISOR_KVM, false, false);
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000005), HV_1 },
		 .files = { { RELEASE, "5.15.153.1-microsoft-standard-WSL2" } });
	assert_believed(NB_HYPERVISOR_HYPERV, false, false);
}

static void a_cloud_that_names_itself_in_dmi_contradicts_nothing(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, KVM_AT(0x40000000) },
		 .files = { { DMI "sys_vendor", "SomeHoster" },
			    { DMI "product_name", "vServer" } });
	assert_believed(NB_HYPERVISOR_KVM, false, false);
}

static void vmware_that_hides_the_bit_is_given_away_by_dmi(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, METAL },
		 .files = { { DMI "sys_vendor", "VMware, Inc." },
			    { DMI "product_name", "VMware Virtual Platform" } });
	assert_believed(NB_HYPERVISOR_VMWARE, true, true);
	assert_has(finding_of("hypervisor.witnesses")->how, "hypervisor.cpuid.v0");
	assert_string_equal(value_of("level"), "unknown, at least 1");
	assert_int_equal(identity.level, -1);
	assert_slugs("vmware");
}

static void any_other_vm_may_hide_the_bit_too(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, METAL },
		 .files = { { DMI "product_name", "Standard PC (Q35 + ICH9, 2009)" } });
	assert_believed(NB_HYPERVISOR_KVM, true, true);
	assert_has(value_of("hypervisor.witnesses"), "CPUID 1 ECX[31] clear");
}

static void kvm_that_poses_as_hyperv_tells_behind_it(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     HYPERV(0x40000005),
			     HV_1,
			     { 0x40000002, { 14393, 0x000a0000, 0, 0 } },
			     KVM_AT(0x40000100),
			     { 0x40000101, { 0x29, 0, 0, 0 } } },
		 .files = { { DMI "sys_vendor", "QEMU" } });
	assert_believed(NB_HYPERVISOR_KVM, false, false);
	assert_string_equal(value_of("hypervisor.presents"), "Microsoft Hyper-V 10.0.14393");
	assert_string_equal(value_of("hypervisor.kvm_features"),
			    "clocksource, clocksource2, steal_time");
	assert_null(nb_finding_find(&findings, "hypervisor.hyperv_level"));
}

static void who_poses_as_hyperv_is_known_without_dmi(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000005), HV_1, KVM_AT(0x40000100) });
	assert_believed(NB_HYPERVISOR_KVM, false, false);
	assert_has(finding_of("hypervisor")->how, "its own behind them");
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000005), HV_1, XEN_AT(0x40000100) });
	assert_believed(NB_HYPERVISOR_XEN, false, false);
	/* Others have something else there, or what an Intel CPU answers to any leaf. */
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000005), HV_1, { 0x40000100, { 7, 2, 3, 4 } } });
	assert_believed(NB_HYPERVISOR_HYPERV, false, false);
}

static void qemu_that_shows_hyperv_alone_is_known_by_dmi(void **state)
{
	static const struct {
		const char *field, *text;
	} cases[] = {
		{ DMI "sys_vendor", "QEMU" },
		{ DMI "product_name", "KVM" },
		{ DMI "sys_vendor", "oVirt" },
		{ DMI "bios_vendor", "Proxmox distribution of EDK II" },
		{ DMI "product_name", "AHV" },
		{ DMI "sys_vendor", "Red Hat" },
		{ DMI "sys_vendor", "Bochs" },
		{ DMI "product_name", "OpenStack Nova" },
		{ DMI "sys_vendor", "KubeVirt" },
		{ DMI "product_version", "RHEL-9.4.0 PC (Q35 + ICH9, 2009)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000005), HV_1 },
			 .files = { { cases[i].field, cases[i].text } });
		assert_believed(NB_HYPERVISOR_KVM, false, true);
		assert_has(finding_of("hypervisor.witnesses")->how, "to please Windows");
	}
}

static void xen_cloaked_as_hyperv_tells_behind_it(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     HYPERV(0x40000006),
			     HV_1,
			     XEN_AT(0x40000100),
			     { 0x40000101, { 0x00040011, 0, 0, 0 } },
			     { 0x40000104, { 0x0d, 0, 0, 0 } } },
		 .files = { { DMI "sys_vendor", "Xen" },
			    { DMI "product_name", "HVM domU" },
			    { DMI "product_version", "4.17.3" },
			    { "/sys/hypervisor/version/extra", ".3" } });
	assert_believed(NB_HYPERVISOR_XEN, false, false);
	assert_string_equal(value_of("hypervisor.version"), "4.17.3, guest kind not told");
	assert_string_equal(value_of("hypervisor.xen_features"),
			    "apic_access_virt, iommu_mappings, vcpu_id");
	assert_slugs("xen");
}

static void a_xen_pv_guest_is_known_by_its_kernel(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, METAL }, .files = { { "/sys/hypervisor/type", "xen" } });
	assert_believed(NB_HYPERVISOR_XEN, false, false);
	assert_int_equal(identity.level, -1);
}

static void virtualbox_shows_leaves_of_others(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, KVM_AT(0x40000000) },
		 .files = { { DMI "sys_vendor", "innotek GmbH" },
			    { DMI "product_name", "VirtualBox" } });
	assert_believed(NB_HYPERVISOR_VIRTUALBOX, false, true);
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
		 .files = { { DMI "sys_vendor", "innotek GmbH" } });
	assert_believed(NB_HYPERVISOR_VIRTUALBOX, false, true);
	assert_slugs("virtualbox");
}

static void parallels_may_show_hyperv(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
		 .files = { { DMI "sys_vendor", "Parallels International GmbH." } });
	assert_believed(NB_HYPERVISOR_PARALLELS, false, true);
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     { 0x40000000, { 0x40000000, 0x70726c20, 0x68797065, 0x72762020 } } });
	assert_believed(NB_HYPERVISOR_PARALLELS, false, false);
	assert_slugs("parallels");
}

static void every_other_signature_has_its_name(void **state)
{
	static const struct {
		const char signature[13];
		enum nb_hypervisor kind;
		const char *slug;
	} cases[] = {
		{ "bhyve bhyve ", NB_HYPERVISOR_BHYVE, "bhyve" },
		{ "ACRNACRNACRN", NB_HYPERVISOR_ACRN, "acrn" },
		{ "QNXQVMBSQG", NB_HYPERVISOR_QNX, "qnx" },
		{ "Apple VZ", NB_HYPERVISOR_APPLE, "apple" },
		{ "TCGTCGTCGTCG", NB_HYPERVISOR_TCG, "qemu-tcg" },
		{ "Linux KVM Hv", NB_HYPERVISOR_KVM, "kvm" },
		{ "VBoxVBoxVBox", NB_HYPERVISOR_VIRTUALBOX, "virtualbox" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sample sample = { .leaves = { INTEL, VM, { 0x40000000, { 0 } } } };
		struct nb_cpuid *registers = &sample.leaves[2].registers;

		registers->eax = 0x40000001;
		memcpy(&registers->ebx, cases[i].signature, 4);
		memcpy(&registers->ecx, cases[i].signature + 4, 4);
		memcpy(&registers->edx, cases[i].signature + 8, 4);
		identify(&sample);
		assert_believed(cases[i].kind, false, false);
		assert_slugs(cases[i].slug);
	}
}

static void an_emulator_makes_level_1_of_anything(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { AMD, VM, TCG }, .files = { { DMI "sys_vendor", "QEMU" } });
	assert_believed(NB_HYPERVISOR_TCG, false, false);
	assert_int_equal(identity.level, 1);
}

static void bochs_has_no_signature_but_its_bios(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, METAL },
		 .files = { { DMI "bios_vendor", "The Bochs Project" } });
	assert_believed(NB_HYPERVISOR_BOCHS, false, false);
	assert_int_equal(identity.level, 1);
	assert_slugs("bochs");
}

static void the_bochs_bios_of_an_old_qemu_is_not_bochs(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, KVM_AT(0x40000000) },
		 .files = { { DMI "sys_vendor", "Bochs" } });
	assert_believed(NB_HYPERVISOR_KVM, false, false);
	IDENTIFY(.leaves = { INTEL, VM }, .files = { { DMI "sys_vendor", "Bochs" } });
	assert_believed(NB_HYPERVISOR_KVM, false, false);
}

static void a_bit_without_signature_leaves_it_to_dmi(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM }, .files = { { DMI "sys_vendor", "QEMU" } });
	assert_believed(NB_HYPERVISOR_KVM, false, false);
	IDENTIFY(.leaves = { INTEL, VM, { 0x40000000, { 0x40000000, 1, 2, 3 } } },
		 .files = { { "/sys/hypervisor/type", "xen" } });
	assert_believed(NB_HYPERVISOR_XEN, false, false);
	IDENTIFY(.leaves = { INTEL, VM });
	assert_believed(NB_HYPERVISOR_UNKNOWN, false, false);
	assert_string_equal(value_of("hypervisor"), "unknown (a VM)");
	assert_string_equal(value_of("level"), "unknown, at least 1");
	assert_slugs("");
}

static void a_copied_dmi_does_not_outweigh_a_signature(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, KVM_AT(0x40000000) },
		 .files = { { DMI "sys_vendor", "VMware, Inc." } });
	assert_believed(NB_HYPERVISOR_KVM, false, true);
	assert_has(finding_of("hypervisor.witnesses")->how, "can be copied");
}

static void wsl_2_is_a_vm_of_hyperv_even_without_the_bit(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, METAL },
		 .files = { { RELEASE, "5.15.153.1-microsoft-standard-WSL2" } });
	assert_believed(NB_HYPERVISOR_HYPERV, true, true);
	assert_int_equal(identity.level, -1);
	assert_slugs("wsl2 hyper-v");
}

static void without_cpuid_dmi_alone_is_believed(void **state)
{
	(void)state;
	IDENTIFY(.no_cpuid = true, .files = { { DMI "sys_vendor", "VMware, Inc." } });
	assert_believed(NB_HYPERVISOR_VMWARE, false, false);
	IDENTIFY(.no_cpuid = true, .files = { { RELEASE, "5.15.153.1-microsoft-standard-WSL2" } });
	assert_believed(NB_HYPERVISOR_HYPERV, false, false);
	IDENTIFY(.no_cpuid = true, .files = { { "/sys/hypervisor/type", "xen" } });
	assert_believed(NB_HYPERVISOR_XEN, false, false);
	IDENTIFY(.no_cpuid = true, .files = { { DMI "sys_vendor", "Dell Inc." } });
	assert_believed(NB_HYPERVISOR_UNKNOWN, false, false);
	assert_int_equal(identity.level, -1);
	assert_string_equal(value_of("level"), "unknown");
}

static void a_name_that_only_begins_alike_is_no_name(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, METAL }, .files = { { DMI "sys_vendor", "Xenon Systems" },
							{ DMI "product_name", "KVMaster 9000" } });
	assert_believed(NB_HYPERVISOR_NONE, false, false);
	IDENTIFY(.leaves = { INTEL, METAL },
		 .files = { { DMI "sys_vendor", "Microsoft Corporation" },
			    { DMI "product_name", "Surface Laptop 5" } });
	assert_believed(NB_HYPERVISOR_NONE, false, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hardware_has_no_bit_and_its_makers_name),
		cmocka_unit_test(hardware_without_dmi_is_hardware),
		cmocka_unit_test(leaves_without_the_bit_are_no_hypervisors),
		cmocka_unit_test(kvm_is_known_by_its_signature),
		cmocka_unit_test(a_missing_dmi_contradicts_nothing),
		cmocka_unit_test(a_cloud_that_names_itself_in_dmi_contradicts_nothing),
		cmocka_unit_test(vmware_that_hides_the_bit_is_given_away_by_dmi),
		cmocka_unit_test(any_other_vm_may_hide_the_bit_too),
		cmocka_unit_test(kvm_that_poses_as_hyperv_tells_behind_it),
		cmocka_unit_test(who_poses_as_hyperv_is_known_without_dmi),
		cmocka_unit_test(qemu_that_shows_hyperv_alone_is_known_by_dmi),
		cmocka_unit_test(xen_cloaked_as_hyperv_tells_behind_it),
		cmocka_unit_test(a_xen_pv_guest_is_known_by_its_kernel),
		cmocka_unit_test(virtualbox_shows_leaves_of_others),
		cmocka_unit_test(parallels_may_show_hyperv),
		cmocka_unit_test(every_other_signature_has_its_name),
		cmocka_unit_test(an_emulator_makes_level_1_of_anything),
		cmocka_unit_test(bochs_has_no_signature_but_its_bios),
		cmocka_unit_test(the_bochs_bios_of_an_old_qemu_is_not_bochs),
		cmocka_unit_test(a_bit_without_signature_leaves_it_to_dmi),
		cmocka_unit_test(a_copied_dmi_does_not_outweigh_a_signature),
		cmocka_unit_test(wsl_2_is_a_vm_of_hyperv_even_without_the_bit),
		cmocka_unit_test(without_cpuid_dmi_alone_is_believed),
		cmocka_unit_test(a_name_that_only_begins_alike_is_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
