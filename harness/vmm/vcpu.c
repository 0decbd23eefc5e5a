/* SPDX-License-Identifier: Apache-2.0 */
#include <cpuid.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "nestbench/image.h"

#include "vmm_private.h"

/* Control register and EFER bits (Intel SDM volume 3, section 2.5 and 2.2.1). */
enum {
	CR0_PE = 1 << 0,
	CR0_MP = 1 << 1,
	CR0_ET = 1 << 4,
	CR0_NE = 1 << 5,
	CR0_WP = 1 << 16,
	CR4_PAE = 1 << 5,
	CR4_OSFXSR = 1 << 9,
	CR4_OSXMMEXCPT = 1 << 10,
	EFER_LME = 1 << 8,
	EFER_LMA = 1 << 10,
	RFLAGS_FIXED = 1 << 1,
};
#define CR0_PG (UINT64_C(1) << 31)

void nb_vmm_vcpu_init(struct nb_vmm_vcpu *vcpu)
{
	memset(vcpu, 0, sizeof(*vcpu));
	vcpu->fd = -1;
	vcpu->stats.fd = -1;
}

static int failed(const char *what, struct nb_error *error)
{
	int code = errno;

	return nb_error_set(error, code, "%s: %s", what, strerror(code));
}

/* What KVM leaves to its user: the APIC id, and features that it emulates by itself. */
static void adapt_leaf(struct kvm_cpuid_entry2 *entry, unsigned index, uint64_t offers)
{
	if (entry->function == 1) {
		entry->ebx = (entry->ebx & 0x0000ffff) | NB_ABI_VCPUS << 16 | index << 24;
		if (offers & NB_NEED_X2APIC)
			entry->ecx |= 1u << 21;
		if (offers & NB_NEED_TSC_DEADLINE)
			entry->ecx |= 1u << 24;
	}
	if (entry->function == 0xb || entry->function == 0x1f)
		entry->edx = index;
}

static int set_cpuid(struct nb_vmm *vmm, int fd, unsigned index, struct nb_error *error)
{
	struct kvm_cpuid2 *cpuid = nb_vmm_cpuid_get(vmm->kvm_fd, error);
	int result = 0;

	if (!cpuid)
		return error && error->code ? -error->code : -EIO;
	for (unsigned i = 0; i < cpuid->nent; i++)
		adapt_leaf(&cpuid->entries[i], index, vmm->offers);
	if (ioctl(fd, KVM_SET_CPUID2, cpuid) < 0)
		result = failed("KVM_SET_CPUID2", error);
	free(cpuid);
	return result;
}

static struct kvm_segment segment(uint16_t selector, uint8_t type, bool code)
{
	return (struct kvm_segment){ .limit = UINT32_MAX,
				     .selector = selector,
				     .type = type,
				     .present = 1,
				     .s = 1,
				     .g = 1,
				     .l = code,
				     .db = !code };
}

/*
 * Straight into 64-bit mode with the image's own page tables; the guest loads its descriptor
 * tables itself. Selectors are those of harness/guest/tables.c.
 */
static int set_system_registers(int fd, struct nb_error *error)
{
	struct kvm_sregs sregs;

	if (ioctl(fd, KVM_GET_SREGS, &sregs) < 0)
		return failed("KVM_GET_SREGS", error);
	sregs.cs = segment(0x08, 11, true);
	sregs.ds = segment(0x10, 3, false);
	sregs.es = sregs.fs = sregs.gs = sregs.ss = sregs.ds;
	sregs.cr0 = CR0_PG | CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP;
	sregs.cr3 = nb_guest_image_header()->page_table;
	sregs.cr4 = CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT;
	sregs.efer = EFER_LME | EFER_LMA;
	if (ioctl(fd, KVM_SET_SREGS, &sregs) < 0)
		return failed("KVM_SET_SREGS", error);
	return 0;
}

static int set_registers(int fd, unsigned index, struct nb_error *error)
{
	const struct nb_abi_header *header = nb_guest_image_header();
	struct kvm_regs regs = {
		.rip = header->entry,
		.rsp = header->stack_top[index] - 8, /* as after a call */
		.rdi = index,
		.rflags = RFLAGS_FIXED,
	};
	struct kvm_mp_state state = { .mp_state = KVM_MP_STATE_RUNNABLE };

	if (ioctl(fd, KVM_SET_REGS, &regs) < 0)
		return failed("KVM_SET_REGS", error);
	/* The second vCPU would wait for INIT and SIPI; there is no such state without irqchip. */
	if (index > 0 && ioctl(fd, KVM_SET_MP_STATE, &state) < 0)
		return failed("KVM_SET_MP_STATE", error);
	return 0;
}

static int map_run(struct nb_vmm *vmm, struct nb_vmm_vcpu *vcpu, struct nb_error *error)
{
	int size = ioctl(vmm->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	void *run;

	if (size < 0)
		return failed("KVM_GET_VCPU_MMAP_SIZE", error);
	if ((size_t)size < sizeof(struct kvm_run))
		return nb_error_set(error, ENOTSUP, "this KVM shares only %d bytes of a vCPU",
				    size);
	run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (run == MAP_FAILED)
		return failed("mapping a vCPU", error);
	vcpu->run = run;
	vcpu->run_size = (size_t)size;
	return 0;
}

static enum nb_abi_cpu cpu_vendor(void)
{
	uint32_t a, b, c, d;

	__cpuid(0, a, b, c, d);
	/* "AuthenticAMD" and "HygonGenuine" take VMMCALL, everybody else VMCALL. */
	return b == 0x68747541 || b == 0x6f677948 ? NB_ABI_CPU_AMD : NB_ABI_CPU_INTEL;
}

int nb_vmm_vcpu_open(struct nb_vmm *vmm, unsigned index, struct nb_error *error)
{
	struct nb_vmm_vcpu *vcpu = &vmm->vcpus[index];
	volatile struct nb_abi_mailbox *mailbox = nb_vmm_mailbox(vmm, index);
	int result;

	vcpu->fd = ioctl(vmm->vm_fd, KVM_CREATE_VCPU, index);
	if (vcpu->fd < 0)
		return failed("KVM_CREATE_VCPU", error);
	result = map_run(vmm, vcpu, error);
	if (result == 0)
		result = set_cpuid(vmm, vcpu->fd, index, error);
	if (result == 0)
		result = set_system_registers(vcpu->fd, error);
	if (result == 0)
		result = set_registers(vcpu->fd, index, error);
	if (result < 0)
		return result;
	mailbox->cpu = cpu_vendor();
	nb_vmm_stats_open(&vcpu->stats, vcpu->fd);
	return 0;
}

void nb_vmm_vcpu_close(struct nb_vmm_vcpu *vcpu)
{
	nb_vmm_stats_close(&vcpu->stats);
	if (vcpu->run)
		munmap(vcpu->run, vcpu->run_size);
	if (vcpu->fd >= 0)
		close(vcpu->fd);
	nb_vmm_vcpu_init(vcpu);
}
