/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_TARGET_H
#define NB_PLATFORM_TARGET_H

#include "nestbench/target.h"
#include "nestbench/world.h"

#include "platform_mountinfo.h"

/* The parts of nb_target_read(). Whoever mounts something chooses its texts: none is trusted. */

/* Every byte that is not printable ASCII as "?". */
void nb_platform_target_clean(char *text);

/*
 * Fills device and all that is known of the disk below it. mountinfo: the whole text, in which the
 * mount of an overlay's upper folder is looked up.
 */
void nb_platform_target_device(const struct nb_world *world, const char *mountinfo,
			       const struct nb_platform_mount *mount, struct nb_target *target);

#endif
