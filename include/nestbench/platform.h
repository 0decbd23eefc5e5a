/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_H
#define NB_PLATFORM_H

#include "nestbench/error.h"
#include "nestbench/machine.h"

/* What the machine under us is. Needs no root, makes no network call, takes a few milliseconds. */

enum nb_platform_virt { NB_VIRT_NONE, NB_VIRT_VMX, NB_VIRT_SVM, NB_VIRT_OTHER };

/*
 * Fills *machine. Everything is read below root ("" for the real machine; a folder with copies of
 * /proc and /sys in tests); what CPUID tells comes from the running CPU. level is the nesting
 * level that goes into the platform key (-1: unknown). A fact that cannot be read is left empty
 * and is no error; fails only where libcpuid cannot decode the CPU at all.
 */
int nb_platform_read(struct nb_machine *machine, const char *root, int level,
		     struct nb_error *error);

/*
 * The nesting level of this operating system: 0 without a hypervisor, 1 or more where the
 * hypervisor tells (Hyper-V: CPUID 0x40000006 EAX[13:10]), else -1 (unknown).
 */
int nb_platform_level(const struct nb_machine *machine);

/* Which virtualization extension KVM uses here; NB_VIRT_OTHER for a KVM without vmx and svm. */
enum nb_platform_virt nb_platform_virtualization(const char *root);

#endif
