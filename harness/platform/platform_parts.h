/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_PARTS_H
#define NB_PLATFORM_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/machine.h"
#include "nestbench/world.h"

#include "platform_leaves.h"

/*
 * The parts of nb_platform_read(). Each fills its own facts of *machine, which must be empty
 * (texts "", numbers -1) before; facts that cannot be read stay so.
 */

/* The chassis tag of Azure's VMs: decimal ASCII of "MSFT AZURE VM" backwards, as cloud-init says.
 */
#define NB_PLATFORM_AZURE_TAG "7783-7084-3265-9085-8269-3286-77"

/* cpu_ facts by libcpuid, or from leaves where it does not know the CPU. */
void nb_platform_read_cpu(struct nb_machine *machine, const struct nb_platform_leaves *leaves);

/* microcode, cpus, topology */
void nb_platform_read_topology(struct nb_machine *machine, const struct nb_world *world);

/* memory, kernel, OS and what the kernel is set to */
void nb_platform_read_system(struct nb_machine *machine, const struct nb_world *world);

/* dmi_ facts, cloud, instance, host, wsl */
void nb_platform_read_identity(struct nb_machine *machine, const struct nb_world *world);

void nb_platform_read_container(struct nb_machine *machine, const struct nb_world *world);

/* kvm_module, kvm_parameters */
void nb_platform_read_kvm(struct nb_machine *machine, const struct nb_world *world);

/* All parts that read files, on an emptied *machine. */
void nb_platform_read_files(struct nb_machine *machine, const struct nb_world *world);

/*
 * The nesting level of this operating system: 0 without a hypervisor, 1 or more where the
 * hypervisor tells (Hyper-V: CPUID 0x40000006 EAX[13:10]), else -1 (unknown).
 */
int nb_platform_level(const struct nb_machine *machine);

/*
 * The firmware is that of a cloud's own VMs: they run on hardware, whichever the hypervisor, so
 * this is level 1.
 */
bool nb_platform_cloud_on_hardware(const struct nb_machine *machine);

/* One logical CPU's place; -1: not told. */
struct nb_platform_thread {
	int64_t package;
	int64_t core; /* equal for the threads of one core, different otherwise */
};

/*
 * "1 socket x 4 cores x 2 threads" where every socket and core is alike, else totals: "1 socket,
 * 16 cores, 24 threads (uneven)". "" if a place is not told. Sorts the array.
 */
void nb_platform_topology_text(struct nb_platform_thread *threads, size_t count, char *text,
			       size_t size);

#endif
