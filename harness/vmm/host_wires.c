/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm_private.h"

/* The ways from a thread of the host to an interrupt in the guest. */

enum {
	IOAPIC_PINS = 24,
	PIC_PINS = 8,
	PICS = 2,
	GSI_MSI = IOAPIC_PINS, /* the first that is no pin */
	ROUTES = IOAPIC_PINS + PICS * PIC_PINS + 1,
};
/* Of the local APIC whose id is 0, physical destination (Intel SDM volume 3, section 11.11.1). */
#define MSI_ADDRESS 0xfee00000u

static int failed(const char *what, struct nb_error *error)
{
	int code = errno;

	return nb_error_set(error, code, "%s: %s", what, strerror(code));
}

static struct kvm_irq_routing_entry chip_route(uint32_t gsi, uint32_t chip, uint32_t pin)
{
	return (struct kvm_irq_routing_entry){ .gsi = gsi,
					       .type = KVM_IRQ_ROUTING_IRQCHIP,
					       .u.irqchip = { .irqchip = chip, .pin = pin } };
}

/*
 * One MSI, behind the routes that KVM has from the start and that the new table replaces (Linux,
 * arch/x86/kvm/irq_comm.c, default_routing).
 */
static int route_msi(const struct nb_vmm *vmm, struct nb_error *error)
{
	static const uint32_t pics[PICS] = { KVM_IRQCHIP_PIC_MASTER, KVM_IRQCHIP_PIC_SLAVE };
	union {
		struct kvm_irq_routing table;
		uint8_t size[sizeof(struct kvm_irq_routing) +
			     ROUTES * sizeof(struct kvm_irq_routing_entry)];
	} routing = { .table = { .nr = ROUTES } };
	struct kvm_irq_routing_entry *entry = routing.table.entries;

	for (uint32_t gsi = 0; gsi < IOAPIC_PINS; gsi++)
		*entry++ = chip_route(gsi, KVM_IRQCHIP_IOAPIC, gsi);
	for (uint32_t gsi = 0; gsi < PICS * PIC_PINS; gsi++)
		*entry++ = chip_route(gsi, pics[gsi / PIC_PINS], gsi % PIC_PINS);
	*entry = (struct kvm_irq_routing_entry){ .gsi = GSI_MSI,
						 .type = KVM_IRQ_ROUTING_MSI,
						 .u.msi = { .address_lo = MSI_ADDRESS,
							    .data = NB_ABI_VECTOR_HOST } };
	if (ioctl(vmm->vm_fd, KVM_SET_GSI_ROUTING, &routing.table) < 0)
		return failed("KVM_SET_GSI_ROUTING", error);
	return 0;
}

/* Takes what irqfd says and fills in a new eventfd, which it returns. */
static int open_irqfd(const struct nb_vmm *vmm, struct kvm_irqfd irqfd, struct nb_error *error)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int result;

	if (fd < 0)
		return failed("eventfd", error);
	irqfd.fd = (uint32_t)fd;
	if (ioctl(vmm->vm_fd, KVM_IRQFD, &irqfd) == 0)
		return fd;
	result = failed("KVM_IRQFD", error);
	close(fd);
	return result;
}

static int open_msi(struct nb_vmm *vmm, struct nb_error *error)
{
	int result = route_msi(vmm, error);

	if (result < 0)
		return result;
	result = open_irqfd(vmm, (struct kvm_irqfd){ .gsi = GSI_MSI }, error);
	if (result < 0)
		return result;
	vmm->wires.msi = result;
	return 0;
}

static int open_level(struct nb_vmm *vmm, struct nb_error *error)
{
	struct kvm_irqfd irqfd = { .gsi = NB_ABI_PIN, .flags = KVM_IRQFD_FLAG_RESAMPLE };
	int resample = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int result;

	if (resample < 0)
		return failed("eventfd", error);
	irqfd.resamplefd = (uint32_t)resample;
	result = open_irqfd(vmm, irqfd, error);
	if (result < 0) {
		close(resample);
		return result;
	}
	vmm->wires.level = result;
	vmm->wires.resample = resample;
	return 0;
}

void nb_vmm_wires_init(struct nb_vmm_wires *wires)
{
	wires->msi = wires->level = wires->resample = -1;
}

/* Not before they are needed: other benchmarks have the VM without them. */
int nb_vmm_wires_open(struct nb_vmm *vmm, enum nb_host_action action, struct nb_error *error)
{
	if (action == NB_HOST_IRQFD && vmm->wires.msi < 0)
		return open_msi(vmm, error);
	if (action == NB_HOST_LEVEL && vmm->wires.level < 0)
		return open_level(vmm, error);
	return 0;
}

void nb_vmm_wires_close(struct nb_vmm_wires *wires)
{
	int *const fds[] = { &wires->msi, &wires->level, &wires->resample };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
	}
	nb_vmm_wires_init(wires);
}

static int signal_msi(const struct nb_vmm *vmm, struct nb_error *error)
{
	struct kvm_msi msi = { .address_lo = MSI_ADDRESS, .data = NB_ABI_VECTOR_HOST };
	int delivered = ioctl(vmm->vm_fd, KVM_SIGNAL_MSI, &msi);

	if (delivered < 0)
		return failed("KVM_SIGNAL_MSI", error);
	/* 0: the guest's APIC did not take it. The benchmark finds it missing. */
	return 0;
}

static int ring(int fd, struct nb_error *error)
{
	return eventfd_write(fd, 1) < 0 ? failed("an irqfd's eventfd", error) : 0;
}

int nb_vmm_wires_act(struct nb_vmm *vmm, enum nb_host_action action, struct nb_error *error)
{
	switch (action) {
	case NB_HOST_IRQFD:
		return ring(vmm->wires.msi, error);
	case NB_HOST_LEVEL:
		return ring(vmm->wires.level, error);
	default:
		return signal_msi(vmm, error);
	}
}
