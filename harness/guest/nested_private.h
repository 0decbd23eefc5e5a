/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_NESTED_PRIVATE_H
#define NB_NESTED_PRIVATE_H

#include "nestbench/nested.h"

#include "guest_private.h"

/*
 * What VMX and SVM each do for nested.c. An engine keeps its regions (VMCS, VMCB, bitmaps) in the
 * image's zeroed memory; nothing of it outlives close().
 */
struct nb_nested_engine {
	/* On, with both guests' controls set; NULL or a reason. stage2: 0 if config->flat. */
	const char *(*open)(const struct nb_nested_config *config, uint64_t stage2);
	/* Off: VMXOFF and CR4.VMXE, EFER.SVME and GIF. */
	void (*close)(void);
	void (*start)(unsigned which, uint64_t rip, uint64_t rsp);
	enum nb_nested_reason (*enter)(unsigned which);
	void (*skip)(unsigned length);
	void (*move)(unsigned length); /* RIP += length, whatever the CPU says */
	void (*inject)(uint8_t vector, int64_t error);
	uint64_t (*address)(void);
	struct nb_nested_registers *(*registers)(void);
	void (*take_interrupt)(void);
	void (*toggle_control)(void);
	void (*spoil)(unsigned which, bool spoiled);
	void (*flush)(void); /* translations through stage 2 */
	/* The CPU's codes of the latest exit, and which check an entry failed, for nb_guest_note().
	 */
	void (*describe)(void);
	/* Entries of stage 2 that map a page: of 2 MiB, of 4 KiB, and of a table. */
	uint64_t large, page, table;
};

extern const struct nb_nested_engine nb_nested_vmx, nb_nested_svm;

/* Tables that map the first 5 GiB one to one; returns the root. */
uint64_t nb_nested_stage2_make(const struct nb_nested_engine *engine);
void nb_nested_stage2_map(const struct nb_nested_engine *engine, uint64_t address);
void nb_nested_stage2_unmap(void);

/* Is this vCPU's loop to run in the inner guest? Then this runs it. */
bool nb_nested_is_inner(void);
void nb_nested_call(nb_loop_code code, struct nb_loop *loop);

#endif
