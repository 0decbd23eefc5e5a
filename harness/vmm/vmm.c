/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm_private.h"

/*
 * Three pages that Intel's real-mode emulation wants, below the BIOS area where other small VMMs
 * put them too (Linux, Documentation/virt/kvm/api.rst, KVM_SET_TSS_ADDR).
 */
static const unsigned long tss_address = 0xfffbd000;

static const struct kvm_ioeventfd doorbells[NB_VMM_DOORBELLS] = {
	{ .addr = NB_ABI_PORT_DOORBELL, .len = 1, .flags = KVM_IOEVENTFD_FLAG_PIO },
	{ .addr = NB_ABI_PORT_MATCHED,
	  .len = 1,
	  .flags = KVM_IOEVENTFD_FLAG_PIO | KVM_IOEVENTFD_FLAG_DATAMATCH,
	  .datamatch = NB_ABI_DOORBELL_VALUE },
	{ .addr = NB_ABI_MMIO_DOORBELL, .len = 4 },
	{ .addr = NB_ABI_MMIO_MATCHED,
	  .len = 4,
	  .flags = KVM_IOEVENTFD_FLAG_DATAMATCH,
	  .datamatch = NB_ABI_DOORBELL_VALUE },
};

static void init(struct nb_vmm *vmm)
{
	memset(vmm, 0, sizeof(*vmm));
	vmm->kvm_fd = vmm->vm_fd = -1;
	for (unsigned i = 0; i < NB_VMM_DOORBELLS; i++)
		vmm->doorbells[i] = -1;
	nb_vmm_wires_init(&vmm->wires);
	for (unsigned i = 0; i < NB_ABI_VCPUS; i++)
		nb_vmm_vcpu_init(&vmm->vcpus[i]);
}

static int failed(const char *what, struct nb_error *error)
{
	int code = errno;

	return nb_error_set(error, code, "%s: %s", what, strerror(code));
}

static int create_vm(struct nb_vmm *vmm, struct nb_error *error)
{
	do
		vmm->vm_fd = ioctl(vmm->kvm_fd, KVM_CREATE_VM, 0);
	while (vmm->vm_fd < 0 && errno == EINTR);
	if (vmm->vm_fd < 0)
		return failed("KVM_CREATE_VM", error);
	if (ioctl(vmm->kvm_fd, KVM_CHECK_EXTENSION, KVM_CAP_SET_TSS_ADDR) > 0 &&
	    ioctl(vmm->vm_fd, KVM_SET_TSS_ADDR, tss_address) < 0)
		return failed("KVM_SET_TSS_ADDR", error);
	return 0;
}

static int create_irqchip(struct nb_vmm *vmm, struct nb_error *error)
{
	struct kvm_pit_config pit = { .flags = 0 };
	struct kvm_reinject_control control = { .pit_reinject = 0 };

	if (!(vmm->offers & NB_NEED_IRQCHIP))
		return 0;
	if (ioctl(vmm->vm_fd, KVM_CREATE_IRQCHIP, 0) < 0)
		return failed("KVM_CREATE_IRQCHIP", error);
	if (ioctl(vmm->vm_fd, KVM_CREATE_PIT2, &pit) < 0)
		return failed("KVM_CREATE_PIT2", error);
	/* A PIT that injects lost ticks again forbids AVIC for the whole VM. */
	if (ioctl(vmm->kvm_fd, KVM_CHECK_EXTENSION, KVM_CAP_REINJECT_CONTROL) > 0)
		(void)ioctl(vmm->vm_fd, KVM_REINJECT_CONTROL, &control);
	return 0;
}

static int create_doorbells(struct nb_vmm *vmm, struct nb_error *error)
{
	/* As virtio does it: Intel rings such a doorbell without decoding the instruction. */
	bool any_length = ioctl(vmm->kvm_fd, KVM_CHECK_EXTENSION, KVM_CAP_IOEVENTFD_ANY_LENGTH) > 0;

	if (!(vmm->offers & NB_NEED_IOEVENTFD))
		return 0;
	for (unsigned i = 0; i < NB_VMM_DOORBELLS; i++) {
		struct kvm_ioeventfd doorbell = doorbells[i];

		vmm->doorbells[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (vmm->doorbells[i] < 0)
			return failed("eventfd", error);
		doorbell.fd = vmm->doorbells[i];
		if (any_length && doorbell.addr == NB_ABI_MMIO_DOORBELL)
			doorbell.len = 0;
		if (ioctl(vmm->vm_fd, KVM_IOEVENTFD, &doorbell) < 0)
			return failed("KVM_IOEVENTFD", error);
	}
	return 0;
}

static int build(struct nb_vmm *vmm, const struct nb_vmm_config *config, struct nb_error *error)
{
	int result = nb_vmm_device_open(config->device, error);

	if (result < 0)
		return result;
	vmm->kvm_fd = result;
	vmm->other_cpu = config->other_cpu;
	result = nb_vmm_device_offers(vmm->kvm_fd, &vmm->offers, error);
	if (result == 0)
		result = create_vm(vmm, error);
	if (result == 0)
		result = create_irqchip(vmm, error);
	if (result == 0)
		result = nb_vmm_memory_open(vmm, error);
	if (result == 0)
		result = create_doorbells(vmm, error);
	for (unsigned i = 0; result == 0 && i < config->vcpus; i++) {
		vmm->vcpu_count = i + 1;
		result = nb_vmm_vcpu_open(vmm, i, error);
	}
	if (result == 0 && config->arena && config->arena->memory > 0)
		result = nb_vmm_arena_open(vmm, config->arena, error);
	if (result == 0)
		nb_vmm_clock_open(vmm);
	return result == 0 ? nb_vmm_watchdog_install(vmm, error) : result;
}

int nb_vmm_open(struct nb_vmm **vmm, const struct nb_vmm_config *config, struct nb_error *error)
{
	struct nb_vmm *opened;
	int result;

	assert(config->vcpus >= 1 && config->vcpus <= NB_ABI_VCPUS);
	opened = malloc(sizeof(*opened));
	if (!opened)
		return nb_error_set(error, ENOMEM, "no memory for a VM");
	init(opened);
	result = build(opened, config, error);
	if (result < 0)
		goto fail;
	*vmm = opened;
	return 0;
fail:
	nb_vmm_close(opened);
	return result;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void nb_vmm_close(struct nb_vmm *vmm)
{
	if (!vmm)
		return;
	nb_vmm_pair_close(vmm);
	nb_vmm_watchdog_remove(vmm);
	for (unsigned i = 0; i < NB_ABI_VCPUS; i++)
		nb_vmm_vcpu_close(&vmm->vcpus[i]);
	for (unsigned i = 0; i < NB_VMM_DOORBELLS; i++)
		close_fd(&vmm->doorbells[i]);
	nb_vmm_wires_close(&vmm->wires);
	close_fd(&vmm->vm_fd);
	nb_vmm_arena_close(vmm);
	nb_vmm_memory_close(vmm);
	close_fd(&vmm->kvm_fd);
	free(vmm);
}
