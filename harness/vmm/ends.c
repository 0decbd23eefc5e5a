/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "nestbench/image.h"

#include "vmm_private.h"

/* How a command ends, in words. */

enum { EMULATION_FAILED = 1, INSTRUCTION_MAX = 15 };

static const char *exception_name(uint64_t vector)
{
	static const char *const names[] = { "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM",
					     "#DF", "",	   "#TS", "#NP", "#SS", "#GP", "#PF", "",
					     "#MF", "#AC", "#MC", "#XM", "#VE", "#CP" };

	return vector < sizeof(names) / sizeof(names[0]) ? names[vector] : "";
}

__attribute__((format(printf, 3, 4))) static void
finish(struct nb_vmm_reply *reply, enum nb_vmm_end end, const char *format, ...)
{
	va_list arguments;

	reply->end = end;
	va_start(arguments, format);
	vsnprintf(reply->text, sizeof(reply->text), format, arguments);
	va_end(arguments);
}

static void finish_fault(struct nb_vmm_reply *reply, const volatile struct nb_abi_mailbox *mailbox)
{
	reply->vector = mailbox->fault.vector;
	finish(reply, NB_VMM_FAULT,
	       "unexpected exception %s (vector %llu) at rip 0x%llx, error code 0x%llx, cr2 0x%llx, "
	       "ring %llu",
	       exception_name(mailbox->fault.vector), (unsigned long long)mailbox->fault.vector,
	       (unsigned long long)mailbox->fault.rip, (unsigned long long)mailbox->fault.error,
	       (unsigned long long)mailbox->fault.cr2, (unsigned long long)mailbox->fault.cs & 3);
}

/* The guest's own text; it is not trusted to have an end. */
static void append_note(struct nb_vmm_reply *reply, const volatile struct nb_abi_mailbox *mailbox)
{
	char note[NB_ABI_NOTE_SIZE];
	size_t used = strlen(reply->text);

	for (size_t i = 0; i < sizeof(note); i++)
		note[i] = mailbox->note[i];
	note[sizeof(note) - 1] = '\0';
	if (note[0])
		snprintf(reply->text + used, sizeof(reply->text) - used, ": %s", note);
}

/* The guest's word that its command is done. */
static void finish_control(struct nb_vmm *vmm, unsigned vcpu, struct nb_vmm_reply *reply)
{
	const volatile struct nb_abi_mailbox *mailbox = nb_vmm_mailbox(vmm, vcpu);

	reply->interrupts = mailbox->interrupts;
	reply->lost_shadows = mailbox->lost_shadows;
	switch (mailbox->status) {
	case NB_ABI_DONE:
		reply->end = NB_VMM_DONE;
		break;
	case NB_ABI_UNAVAILABLE:
		finish(reply, NB_VMM_UNAVAILABLE, "%s", nb_guest_image_text(mailbox->reason));
		append_note(reply, mailbox);
		break;
	case NB_ABI_FAULT:
		finish_fault(reply, mailbox);
		break;
	case NB_ABI_WRONG:
		finish(reply, NB_VMM_WRONG, "%s: %llu of %llu",
		       nb_guest_image_text(mailbox->reason), (unsigned long long)mailbox->failed,
		       (unsigned long long)mailbox->total);
		append_note(reply, mailbox);
		break;
	default:
		finish(reply, NB_VMM_FAILED, "the guest reports status %u", mailbox->status);
	}
}

static unsigned long long current_rip(const struct nb_vmm_vcpu *vcpu)
{
	struct kvm_regs regs;

	return ioctl(vcpu->fd, KVM_GET_REGS, &regs) < 0 ? 0 : regs.rip;
}

static void finish_internal(const struct nb_vmm_vcpu *vcpu, struct nb_vmm_reply *reply)
{
	const struct kvm_run *run = vcpu->run;
	char bytes[3 * INSTRUCTION_MAX + 1] = "";
	unsigned size = run->emulation_failure.insn_size;

	if (run->internal.suberror != EMULATION_FAILED) {
		finish(reply, NB_VMM_FAILED, "KVM internal error %u at rip 0x%llx",
		       run->internal.suberror, current_rip(vcpu));
		return;
	}
	if (run->internal.ndata >= 1 &&
	    run->emulation_failure.flags & KVM_INTERNAL_ERROR_EMULATION_FLAG_INSTRUCTION_BYTES) {
		for (unsigned i = 0; i < size && i < INSTRUCTION_MAX; i++)
			snprintf(bytes + (size_t)3 * i, 4, " %02x",
				 run->emulation_failure.insn_bytes[i]);
	}
	finish(reply, NB_VMM_UNSUPPORTED,
	       "unsupported by this KVM: it cannot emulate the instruction at rip 0x%llx%s%s",
	       current_rip(vcpu), bytes[0] ? ", bytes" : "", bytes);
}

/* Exits that end the command, other than the guest's own report. */
static void finish_exit(const struct nb_vmm_vcpu *vcpu, struct nb_vmm_reply *reply)
{
	const struct kvm_run *run = vcpu->run;

	switch (run->exit_reason) {
	case KVM_EXIT_INTERNAL_ERROR:
		finish_internal(vcpu, reply);
		break;
	case KVM_EXIT_SHUTDOWN:
		finish(reply, NB_VMM_FAILED, "shutdown (triple fault) at rip 0x%llx",
		       current_rip(vcpu));
		break;
	case KVM_EXIT_FAIL_ENTRY:
		finish(reply, NB_VMM_FAILED, "VM entry failed, hardware reason 0x%llx",
		       (unsigned long long)run->fail_entry.hardware_entry_failure_reason);
		break;
	case KVM_EXIT_UNKNOWN:
		finish(reply, NB_VMM_FAILED, "KVM does not know hardware exit reason 0x%llx",
		       (unsigned long long)run->hw.hardware_exit_reason);
		break;
	case KVM_EXIT_IO:
		finish(reply, NB_VMM_FAILED, "unexpected access to port 0x%x", run->io.port);
		break;
	case KVM_EXIT_MMIO:
		finish(reply, NB_VMM_FAILED,
		       "unexpected access to guest-physical 0x%llx at rip 0x%llx",
		       (unsigned long long)run->mmio.phys_addr, current_rip(vcpu));
		break;
	default:
		finish(reply, NB_VMM_FAILED, "unexpected KVM exit reason %u at rip 0x%llx",
		       run->exit_reason, current_rip(vcpu));
	}
}

static bool is_control(const struct kvm_run *run)
{
	return run->exit_reason == KVM_EXIT_IO && run->io.port == NB_ABI_PORT_CONTROL;
}

void nb_vmm_end_exit(struct nb_vmm *vmm, unsigned vcpu, struct nb_vmm_reply *reply)
{
	if (is_control(vmm->vcpus[vcpu].run))
		finish_control(vmm, vcpu, reply);
	else
		finish_exit(&vmm->vcpus[vcpu], reply);
}
