/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../harness/guest/vmx_check.c"

/*
 * The microguest's naming of a refused VM entry: a guest state like the one that it enters with,
 * in which one thing is wrong.
 */

static const struct nb_vmx_segment_state good_data = { 0, 0x10, UINT32_MAX, 0xc093 };

static struct nb_vmx_guest_state make_good(void)
{
	struct nb_vmx_guest_state guest = {
		.gdtr = { 0x110000, 55 },
		.idtr = { 0x111000, 1023 },
		.cr0 = 0x80010033,
		.cr3 = 0x120000,
		.cr4 = 0x2620,
		.dr7 = 0x400,
		.rip = 0x101000,
		.rflags = 2,
		.link = UINT64_MAX,
		.cr0_fixed0 = 0x80000021,
		.cr0_fixed1 = UINT32_MAX,
		.cr4_fixed0 = 0x2000,
		.cr4_fixed1 = 0xff27ff,
		.physical_bits = 40,
		.linear_bits = 48,
	};

	for (unsigned i = NB_VMX_ES; i <= NB_VMX_GS; i++)
		guest.segments[i] = good_data;
	guest.segments[NB_VMX_CS] = (struct nb_vmx_segment_state){ 0, 0x08, UINT32_MAX, 0xa09b };
	guest.segments[NB_VMX_LDTR] = (struct nb_vmx_segment_state){ .rights = NB_VMX_UNUSABLE };
	guest.segments[NB_VMX_TR] = (struct nb_vmx_segment_state){ 0x112000, 0x28, 0x67, 0x8b };
	return guest;
}

/* What is wrong: a word of the state gets another value. */
struct fault {
	const char *name;
	size_t offset;
	uint64_t value;
};

#define WORD(field) offsetof(struct nb_vmx_guest_state, field)
#define SEGMENT(number, field)                            \
	(offsetof(struct nb_vmx_guest_state, segments) +  \
	 (number) * sizeof(struct nb_vmx_segment_state) + \
	 offsetof(struct nb_vmx_segment_state, field))

static const struct fault word_faults[] = {
	{ "CR0 and its fixed bits", WORD(cr0), 0x80010013 },
	{ "CR0 and its fixed bits", WORD(cr0), UINT64_C(0x180010033) },
	{ "CR4 and its fixed bits", WORD(cr4), 0x620 },
	{ "CR4.PAE in IA-32e mode", WORD(cr4), 0x2600 },
	{ "CR3 beyond the physical address", WORD(cr3), UINT64_C(1) << 40 },
	{ "canonical SYSENTER addresses", WORD(sysenter_esp), UINT64_C(1) << 47 },
	{ "canonical SYSENTER addresses", WORD(sysenter_eip), UINT64_C(1) << 63 },
	{ "canonical base of GDTR or IDTR", WORD(gdtr.base), UINT64_C(1) << 47 },
	{ "canonical base of GDTR or IDTR", WORD(idtr.base), UINT64_C(1) << 47 },
	{ "limit of GDTR or IDTR", WORD(gdtr.limit), 0x10000 },
	{ "limit of GDTR or IDTR", WORD(idtr.limit), 0x10000 },
	{ "canonical RIP", WORD(rip), UINT64_C(1) << 47 },
	{ "bit 1 of RFLAGS", WORD(rflags), 0 },
	{ "reserved bits of RFLAGS", WORD(rflags), 0xa },
	{ "reserved bits of RFLAGS", WORD(rflags), 0x400002 },
	{ "RFLAGS.VM in IA-32e mode", WORD(rflags), 0x20002 },
	{ "RFLAGS.IF with an interrupt injected", WORD(entry_event), 0x80000030 },
	{ "activity state", WORD(activity), 4 },
	{ "reserved bits of interruptibility", WORD(interruptibility), 0x20 },
	{ "blocking by STI and by MOV SS", WORD(interruptibility), 3 },
	{ "blocking by STI without RFLAGS.IF", WORD(interruptibility), 1 },
	{ "reserved bits of pending debug exceptions", WORD(pending_debug), 0x10 },
	{ "VMCS link pointer", WORD(link), 0x123 },
	{ "VMCS link pointer", WORD(link), UINT64_C(1) << 40 },
	{ "canonical base of TR, FS or GS", SEGMENT(NB_VMX_TR, base), UINT64_C(1) << 47 },
	{ "canonical base of TR, FS or GS", SEGMENT(NB_VMX_FS, base), UINT64_C(1) << 47 },
	{ "base of CS beyond 32 bits", SEGMENT(NB_VMX_CS, base), UINT64_C(1) << 32 },
	{ "base of ES, SS or DS beyond 32 bits", SEGMENT(NB_VMX_DS, base), UINT64_C(1) << 32 },
};

static const struct fault segment_faults[] = {
	{ "TI of TR's selector", SEGMENT(NB_VMX_TR, selector), 0x2c },
	{ "RPL of SS and CS", SEGMENT(NB_VMX_SS, selector), 0x13 },
	{ "type of CS", SEGMENT(NB_VMX_CS, rights), 0xa093 },
	{ "S of CS", SEGMENT(NB_VMX_CS, rights), 0xa08b },
	{ "DPL of CS", SEGMENT(NB_VMX_CS, rights), 0xa0fb },
	{ "P of CS", SEGMENT(NB_VMX_CS, rights), 0xa01b },
	{ "reserved access rights of CS", SEGMENT(NB_VMX_CS, rights), 0xa19b },
	{ "D and L of CS", SEGMENT(NB_VMX_CS, rights), 0xe09b },
	{ "G and limit of CS", SEGMENT(NB_VMX_CS, rights), 0x209b },
	{ "G and limit of CS", SEGMENT(NB_VMX_CS, limit), 0xfffff000 },
	{ "DPL of CS", SEGMENT(NB_VMX_SS, rights), 0xc0f3 },
	{ "type of SS", SEGMENT(NB_VMX_SS, rights), 0xc091 },
	{ "S of SS", SEGMENT(NB_VMX_SS, rights), 0xc083 },
	{ "P of SS", SEGMENT(NB_VMX_SS, rights), 0xc013 },
	{ "reserved access rights of SS", SEGMENT(NB_VMX_SS, rights), 0x2c093 },
	{ "G and limit of SS", SEGMENT(NB_VMX_SS, rights), 0x4093 },
	{ "type of DS, ES, FS or GS", SEGMENT(NB_VMX_DS, rights), 0xc092 },
	{ "type of DS, ES, FS or GS", SEGMENT(NB_VMX_ES, rights), 0xc099 },
	{ "S of DS, ES, FS or GS", SEGMENT(NB_VMX_FS, rights), 0xc083 },
	{ "DPL of DS, ES, FS or GS", SEGMENT(NB_VMX_GS, selector), 0x13 },
	{ "P of DS, ES, FS or GS", SEGMENT(NB_VMX_DS, rights), 0xc013 },
	{ "reserved access rights of DS, ES, FS or GS", SEGMENT(NB_VMX_DS, rights), 0xc193 },
	{ "G and limit of DS, ES, FS or GS", SEGMENT(NB_VMX_GS, limit), 0 },
	{ "TR is unusable", SEGMENT(NB_VMX_TR, rights), 0x1008b },
	{ "type of TR", SEGMENT(NB_VMX_TR, rights), 0x89 },
	{ "S of TR", SEGMENT(NB_VMX_TR, rights), 0x9b },
	{ "P of TR", SEGMENT(NB_VMX_TR, rights), 0x0b },
	{ "reserved access rights of TR", SEGMENT(NB_VMX_TR, rights), 0x18b },
	{ "G and limit of TR", SEGMENT(NB_VMX_TR, rights), 0x808b },
	{ "type of LDTR", SEGMENT(NB_VMX_LDTR, rights), 0x80 },
	{ "S of LDTR", SEGMENT(NB_VMX_LDTR, rights), 0x92 },
	{ "P of LDTR", SEGMENT(NB_VMX_LDTR, rights), 0x02 },
	{ "reserved access rights of LDTR", SEGMENT(NB_VMX_LDTR, rights), 0x182 },
	{ "G and limit of LDTR", SEGMENT(NB_VMX_LDTR, rights), 0x8082 },
};

/* Members of segments have 32 bits, but for the base. */
static void break_word(struct nb_vmx_guest_state *guest, const struct fault *fault)
{
	size_t inside = fault->offset % sizeof(struct nb_vmx_segment_state);
	bool narrow =
		fault->offset < WORD(gdtr) && inside != offsetof(struct nb_vmx_segment_state, base);
	uint32_t low = (uint32_t)fault->value;

	memcpy((char *)guest + fault->offset, narrow ? (const void *)&low : &fault->value,
	       narrow ? sizeof(low) : sizeof(fault->value));
}

static void check_faults(const struct fault *faults, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct nb_vmx_guest_state guest = make_good();
		const char *failed;

		break_word(&guest, &faults[i]);
		failed = nb_vmx_check_guest(&guest);
		assert_non_null(failed);
		assert_string_equal(failed, faults[i].name);
	}
}

static void a_state_without_fault_passes(void **state)
{
	const struct nb_vmx_guest_state guest = make_good();

	(void)state;
	assert_null(nb_vmx_check_guest(&guest));
}

static void each_wrong_register_is_named(void **state)
{
	(void)state;
	check_faults(word_faults, sizeof(word_faults) / sizeof(word_faults[0]));
}

static void each_wrong_segment_is_named(void **state)
{
	(void)state;
	check_faults(segment_faults, sizeof(segment_faults) / sizeof(segment_faults[0]));
}

static void paging_without_protection_and_neither_is_named(void **state)
{
	struct nb_vmx_guest_state guest = make_good();

	(void)state;
	guest.cr0_fixed0 = 0;
	guest.cr0 = 0x80000000;
	assert_string_equal(nb_vmx_check_guest(&guest), "CR0.PG without CR0.PE");
	guest.cr0 = 0;
	assert_string_equal(nb_vmx_check_guest(&guest), "CR0.PG in IA-32e mode");
	guest = make_good();
	guest.cr0 = 0x80000033;
	guest.cr4 |= 1 << 23;
	assert_string_equal(nb_vmx_check_guest(&guest), "CR4.CET without CR0.WP");
}

static void debug_registers_are_checked_only_where_they_are_loaded(void **state)
{
	struct nb_vmx_guest_state guest = make_good();

	(void)state;
	guest.dr7 = UINT64_C(1) << 32;
	guest.debugctl = UINT64_C(1) << 20;
	assert_null(nb_vmx_check_guest(&guest));
	guest.debug_controls = true;
	assert_string_equal(nb_vmx_check_guest(&guest), "reserved bits of IA32_DEBUGCTL");
	guest.debugctl = 1;
	assert_string_equal(nb_vmx_check_guest(&guest), "DR7 beyond 32 bits");
}

static void unusable_segments_may_hold_anything(void **state)
{
	struct nb_vmx_guest_state guest = make_good();

	(void)state;
	guest.segments[NB_VMX_DS] =
		(struct nb_vmx_segment_state){ UINT64_MAX, 3, 0, NB_VMX_UNUSABLE | 0xf00 };
	guest.segments[NB_VMX_SS] = (struct nb_vmx_segment_state){ .rights = NB_VMX_UNUSABLE };
	guest.segments[NB_VMX_LDTR].base = UINT64_C(1) << 47;
	guest.segments[NB_VMX_LDTR].selector = 4;
	assert_null(nb_vmx_check_guest(&guest));
}

static void a_usable_ldt_is_checked(void **state)
{
	struct nb_vmx_guest_state guest = make_good();
	struct nb_vmx_segment_state *local = &guest.segments[NB_VMX_LDTR];

	(void)state;
	*local = (struct nb_vmx_segment_state){ 0x1000, 0x30, 0xf, 0x82 };
	assert_null(nb_vmx_check_guest(&guest));
	local->selector = 0x34;
	assert_string_equal(nb_vmx_check_guest(&guest), "TI of LDTR's selector");
	local->selector = 0x30;
	local->base = UINT64_C(1) << 47;
	assert_string_equal(nb_vmx_check_guest(&guest), "canonical base of LDTR");
}

static void the_stack_has_the_privilege_of_its_selector(void **state)
{
	struct nb_vmx_guest_state guest = make_good();

	(void)state;
	guest.segments[NB_VMX_CS].rights = 0xa09f; /* conforming: its DPL may be below */
	guest.segments[NB_VMX_SS].rights = 0xc0f3;
	assert_string_equal(nb_vmx_check_guest(&guest), "DPL of SS");
	guest.segments[NB_VMX_CS].selector |= 3;
	guest.segments[NB_VMX_SS].selector |= 3;
	assert_null(nb_vmx_check_guest(&guest));
	guest.segments[NB_VMX_CS].rights = 0xa0ff;
	guest.segments[NB_VMX_SS] = good_data;
	guest.segments[NB_VMX_CS].selector = 8;
	assert_string_equal(nb_vmx_check_guest(&guest), "DPL of CS");
}

static void code_of_32_bits_ends_at_4_gib(void **state)
{
	struct nb_vmx_guest_state guest = make_good();

	(void)state;
	guest.segments[NB_VMX_CS].rights = 0xc09b;
	assert_null(nb_vmx_check_guest(&guest));
	guest.rip = UINT64_C(1) << 32;
	assert_string_equal(nb_vmx_check_guest(&guest), "RIP beyond 32 bits");
}

static void injection_and_blocking_are_checked_together(void **state)
{
	struct nb_vmx_guest_state guest = make_good();
	const char *both = "blocking by STI or MOV SS with an interrupt injected";

	(void)state;
	guest.rflags = 0x202;
	guest.interruptibility = 1;
	assert_null(nb_vmx_check_guest(&guest));
	guest.entry_event = 0x80000030;
	assert_string_equal(nb_vmx_check_guest(&guest), both);
	guest.entry_event = 0x80000b0d; /* an exception */
	assert_null(nb_vmx_check_guest(&guest));
	guest.interruptibility = 2;
	guest.entry_event = 0x80000202;
	assert_string_equal(nb_vmx_check_guest(&guest), "blocking by MOV SS with an NMI injected");
	guest.entry_event = 0x202; /* not valid */
	assert_null(nb_vmx_check_guest(&guest));
}

static void a_halted_guest_is_not_blocked_and_not_in_ring_3(void **state)
{
	struct nb_vmx_guest_state guest = make_good();

	(void)state;
	guest.activity = 1;
	assert_null(nb_vmx_check_guest(&guest));
	guest.rflags = 0x202;
	guest.interruptibility = 1;
	assert_string_equal(nb_vmx_check_guest(&guest), "activity and blocking by STI or MOV SS");
	guest.interruptibility = 0;
	guest.segments[NB_VMX_SS] =
		(struct nb_vmx_segment_state){ 0, 3, 0, NB_VMX_UNUSABLE | 0x60 };
	guest.segments[NB_VMX_CS].selector = 0xb;
	guest.segments[NB_VMX_CS].rights = 0xa0fb;
	assert_string_equal(nb_vmx_check_guest(&guest), "activity HLT and DPL of SS");
}

static void a_single_step_under_a_shadow_is_pending(void **state)
{
	struct nb_vmx_guest_state guest = make_good();

	(void)state;
	guest.rflags = 0x302;
	guest.interruptibility = 1;
	assert_string_equal(nb_vmx_check_guest(&guest), "pending single step and RFLAGS.TF");
	guest.pending_debug = 1 << 14;
	assert_null(nb_vmx_check_guest(&guest));
	guest.debugctl = 2;
	assert_string_equal(nb_vmx_check_guest(&guest), "pending single step and RFLAGS.TF");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_state_without_fault_passes),
		cmocka_unit_test(each_wrong_register_is_named),
		cmocka_unit_test(each_wrong_segment_is_named),
		cmocka_unit_test(paging_without_protection_and_neither_is_named),
		cmocka_unit_test(debug_registers_are_checked_only_where_they_are_loaded),
		cmocka_unit_test(unusable_segments_may_hold_anything),
		cmocka_unit_test(a_usable_ldt_is_checked),
		cmocka_unit_test(the_stack_has_the_privilege_of_its_selector),
		cmocka_unit_test(code_of_32_bits_ends_at_4_gib),
		cmocka_unit_test(injection_and_blocking_are_checked_together),
		cmocka_unit_test(a_halted_guest_is_not_blocked_and_not_in_ring_3),
		cmocka_unit_test(a_single_step_under_a_shadow_is_pending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
