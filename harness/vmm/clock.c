/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/ioctl.h>

#include "nestbench/bench.h"

#include "vmm_private.h"

/* Linux 5.16. */
#ifndef KVM_VCPU_TSC_CTRL
#define KVM_VCPU_TSC_CTRL   0
#define KVM_VCPU_TSC_OFFSET 0
#endif

enum { MSR_TSC = 0x10 };

static bool remove_offset(int vcpu_fd)
{
	uint64_t offset = 0;
	struct kvm_device_attr attribute = { .group = KVM_VCPU_TSC_CTRL,
					     .attr = KVM_VCPU_TSC_OFFSET,
					     .addr = (uintptr_t)&offset };

	return ioctl(vcpu_fd, KVM_SET_DEVICE_ATTR, &attribute) == 0;
}

/* The guest's counter, as KVM computes it; 0 if it does not tell. */
static uint64_t guest_clock(int vcpu_fd)
{
	union {
		struct kvm_msrs list;
		uint8_t size[sizeof(struct kvm_msrs) + sizeof(struct kvm_msr_entry)];
	} msrs = { .list = { .nmsrs = 1 } };

	msrs.list.entries[0].index = MSR_TSC;
	return ioctl(vcpu_fd, KVM_GET_MSRS, &msrs.list) == 1 ? msrs.list.entries[0].data : 0;
}

/* Between two readings of ours: neither an offset nor a factor is left. */
static bool is_host_clock(int vcpu_fd)
{
	uint64_t before = nb_bench_clock();
	uint64_t guest = guest_clock(vcpu_fd);

	return guest >= before && guest <= nb_bench_clock();
}

static uint64_t rate(int vcpu_fd)
{
	int khz = ioctl(vcpu_fd, KVM_GET_TSC_KHZ, 0);

	return khz > 0 ? (uint64_t)khz * 1000 : 0;
}

void nb_vmm_clock_open(struct nb_vmm *vmm)
{
	vmm->same_clock = true;
	for (unsigned i = 0; i < vmm->vcpu_count; i++) {
		int fd = vmm->vcpus[i].fd;
		uint64_t hz = rate(fd);

		nb_vmm_mailbox(vmm, i)->tsc_hz = hz;
		if (hz == 0 || !remove_offset(fd) || !is_host_clock(fd))
			vmm->same_clock = false;
	}
}
