/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLATFORM_PARTS_H
#define NB_PLATFORM_PARTS_H

#include "nestbench/error.h"
#include "nestbench/machine.h"

#include "platform_leaves.h"

/*
 * The parts of nb_platform_read(). Each fills its own facts of *machine, which must be empty
 * (texts "", numbers -1) before; facts that cannot be read stay so.
 */

/* cpu_ facts by libcpuid, or from leaves where it does not know the CPU; -ENOTSUP: neither. */
int nb_platform_read_cpu(struct nb_machine *machine, const struct nb_platform_leaves *leaves,
			 struct nb_error *error);

/* microcode, cpus, topology */
void nb_platform_read_topology(struct nb_machine *machine, const char *root);

/* memory, kernel, OS and what the kernel is set to */
void nb_platform_read_system(struct nb_machine *machine, const char *root);

/* dmi_ facts, cloud, instance, host, wsl */
void nb_platform_read_identity(struct nb_machine *machine, const char *root);

void nb_platform_read_container(struct nb_machine *machine, const char *root);

/* kvm_module, kvm_parameters */
void nb_platform_read_kvm(struct nb_machine *machine, const char *root);

/* All parts that read files, on an emptied *machine. */
void nb_platform_read_files(struct nb_machine *machine, const char *root);

/* The key platform, from what the other facts say. */
void nb_platform_make_key(struct nb_machine *machine, int level);

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
