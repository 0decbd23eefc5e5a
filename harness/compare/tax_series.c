/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "tax_private.h"

struct source {
	const char *benchmark; /* NULL: not measured at this level */
	const char *params;    /* "" for none; of nested.*, those that it must have */
};

/*
 * One operation at each level. What a benchmark adds is left out where the other level has none of
 * it: user mode's page fault holds a signal, exit.pio_user a switch to the VMM. Our hypervisor
 * answers what exits itself and at once, so it is held against what KVM answers itself.
 */
static const struct operation {
	const char *name;
	struct source user, guest, nested;
	const char *note;
} operations[] = {
	{ "CPUID",
	  { "exit.cpuid", "" },
	  { "exit.cpuid", "" },
	  { "nested.roundtrip_cpuid", "stage2=on" },
	  "" },
	{ "hypercall",
	  { NULL, NULL },
	  { "exit.hypercall", "" },
	  { "nested.roundtrip_hypercall", "stage2=on" },
	  "" },
	{ "port I/O",
	  { "exit.pio", "" },
	  { "exit.pio_kernel", "" },
	  { "nested.roundtrip_pio", "" },
	  "answered by KVM (exit.pio_kernel), as by ours; of user mode perhaps by a VMM" },
	{ "MSR write",
	  { NULL, NULL },
	  { "exit.msr_write", "" },
	  { "nested.roundtrip_msr", "access=intercepted" },
	  "" },
	{ "halt",
	  { NULL, NULL },
	  { "exit.hlt_wake", "" },
	  { "nested.roundtrip_hlt", "" },
	  "with an interrupt that is pending already; nested, ours resumes it at once" },
	{ "page fault",
	  { NULL, NULL },
	  { "exc.pf", "cause=not_present,to=return" },
	  { "nested.exception_passthrough", "stage2=on,to=return" },
	  "each guest handles its own: with nested paging no level is to add to it" },
	{ "invalid opcode",
	  { NULL, NULL },
	  { "exc.ud", "to=return" },
	  { "nested.roundtrip_exception", "exception=ud" },
	  "to the guest's own handler and back; nested, to ours and back" },
	{ "stage-2 fault",
	  { NULL, NULL },
	  { "paging.stage2_fault", "page=4k,ring=3,state=warm" },
	  { "nested.page_violation", "" },
	  "the guest's hypervisor lacks the page: KVM, then ours" },
	{ "stage-2 fault below",
	  { NULL, NULL },
	  { "paging.stage2_fault", "page=4k,ring=3,state=warm" },
	  { "nested.page_violation_below", "page=4k,state=warm" },
	  "nested, ours has the page and KVM lacks it" },
	{ "MMIO", { NULL, NULL }, { "exit.mmio_kernel", "" }, { "nested.mmio_emulated", "" }, "" },
	{ "interrupt",
	  { NULL, NULL },
	  { "irq.self_ipi", "apic=x2apic,wait=enabled" },
	  { "nested.interrupt_forward", "" },
	  "an IPI to itself, to the handler; nested, forwarded by ours" },
	{ "end of interrupt",
	  { NULL, NULL },
	  { "exit.apic_eoi", "apic=x2apic" },
	  { "nested.eoi", "" },
	  "" },
	{ "timer, 100 µs",
	  { NULL, NULL },
	  { "irq.timer_deadline", "after=100us,wait=busy" },
	  { "nested.timer", "after=100us" },
	  "how late the handler is" },
};

enum { OPERATIONS = sizeof(operations) / sizeof(operations[0]) };
_Static_assert(OPERATIONS <= (int)NB_TAX_ROWS, "a tax has room for all operations");

size_t nb_tax_operations(void)
{
	return OPERATIONS;
}

void nb_tax_operation(size_t index, struct nb_tax_row *row)
{
	assert(index < OPERATIONS);
	row->operation = operations[index].name;
	row->note = operations[index].note;
}

static const struct source *source_of(size_t index, enum nb_tax_place place)
{
	assert(index < OPERATIONS);
	if (place == NB_TAX_USER)
		return &operations[index].user;
	return place == NB_TAX_GUEST ? &operations[index].guest : &operations[index].nested;
}

const char *nb_tax_benchmark(size_t index, enum nb_tax_place place)
{
	return source_of(index, place)->benchmark;
}

static bool holds(const char *params, const char *pair, size_t length)
{
	while (strncmp(params, pair, length) != 0 || (params[length] && params[length] != ',')) {
		params += strcspn(params, ",");
		if (*params++ == '\0')
			return false;
	}
	return true;
}

bool nb_tax_params_hold(const char *params, const char *wanted)
{
	while (*wanted) {
		size_t length = strcspn(wanted, ",");

		if (!holds(params, wanted, length))
			return false;
		wanted += length + (wanted[length] == ',');
	}
	return true;
}

/* Without stage 2 every page table of the inner guest is ours to keep: no hypervisor of today. */
static bool is_wanted(const struct nb_series *series, const struct source *source,
		      enum nb_tax_place place)
{
	if (nb_record_depth(series) != (int)place ||
	    strcmp(series->benchmark, source->benchmark) != 0)
		return false;
	if (place != NB_TAX_NESTED)
		return strcmp(series->params, source->params) == 0;
	return nb_tax_params_hold(series->params, source->params) &&
	       !nb_tax_params_hold(series->params, "stage2=off");
}

bool nb_tax_measured(const struct nb_series_rounds *series)
{
	for (size_t i = 0; i < series->count; i++)
		if (series->rounds[i].outcome == NB_OK)
			return true;
	return false;
}

/* Takes the first wanted series; false where a later one may be better, as it measured something.
 */
static bool choose_in(const struct nb_record *record, const struct source *source,
		      enum nb_tax_place place, struct nb_series *series)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct nb_series_rounds *found = &record->series[i];

		if (!is_wanted(&found->series, source, place))
			continue;
		if (!series->benchmark[0] || nb_tax_measured(found))
			*series = found->series;
		if (nb_tax_measured(found))
			return true;
	}
	return false;
}

void nb_tax_choose(size_t index, enum nb_tax_place place, const struct nb_record *const *records,
		   size_t count, struct nb_series *series)
{
	const struct source *source = source_of(index, place);

	*series = (struct nb_series){ 0 };
	for (size_t i = 0; source->benchmark && i < count; i++)
		if (choose_in(records[i], source, place, series))
			return;
}
