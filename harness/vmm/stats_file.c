/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "nestbench/base.h"

#include "vmm_private.h"

/* Bounds on what a header may claim; kernels of today have about 60 values and names of 48. */
enum {
	DESCRIPTOR_MAX = 512,
	NAME_MAX_SIZE = 256,
	OF_KVM_MAX = NB_VMM_STAT_MAX - NB_INNER_REASONS - 1,
};

/* What the guest's own hypervisor counts, if it is one, beside what KVM does. */
static const char *const inner_names[NB_INNER_REASONS] = {
	[NB_INNER_HYPERCALL] = "inner_hypercall",
	[NB_INNER_CPUID] = "inner_cpuid",
	[NB_INNER_IO] = "inner_io",
	[NB_INNER_MSR] = "inner_msr",
	[NB_INNER_HLT] = "inner_hlt",
	[NB_INNER_EXCEPTION] = "inner_exception",
	[NB_INNER_PAGE] = "inner_page",
	[NB_INNER_INTERRUPT] = "inner_interrupt",
	[NB_INNER_SHUTDOWN] = "inner_shutdown",
	[NB_INNER_REFUSED] = "inner_refused",
	[NB_INNER_OTHER] = "inner_other",
};

static bool read_at(int fd, void *data, size_t size, uint64_t offset)
{
	return pread(fd, data, size, (off_t)offset) == (ssize_t)size;
}

static void take(struct nb_vmm_stats_file *file, const struct kvm_stats_desc *descriptor,
		 const char *name, uint64_t data_offset)
{
	if (descriptor->size != 1 || file->count == OF_KVM_MAX)
		return;
	nb_base_copy(file->items[file->count].name, sizeof(file->items[0].name), name);
	file->items[file->count].offset = data_offset + descriptor->offset;
	file->count++;
}

static bool read_layout(struct nb_vmm_stats_file *file)
{
	struct kvm_stats_header header;
	unsigned char buffer[sizeof(struct kvm_stats_desc) + NAME_MAX_SIZE + 1];

	if (!read_at(file->fd, &header, sizeof(header), 0) || header.name_size > NAME_MAX_SIZE ||
	    header.num_desc > DESCRIPTOR_MAX)
		return false;
	for (uint32_t i = 0; i < header.num_desc; i++) {
		size_t size = sizeof(struct kvm_stats_desc) + header.name_size;
		struct kvm_stats_desc descriptor;

		if (!read_at(file->fd, buffer, size, header.desc_offset + (uint64_t)i * size))
			return false;
		buffer[size] = '\0';
		memcpy(&descriptor, buffer, sizeof(descriptor));
		take(file, &descriptor, (const char *)buffer + sizeof(descriptor),
		     header.data_offset);
	}
	return true;
}

void nb_vmm_stats_open(struct nb_vmm_stats_file *file, int vcpu_fd)
{
	file->count = 0;
	file->fd = ioctl(vcpu_fd, KVM_GET_STATS_FD, NULL);
	if (file->fd >= 0 && !read_layout(file))
		nb_vmm_stats_close(file);
}

void nb_vmm_stats_close(struct nb_vmm_stats_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
	file->count = 0;
}

static void append(struct nb_vmm_stats *stats, const char *name, uint64_t value)
{
	struct nb_vmm_stat *item = &stats->items[stats->count++];

	nb_base_copy(item->name, sizeof(item->name), name);
	item->value = value;
}

static void append_inner(struct nb_vmm_stats *stats, const volatile struct nb_abi_mailbox *mailbox)
{
	for (size_t i = 0; i < NB_INNER_REASONS; i++)
		append(stats, inner_names[i], mailbox->inner_exits[i]);
	append(stats, "inner_loops", mailbox->inner_loops);
}

int nb_vmm_stats_read(struct nb_vmm *vmm, unsigned vcpu, struct nb_vmm_stats *stats,
		      struct nb_error *error)
{
	const struct nb_vmm_stats_file *file = &vmm->vcpus[vcpu].stats;

	stats->count = 0;
	if (file->fd < 0)
		return nb_error_set(error, ENOTSUP,
				    "KVM has no statistics file: Linux 5.14 or newer has it");
	for (size_t i = 0; i < file->count; i++) {
		struct nb_vmm_stat *item = &stats->items[i];

		memcpy(item->name, file->items[i].name, sizeof(item->name));
		if (!read_at(file->fd, &item->value, sizeof(item->value), file->items[i].offset))
			return nb_error_set(error, EIO, "cannot read KVM's statistics");
	}
	stats->count = file->count;
	append_inner(stats, nb_vmm_mailbox(vmm, vcpu));
	return 0;
}
