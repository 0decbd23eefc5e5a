/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "nestbench/platform.h"

#include "../../harness/platform/platform_files.h"
#include "../../harness/platform/platform_leaves.h"
#include "../../harness/platform/platform_parts.h"

/* The machine that runs the test: two ways to the same fact must agree. */

static void read_here(struct nb_machine *machine)
{
	struct nb_error error = { 0 };
	struct nb_world world;

	nb_world_live(&world, NULL, 0);
	assert_int_equal(nb_platform_read(machine, &world, -1, &error), 0);
	assert_int_equal(error.code, 0);
}

static void this_machine_has_a_cpu_memory_and_a_kernel(void **state)
{
	struct nb_machine machine;

	(void)state;
	read_here(&machine);
	assert_string_not_equal(machine.cpu_vendor, "");
	assert_string_not_equal(machine.cpu_brand, "");
	assert_int_equal(machine.cpus, sysconf(_SC_NPROCESSORS_ONLN));
	assert_true(machine.memory_bytes > 0);
	assert_true(machine.swap_bytes >= 0);
	assert_string_not_equal(machine.kernel, "");
	assert_string_not_equal(machine.platform, "");
	assert_in_range(nb_platform_level(&machine) + 1, 0, 16);
}

static void libcpuid_agrees_with_the_raw_leaves(void **state)
{
	struct nb_platform_leaves leaves;
	struct nb_machine machine;
	struct nb_machine raw = { 0 };
	struct nb_world world;

	(void)state;
	read_here(&machine);
	nb_world_live(&world, NULL, 0);
	nb_platform_leaves_read(&leaves, &world);
	assert_int_equal(nb_platform_decode_cpu(&leaves, &raw), 0);
	assert_string_equal(machine.cpu_vendor, raw.cpu_vendor);
	assert_string_equal(machine.cpu_brand, raw.cpu_brand);
	assert_int_equal(machine.cpu_family, raw.cpu_family);
	assert_int_equal(machine.cpu_model, raw.cpu_model);
	assert_int_equal(machine.cpu_stepping, raw.cpu_stepping);
}

static void the_cpu_is_what_the_kernel_prints(void **state)
{
	static char text[NB_PLATFORM_TEXT_MAX];
	struct nb_machine machine;
	struct nb_world world;
	char value[32];

	(void)state;
	read_here(&machine);
	nb_world_live(&world, NULL, 0);
	assert_true(world.read(world.self, "/proc/cpuinfo", text, sizeof(text)) > 0);
	assert_true(nb_platform_field(text, "cpu family", value, sizeof(value)));
	assert_int_equal(machine.cpu_family, strtol(value, NULL, 10));
	assert_true(nb_platform_field(text, "model", value, sizeof(value)));
	assert_int_equal(machine.cpu_model, strtol(value, NULL, 10));
	assert_true(nb_platform_field(text, "stepping", value, sizeof(value)));
	assert_int_equal(machine.cpu_stepping, strtol(value, NULL, 10));
	assert_int_equal(machine.hypervisor[0] != '\0',
			 nb_platform_field_has(text, "flags", "hypervisor"));
}

static void reading_twice_gives_the_same(void **state)
{
	struct nb_machine first, second;

	(void)state;
	memset(&first, 0xaa, sizeof(first));
	memset(&second, 0x55, sizeof(second));
	read_here(&first);
	read_here(&second);
	assert_string_equal(first.platform, second.platform);
	assert_string_equal(first.kvm_parameters, second.kvm_parameters);
	assert_string_equal(first.boot_id, second.boot_id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_machine_has_a_cpu_memory_and_a_kernel),
		cmocka_unit_test(libcpuid_agrees_with_the_raw_leaves),
		cmocka_unit_test(the_cpu_is_what_the_kernel_prints),
		cmocka_unit_test(reading_twice_gives_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
