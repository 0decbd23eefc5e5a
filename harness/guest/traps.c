/* SPDX-License-Identifier: Apache-2.0 */
#include "guest_private.h"

enum { EXCEPTIONS = 32, VECTOR_UD = 6, RING_MASK = 3 };

static uint64_t read_cr2(void)
{
	uint64_t value;

	__asm__ volatile("movq %%cr2, %0" : "=r"(value));
	return value;
}

static void report_fault(const struct nb_guest_frame *frame)
{
	volatile struct nb_abi_mailbox *mailbox = nb_guest_mailbox();

	mailbox->fault.vector = frame->vector;
	mailbox->fault.error = frame->error;
	mailbox->fault.rip = frame->rip;
	mailbox->fault.rsp = frame->rsp;
	mailbox->fault.cs = frame->cs;
	mailbox->fault.rflags = frame->rflags;
	mailbox->fault.cr2 = read_cr2();
	for (;;) /* the VMM does not enter this vCPU again */
		nb_guest_report(NB_ABI_FAULT);
}

static void handle_interrupt(struct nb_guest_frame *frame)
{
	volatile struct nb_abi_mailbox *mailbox = nb_guest_mailbox();

	mailbox->interrupts++;
	if (frame->rip == (uint64_t)nb_guest_halt_instruction) {
		mailbox->lost_shadows++;
		frame->rip++;
	}
	nb_guest_apic_end_interrupt();
}

/* Called by traps.S. Returns 1 when ring 3 has come to its end, else 0. */
int nb_guest_trap(struct nb_guest_frame *frame)
{
	if (frame->vector >= EXCEPTIONS) {
		handle_interrupt(frame);
		return 0;
	}
	if (frame->vector == VECTOR_UD && (frame->cs & RING_MASK) == RING_MASK &&
	    frame->rip == (uint64_t)nb_guest_user_exit)
		return 1;
	report_fault(frame);
	return 0;
}
