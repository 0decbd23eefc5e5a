/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "nestbench/platform.h"

#include "../../harness/platform/platform_parts.h"
#include "test_platform_tree.h"

#define RELEASE	 "/proc/sys/kernel/osrelease"
#define DMI	 "/sys/class/dmi/id/"
#define FLAGS_VM "vendor_id\t: GenuineIntel\nflags\t\t: fpu vme hypervisor\n"

static void an_ec2_instance_tells_its_size(void **state)
{
	struct nb_machine machine;

	tree_write(*state, DMI "sys_vendor", "Amazon EC2\n");
	tree_write(*state, DMI "product_name", "m5zn.metal\n");
	tree_write(*state, DMI "bios_vendor", "Amazon EC2\n");
	tree_write(*state, DMI "bios_version", "1.0\n");
	tree_read_files(&machine, *state);
	assert_string_equal(machine.cloud, "aws");
	assert_string_equal(machine.instance, "m5zn.metal");
	assert_string_equal(machine.dmi_bios, "Amazon EC2 1.0");
}

static void an_ec2_instance_on_xen_is_known_by_its_bios(void **state)
{
	struct nb_machine machine;

	tree_write(*state, DMI "sys_vendor", "Xen\n");
	tree_write(*state, DMI "product_name", "HVM domU\n");
	tree_write(*state, DMI "bios_version", "4.11.amazon\n");
	tree_read_files(&machine, *state);
	assert_string_equal(machine.cloud, "aws");
	assert_string_equal(machine.instance, "");
}

static void a_google_vm_is_known_by_its_product(void **state)
{
	struct nb_machine machine;

	tree_write(*state, DMI "sys_vendor", "Google\n");
	tree_write(*state, DMI "product_name", "Google Compute Engine\n");
	tree_read_files(&machine, *state);
	assert_string_equal(machine.cloud, "gcp");
	assert_string_equal(machine.instance, "");
}

static void a_hyperv_vm_without_the_asset_tag_is_not_azure(void **state)
{
	struct nb_machine machine;

	tree_write(*state, DMI "sys_vendor", "Microsoft Corporation\n");
	tree_write(*state, DMI "chassis_asset_tag", "7001-1684-9036-4567-9153-7563-59\n");
	tree_read_files(&machine, *state);
	assert_string_equal(machine.cloud, "");
}

static void wsl_versions_are_told_apart_by_the_kernels_name(void **state)
{
	static const struct {
		const char *release, *wsl;
	} cases[] = {
		{ "4.4.0-19041-Microsoft", "1" },
		{ "4.19.59-microsoft-standard", "2" },
		{ "5.15.153.1-microsoft-standard-WSL2", "2" },
		{ "6.6.36-WSL2-mine", "2" },
		{ "6.18.20.1-Microsoft-WSL2", "2" },
		{ "6.1.0-18-amd64", "" },
		{ "5.15.0-1064-azure", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nb_machine machine;

		tree_write(*state, RELEASE, cases[i].release);
		tree_read_files(&machine, *state);
		assert_string_equal(machine.wsl, cases[i].wsl);
	}
}

static void a_custom_wsl_kernel_is_known_by_its_interop(void **state)
{
	struct nb_machine machine;

	tree_write(*state, RELEASE, "6.10.0-custom\n");
	tree_write(*state, "/proc/sys/fs/binfmt_misc/WSLInterop", "enabled\n");
	tree_read_files(&machine, *state);
	assert_string_equal(machine.wsl, "2");
}

static void expect_container(const char *root, const char *expected)
{
	struct nb_machine machine;

	tree_read_files(&machine, root);
	assert_string_equal(machine.container, expected);
}

static void podman_leaves_its_own_file(void **state)
{
	tree_write(*state, "/run/.containerenv", "");
	tree_write(*state, "/.dockerenv", "");
	expect_container(*state, "podman");
}

static void docker_is_known_by_its_file(void **state)
{
	tree_write(*state, "/.dockerenv", "");
	expect_container(*state, "docker");
}

static void a_relic_of_docker_in_the_first_namespaces_is_no_container(void **state)
{
	tree_write(*state, "/.dockerenv", "");
	tree_link(*state, "/proc/self/ns/ipc", "ipc:[4026531839]");
	tree_link(*state, "/proc/self/ns/uts", "uts:[4026531838]");
	tree_link(*state, "/proc/self/ns/pid", "pid:[4026531836]");
	expect_container(*state, "");
}

static void a_docker_container_may_share_one_namespace_with_its_host(void **state)
{
	tree_write(*state, "/.dockerenv", "");
	tree_link(*state, "/proc/self/ns/ipc", "ipc:[4026532251]");
	tree_link(*state, "/proc/self/ns/uts", "uts:[4026531838]");
	tree_link(*state, "/proc/self/ns/pid", "pid:[4026531836]");
	expect_container(*state, "docker");
}

static void kubernetes_mounts_its_secrets(void **state)
{
	tree_write(*state, "/run/secrets/kubernetes.io/serviceaccount/namespace", "default");
	expect_container(*state, "kubernetes");
}

static void systemd_tells_its_container_unless_it_is_wsl(void **state)
{
	tree_write(*state, "/run/systemd/container", "systemd-nspawn\n");
	expect_container(*state, "systemd-nspawn");
	tree_write(*state, "/run/systemd/container", "wsl\n");
	expect_container(*state, "");
}

static void the_first_process_tells_its_container(void **state)
{
	static const char variables[] = "HOME=/\0not_container=docker\0container=lxc\0TERM=linux";

	tree_write_bytes(*state, "/proc/1/environ", variables, sizeof(variables));
	expect_container(*state, "lxc");
}

static void the_cgroup_tells_the_container(void **state)
{
	tree_write(*state, "/proc/self/cgroup",
		   "12:pids:/docker/3f1d4b58b0c4\n0::/docker/3f1d4b58b0c4\n");
	expect_container(*state, "docker");
	tree_write(*state, "/proc/self/cgroup",
		   "0::/kubepods.slice/kubepods-burstable.slice/docker-1a.scope\n");
	expect_container(*state, "kubernetes");
	tree_write(*state, "/proc/self/cgroup", "0::/lxc.payload.web/init.scope\n");
	expect_container(*state, "lxc");
	tree_write(*state, "/proc/self/cgroup", "0::/system.slice/docker.service\n");
	expect_container(*state, "");
}

static void another_kvm_provides_virtualization_without_flags(void **state)
{
	struct nb_machine machine;

	tree_write(*state, "/proc/cpuinfo", FLAGS_VM);
	tree_write(*state, "/sys/module/kvm/parameters/halt_poll_ns", "200000\n");
	tree_write(*state, "/sys/module/kvm_pvm/parameters/force", "N\n");
	tree_read_files(&machine, *state);
	assert_string_equal(machine.kvm_module, "kvm_pvm");
	assert_string_equal(machine.kvm_parameters, "kvm.halt_poll_ns=200000 kvm_pvm.force=N");
	assert_int_equal(tree_virtualization(*state), NB_VIRT_OTHER);
}

static void a_built_in_module_without_its_cpu_provides_nothing(void **state)
{
	struct nb_machine machine;

	tree_write(*state, "/proc/cpuinfo", FLAGS_VM);
	tree_write(*state, "/sys/module/kvm_intel/parameters/nested", "Y\n");
	tree_read_files(&machine, *state);
	assert_string_equal(machine.kvm_module, "");
	assert_int_equal(tree_virtualization(*state), NB_VIRT_NONE);
	tree_write(*state, "/sys/module/kvm_intel/initstate", "live\n");
	tree_read_files(&machine, *state);
	assert_string_equal(machine.kvm_module, "kvm_intel");
	assert_int_equal(tree_virtualization(*state), NB_VIRT_OTHER);
}

static void a_device_alone_means_some_kvm(void **state)
{
	tree_write(*state, "/dev/kvm", "");
	assert_int_equal(tree_virtualization(*state), NB_VIRT_OTHER);
}

static void arguments_of_init_are_not_kept(void **state)
{
	struct nb_machine machine;

	tree_write(*state, "/proc/cmdline", "quiet mitigations=off -- --token 1234\n");
	tree_read_files(&machine, *state);
	assert_string_equal(machine.kernel_cmdline, "quiet mitigations=off");
}

static void the_os_name_may_be_quoted_in_any_way(void **state)
{
	static const struct {
		const char *line, *name;
	} cases[] = {
		{ "ID=x\nPRETTY_NAME=Plain\n", "Plain" },
		{ "PRETTY_NAME=\"A \\\"b\\\" \\$c\"\n", "A \"b\" $c" },
		{ "PRETTY_NAME='It \\ is'\nID=x\n", "It \\ is" },
		{ "PRETTY_NAME=\"not closed\nID=x\n", "not closed" },
		{ "PRETTY_NAME=\"ends in \\", "ends in \\" },
		{ "MY_PRETTY_NAME=no\n", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nb_machine machine;

		tree_write(*state, "/usr/lib/os-release", cases[i].line);
		tree_read_files(&machine, *state);
		assert_string_equal(machine.os, cases[i].name);
	}
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(an_ec2_instance_tells_its_size),
		IN_TREE(an_ec2_instance_on_xen_is_known_by_its_bios),
		IN_TREE(a_google_vm_is_known_by_its_product),
		IN_TREE(a_hyperv_vm_without_the_asset_tag_is_not_azure),
		IN_TREE(wsl_versions_are_told_apart_by_the_kernels_name),
		IN_TREE(a_custom_wsl_kernel_is_known_by_its_interop),
		IN_TREE(podman_leaves_its_own_file),
		IN_TREE(docker_is_known_by_its_file),
		IN_TREE(a_relic_of_docker_in_the_first_namespaces_is_no_container),
		IN_TREE(a_docker_container_may_share_one_namespace_with_its_host),
		IN_TREE(kubernetes_mounts_its_secrets),
		IN_TREE(systemd_tells_its_container_unless_it_is_wsl),
		IN_TREE(the_first_process_tells_its_container),
		IN_TREE(the_cgroup_tells_the_container),
		IN_TREE(another_kvm_provides_virtualization_without_flags),
		IN_TREE(a_built_in_module_without_its_cpu_provides_nothing),
		IN_TREE(a_device_alone_means_some_kvm),
		IN_TREE(arguments_of_init_are_not_kept),
		IN_TREE(the_os_name_may_be_quoted_in_any_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
