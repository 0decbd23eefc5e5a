/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/base.h"
#include "nestbench/platform.h"

#include "../../harness/platform/platform_leaves.h"
#include "../../harness/platform/platform_parts.h"

/* Leaf 1 with and without the hypervisor bit. */
#define IN_VM                                   \
	{                                       \
		1, 0x00050657, 0, 0x80000000, 0 \
	}
#define ON_METAL                       \
	{                              \
		1, 0x00050657, 0, 0, 0 \
	}

#define HYPERV(max)                                                 \
	{                                                           \
		0x40000000, max, 0x7263694d, 0x666f736f, 0x76482074 \
	} /* Microsoft Hv */
#define HV_1                                    \
	{                                       \
		0x40000001, 0x31237648, 0, 0, 0 \
	} /* Hv#1 */
#define HV_20348                                    \
	{                                           \
		0x40000002, 20348, 0x000a0000, 0, 0 \
	} /* 10.0.20348 */
#define KVM(base)                                            \
	{                                                    \
		base, base + 1, 0x4b4d564b, 0x564b4d56, 0x4d \
	}
#define XEN(base)                                                  \
	{                                                          \
		base, base + 5, 0x566e6558, 0x65584d4d, 0x4d4d566e \
	}

static void decode(struct nb_machine *machine, const struct nb_platform_leaf *list, size_t count)
{
	struct nb_platform_leaves leaves = { .count = count };

	assert_in_range(count, 1, NB_PLATFORM_LEAVES_MAX);
	memcpy(leaves.leaves, list, count * sizeof(*list));
	*machine = (struct nb_machine){ .hypervisor = "stale", .hypervisor_version = "stale" };
	nb_platform_decode_hypervisor(&leaves, machine);
}

#define DECODE(machine, ...)                                              \
	decode(machine, (const struct nb_platform_leaf[]){ __VA_ARGS__ }, \
	       sizeof((const struct nb_platform_leaf[]){ __VA_ARGS__ }) / \
		       sizeof(struct nb_platform_leaf))

static void hardware_has_no_hypervisor_and_is_level_0(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, ON_METAL);
	assert_string_equal(machine.hypervisor, "");
	assert_string_equal(machine.hypervisor_version, "");
	assert_int_equal(nb_platform_level(&machine), 0);
}

static void leaves_without_the_hypervisor_bit_are_garbage(void **state)
{
	struct nb_machine machine;

	(void)state;
	/* Intel CPUs answer an unknown leaf with the data of their highest basic one. */
	DECODE(&machine, ON_METAL, KVM(0x40000000), { 0x40000001, 7, 0, 0, 0 });
	assert_string_equal(machine.hypervisor, "");
}

static void hyperv_tells_version_and_level(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, HYPERV(0x4000000a), HV_1, HV_20348, { 0x40000004, 0, 0, 0, 0 },
	       { 0x40000006, 0x0000000f, 0, 0, 0 }, { 0x4000000a, 0x000e0101, 0, 0, 0 });
	assert_string_equal(machine.hypervisor, "Microsoft Hv");
	assert_string_equal(machine.hypervisor_version,
			    "10.0.20348 level 0, nested features 0x000e0101");
	assert_int_equal(nb_platform_hyperv_level(&machine), 0);
}

static void hyperv_in_hyperv_is_one_level_deeper(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, HYPERV(0x40000006), HV_1, HV_20348, { 0x40000004, 0x1000, 0, 0, 0 },
	       { 0x40000006, 1 << 10 | 0xf, 0, 0, 0 });
	assert_string_equal(machine.hypervisor_version, "10.0.20348 level 1 nested");
	assert_int_equal(nb_platform_level(&machine), 2);
	DECODE(&machine, IN_VM, HYPERV(0x40000006), HV_1, HV_20348, { 0x40000004, 0x1000, 0, 0, 0 },
	       { 0x40000006, 2 << 10, 0, 0, 0 });
	assert_int_equal(nb_platform_level(&machine), 3);
}

static void a_hyperv_that_contradicts_itself_has_no_level(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, HYPERV(0x40000006), HV_1, HV_20348, { 0x40000004, 0x1000, 0, 0, 0 },
	       { 0x40000006, 0, 0, 0, 0 });
	assert_string_equal(machine.hypervisor_version, "10.0.20348 nested");
	assert_int_equal(nb_platform_hyperv_level(&machine), -1);
	DECODE(&machine, IN_VM, HYPERV(0x40000005), HV_1, HV_20348);
	assert_string_equal(machine.hypervisor_version, "10.0.20348");
	assert_int_equal(nb_platform_hyperv_level(&machine), -1);
}

static void hyperv_level_0_counts_beside_microsofts_firmware_only(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, HYPERV(0x40000006), HV_1, HV_20348, { 0x40000006, 0, 0, 0, 0 });
	assert_int_equal(nb_platform_level(&machine), -1);
	nb_base_copy(machine.dmi_vendor, sizeof(machine.dmi_vendor), "Microsoft Corporation");
	assert_int_equal(nb_platform_level(&machine), 1);
	nb_base_copy(machine.wsl, sizeof(machine.wsl), "2");
	assert_int_equal(nb_platform_level(&machine), -1);
}

static void kvm_tells_its_features(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, KVM(0x40000000), { 0x40000001, 0x01007afb, 0, 0, 0 });
	assert_string_equal(machine.hypervisor, "KVMKVMKVM");
	assert_string_equal(machine.hypervisor_version, "features 0x01007afb");
	assert_int_equal(nb_platform_level(&machine), -1);
}

static void a_clouds_own_vm_is_level_1(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, KVM(0x40000000), { 0x40000001, 0x01007afb, 0, 0, 0 });
	nb_base_copy(machine.cloud, sizeof(machine.cloud), "aws");
	assert_int_equal(nb_platform_level(&machine), 1);
	nb_base_copy(machine.cloud, sizeof(machine.cloud), "gcp");
	assert_int_equal(nb_platform_level(&machine), 1);
}

static void kvm_that_poses_as_hyperv_is_seen_through(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, HYPERV(0x40000006), HV_1, HV_20348,
	       { 0x40000006, 1 << 10, 0, 0, 0 }, KVM(0x40000100),
	       { 0x40000101, 0x01007afb, 0, 0, 0 });
	assert_string_equal(machine.hypervisor, "Microsoft Hv");
	assert_string_equal(machine.hypervisor_version,
			    "10.0.20348; KVMKVMKVM features 0x01007afb");
	assert_int_equal(nb_platform_level(&machine), -1);
}

static void qemus_own_signature_is_decoded(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, { 0x40000000, 0x40000005, 0x756e694c, 0x564b2078, 0x7648204d },
	       HV_1, { 0x40000002, 7601, 0x00060001, 0, 0 }, KVM(0x40000100),
	       { 0x40000101, 0xfb, 0, 0, 0 });
	assert_string_equal(machine.hypervisor, "Linux KVM Hv");
	assert_string_equal(machine.hypervisor_version, "6.1.7601; KVMKVMKVM features 0x000000fb");
}

static void xen_tells_its_version_in_either_place(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, XEN(0x40000000), { 0x40000001, 0x00040011, 0, 0, 0 });
	assert_string_equal(machine.hypervisor, "XenVMMXenVMM");
	assert_string_equal(machine.hypervisor_version, "4.17");
	DECODE(&machine, IN_VM, HYPERV(0x40000006), HV_1, { 0x40000002, 0x1bbc, 0x00060000, 0, 0 },
	       XEN(0x40000100), { 0x40000101, 0x00040011, 0, 0, 0 });
	assert_string_equal(machine.hypervisor_version, "6.0.7100; XenVMMXenVMM 4.17");
}

static void vmwares_tsc_frequency_is_not_a_version(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, { 0x40000000, 0x40000010, 0x61774d56, 0x4d566572, 0x65726177 },
	       { 0x40000001, 0, 0, 0, 0 }, { 0x40000010, 2095078, 66000, 2, 0 });
	assert_string_equal(machine.hypervisor, "VMwareVMware");
	assert_string_equal(machine.hypervisor_version,
			    "version not told, max leaf 0x40000010, hypercalls by vmcall");
	assert_int_equal(nb_platform_level(&machine), -1);
}

static void others_are_shown_in_hex(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, { 0x40000000, 0x40000001, 0x54474354, 0x43544743, 0x47435447 },
	       { 0x40000001, 0xdeadbeef, 0, 1, 0 });
	assert_string_equal(machine.hypervisor, "TCGTCGTCGTCG");
	assert_string_equal(machine.hypervisor_version,
			    "max leaf 0x40000001, 0x40000001: deadbeef 00000000 00000001 00000000");
}

static void a_signature_of_garbage_is_printable(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, { 0x40000000, UINT32_MAX, 0xff410001, 0x0a420d43, 0x00007f44 });
	assert_string_equal(machine.hypervisor, "??A?C?B?D?");
	assert_string_equal(machine.hypervisor_version, "max leaf 0xffffffff");
}

static void a_nameless_hypervisor_is_not_taken_for_hardware(void **state)
{
	struct nb_machine machine;

	(void)state;
	DECODE(&machine, IN_VM, { 0x40000000, 0, 0, 0, 0 });
	assert_string_equal(machine.hypervisor, "unknown");
	assert_int_equal(nb_platform_level(&machine), -1);
}

static void raw_leaves_decode_a_cpu_as_linux_does(void **state)
{
	struct nb_machine machine = { 0 };
	/* "  Shanghai(R)   CPU 1 " over three leaves, as vendors pad it. */
	const struct nb_platform_leaves leaves = {
		.leaves = { { 0, 0xd, 0x68532020, 0x20206961, 0x68676e61 },
			    { 1, 0x00a00f11, 0, 0, 0 },
			    { 0x80000002, 0x68532020, 0x68676e61, 0x52286961, 0x20202029 },
			    { 0x80000003, 0x20555043, 0x00002031, 0, 0 },
			    { 0x80000004, 0, 0, 0, 0 } },
		.count = 5,
	};

	(void)state;
	assert_int_equal(nb_platform_decode_cpu(&leaves, &machine), 0);
	assert_string_equal(machine.cpu_vendor, "Shanghai");
	assert_string_equal(machine.cpu_brand, "Shanghai(R) CPU 1");
	assert_int_equal(machine.cpu_family, 25);
	assert_int_equal(machine.cpu_model, 1);
	assert_int_equal(machine.cpu_stepping, 1);
}

static void a_cpu_without_leaf_1_cannot_be_decoded(void **state)
{
	struct nb_machine machine = { .cpu_family = -1 };
	const struct nb_platform_leaves leaves = { .leaves = { { 0, 0, 1, 2, 3 } }, .count = 1 };

	(void)state;
	assert_int_equal(nb_platform_decode_cpu(&leaves, &machine), -ENOTSUP);
	assert_int_equal(machine.cpu_family, -1);
	assert_string_equal(machine.cpu_vendor, "");
}

static void the_key_names_hardware_and_unknown_parts(void **state)
{
	struct nb_machine machine = { .cpu_family = 6, .cpu_model = 85, .cpu_stepping = 7 };

	(void)state;
	nb_base_copy(machine.topology, sizeof(machine.topology), "1 socket x 4 cores x 2 threads");
	nb_base_copy(machine.clocksource, sizeof(machine.clocksource), "tsc");
	nb_platform_make_key(&machine, 0);
	assert_string_equal(machine.platform,
			    "hardware/cpu 6.85.7/1 socket x 4 cores x 2 threads/L0/tsc");
	nb_base_copy(machine.hypervisor, sizeof(machine.hypervisor), "KVMKVMKVM");
	nb_platform_make_key(&machine, -1);
	assert_string_equal(machine.platform,
			    "KVMKVMKVM/cpu 6.85.7/1 socket x 4 cores x 2 threads/L?/tsc");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hardware_has_no_hypervisor_and_is_level_0),
		cmocka_unit_test(leaves_without_the_hypervisor_bit_are_garbage),
		cmocka_unit_test(hyperv_tells_version_and_level),
		cmocka_unit_test(hyperv_in_hyperv_is_one_level_deeper),
		cmocka_unit_test(a_hyperv_that_contradicts_itself_has_no_level),
		cmocka_unit_test(hyperv_level_0_counts_beside_microsofts_firmware_only),
		cmocka_unit_test(kvm_tells_its_features),
		cmocka_unit_test(a_clouds_own_vm_is_level_1),
		cmocka_unit_test(kvm_that_poses_as_hyperv_is_seen_through),
		cmocka_unit_test(qemus_own_signature_is_decoded),
		cmocka_unit_test(xen_tells_its_version_in_either_place),
		cmocka_unit_test(vmwares_tsc_frequency_is_not_a_version),
		cmocka_unit_test(others_are_shown_in_hex),
		cmocka_unit_test(a_signature_of_garbage_is_printable),
		cmocka_unit_test(a_nameless_hypervisor_is_not_taken_for_hardware),
		cmocka_unit_test(raw_leaves_decode_a_cpu_as_linux_does),
		cmocka_unit_test(a_cpu_without_leaf_1_cannot_be_decoded),
		cmocka_unit_test(the_key_names_hardware_and_unknown_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
