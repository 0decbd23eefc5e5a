/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/platform.h"

#include "../../harness/platform/platform_files.h"
#include "../../harness/platform/platform_parts.h"
#include "test_platform_tree.h"

/* Files that no kernel writes; the sanitizers watch what they do. */

enum { NOISE_SIZE = 100000 };

static const char *const files[] = {
	"/proc/cpuinfo",
	"/proc/meminfo",
	"/proc/cmdline",
	"/proc/1/environ",
	"/proc/self/cgroup",
	"/proc/sys/kernel/osrelease",
	"/proc/sys/kernel/version",
	"/proc/sys/kernel/random/boot_id",
	"/etc/os-release",
	"/run/systemd/container",
	"/sys/class/dmi/id/sys_vendor",
	"/sys/class/dmi/id/product_name",
	"/sys/class/dmi/id/bios_vendor",
	"/sys/class/dmi/id/bios_version",
	"/sys/class/dmi/id/chassis_asset_tag",
	"/sys/devices/system/cpu/online",
	"/sys/devices/system/cpu/cpu0/topology/core_id",
	"/sys/devices/system/cpu/cpu0/topology/physical_package_id",
	"/sys/devices/system/cpu/cpu0/topology/thread_siblings_list",
	"/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor",
	"/sys/devices/system/cpu/vulnerabilities/noise",
	"/sys/devices/system/clocksource/clocksource0/current_clocksource",
	"/sys/kernel/mm/transparent_hugepage/enabled",
	"/sys/module/kvm/parameters/noise",
	"/sys/module/kvm_noise/parameters/noise",
	"/var/lib/hyperv/.kvp_pool_3",
};

static void assert_printable(const char *text, size_t size)
{
	assert_true(strnlen(text, size) < size);
	for (; *text; text++)
		assert_in_range((unsigned char)*text, ' ', '~');
}

static void assert_all_printable(const struct nb_machine *machine)
{
#define NB_TEXT(field, size) assert_printable(machine->field, size);
	NB_MACHINE_TEXTS(NB_TEXT)
#undef NB_TEXT
}

static void fill_all_files(const char *root, const unsigned char *noise, size_t size)
{
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		tree_write_bytes(root, files[i], noise, size);
}

static void binary_garbage_gives_bounded_printable_facts(void **state)
{
	static unsigned char noise[NOISE_SIZE];
	struct nb_random random;

	nb_random_seed(&random, 2);
	for (int pass = 0; pass < 4; pass++) {
		struct nb_machine machine;
		struct nb_error error = { 0 };

		for (size_t i = 0; i < sizeof(noise); i++)
			noise[i] = (unsigned char)nb_random_below(&random, 256);
		fill_all_files(*state, noise, sizeof(noise));
		assert_int_equal(tree_read(&machine, *state, -1, &error), 0);
		assert_all_printable(&machine);
		tree_virtualization(*state);
	}
}

static void a_line_without_end_gives_bounded_facts(void **state)
{
	static const unsigned char bytes[] = { '0', '[', ',', '-', ':', '"', '\t', 0xff, 0 };
	static unsigned char noise[NOISE_SIZE];

	for (size_t i = 0; i < sizeof(bytes); i++) {
		struct nb_machine machine;
		struct nb_error error = { 0 };

		memset(noise, bytes[i], sizeof(noise));
		fill_all_files(*state, noise, sizeof(noise));
		assert_int_equal(tree_read(&machine, *state, -1, &error), 0);
		assert_all_printable(&machine);
	}
}

/* A vendor's name of a megabyte, a version of binary rubbish, a million lines of mounts. */
static void a_megabyte_in_every_file_is_cut_and_can_be_recorded(void **state)
{
	enum { SIZE = NB_WORLD_TEXT_MAX + NOISE_SIZE };
	unsigned char *noise = malloc(SIZE);
	struct nb_world world, recorder;
	struct nb_machine machine;
	struct nb_error error = { 0 };
	char recording[PATH_MAX];
	char text[64];

	assert_non_null(noise);
	memset(noise, 'A', SIZE);
	tree_write_bytes(*state, "/sys/class/dmi/id/sys_vendor", noise, SIZE);
	memset(noise, '\n', SIZE);
	tree_write_bytes(*state, "/proc/self/mountinfo", noise, SIZE);
	tree_write_bytes(*state, "/etc/os-release", noise, SIZE);
	for (size_t i = 0; i < SIZE; i++)
		noise[i] = (unsigned char)(i * 37 >> 3);
	tree_write_bytes(*state, "/proc/version", noise, SIZE);
	tree_write_bytes(*state, "/proc/cpuinfo", noise, SIZE);
	free(noise);
	tree_make_place(*state, "/recording", recording);
	world = tree_world(*state);
	assert_int_equal(nb_world_record(&recorder, &world, recording, true, &error), 0);
	assert_int_equal(nb_platform_read(&machine, &recorder, -1, &error), 0);
	nb_world_line(&recorder, "/proc/version", text, sizeof(text));
	assert_printable(text, sizeof(text));
	assert_false(nb_world_line(&recorder, "/proc/self/mountinfo", text, sizeof(text)));
	assert_int_equal(nb_world_recorded(&recorder, &error), 0);
	nb_world_close(&recorder);
	nb_world_close(&world);
	assert_all_printable(&machine);
	assert_int_equal(strlen(machine.dmi_vendor), sizeof(machine.dmi_vendor) - 1);
	assert_string_equal(machine.os, "");
}

static void empty_files_are_unknown_facts(void **state)
{
	struct nb_machine machine;

	fill_all_files(*state, (const unsigned char *)"", 0);
	tree_read_files(&machine, *state);
	assert_int_equal(machine.cpus, -1);
	assert_int_equal(machine.memory_bytes, -1);
	assert_string_equal(machine.kernel, "");
	assert_string_equal(machine.host, "");
	assert_string_equal(machine.mitigations, "");
}

static void numbers_that_do_not_fit_are_unknown(void **state)
{
	struct nb_machine machine;

	tree_write(*state, "/proc/meminfo",
		   "MemTotal: 99999999999999999999 kB\nSwapTotal: -1 kB\n");
	tree_read_files(&machine, *state);
	assert_int_equal(machine.memory_bytes, -1);
	assert_int_equal(machine.swap_bytes, -1);
	tree_write(*state, "/proc/meminfo", "MemTotal: 12 MB\nSwapTotal:\n");
	tree_read_files(&machine, *state);
	assert_int_equal(machine.memory_bytes, -1);
	assert_int_equal(machine.swap_bytes, -1);
}

static void endless_ranges_of_cpus_end(void **state)
{
	struct nb_machine machine;

	tree_write(*state, "/sys/devices/system/cpu/online",
		   "7-3,8190-18446744073709551615,1,1x\n");
	tree_read_files(&machine, *state);
	assert_int_equal(machine.cpus, 3);
	assert_string_equal(machine.topology, "");
}

static void a_pool_record_without_nul_is_cut(void **state)
{
	static char pool[2 * 2560 + 700];
	struct nb_machine machine;

	memset(pool, 'K', 2560);
	memset(pool + 2560, 0, 2560);
	nb_base_copy(pool + 2560, 512, "PhysicalHostName");
	memset(pool + 2560 + 512, 'h', 2048);
	memset(pool + 5120, 'x', 700);
	tree_write_bytes(*state, "/var/lib/hyperv/.kvp_pool_3", pool, sizeof(pool));
	tree_read_files(&machine, *state);
	assert_int_equal(strlen(machine.host), sizeof(machine.host) - 1);
	assert_int_equal(strspn(machine.host, "h"), sizeof(machine.host) - 1);
	tree_write_bytes(*state, "/var/lib/hyperv/.kvp_pool_3", pool, 2560 + 512 + 100);
	tree_read_files(&machine, *state);
	assert_string_equal(machine.host, "");
}

static void too_many_parameters_keep_the_vendors_and_say_so(void **state)
{
	struct nb_machine machine;
	const char *vendor;
	char path[128];

	tree_write(*state, "/proc/cpuinfo", "flags : vmx\n");
	for (int i = 0; i < 20; i++) {
		snprintf(path, sizeof(path), "/sys/module/kvm_intel/parameters/vendors_%02d", i);
		tree_write(*state, path, "value\n");
	}
	for (int i = 0; i < 100; i++) {
		snprintf(path, sizeof(path), "/sys/module/kvm/parameters/parameter_%02d", i);
		tree_write(*state, path, "value\n");
	}
	tree_read_files(&machine, *state);
	assert_int_equal(strncmp(machine.kvm_parameters, "kvm.parameter_00=value ", 23), 0);
	vendor = strstr(machine.kvm_parameters, "=value ... kvm_intel.vendors_00=value ");
	assert_non_null(vendor);
	assert_non_null(strstr(vendor, " kvm_intel.vendors_19=value"));
}

static void a_folder_in_place_of_a_file_is_no_fact(void **state)
{
	struct nb_machine machine;

	tree_write(*state, "/proc/cpuinfo/file", "x");
	tree_write(*state, "/etc/os-release/file", "x");
	tree_write(*state, "/sys/module/kvm/parameters/folder/file", "x");
	tree_read_files(&machine, *state);
	assert_string_equal(machine.os, "");
	assert_string_equal(machine.kvm_parameters, "");
}

static void a_list_never_cuts_an_entry(void **state)
{
	char text[16];
	struct nb_platform_list list;

	(void)state;
	nb_platform_list_init(&list, text, sizeof(text), "; ");
	nb_platform_list_add(&list, "abcdefghij");
	assert_string_equal(text, "abcdefghij");
	nb_platform_list_add(&list, "k");
	assert_string_equal(text, "abcdefghij; ...");
	nb_platform_list_add(&list, "l");
	assert_string_equal(text, "abcdefghij; ...");
	nb_platform_list_init(&list, text, sizeof(text), "; ");
	nb_platform_list_add(&list, "0123456789a");
	assert_string_equal(text, "...");
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_TREE(binary_garbage_gives_bounded_printable_facts),
		IN_TREE(a_line_without_end_gives_bounded_facts),
		IN_TREE(a_megabyte_in_every_file_is_cut_and_can_be_recorded),
		IN_TREE(empty_files_are_unknown_facts),
		IN_TREE(numbers_that_do_not_fit_are_unknown),
		IN_TREE(endless_ranges_of_cpus_end),
		IN_TREE(a_pool_record_without_nul_is_cut),
		IN_TREE(too_many_parameters_keep_the_vendors_and_say_so),
		IN_TREE(a_folder_in_place_of_a_file_is_no_fact),
		cmocka_unit_test(a_list_never_cuts_an_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
