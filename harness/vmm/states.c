/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "vmm_private.h"

/*
 * What the vCPUs of a command that never ended are at. KVM answers such questions only once the
 * vCPU is out of KVM_RUN, so they are asked when all of them are.
 */

enum {
	RFLAGS_IF = 1 << 9,
	/* Offsets of the eight words of 32 vectors (Intel SDM volume 3, table 11-1). */
	APIC_ISR = 0x100,
	APIC_IRR = 0x200,
	APIC_VECTORS = 256,
};

__attribute__((format(printf, 2, 3))) static void append(struct nb_vmm_reply *reply,
							 const char *format, ...)
{
	size_t used = strlen(reply->text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(reply->text + used, sizeof(reply->text) - used, format, arguments);
	va_end(arguments);
}

static int highest_vector(const struct kvm_lapic_state *apic, size_t offset)
{
	for (int vector = APIC_VECTORS - 1; vector >= 0; vector--) {
		uint32_t word;

		memcpy(&word, apic->regs + offset + (size_t)vector / 32 * 16, sizeof(word));
		if (word >> vector % 32 & 1)
			return vector;
	}
	return -1;
}

static void append_vector(struct nb_vmm_reply *reply, const char *name, int vector)
{
	if (vector < 0)
		append(reply, " %s=-", name);
	else
		append(reply, " %s=0x%x", name, (unsigned)vector);
}

static void append_apic(const struct nb_vmm_vcpu *vcpu, struct nb_vmm_reply *reply)
{
	struct kvm_lapic_state apic;

	if (ioctl(vcpu->fd, KVM_GET_LAPIC, &apic) < 0)
		return;
	append_vector(reply, "IRR", highest_vector(&apic, APIC_IRR));
	append_vector(reply, "ISR", highest_vector(&apic, APIC_ISR));
}

static void append_vcpu(const struct nb_vmm *vmm, unsigned index, struct nb_vmm_reply *reply)
{
	const struct nb_vmm_vcpu *vcpu = &vmm->vcpus[index];
	struct kvm_mp_state mp = { .mp_state = KVM_MP_STATE_RUNNABLE };
	struct kvm_regs regs;

	if (ioctl(vcpu->fd, KVM_GET_REGS, &regs) < 0) {
		append(reply, "vCPU %u unknown", index);
		return;
	}
	(void)ioctl(vcpu->fd, KVM_GET_MP_STATE, &mp); /* unknown without an irqchip, like a halt */
	append(reply, "vCPU %u rip 0x%llx IF=%d %s", index, (unsigned long long)regs.rip,
	       regs.rflags & RFLAGS_IF ? 1 : 0,
	       mp.mp_state == KVM_MP_STATE_HALTED ? "halted" : "running");
	if (vmm->offers & NB_NEED_IRQCHIP)
		append_apic(vcpu, reply);
}

void nb_vmm_states_describe(const struct nb_vmm *vmm, unsigned vcpus, unsigned timeout_ms,
			    struct nb_vmm_reply *reply)
{
	const char *separator = ": ";

	reply->text[0] = '\0';
	append(reply, "timed out after %u ms", timeout_ms);
	for (unsigned i = 0; i < vmm->vcpu_count; i++) {
		if (!(vcpus >> i & 1))
			continue;
		append(reply, "%s", separator);
		append_vcpu(vmm, i, reply);
		separator = "; ";
	}
}
