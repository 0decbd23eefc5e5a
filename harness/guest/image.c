/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/image.h"

#include <string.h>

extern const unsigned char nb_guest_image_start[];
extern const unsigned char nb_guest_image_end[];

const void *nb_guest_image(size_t *size)
{
	*size = (uintptr_t)nb_guest_image_end - (uintptr_t)nb_guest_image_start;
	return nb_guest_image_start;
}

const struct nb_abi_header *nb_guest_image_header(void)
{
	return (const struct nb_abi_header *)(const void *)nb_guest_image_start;
}

/* From a guest-physical address to the same byte of the blob; NULL outside. */
static const void *locate(const void *address, size_t size)
{
	size_t image_size;
	const unsigned char *image = nb_guest_image(&image_size);
	uintptr_t offset = (uintptr_t)address - NB_ABI_IMAGE;

	if ((uintptr_t)address < NB_ABI_IMAGE || offset > image_size || size > image_size - offset)
		return NULL;
	return image + offset;
}

const struct nb_bench *nb_guest_image_bench(unsigned index)
{
	const struct nb_abi_header *header = nb_guest_image_header();
	const struct nb_bench *const *benches;

	if (index >= header->bench_count)
		return NULL;
	benches = locate(header->benches, header->bench_count * sizeof(void *));
	return benches ? locate(benches[index], sizeof(**benches)) : NULL;
}

const char *nb_guest_image_text(const char *address)
{
	const char *text = address ? locate(address, 1) : NULL;
	size_t left = text ? (uintptr_t)nb_guest_image_end - (uintptr_t)text : 0;

	return text && memchr(text, '\0', left) ? text : "";
}
