/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "nestbench/image.h"

#include "fake_guest.h"

/* Stands in for the library nb_guest. */

extern const char nb_test_image[];
extern const uint64_t nb_test_image_size;
extern const uint64_t nb_test_image_root;

_Static_assert(offsetof(struct nb_abi_mailbox, variant) == 12, "fake_guest.S");
_Static_assert(offsetof(struct nb_abi_mailbox, count) == 16, "fake_guest.S");
_Static_assert(offsetof(struct nb_abi_mailbox, status) == 80, "fake_guest.S");
_Static_assert(offsetof(struct nb_abi_mailbox, interrupts) == 88, "fake_guest.S");
_Static_assert(offsetof(struct nb_abi_mailbox, reason) == 96, "fake_guest.S");
_Static_assert(offsetof(struct nb_abi_mailbox, total) == 112, "fake_guest.S");
_Static_assert(offsetof(struct nb_abi_mailbox, fault.rip) == 136, "fake_guest.S");
_Static_assert(offsetof(struct nb_abi_shared, stop) == 64, "fake_guest.S");
_Static_assert(offsetof(struct nb_abi_shared, asked) == 128, "fake_guest.S");
_Static_assert(offsetof(struct nb_abi_shared, answered) == 192, "fake_guest.S");
_Static_assert(offsetof(struct nb_abi_shared, acted_on) == 320, "fake_guest.S");
_Static_assert(offsetof(struct nb_abi_shared, seen_of) == 448, "fake_guest.S");
_Static_assert(NB_ABI_RUN == 3 && NB_ABI_PEER == 5, "fake_guest.S");
_Static_assert(NB_ABI_DONE == 1 && NB_ABI_FAULT == 3 && NB_ABI_WRONG == 4, "fake_guest.S");
_Static_assert(NB_ABI_MAILBOX == 0x300000 && NB_ABI_SHARED == 0x302000, "fake_guest.S");
_Static_assert(NB_ABI_IMAGE == 0x100000 && NB_ABI_PORT_CONTROL == 0xf00, "fake_guest.S");
_Static_assert(NB_ABI_MMIO_FRESH == 0xd8000000, "fake_guest.S");
_Static_assert(NB_ABI_MMIO_FRESH_PAGES == 0x8000, "fake_guest.S");

const void *nb_guest_image(size_t *size)
{
	*size = nb_test_image_size;
	return nb_test_image;
}

const struct nb_abi_header *nb_guest_image_header(void)
{
	static struct nb_abi_header header = { .magic = NB_ABI_MAGIC,
					       .version = NB_ABI_VERSION,
					       .memory_end = NB_ABI_MAILBOX,
					       .entry = NB_ABI_IMAGE };

	header.page_table = nb_test_image_root;
	return &header;
}

const struct nb_bench *nb_guest_image_bench(unsigned index)
{
	(void)index;
	return NULL;
}

const char *nb_guest_image_text(const char *address)
{
	return address ? FAKE_REASON : "";
}
