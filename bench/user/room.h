/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_USER_ROOM_H
#define NB_USER_ROOM_H

#include <stdint.h>

/* How much memory there is to have, and of which kind. */

/*
 * Free memory in MiB: MemAvailable, or less where a cgroup (version 2) that this process is in has
 * less left, since going beyond that ends a process. 0 if unknown.
 */
uint64_t nb_room_free_mib(void);

/* NULL, or that transparent huge pages are switched off. */
const char *nb_room_huge_pages_off(void);

#endif
