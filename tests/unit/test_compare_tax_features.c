/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tax_sample.h"

/* What is said to explain the tax, and from what it is known. */

static void assert_explained(const struct nb_record *record, const char *expected)
{
	struct nb_tax *tax = tax_of(record);
	char text[512];

	assert_non_null(tax);
	nb_tax_explain(tax, text, sizeof(text));
	assert_string_equal(text, expected);
	free(tax);
}

static void set_parameters(struct nb_record *record, const char *parameters)
{
	nb_base_copy(record->session.machine.kvm_parameters,
		     sizeof(record->session.machine.kvm_parameters), parameters);
}

static void what_nothing_tells_is_not_known(void **state)
{
	struct nb_record record;

	(void)state;
	tax_record(&record);
	tax_guest(&record, "nested.roundtrip_pio", "", 300000);
	assert_explained(&record,
			 "not known: nested paging, VMCS shadowing, APICv, enlightened VMCS");
	nb_record_free(&record);
}

static void what_was_measured_tells_most(void **state)
{
	struct nb_record record;

	(void)state;
	tax_cpuid(&record);
	tax_count(tax_guest(&record, "nested.vmread", "field=unshadowed", 24000), 1);
	tax_count(tax_guest(&record, "nested.vmread", "field=shadowed", 100), 0);
	tax_count(tax_guest(&record, "exit.apic_eoi", "apic=x2apic", 24000), 1);
	tax_count(tax_guest(&record, "exit.apic_eoi", "apic=xapic", 25000), 1);
	set_parameters(&record, "kvm.x=1 kvm_intel.enable_apicv=Y kvm_intel.ept=N "
				"kvm_intel.enable_shadow_vmcs=N");
	assert_explained(&record, "seen: nested paging, VMCS shadowing; not seen: APICv; "
				  "not known: enlightened VMCS");
	tax_count(&record.series[4], 1);
	tax_count(&record.series[6], 0);
	assert_explained(&record, "seen: nested paging, APICv; not seen: VMCS shadowing; "
				  "not known: enlightened VMCS");
	nb_record_free(&record);
}

static void what_software_ran_or_nobody_counted_tells_nothing(void **state)
{
	struct nb_record record;
	struct nb_series_rounds *series;

	(void)state;
	tax_cpuid(&record);
	series = tax_guest(&record, "nested.vmread", "field=shadowed", 100);
	tax_count(series, 0);
	tax_judge(series, NB_EMULATED);
	tax_guest(&record, "exit.apic_eoi", "apic=x2apic", 24000);
	assert_explained(&record, "seen: nested paging; "
				  "not known: VMCS shadowing, APICv, enlightened VMCS");
	nb_record_free(&record);
}

static void parameters_tell_where_nothing_was_measured(void **state)
{
	struct nb_record record;

	(void)state;
	tax_record(&record);
	tax_guest(&record, "nested.roundtrip_pio", "", 300000);
	set_parameters(&record, "kvm.enable_apicv=N kvm_intel.enable_apicv=Y "
				"kvm_intel.enable_shadow_vmcs=0 kvm_intel.enlightened_vmcs=1 "
				"kvm_intel.ept=Y kvm_intel.eptad=N");
	assert_explained(&record, "seen: nested paging, APICv, enlightened VMCS; "
				  "not seen: VMCS shadowing");
	set_parameters(&record, "kvm_intel.ept=maybe kvm_intel.enable_apicv=");
	assert_explained(&record,
			 "not known: nested paging, VMCS shadowing, APICv, enlightened VMCS");
	nb_record_free(&record);
}

static void nested_paging_that_is_refused_is_not_seen(void **state)
{
	struct nb_record record;

	(void)state;
	tax_record(&record);
	tax_guest(&record, "nested.roundtrip_cpuid", "stage2=off", 300000);
	tax_skip(&record, "nested.roundtrip_cpuid", "stage2=on");
	assert_explained(&record, "not seen: nested paging; "
				  "not known: VMCS shadowing, APICv, enlightened VMCS");
	nb_record_free(&record);
}

static void amd_has_features_of_its_own(void **state)
{
	struct nb_record record;

	(void)state;
	tax_cpuid(&record);
	nb_base_copy(record.session.machine.kvm_module, 16, "kvm_amd");
	nb_base_copy(record.session.machine.cpu_vendor, 16, "AuthenticAMD");
	tax_count(tax_guest(&record, "nested.stgi", "", 50), 0);
	tax_count(tax_guest(&record, "nested.vmload", "", 9000), 1);
	set_parameters(&record, "kvm_amd.avic=N kvm_amd.vgif=0 kvm_amd.vls=1");
	assert_explained(&record, "seen: nested paging, virtual GIF; "
				  "not seen: virtual VMLOAD and VMSAVE, AVIC");
	nb_record_free(&record);
}

static void only_microsofts_hypervisor_has_enlightenments(void **state)
{
	struct nb_record record;

	(void)state;
	tax_cpuid(&record);
	nb_base_copy(record.session.machine.hypervisor, 24, "KVMKVMKVM");
	assert_explained(&record, "seen: nested paging; not seen: enlightened VMCS; "
				  "not known: VMCS shadowing, APICv");
	nb_record_free(&record);
}

static void sessions_that_differ_are_said_to(void **state)
{
	struct nb_record records[2];
	const struct nb_record *pointers[] = { &records[0], &records[1] };
	struct nb_tax *tax;
	char text[512];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		tax_cpuid(&records[i]);
		set_parameters(&records[i], i ? "kvm_intel.enable_shadow_vmcs=Y"
					      : "kvm_intel.enable_shadow_vmcs=N "
						"kvm_intel.enable_apicv=N");
	}
	assert_int_equal(nb_tax_make(pointers, 2, true, &tax, NULL), 0);
	nb_tax_explain(tax, text, sizeof(text));
	assert_string_equal(text, "seen: nested paging; seen in some of the sessions: VMCS "
				  "shadowing; not seen: APICv; not known: enlightened VMCS");
	free(tax);
	nb_record_free(&records[0]);
	nb_record_free(&records[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_nothing_tells_is_not_known),
		cmocka_unit_test(what_was_measured_tells_most),
		cmocka_unit_test(what_software_ran_or_nobody_counted_tells_nothing),
		cmocka_unit_test(parameters_tell_where_nothing_was_measured),
		cmocka_unit_test(nested_paging_that_is_refused_is_not_seen),
		cmocka_unit_test(amd_has_features_of_its_own),
		cmocka_unit_test(only_microsofts_hypervisor_has_enlightenments),
		cmocka_unit_test(sessions_that_differ_are_said_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
