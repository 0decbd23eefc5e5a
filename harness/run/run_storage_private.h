/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_RUN_STORAGE_PRIVATE_H
#define NB_RUN_STORAGE_PRIVATE_H

#include "nestbench/io.h"
#include "nestbench/run_storage.h"

#include "run_private.h"

/* storage_*.c: where io.* writes, behind nestbench/run_storage.h. */

struct nb_run_site {
	struct nb_io_workspace workspace;
	bool made;
	bool named;	  /* the target's name is the user's choice */
	char reason[200]; /* why it could not be made; before that: why it cannot be */
	char virtio[24];  /* "virtio1": its device's name in /proc/interrupts; "" unknown */
};

struct nb_run_storage {
	struct nb_target targets[NB_TARGET_MAX];
	struct nb_run_site sites[NB_TARGET_MAX];
	size_t count;
	struct nb_io_plan plan;
};

/* storage_find.c: the targets; nothing is written. A path that is asked for has to be there. */
int nb_run_storage_find(const struct nb_run_storage_options *options, uint64_t file_bytes,
			struct nb_run_storage **storage, struct nb_error *error);
/* A name for the drive at path that parameters can hold: "c" of /mnt/C. */
void nb_run_storage_drive(const char *path, char *name, size_t size);
/* Is there something in the way of this entry before anything is written? */
void nb_run_storage_judge(struct nb_run_entry *entry, const struct nb_run_storage *storage);

/* params.c: all of a series' parameters, "engine=psync,fs=ext4,mode=direct,target=cwd" sorted. */
void nb_run_params(struct nb_run_entry *entry, const struct nb_run_storage *storage);

/* What counting itself has taken so far, and what no loop is to be charged for. */
struct nb_run_counting {
	uint64_t wall_ns, cpu_ns;
};

/* storage_count.c: what the driver counts around a loop; counting begins at zero. */
void nb_run_storage_counters(const struct nb_run_site *site, const struct nb_io *io,
			     struct nb_run_counting *counting, struct nb_vmm_stats *stats);
/* "virtio1" of the target's disk; "" where it is no virtio device. */
void nb_run_storage_virtio(const struct nb_target *target, char *name, size_t size);

#endif
