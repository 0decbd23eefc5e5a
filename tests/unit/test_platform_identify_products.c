/* SPDX-License-Identifier: Apache-2.0 */
#include "test_platform_identify_world.h"

/* Clouds, products, Hyper-V's words on nesting, and the level. */

#define AZURE_TAG                                                           \
	{                                                                   \
		DMI "chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77" \
	}
#define MICROSOFT                                      \
	{ DMI "sys_vendor", "Microsoft Corporation" }, \
	{                                              \
		DMI "product_name", "Virtual Machine"  \
	}
#define BUILD_20348                             \
	{                                       \
		0x40000002,                     \
		{                               \
			20348, 0x000a0000, 0, 0 \
		}                               \
	}
#define LEVEL(bits)                                 \
	{                                           \
		0x40000006,                         \
		{                                   \
			(bits) << 10 | 0xf, 0, 0, 0 \
		}                                   \
	}

static void hyperv_tells_what_it_offers_to_a_nested_hypervisor(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     HYPERV(0x4000000c),
			     HV_1,
			     BUILD_20348,
			     { 0x40000004, { 1 << 14 | 1 << 5, 0, 0, 0 } },
			     LEVEL(0),
			     { 0x40000009, { 1 << 5 | 1 << 6, 0, 0, 0 } },
			     { 0x4000000a, { 0x000e0101, 0, 0, 0 } } },
		 .files = { MICROSOFT });
	assert_believed(NB_HYPERVISOR_HYPERV, false, false);
	assert_true(identity.enlightened_vmcs);
	assert_true(identity.enlightened_msr_bitmap);
	assert_string_equal(value_of("hypervisor.version"), "10.0.20348 (Windows Server 2022)");
	assert_string_equal(value_of("hypervisor.evmcs"), "offered, versions 1 to 1");
	assert_string_equal(value_of("hypervisor.nested_features"),
			    "direct virtual flush, guest-physical flush hypercalls, "
			    "enlightened MSR bitmap");
	assert_string_equal(value_of("hypervisor.nested_access"), "hypercall MSRs, VP index");
	assert_string_equal(value_of("hypervisor.hyperv_advises"),
			    "relaxed timing, enlightened VMCS");
	assert_string_equal(value_of("hypervisor.hyperv_hardware"),
			    "APIC overlay assist, MSR bitmaps, performance counters, SLAT");
	assert_int_equal(identity.level, 1);
	assert_slugs("hyper-v");
}

static void hyperv_that_may_not_be_nested_in_offers_nothing(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { AMD,
			     VM,
			     HYPERV(0x40000006),
			     HV_1,
			     BUILD_20348,
			     LEVEL(0),
			     { 0x4000000a, { 0xffffffff, 0, 0, 0 } } },
		 .files = { MICROSOFT });
	assert_false(identity.enlightened_vmcs);
	assert_false(identity.enlightened_msr_bitmap);
	assert_string_equal(value_of("hypervisor.evmcs"),
			    "not offered (it is for Intel's VMX only)");
	assert_string_equal(value_of("hypervisor.nested_features"), "none");
}

static void hyperv_in_hyperv_is_one_level_deeper(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     HYPERV(0x40000006),
			     HV_1,
			     BUILD_20348,
			     { 0x40000004, { 1 << 12, 0, 0, 0 } },
			     LEVEL(1) },
		 .files = { MICROSOFT });
	assert_int_equal(identity.level, 2);
	assert_string_equal(value_of("level"), "2");
	assert_string_equal(value_of("hypervisor.hyperv_level"), "1 more level");
}

static void a_hyperv_that_contradicts_itself_is_at_least_two_deep(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     HYPERV(0x40000006),
			     HV_1,
			     BUILD_20348,
			     { 0x40000004, { 1 << 12, 0, 0, 0 } },
			     LEVEL(0) },
		 .files = { MICROSOFT });
	assert_int_equal(identity.level, -1);
	assert_string_equal(value_of("level"), "unknown, at least 2");
	assert_int_equal(finding_of("hypervisor.hyperv_level")->state, NB_STATE_UNKNOWN);
}

static void who_poses_as_hyperv_has_no_level_of_its(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1, BUILD_20348, LEVEL(3) },
		 .files = { { DMI "sys_vendor", "QEMU" } });
	assert_believed(NB_HYPERVISOR_KVM, false, true);
	assert_int_equal(identity.level, -1);
}

static void the_root_partition_is_told_from_a_vm(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     HYPERV(0x40000006),
			     HV_1,
			     { 0x40000003, { 0, 1, 0, 0 } },
			     LEVEL(0) },
		 .files = { { RELEASE, "4.4.0-19041-Microsoft" } });
	assert_string_equal(value_of("hypervisor"), "Microsoft Hyper-V (its root partition)");
	assert_int_equal(identity.wsl, 1);
	assert_slugs("wsl1 hyper-v");
}

static void azure_is_hyperv_with_a_tag(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1, LEVEL(0) },
		 .files = { MICROSOFT, AZURE_TAG });
	assert_string_equal(value_of("cloud"), "Azure, generation 1");
	assert_has(finding_of("cloud.size")->advice, "--imds");
	assert_string_equal(identity.size, "");
	assert_int_equal(identity.level, 1);
	assert_slugs("azure hyper-v");
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1, LEVEL(0) },
		 .files = { MICROSOFT, AZURE_TAG, { "/sys/firmware/efi", "" } });
	assert_string_equal(value_of("cloud"), "Azure, generation 2");
}

static void a_container_hides_what_tells_azures_generation(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
		 .files = { MICROSOFT, AZURE_TAG, { "/run/.containerenv", "" } });
	assert_string_equal(value_of("cloud"), "Azure, generation unknown");
	assert_string_equal(value_of("container"), "podman, in a VM");
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
		 .files = { MICROSOFT,
			    AZURE_TAG,
			    { "/run/.containerenv", "" },
			    { DMI "product_version", "Hyper-V UEFI Release v4.1" } });
	assert_string_equal(value_of("cloud"), "Azure, generation 2");
}

static void azures_metadata_tell_size_and_security(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1, LEVEL(0) },
		 .files = { MICROSOFT, AZURE_TAG },
		 .probes = { { "imds", IMDS_OK "vmSize=Standard_D4s_v5\n"
					       "securityType=TrustedLaunch\n" } });
	assert_string_equal(identity.size, "Standard_D4s_v5");
	assert_string_equal(identity.security, "TrustedLaunch");
	assert_string_equal(value_of("cloud.security"), "TrustedLaunch");
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1, LEVEL(0) },
		 .files = { MICROSOFT, AZURE_TAG },
		 .probes = { { "imds", "status=ETIMEDOUT: no answer in 1 s\n" } });
	assert_string_equal(value_of("cloud.size"), "unknown");
	assert_has(finding_of("cloud.size")->how, "ETIMEDOUT");
	assert_string_equal(finding_of("cloud.size")->advice, "");
}

static void a_dev_box_is_known_by_its_image(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1, LEVEL(0) },
		 .files = { { RELEASE, "6.6.87.2-microsoft-standard-WSL2" } },
		 .probes = { { "imds", IMDS_OK "offer=windows-ent-cpc\n" } });
	assert_slugs("wsl2 dev-box azure hyper-v");
}

static void wsl_2_in_an_azure_vm_is_level_2(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1, LEVEL(0) },
		 .files = { { RELEASE, "6.6.87.2-microsoft-standard-WSL2" } },
		 .probes = { { "imds", IMDS_OK "vmSize=Standard_D8s_v5\n" } });
	assert_int_equal(identity.level, 2);
	assert_string_equal(identity.size, "Standard_D8s_v5");
	assert_slugs("wsl2 azure hyper-v");
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1, LEVEL(0) },
		 .files = { { RELEASE, "6.6.87.2-microsoft-standard-WSL2" } });
	assert_int_equal(identity.level, -1);
	assert_slugs("wsl2 hyper-v");
}

static void ec2_tells_its_size_and_whether_it_is_a_machine(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, KVM_AT(0x40000000) },
		 .files = { { DMI "sys_vendor", "Amazon EC2" },
			    { DMI "product_name", "c8i.2xlarge" } });
	assert_believed(NB_HYPERVISOR_KVM, false, false);
	assert_string_equal(value_of("hypervisor"), "KVM (AWS Nitro)");
	assert_string_equal(identity.size, "c8i.2xlarge");
	assert_int_equal(identity.level, 1);
	assert_slugs("aws kvm");
	IDENTIFY(.leaves = { INTEL, METAL }, .files = { { DMI "sys_vendor", "Amazon EC2" },
							{ DMI "product_name", "c7i.metal-24xl" } });
	assert_believed(NB_HYPERVISOR_NONE, false, false);
	assert_int_equal(identity.level, 0);
	assert_has(finding_of("hypervisor")->how, "a .metal size of EC2");
	assert_string_equal(value_of("cloud"), "AWS, c7i.metal-24xl, a whole machine");
	assert_slugs("aws hardware");
}

static void google_is_kvm_or_a_whole_machine(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, KVM_AT(0x40000000) },
		 .files = { { DMI "sys_vendor", "Google" },
			    { DMI "product_name", "Google Compute Engine" } });
	assert_believed(NB_HYPERVISOR_KVM, false, false);
	assert_int_equal(identity.level, 1);
	assert_slugs("gcp kvm");
	IDENTIFY(.leaves = { INTEL, METAL },
		 .files = { { DMI "sys_vendor", "Google" },
			    { DMI "product_name", "Google Compute Engine" } });
	assert_believed(NB_HYPERVISOR_NONE, false, false);
	assert_slugs("gcp hardware");
}

static void the_backdoor_tells_vmwares_products_apart(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, VMWARE },
		 .files = { { DMI "sys_vendor", "VMware, Inc." } });
	assert_string_equal(value_of("vmware.product"), "unknown");
	assert_has(finding_of("vmware.product")->advice, "--probe-vmware");
	assert_slugs("vmware");
	IDENTIFY(.leaves = { INTEL, VM, VMWARE }, .files = { { DMI "sys_vendor", "VMware, Inc." } },
		 .probes = { { "vmware", "status=ok\nversion=6\nproduct=2\nbuild=21493926\n"
					 "via=vmcall\n" } });
	assert_string_equal(value_of("vmware.product"), "ESXi, build 21493926");
	assert_string_equal(value_of("hypervisor"), "VMware (ESXi)");
	assert_slugs("esxi vmware");
	IDENTIFY(.leaves = { INTEL, VM, VMWARE },
		 .probes = { { "vmware", "status=ok\nproduct=4\nbuild=4294967295\nvia=port\n" } });
	assert_string_equal(value_of("vmware.product"),
			    "Workstation, Player or Fusion, build not told");
	assert_slugs("vmware-workstation vmware");
}

static void a_backdoor_that_is_shut_tells_nothing(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, VMWARE },
		 .probes = { { "vmware", "status=iopl: Operation not permitted\nproduct=2\n" } });
	assert_string_equal(value_of("vmware.product"), "unknown");
	assert_has(finding_of("vmware.product")->how, "Operation not permitted");
	assert_slugs("vmware");
	IDENTIFY(.leaves = { INTEL, VM, VMWARE },
		 .probes = { { "vmware", "status=ok\nproduct=77\n" } });
	assert_string_equal(value_of("vmware.product"), "unknown, build not told");
}

static void vmware_on_a_mac_is_fusion(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, VMWARE }, .files = { { DMI "sys_vendor", "Apple Inc." },
							     { DMI "product_name", "MacPro7,1" } });
	assert_string_equal(value_of("hypervisor"), "VMware (Fusion)");
	assert_slugs("vmware-fusion vmware");
}

static void makers_of_kvm_products_name_them_in_dmi(void **state)
{
	static const struct {
		const char *vendor, *product, *version, *value, *slugs;
	} cases[] = {
		{ "Nutanix", "AHV", NULL, "KVM (Nutanix AHV)", "nutanix-ahv kvm" },
		{ "Red Hat", "KVM", "RHEL-9.4.0 PC (Q35 + ICH9, 2009)", "KVM (RHEL)", "rhel kvm" },
		{ "Red Hat", "OpenShift Virtualization", NULL, "KVM (OpenShift Virtualization)",
		  "rhel kvm" },
		{ "oVirt", "oVirt Node", NULL, "KVM (oVirt)", "kvm" },
		{ "OpenStack Foundation", "OpenStack Nova", NULL, "KVM (OpenStack)", "kvm" },
		{ "KubeVirt", "None", NULL, "KVM (KubeVirt)", "kvm" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		IDENTIFY(.leaves = { INTEL, VM, KVM_AT(0x40000000) },
			 .files = { { DMI "sys_vendor", cases[i].vendor },
				    { DMI "product_name", cases[i].product },
				    { cases[i].version ? DMI "product_version" : NULL,
				      cases[i].version } });
		assert_string_equal(value_of("hypervisor"), cases[i].value);
		assert_slugs(cases[i].slugs);
	}
}

static void a_node_of_nutanix_is_hardware(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, METAL }, .files = { { DMI "sys_vendor", "Nutanix" },
							{ DMI "product_name", "NX-3060-G5" } });
	assert_believed(NB_HYPERVISOR_NONE, false, false);
	assert_slugs("hardware");
}

static void xenserver_is_xen_with_a_package_version(void **state)
{
	static const struct {
		const char *version, *slugs;
	} cases[] = {
		{ "4.13.5-9.38", "xenserver xen" },
		{ "4.17.3-2.0.1", "xenserver xen" },
		{ "4.17.3", "xen" },
		{ "4.14.4-pre", "xen" },
		{ "4.4.1-4.el6", "xen" },
		{ "4.20.1_02-1", "xen" },
		{ "4.11.amazon", "aws xen" },
		{ "4.13.5-", "xen" },
		{ "4..5-1.2", "xen" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		IDENTIFY(.leaves = { INTEL,
				     VM,
				     XEN_AT(0x40000000),
				     { 0x40000001, { 0x00040011, 0, 0, 0 } } },
			 .files = { { DMI "sys_vendor", "Xen" },
				    { DMI "product_name", "HVM domU" },
				    { DMI "product_version", cases[i].version },
				    { DMI "bios_vendor", "Xen" },
				    { DMI "bios_version", cases[i].version } });
		assert_believed(NB_HYPERVISOR_XEN, false, false);
		assert_slugs(cases[i].slugs);
	}
}

static void kvms_promise_of_cpus_of_ones_own_is_told(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     KVM_AT(0x40000000),
			     { 0x40000001, { 1U << 31 | 1U << 8, 0, 0, 1 } } });
	assert_string_equal(value_of("hypervisor.kvm_features"), "bit 8, bit 31");
	assert_has(value_of("hypervisor.kvm_dedicated"), "dedicated");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hyperv_tells_what_it_offers_to_a_nested_hypervisor),
		cmocka_unit_test(hyperv_that_may_not_be_nested_in_offers_nothing),
		cmocka_unit_test(hyperv_in_hyperv_is_one_level_deeper),
		cmocka_unit_test(a_hyperv_that_contradicts_itself_is_at_least_two_deep),
		cmocka_unit_test(who_poses_as_hyperv_has_no_level_of_its),
		cmocka_unit_test(the_root_partition_is_told_from_a_vm),
		cmocka_unit_test(azure_is_hyperv_with_a_tag),
		cmocka_unit_test(a_container_hides_what_tells_azures_generation),
		cmocka_unit_test(azures_metadata_tell_size_and_security),
		cmocka_unit_test(a_dev_box_is_known_by_its_image),
		cmocka_unit_test(wsl_2_in_an_azure_vm_is_level_2),
		cmocka_unit_test(ec2_tells_its_size_and_whether_it_is_a_machine),
		cmocka_unit_test(google_is_kvm_or_a_whole_machine),
		cmocka_unit_test(the_backdoor_tells_vmwares_products_apart),
		cmocka_unit_test(a_backdoor_that_is_shut_tells_nothing),
		cmocka_unit_test(vmware_on_a_mac_is_fusion),
		cmocka_unit_test(makers_of_kvm_products_name_them_in_dmi),
		cmocka_unit_test(a_node_of_nutanix_is_hardware),
		cmocka_unit_test(xenserver_is_xen_with_a_package_version),
		cmocka_unit_test(kvms_promise_of_cpus_of_ones_own_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
