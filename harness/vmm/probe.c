/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vmm_private.h"

enum { API_VERSION = 12, CPUID_ENTRIES = 256 };

static const char *advice(int code)
{
	switch (code) {
	case ENOENT:
		return "no KVM here: load kvm_intel or kvm_amd, or switch nested virtualization on for "
		       "this VM";
	case EACCES:
	case EPERM:
		return "no permission: run as root, or \"sudo usermod -aG kvm $USER\" and log in again";
	case ENODEV:
	case ENXIO:
		return "the device has no driver: load kvm_intel or kvm_amd";
	default:
		return strerror(code);
	}
}

int nb_vmm_device_open(const char *device, struct nb_error *error)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);
	int code = errno;
	int version;

	if (fd < 0)
		return nb_error_set(error, code, "%s: %s", device, advice(code));
	version = ioctl(fd, KVM_GET_API_VERSION, 0);
	if (version == API_VERSION)
		return fd;
	code = version < 0 ? errno : ENOTSUP;
	close(fd);
	if (version < 0)
		return nb_error_set(error, code, "%s is not KVM: %s", device, strerror(code));
	return nb_error_set(error, code, "%s speaks KVM API %d, not %d", device, version,
			    API_VERSION);
}

struct kvm_cpuid2 *nb_vmm_cpuid_get(int kvm_fd, struct nb_error *error)
{
	struct kvm_cpuid2 *cpuid =
		calloc(1, sizeof(*cpuid) + CPUID_ENTRIES * sizeof(cpuid->entries[0]));
	int code;

	if (!cpuid) {
		nb_error_set(error, ENOMEM, "no memory for CPUID leaves");
		return NULL;
	}
	cpuid->nent = CPUID_ENTRIES;
	if (ioctl(kvm_fd, KVM_GET_SUPPORTED_CPUID, cpuid) == 0)
		return cpuid;
	code = errno;
	free(cpuid);
	nb_error_set(error, code, "KVM_GET_SUPPORTED_CPUID: %s", strerror(code));
	return NULL;
}

static bool extension(int kvm_fd, int capability)
{
	return ioctl(kvm_fd, KVM_CHECK_EXTENSION, capability) > 0;
}

/* A feature bit of CPUID, and what it offers. */
static const struct {
	uint32_t leaf;
	enum { EBX, ECX, EDX } reg;
	unsigned bit;
	uint64_t offer;
} features[] = {
	{ 1, ECX, 5, NB_NEED_VMX | NB_NEED_NESTING },
	{ 1, ECX, 17, NB_NEED_PCID },
	{ 1, ECX, 26, NB_NEED_XSAVE },
	{ 7, EBX, 10, NB_NEED_INVPCID },
	{ 0x80000001, ECX, 2, NB_NEED_SVM | NB_NEED_NESTING },
	{ 0x80000001, EDX, 20, NB_NEED_NX },
	{ 0x80000001, EDX, 26, NB_NEED_PAGES_1G },
	{ 0x80000001, EDX, 27, NB_NEED_RDTSCP },
};

static uint64_t leaf_offers(const struct kvm_cpuid_entry2 *entry)
{
	const uint32_t regs[] = { [EBX] = entry->ebx, [ECX] = entry->ecx, [EDX] = entry->edx };
	uint64_t offers = 0;

	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		if (entry->function == features[i].leaf && entry->index == 0 &&
		    regs[features[i].reg] >> features[i].bit & 1)
			offers |= features[i].offer;
	}
	return offers;
}

static uint64_t cpuid_offers(const struct kvm_cpuid2 *cpuid)
{
	uint64_t offers = 0;

	for (unsigned i = 0; i < cpuid->nent; i++)
		offers |= leaf_offers(&cpuid->entries[i]);
	return offers;
}

/* What KVM does by itself, whatever the CPU has; injection needs the in-kernel interrupt chips. */
static uint64_t kernel_offers(int kvm_fd)
{
	uint64_t offers = 0;

	if (extension(kvm_fd, KVM_CAP_IOEVENTFD))
		offers |= NB_NEED_IOEVENTFD;
	if (extension(kvm_fd, KVM_CAP_TSC_DEADLINE_TIMER))
		offers |= NB_NEED_TSC_DEADLINE;
	if (!extension(kvm_fd, KVM_CAP_IRQCHIP) || !extension(kvm_fd, KVM_CAP_PIT2))
		return offers;
	offers |= NB_NEED_IRQCHIP | NB_NEED_X2APIC;
	if (extension(kvm_fd, KVM_CAP_IRQFD) && extension(kvm_fd, KVM_CAP_IRQ_ROUTING))
		offers |= NB_NEED_IRQFD;
	if (offers & NB_NEED_IRQFD && extension(kvm_fd, KVM_CAP_IRQFD_RESAMPLE))
		offers |= NB_NEED_RESAMPLE;
	if (extension(kvm_fd, KVM_CAP_SIGNAL_MSI))
		offers |= NB_NEED_MSI;
	return offers;
}

int nb_vmm_device_offers(int kvm_fd, uint64_t *offers, struct nb_error *error)
{
	static const int required[] = { KVM_CAP_USER_MEMORY, KVM_CAP_IMMEDIATE_EXIT };
	struct kvm_cpuid2 *cpuid;

	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		if (!extension(kvm_fd, required[i]))
			return nb_error_set(
				error, ENOTSUP,
				"this KVM lacks capability %d: Linux 4.13 or newer has it",
				required[i]);
	}
	cpuid = nb_vmm_cpuid_get(kvm_fd, error);
	if (!cpuid)
		return error && error->code ? -error->code : -EIO;
	*offers = cpuid_offers(cpuid) | kernel_offers(kvm_fd);
	free(cpuid);
	return 0;
}

int nb_vmm_probe(const char *device, uint64_t *offers, struct nb_error *error)
{
	int fd = nb_vmm_device_open(device, error);
	int result;

	if (fd < 0)
		return fd;
	result = nb_vmm_device_offers(fd, offers, error);
	close(fd);
	return result;
}
