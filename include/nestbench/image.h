/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_IMAGE_H
#define NB_IMAGE_H

#include <stddef.h>

#include "nestbench/abi.h"

/*
 * The microguest as the host sees it: a blob to load, whose tables can be read without running
 * it. That is how "nestbench list" knows the guest's benchmarks without /dev/kvm.
 */

const void *nb_guest_image(size_t *size);
const struct nb_abi_header *nb_guest_image_header(void);

/* The descriptor of the guest benchmark with that index (bench.def order); NULL beyond the last. */
const struct nb_bench *nb_guest_image_bench(unsigned index);

/* Text at a guest-physical address inside the image; "" for NULL or anything outside of it. */
const char *nb_guest_image_text(const char *address);

#endif
