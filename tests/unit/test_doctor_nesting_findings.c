/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "nestbench/doctor.h"

#include "doctor_world.h"

/* What each witness says for itself, and what hostile machines make of all of them. */

static void examine(struct doctor_world *here, const struct nb_identity *identity,
		    struct nb_nesting *nesting, struct nb_findings *findings)
{
	static const struct nb_machine machine = { .cpus = 2 };

	findings->count = 0;
	findings->dropped = 0;
	nb_doctor_nesting(&here->world, &machine, identity, nesting, findings);
}

static const struct nb_finding *find(const struct nb_findings *findings, const char *key)
{
	const struct nb_finding *finding = nb_finding_find(findings, key);

	if (!finding)
		fail_msg("there is no finding %s", key);
	return finding;
}

static void expect(const struct nb_findings *findings, const char *key, enum nb_state state,
		   const char *value)
{
	const struct nb_finding *finding = find(findings, key);

	assert_string_equal(finding->value, value);
	assert_int_equal(finding->state, state);
	assert_int_equal(finding->section, NB_SECTION_NESTING);
	assert_true(finding->how[0] != '\0');
}

static void intel_features_come_from_the_vmx_flags(void **state)
{
	struct nb_identity identity = { .hypervisor = NB_HYPERVISOR_KVM };
	struct nb_findings findings;
	struct nb_nesting nesting;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	doctor_world_file(&here, "/proc/cpuinfo",
			  "flags\t\t: fpu vmx ept_not\nvmx flags\t: vnmi ept vpid shadow_vmcs\n");
	examine(&here, &identity, &nesting, &findings);
	expect(&findings, "cpu.features", NB_STATE_GOOD, "ept vpid shadow_vmcs");
	expect(&findings, "cpu.kernel", NB_STATE_GOOD, "vmx");
	expect(&findings, "cpu.cpuid", NB_STATE_UNKNOWN, "unknown");
}

static void the_firmwares_lock_is_told_where_it_can_be_read(void **state)
{
	static const struct {
		const char *probe, *value;
		enum nb_state state;
	} locks[] = {
		{ "feature_control=0x5\n", "VMX is on, and locked so", NB_STATE_GOOD },
		{ "feature_control=0x1\n", "VMX is off, and locked so", NB_STATE_BAD },
		{ "feature_control=0x0\n", "open: the kernel may switch VMX on", NB_STATE_INFO },
		{ "vm_cr=0x18\n", "SVM is off, and locked so", NB_STATE_BAD },
		{ "vm_cr=0x8\n", "SVM is on, and locked so", NB_STATE_GOOD },
	};
	static const char *const nonsense[] = { "", "feature_control=\n", "vm_cr=0x5 or so\n" };
	struct nb_identity identity = { .hypervisor = NB_HYPERVISOR_NONE };
	struct nb_findings findings;
	struct nb_nesting nesting;
	struct doctor_world here;

	(void)state;
	for (size_t i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
		doctor_world_init(&here);
		doctor_world_probe(&here, "msr", locks[i].probe);
		examine(&here, &identity, &nesting, &findings);
		expect(&findings, "cpu.msr", locks[i].state, locks[i].value);
	}
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		doctor_world_init(&here);
		doctor_world_probe(&here, "msr", nonsense[i]);
		examine(&here, &identity, &nesting, &findings);
		assert_null(nb_finding_find(&findings, "cpu.msr"));
	}
}

static void older_kernels_tell_ept_among_the_flags(void **state)
{
	struct nb_identity identity = { .hypervisor = NB_HYPERVISOR_KVM };
	struct nb_findings findings;
	struct nb_nesting nesting;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	doctor_world_file(&here, "/proc/cpuinfo", "flags : fpu vmx ept vpid\n");
	examine(&here, &identity, &nesting, &findings);
	expect(&findings, "cpu.features", NB_STATE_GOOD, "ept vpid");
	doctor_world_init(&here);
	doctor_world_file(&here, "/proc/cpuinfo", "flags : fpu vmx\n");
	examine(&here, &identity, &nesting, &findings);
	assert_null(nb_finding_find(&findings, "cpu.features"));
	assert_int_equal(nesting.verdict, NB_NESTING_YES);
}

static void amd_features_come_from_cpuid(void **state)
{
	struct nb_identity identity = { .hypervisor = NB_HYPERVISOR_KVM };
	struct nb_findings findings;
	struct nb_nesting nesting;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	doctor_world_leaf(&here, 1, (struct nb_cpuid){ 0 });
	doctor_world_leaf(&here, 0x80000000, (struct nb_cpuid){ .eax = 0x80000020 });
	doctor_world_leaf(&here, 0x80000001, (struct nb_cpuid){ .ecx = 1u << 2 });
	doctor_world_leaf(&here, 0x8000000a, (struct nb_cpuid){ .edx = 1u | 1u << 3 | 1u << 16 });
	examine(&here, &identity, &nesting, &findings);
	expect(&findings, "cpu.cpuid", NB_STATE_GOOD, "svm");
	expect(&findings, "cpu.features", NB_STATE_GOOD, "npt nrips vgif");
}

static void a_leaf_beyond_the_maximum_is_not_believed(void **state)
{
	struct nb_identity identity = { .hypervisor = NB_HYPERVISOR_KVM };
	struct nb_findings findings;
	struct nb_nesting nesting;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	doctor_world_leaf(&here, 1, (struct nb_cpuid){ 0 });
	doctor_world_leaf(&here, 0x80000000, (struct nb_cpuid){ .eax = 0x80000000 });
	doctor_world_leaf(&here, 0x80000001, (struct nb_cpuid){ .ecx = 1u << 2 });
	examine(&here, &identity, &nesting, &findings);
	expect(&findings, "cpu.cpuid", NB_STATE_UNKNOWN, "unknown");
	assert_int_equal(nesting.verdict, NB_NESTING_UNKNOWN);
}

static void parameters_say_what_they_mean_here(void **state)
{
	struct nb_identity hardware = { .hypervisor = NB_HYPERVISOR_NONE };
	struct nb_identity vm = { .hypervisor = NB_HYPERVISOR_VMWARE };
	struct nb_findings findings;
	struct nb_nesting nesting;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	doctor_world_file(&here, "/proc/cpuinfo", "flags : vmx ept\n");
	doctor_world_file(&here, "/sys/module/kvm_intel/initstate", "live\n");
	doctor_world_file(&here, "/sys/module/kvm_intel/parameters/nested", "N\n");
	doctor_world_file(&here, "/sys/module/kvm_intel/parameters/ept", "Y\n");
	doctor_world_file(&here, "/sys/module/kvm_intel/parameters/enable_apicv", "maybe\n");
	examine(&here, &hardware, &nesting, &findings);
	expect(&findings, "module.kvm_intel", NB_STATE_GOOD, "loaded");
	expect(&findings, "kvm.nested", NB_STATE_WARN, "off");
	expect(&findings, "kvm.ept", NB_STATE_GOOD, "on");
	expect(&findings, "kvm.enable_apicv", NB_STATE_UNKNOWN, "maybe");
	assert_non_null(strstr(find(&findings, "kvm.nested")->advice, "kvm_intel nested=1"));
	assert_int_equal(nesting.verdict, NB_NESTING_YES);
	examine(&here, &vm, &nesting, &findings);
	expect(&findings, "kvm.nested", NB_STATE_INFO, "off");
}

static void a_module_for_another_cpu_is_no_good_news(void **state)
{
	struct nb_identity identity = { .hypervisor = NB_HYPERVISOR_KVM };
	struct nb_findings findings;
	struct nb_nesting nesting;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	doctor_world_file(&here, "/proc/cpuinfo", "vendor_id : AuthenticAMD\nflags : fpu\n");
	doctor_world_file(&here, "/sys/module/kvm_amd/parameters/npt", "0\n");
	doctor_world_file(&here, "/sys/module/kvm_intel/parameters/ept", "0\n");
	examine(&here, &identity, &nesting, &findings);
	expect(&findings, "module.kvm_amd", NB_STATE_INFO, "built into the kernel");
	assert_null(nb_finding_find(&findings, "module.kvm_intel"));
	assert_int_equal(nesting.verdict, NB_NESTING_NO);
}

static void a_module_whose_name_the_kernel_would_not_give_is_none(void **state)
{
	struct nb_identity identity = { .hypervisor = NB_HYPERVISOR_KVM };
	struct nb_findings findings;
	struct nb_nesting nesting;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	doctor_world_file(&here, "/sys/module/kvm_\033[31m/initstate", "live\n");
	doctor_world_file(&here, "/sys/module/kvm_pvm/initstate", "live\n");
	examine(&here, &identity, &nesting, &findings);
	find(&findings, "module.kvm_pvm");
	for (size_t i = 0; i < findings.count; i++)
		assert_null(strchr(findings.items[i].key, '['));
}

static void windows_below_wsl_2_is_told_of(void **state)
{
	struct nb_identity identity = { .hypervisor = NB_HYPERVISOR_HYPERV, .wsl = 2 };
	struct nb_findings findings;
	struct nb_nesting nesting;
	struct doctor_world here;

	(void)state;
	doctor_world_init(&here);
	examine(&here, &identity, &nesting, &findings);
	expect(&findings, "nesting.windows", NB_STATE_INFO, "can run VMs: WSL 2 is one and runs");
}

static void a_probe_that_talks_nonsense_was_not_tried(void **state)
{
	static const char *const nonsense[] = { "",	     "\n\n",	 "open",
						"open=ok\n", "run=ok\n", "open=ok\napi=ok\nvm=ok\n",
						"=\n=\n" };
	struct nb_identity identity = { .hypervisor = NB_HYPERVISOR_KVM };
	struct nb_findings findings;
	struct nb_nesting nesting;
	struct doctor_world here;

	(void)state;
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		doctor_world_init(&here);
		doctor_world_probe(&here, "kvm", nonsense[i]);
		examine(&here, &identity, &nesting, &findings);
		expect(&findings, "kvm.device", NB_STATE_UNKNOWN, "not tried");
		assert_int_equal(nesting.verdict, NB_NESTING_UNKNOWN);
	}
}

/* Answers every question with the same megabyte, and every folder with as many names as fit. */
static int flood_read(void *self, const char *path, char *text, size_t size)
{
	(void)path;
	memset(text, *(const char *)self, size - 1);
	text[size - 1] = '\0';
	return (int)size - 1;
}

static bool flood_cpuid(void *self, uint32_t leaf, uint32_t subleaf, struct nb_cpuid *registers)
{
	(void)self;
	(void)leaf;
	(void)subleaf;
	memset(registers, 0xff, sizeof(*registers));
	return true;
}

static bool flood_exists(void *self, const char *path)
{
	(void)self;
	(void)path;
	return true;
}

static void flood_names(void *self, const char *path, const char *prefix,
			struct nb_world_names *names)
{
	(void)path;
	names->count = NB_WORLD_NAMES_MAX;
	for (size_t i = 0; i < names->count; i++) {
		memset(names->name[i], *(const char *)self, NB_WORLD_NAME_SIZE - 1);
		names->name[i][NB_WORLD_NAME_SIZE - 1] = '\0';
		memcpy(names->name[i], prefix, strlen(prefix));
	}
}

static int flood_probe(void *self, const char *name, char *text, size_t size)
{
	(void)name;
	flood_read(self, "", text, size);
	nb_base_copy(text, size, "open=");
	text[strlen(text)] = *(const char *)self;
	return (int)size - 1;
}

static void assert_ends(const char *text, size_t size)
{
	assert_non_null(memchr(text, '\0', size));
}

static void a_flood_drowns_nobody(void **state)
{
	static const char bytes[] = { 'A', '\n', '\x80', ':', '%', ' ', '-', '0', '9', '/' };
	struct nb_identity identity = { .hypervisor = NB_HYPERVISOR_HYPERV,
					.enlightened_vmcs = true };
	struct nb_machine machine = { .cpus = 1 };
	struct nb_findings *findings = calloc(1, sizeof(*findings));
	struct nb_nesting nesting;

	(void)state;
	assert_non_null(findings);
	memset(identity.slugs, 'x', sizeof(identity.slugs));
	for (size_t i = 0; i < NB_IDENTITY_SLUGS; i++)
		identity.slugs[i][NB_IDENTITY_SLUG_SIZE - 1] = '\0';
	for (size_t i = 0; i < sizeof(bytes); i++) {
		char byte = bytes[i];
		struct nb_world world = { .self = &byte,
					  .cpuid = flood_cpuid,
					  .read = flood_read,
					  .link = flood_read,
					  .exists = flood_exists,
					  .names = flood_names,
					  .probe = flood_probe };

		findings->count = 0;
		nb_doctor_nesting(&world, &machine, &identity, &nesting, findings);
		nb_doctor_settings(&world, &machine, findings);
		assert_ends(nesting.reason, sizeof(nesting.reason));
		assert_ends(nesting.note, sizeof(nesting.note));
		assert_ends(nesting.advice, sizeof(nesting.advice));
		for (size_t j = 0; j < findings->count; j++)
			assert_ends(findings->items[j].value, sizeof(findings->items[j].value));
		assert_non_null(nb_finding_find(findings, "settings.steal"));
	}
	free(findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intel_features_come_from_the_vmx_flags),
		cmocka_unit_test(older_kernels_tell_ept_among_the_flags),
		cmocka_unit_test(amd_features_come_from_cpuid),
		cmocka_unit_test(a_leaf_beyond_the_maximum_is_not_believed),
		cmocka_unit_test(parameters_say_what_they_mean_here),
		cmocka_unit_test(a_module_for_another_cpu_is_no_good_news),
		cmocka_unit_test(a_module_whose_name_the_kernel_would_not_give_is_none),
		cmocka_unit_test(windows_below_wsl_2_is_told_of),
		cmocka_unit_test(the_firmwares_lock_is_told_where_it_can_be_read),
		cmocka_unit_test(a_probe_that_talks_nonsense_was_not_tried),
		cmocka_unit_test(a_flood_drowns_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
