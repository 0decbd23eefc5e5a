/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_KVP_H
#define NB_PLATFORM_KVP_H

#include <stddef.h>

#include "nestbench/world.h"

/* What a Hyper-V host tells its guest about itself, if the guest runs hv_kvp_daemon. */
struct nb_platform_pool {
	char *bytes;
	size_t records;
};

/* A pool that is not there has no records. */
void nb_platform_pool_read(struct nb_platform_pool *pool, const struct nb_world *world);

/* The value, cleaned, as long as the pool lives; NULL if there is none. */
const char *nb_platform_pool_find(const struct nb_platform_pool *pool, const char *key);

void nb_platform_pool_free(struct nb_platform_pool *pool);

#endif
