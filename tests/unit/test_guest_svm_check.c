/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../harness/guest/svm_vmcb.h"

/*
 * What the microguest says about an entry that VMRUN refused: the checks of AMD APM volume 2,
 * section 15.5.1, one by one, on a VMCB in which nothing else is wrong.
 */

enum { ADDRESS_BITS = 40, EVENT_TYPE_RESERVED = 1 << 8, MSR_MAP_RANGE = 0x800 };

#define EVENT(type, vector) (NB_SVM_EVENT_VALID | (type) | (vector))

static struct nb_svm_vmcb right_vmcb(void)
{
	return (struct nb_svm_vmcb){
		.control = { .intercepts_svm = NB_SVM_INTERCEPT_VMRUN,
			     .iopm = 0x110000,
			     .msrpm = 0x120000,
			     .asid = 1,
			     .nested_control = NB_SVM_NESTED_PAGING,
			     .nested_cr3 = 0x130000 },
		.save = { .cs = { .selector = 0x08, .attributes = 0xa9b, .limit = UINT32_MAX },
			  .efer = 0x1500,
			  .cr0 = 0x80010033,
			  .cr3 = 0x140000,
			  .cr4 = 0x620,
			  .dr6 = 0xffff0ff0,
			  .dr7 = 0x400,
			  .rflags = 2,
			  .pat = 0x0007040600070406 },
	};
}

static void a_vmcb_in_which_nothing_is_wrong_passes(void **state)
{
	struct nb_svm_vmcb vmcb = right_vmcb();

	(void)state;
	assert_null(nb_svm_check(&vmcb, ADDRESS_BITS));
}

/* One wrong field of 64 bits, and the name that it gets. */
struct wrong {
	size_t offset;
	uint64_t value;
	const char *name;
};

#define CONTROL(field) offsetof(struct nb_svm_vmcb, control.field)
#define SAVE(field)    offsetof(struct nb_svm_vmcb, save.field)

static const struct wrong wrongs[] = {
	{ SAVE(efer), 0x500, "EFER.SVME is 0" },
	{ SAVE(cr0), 0xa0010033, "CR0.NW is 1 and CR0.CD is 0" },
	{ SAVE(cr0), 0x180010033, "CR0[63:32] are not 0" },
	{ SAVE(cr3), UINT64_C(1) << ADDRESS_BITS, "reserved bits of CR3 are 1" },
	{ SAVE(cr4), 0x2620, "reserved bits of CR4 are 1" }, /* VMXE: Intel's */
	{ SAVE(dr6), 0x1ffff0ff0, "DR6[63:32] are not 0" },
	{ SAVE(dr7), 0x100000400, "DR7[63:32] are not 0" },
	{ SAVE(efer), 0x1502, "reserved bits of EFER are 1" },
	{ SAVE(cr4), 0x600, "EFER.LME and CR0.PG are 1 and CR4.PAE is 0" },
	{ SAVE(cr0), 0x80010032, "EFER.LME and CR0.PG are 1 and CR0.PE is 0" },
	{ CONTROL(msrpm), (UINT64_C(1) << ADDRESS_BITS) - 4096,
	  "the MSR permission map is beyond physical memory" },
	{ CONTROL(iopm), (UINT64_C(1) << ADDRESS_BITS) - 8192,
	  "the I/O permission map is beyond physical memory" },
	{ CONTROL(event), EVENT(NB_SVM_EVENT_EXCEPTION, 32),
	  "EVENTINJ has a vector that no exception has" },
	{ CONTROL(event), EVENT(NB_SVM_EVENT_EXCEPTION, NB_SVM_VECTOR_NMI),
	  "EVENTINJ has a vector that no exception has" },
	{ CONTROL(event), EVENT(EVENT_TYPE_RESERVED, 0x30), "EVENTINJ has a reserved type" },
	{ CONTROL(nested_cr3), UINT64_C(1) << ADDRESS_BITS, "reserved bits of nCR3 are 1" },
	{ SAVE(pat), 0x0007040600070402, "G_PAT has a reserved memory type" },
	{ SAVE(pat), 0x0807040600070406, "G_PAT has a reserved memory type" },
};

static void each_wrong_field_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		struct nb_svm_vmcb vmcb = right_vmcb();
		const char *name;

		memcpy((char *)&vmcb + wrongs[i].offset, &wrongs[i].value, sizeof(uint64_t));
		name = nb_svm_check(&vmcb, ADDRESS_BITS);
		assert_non_null(name);
		assert_string_equal(name, wrongs[i].name);
	}
}

static void what_takes_two_fields_or_is_narrow_is_named(void **state)
{
	struct nb_svm_vmcb vmcb = right_vmcb();

	(void)state;
	vmcb.save.cs.attributes = 0xe9b;
	assert_string_equal(nb_svm_check(&vmcb, ADDRESS_BITS), "CS.L and CS.D are 1 in long mode");
	vmcb = right_vmcb();
	vmcb.save.cr4 |= 1 << 23;
	vmcb.save.cr0 &= ~(UINT64_C(1) << 16);
	assert_string_equal(nb_svm_check(&vmcb, ADDRESS_BITS), "CR4.CET is 1 and CR0.WP is 0");
	vmcb = right_vmcb();
	vmcb.control.intercepts_svm = NB_SVM_INTERCEPT_VMMCALL;
	assert_string_equal(nb_svm_check(&vmcb, ADDRESS_BITS), "VMRUN is not intercepted");
	vmcb = right_vmcb();
	vmcb.control.asid = 0;
	assert_string_equal(nb_svm_check(&vmcb, ADDRESS_BITS), "the ASID is 0");
}

static void nested_paging_is_not_looked_at_where_it_is_off(void **state)
{
	struct nb_svm_vmcb vmcb = right_vmcb();

	(void)state;
	vmcb.control.nested_control = 0;
	vmcb.control.nested_cr3 = UINT64_MAX;
	vmcb.save.pat = UINT64_MAX;
	assert_null(nb_svm_check(&vmcb, ADDRESS_BITS));
}

static void events_that_may_be_injected_pass(void **state)
{
	const uint64_t events[] = { EVENT(NB_SVM_EVENT_INTERRUPT, 0x30),
				    EVENT(NB_SVM_EVENT_NMI, NB_SVM_VECTOR_NMI),
				    EVENT(NB_SVM_EVENT_EXCEPTION, 31),
				    EVENT(NB_SVM_EVENT_SOFTWARE, 0x80),
				    EVENT_TYPE_RESERVED /* not valid: nothing */ };
	struct nb_svm_vmcb vmcb = right_vmcb();

	(void)state;
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		vmcb.control.event = events[i];
		assert_null(nb_svm_check(&vmcb, ADDRESS_BITS));
	}
}

/* Section 15.7.2: an interrupt, an NMI or a fault would be lost; an INT n is executed again. */
static void what_was_being_delivered_is_delivered_again(void **state)
{
	const uint64_t fault =
		EVENT(NB_SVM_EVENT_EXCEPTION | NB_SVM_EVENT_HAS_ERROR, 14) | UINT64_C(7) << 32;
	const uint64_t interrupt = EVENT(NB_SVM_EVENT_INTERRUPT, 0x30);
	const uint64_t nmi = EVENT(NB_SVM_EVENT_NMI, NB_SVM_VECTOR_NMI);

	(void)state;
	assert_true(nb_svm_interrupted_event(fault) == fault);
	assert_true(nb_svm_interrupted_event(interrupt) == interrupt);
	assert_true(nb_svm_interrupted_event(nmi) == nmi);
	assert_true(nb_svm_interrupted_event(interrupt & ~NB_SVM_EVENT_VALID) == 0);
	assert_true(nb_svm_interrupted_event(EVENT(NB_SVM_EVENT_SOFTWARE, 0x80)) == 0);
	assert_true(nb_svm_interrupted_event(EVENT(NB_SVM_EVENT_EXCEPTION, 3)) == 0);
	assert_true(nb_svm_interrupted_event(EVENT(NB_SVM_EVENT_EXCEPTION, 4)) == 0);
}

static unsigned count_bits(const uint8_t *map)
{
	unsigned count = 0;

	for (size_t i = 0; i < NB_SVM_MSR_MAP_SIZE; i++)
		count += (unsigned)__builtin_popcount(map[i]);
	return count;
}

/* Section 15.11: the first MSR of each range, and one in the middle of a byte. */
static void an_msr_has_two_bits_in_the_map(void **state)
{
	const struct {
		uint32_t msr;
		size_t offset;
		uint8_t bits;
	} places[] = { { 0, 0, 0x03 },
		       { 0x6e0, 0x6e0 / 4, 0x03 },
		       { 0x1fff, MSR_MAP_RANGE - 1, 0xc0 },
		       { 0xc0000000, MSR_MAP_RANGE, 0x03 },
		       { 0xc0000082, MSR_MAP_RANGE + 0x20, 0x30 },
		       { 0xc0010117, 2 * MSR_MAP_RANGE + 0x45, 0xc0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint8_t map[NB_SVM_MSR_MAP_SIZE] = { 0 };

		nb_svm_map_msr(map, places[i].msr);
		assert_int_equal(map[places[i].offset], places[i].bits);
		assert_int_equal(count_bits(map), 2);
	}
}

/* They exit whatever the map says. */
static void an_msr_of_no_range_has_no_bits(void **state)
{
	const uint32_t msrs[] = { 0x2000, 0x4b564d00, 0xbfffffff, 0xc0002000, 0xc0012000 };
	uint8_t map[NB_SVM_MSR_MAP_SIZE] = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++)
		nb_svm_map_msr(map, msrs[i]);
	assert_int_equal(count_bits(map), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vmcb_in_which_nothing_is_wrong_passes),
		cmocka_unit_test(each_wrong_field_is_named),
		cmocka_unit_test(what_takes_two_fields_or_is_narrow_is_named),
		cmocka_unit_test(nested_paging_is_not_looked_at_where_it_is_off),
		cmocka_unit_test(events_that_may_be_injected_pass),
		cmocka_unit_test(what_was_being_delivered_is_delivered_again),
		cmocka_unit_test(an_msr_has_two_bits_in_the_map),
		cmocka_unit_test(an_msr_of_no_range_has_no_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
