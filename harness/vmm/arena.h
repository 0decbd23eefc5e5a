/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_VMM_ARENA_H
#define NB_VMM_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/abi.h"
#include "nestbench/error.h"

/* The parts of an arena (struct nb_arena): memory, page tables, chains. */

#define NB_ARENA_KIB UINT64_C(1024)
#define NB_ARENA_MIB (1024 * NB_ARENA_KIB)
#define NB_ARENA_GIB (1024 * NB_ARENA_MIB)

enum { NB_ARENA_PAGE = 4096, NB_ARENA_HUGE = 2 * 1024 * 1024 };

enum nb_arena_slot { NB_ARENA_SLOT_MEMORY = 1, NB_ARENA_SLOT_TABLES, NB_ARENA_SLOT_SPARE };

/* Anonymous memory of this process, aligned to NB_ARENA_HUGE, that takes room as it is touched. */
struct nb_arena_memory {
	uint8_t *bytes; /* NULL: none */
	size_t size;
	void *mapping; /* it lies in the middle of */
	size_t mapping_size;
};

/*
 * Where things are. The dense chain that a variant's own is compared with has memory behind the
 * arena's, and addresses behind its span.
 */
struct nb_arena_plan {
	struct nb_arena arena; /* with its span */
	uint64_t near;	       /* bytes of the dense chain; 0: no chains */
	uint64_t near_space;   /* the same in whole pages */
	uint64_t slot;	       /* bytes of the memory slot */
	uint64_t tables;       /* bytes of page tables */
	uint64_t touched;      /* memory of the machine that all of this may take */
};

struct nb_vmm_arena {
	struct nb_arena_plan plan;
	struct nb_arena_memory memory, tables;
	bool logging;	  /* KVM keeps a log of its dirty pages */
	uint64_t *bitmap; /* for that log */
};

/* arena_tables.c: pure. */
void nb_arena_plan(const struct nb_arena *arena, struct nb_arena_plan *plan);
/* Writes plan->tables bytes, to be seen at NB_ABI_ARENA_TABLES; the first page is what entry 2 of
 * a root points to. */
void nb_arena_tables_build(const struct nb_arena_plan *plan, uint64_t *tables);
/* An entry of a root for tables at address. */
uint64_t nb_arena_root_entry(uint64_t address);

/* arena_memory.c: -ENOMEM where there is not as much as the arena asks for. */
int nb_arena_memory_check(uint64_t bytes, struct nb_error *error);
int nb_arena_memory_open(struct nb_arena_memory *memory, uint64_t size, bool huge,
			 struct nb_error *error);
void nb_arena_memory_close(struct nb_arena_memory *memory);
/* A write to each of its pages. */
void nb_arena_memory_touch(const struct nb_arena_memory *memory, bool huge);
/* -ENOMEM where what has been touched did not come as huge pages. */
int nb_arena_memory_check_huge(const struct nb_arena_memory *memory, struct nb_error *error);
/* Gives back all that has been touched. */
int nb_arena_memory_drop(const struct nb_arena_memory *memory, struct nb_error *error);
/* Keeps what has been touched, but makes KVM forget where it is. */
int nb_arena_memory_hide(const struct nb_arena_memory *memory, bool huge, struct nb_error *error);

#endif
