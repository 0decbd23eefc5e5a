/* SPDX-License-Identifier: Apache-2.0 */
#include "guest_private.h"

enum { EXCEPTIONS = 32, VECTOR_NMI = 2, VECTOR_UD = 6, RING_MASK = 3 };

volatile struct nb_guest_caught nb_guest_caught;

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

/* Steps over a HLT whose interrupt came too early; see traps.S. */
static void mend_halt(struct nb_guest_frame *frame)
{
	if (frame->rip != (uint64_t)nb_guest_halt_instruction)
		return;
	nb_guest_mailbox()->lost_shadows++;
	frame->rip++;
}

static bool ends_ring3(const struct nb_guest_frame *frame)
{
	return frame->vector == VECTOR_UD && (frame->cs & RING_MASK) == RING_MASK &&
	       frame->rip == (uint64_t)nb_guest_user_exit;
}

/* Called by traps.S. Returns 1 when ring 3 has come to its end, else 0. */
int nb_guest_trap(struct nb_guest_frame *frame)
{
	struct nb_guest_cpu *cpu = nb_guest_this_cpu();
	nb_guest_handler handler = cpu->handlers[frame->vector];
	bool interrupt = frame->vector >= EXCEPTIONS || frame->vector == VECTOR_NMI;

	if (ends_ring3(frame))
		return 1;
	if (interrupt) {
		nb_guest_mailbox()->interrupts++;
		mend_halt(frame);
	}
	if (handler)
		handler(frame, &cpu->loop);
	else if (frame->vector >= EXCEPTIONS)
		nb_guest_apic_end_interrupt();
	else
		report_fault(frame);
	return 0;
}
