/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "nestbench/image.h"

#include "vmm_private.h"

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
		break;
	case NB_ABI_FAULT:
		finish_fault(reply, mailbox);
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

/* What the measured operations come out with: nothing to do but to go back in. */
static bool is_measured_exit(const struct kvm_run *run)
{
	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		return run->io.port == NB_ABI_PORT_USER;
	case KVM_EXIT_MMIO:
		return run->mmio.phys_addr == NB_ABI_MMIO_USER;
	case KVM_EXIT_INTR:
		return true;
	default:
		return false;
	}
}

static bool is_control(const struct kvm_run *run)
{
	return run->exit_reason == KVM_EXIT_IO && run->io.port == NB_ABI_PORT_CONTROL;
}

/* Out of KVM_RUN without an exit: the watchdog, some other signal, or KVM's failure. */
static int judge_error(const struct nb_vmm_vcpu *vcpu, int code, unsigned timeout_ms,
		       struct nb_vmm_reply *reply, struct nb_error *error)
{
	if (code == EINTR && vcpu->run->immediate_exit) {
		finish(reply, NB_VMM_TIMEOUT, "timed out after %u ms at rip 0x%llx", timeout_ms,
		       current_rip(vcpu));
		return 0;
	}
	if (code == EINTR || code == EAGAIN)
		return 1;
	return nb_error_set(error, code, "KVM_RUN: %s", strerror(code));
}

/* 1: enter it again; 0: the command has ended, see reply. */
static int judge_exit(struct nb_vmm *vmm, unsigned index, struct nb_vmm_reply *reply)
{
	const struct nb_vmm_vcpu *vcpu = &vmm->vcpus[index];

	if (is_measured_exit(vcpu->run))
		return 1;
	if (is_control(vcpu->run))
		finish_control(vmm, index, reply);
	else
		finish_exit(vcpu, reply);
	return 0;
}

static int enter(struct nb_vmm *vmm, unsigned index, unsigned timeout_ms,
		 struct nb_vmm_reply *reply, struct nb_error *error)
{
	const struct nb_vmm_vcpu *vcpu = &vmm->vcpus[index];
	int result;

	do {
		if (ioctl(vcpu->fd, KVM_RUN, 0) < 0)
			result = judge_error(vcpu, errno, timeout_ms, reply, error);
		else
			result = judge_exit(vmm, index, reply);
	} while (result > 0);
	return result;
}

int nb_vmm_run(struct nb_vmm *vmm, unsigned vcpu, const struct nb_vmm_command *command,
	       struct nb_vmm_reply *reply, struct nb_error *error)
{
	volatile struct nb_abi_mailbox *mailbox = nb_vmm_mailbox(vmm, vcpu);
	struct nb_vmm_reply result = { .end = NB_VMM_FAILED };
	timer_t timer;
	int code;

	assert(vcpu < vmm->vcpu_count);
	assert(command->command != NB_ABI_RUN || (command->flags & NB_ABI_UNTIMED) ||
	       command->count <= NB_ABI_SAMPLES_MAX);
	mailbox->command = command->command;
	mailbox->flags = command->flags;
	mailbox->bench = command->bench;
	mailbox->variant = command->variant;
	mailbox->count = command->count;
	mailbox->batch = command->batch;
	mailbox->status = NB_ABI_BUSY;
	code = nb_vmm_watchdog_start(vmm->vcpus[vcpu].run, command->timeout_ms, &timer, error);
	if (code < 0)
		return code;
	code = enter(vmm, vcpu, command->timeout_ms, &result, error);
	nb_vmm_watchdog_stop(timer, vmm->vcpus[vcpu].run);
	if (code == 0)
		*reply = result;
	return code;
}
