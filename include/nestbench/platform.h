/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_H
#define NB_PLATFORM_H

#include <stddef.h>
#include <stdint.h>

#include "nestbench/error.h"
#include "nestbench/machine.h"
#include "nestbench/world.h"

/* What the machine under us is. Needs no root, makes no network call, takes a few milliseconds. */

enum nb_platform_virt { NB_VIRT_NONE, NB_VIRT_VMX, NB_VIRT_SVM, NB_VIRT_OTHER };

/*
 * Fills *machine from what the world answers: this machine's (nb_world_live) or a recorded one's.
 * level is the nesting level that goes into the platform key (-1: unknown). A fact that is not
 * told is left empty and is no error: nothing fails today.
 */
int nb_platform_read(struct nb_machine *machine, const struct nb_world *world, int level,
		     struct nb_error *error);

/* The key platform, from what the other facts say; for a level that is found out later. */
void nb_platform_make_key(struct nb_machine *machine, int level);

/* What statfs(2) calls f_type: "ext4"; "0x..." where it is no file system that we know. */
void nb_platform_filesystem(char *name, size_t size, uint32_t magic);

/* Which virtualization extension KVM uses here; NB_VIRT_OTHER for a KVM without vmx and svm. */
enum nb_platform_virt nb_platform_virtualization(const struct nb_world *world);

#endif
