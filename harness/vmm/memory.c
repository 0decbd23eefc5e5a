/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "nestbench/image.h"

#include "vmm_private.h"

enum { PAGE = 4096 };

static int check_image(size_t size, struct nb_error *error)
{
	const struct nb_abi_header *header = nb_guest_image_header();

	if (size < sizeof(*header) || header->magic != NB_ABI_MAGIC ||
	    header->version != NB_ABI_VERSION || header->memory_end > NB_ABI_MAILBOX ||
	    header->memory_end < NB_ABI_IMAGE + size)
		return nb_error_set(error, EBADMSG,
				    "the embedded microguest does not fit this program");
	return 0;
}

/*
 * Small pages, everywhere: whether a huge one has room depends on the address that mmap() finds,
 * and then KVM's own accesses to what lies in it take another path. In the AMD lab two sessions of
 * one kernel were 51 instructions apart for each VMCB that KVM maps, a third in the slower state.
 * Nobody may touch the memory before that is said: the runner locks, and so populates, all memory
 * to come.
 */
static int make_memory(struct nb_vmm *vmm)
{
	volatile uint8_t *bytes;
	void *memory = mmap(NULL, NB_ABI_RAM_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -1;
	vmm->memory = memory;
	/* A kernel without transparent huge pages refuses, and has none to avoid. */
	(void)madvise(memory, NB_ABI_RAM_SIZE, MADV_NOHUGEPAGE);
	if (mprotect(memory, NB_ABI_RAM_SIZE, PROT_READ | PROT_WRITE) < 0)
		return -1;
	bytes = memory;
	for (size_t at = 0; at < NB_ABI_RAM_SIZE; at += PAGE)
		bytes[at] = 0;
	return 0;
}

/* Guest memory is made anew for every VM, so the image's zeroed data needs no clearing. */
int nb_vmm_memory_open(struct nb_vmm *vmm, struct nb_error *error)
{
	struct kvm_userspace_memory_region region = { .memory_size = NB_ABI_RAM_SIZE };
	size_t size;
	const void *image = nb_guest_image(&size);
	int code = check_image(size, error);

	if (code < 0)
		return code;
	if (make_memory(vmm) < 0) {
		code = errno;
		return nb_error_set(error, code, "no memory for the guest: %s", strerror(code));
	}
	memcpy(vmm->memory + NB_ABI_IMAGE, image, size);
	region.userspace_addr = (uintptr_t)vmm->memory;
	if (ioctl(vmm->vm_fd, KVM_SET_USER_MEMORY_REGION, &region) < 0) {
		code = errno;
		return nb_error_set(error, code, "KVM_SET_USER_MEMORY_REGION: %s", strerror(code));
	}
	return 0;
}

void nb_vmm_memory_close(struct nb_vmm *vmm)
{
	if (vmm->memory)
		munmap(vmm->memory, NB_ABI_RAM_SIZE);
	vmm->memory = NULL;
}

volatile struct nb_abi_mailbox *nb_vmm_mailbox(const struct nb_vmm *vmm, unsigned vcpu)
{
	return (volatile struct nb_abi_mailbox *)(void *)(vmm->memory + NB_ABI_MAILBOX +
							  (size_t)vcpu * PAGE);
}

volatile struct nb_abi_shared *nb_vmm_shared(const struct nb_vmm *vmm)
{
	return (volatile struct nb_abi_shared *)(void *)(vmm->memory + NB_ABI_SHARED);
}

const uint64_t *nb_vmm_samples(const struct nb_vmm *vmm, unsigned vcpu)
{
	size_t offset = (size_t)vcpu * NB_ABI_SAMPLES_MAX * sizeof(uint64_t);

	return (const uint64_t *)(const void *)(vmm->memory + NB_ABI_SAMPLES + offset);
}
