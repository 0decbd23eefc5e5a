/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_NESTED_H
#define NB_NESTED_H

#include <stdbool.h>
#include <stdint.h>

#include "nestbench/guest.h"
#include "nestbench/nested_reason.h"

/*
 * The microguest as a hypervisor, with VMX or SVM, as the benchmarks of the family nested see it.
 * Freestanding, ring 0, first vCPU. Its guest, the inner one, is this very image in 64-bit mode and
 * ring 0: the same code, data and descriptor tables, a page table root and a stack of its own, and
 * a stage 2 (EPT or nested paging) that maps all memory one to one. Interrupts are off in both.
 *
 * A benchmark opens it in setup and closes it in teardown. With config.exited its timed loop runs
 * in the inner guest, and exited() here, for each exit of it:
 *
 *	static void exited(struct nb_loop *loop, enum nb_nested_reason reason)
 *	{
 *		if (reason == NB_INNER_CPUID)
 *			nb_nested_skip(2);
 *		else
 *			nb_nested_unexpected(loop, reason);
 *	}
 *
 * Without it the loop runs here, and enters inner guests by nb_nested_start() and _enter().
 */
enum { NB_NESTED_GUESTS = 2 };

/* Decides about an exit. Setting loop->failure ends the loop. */
typedef void (*nb_nested_handler)(struct nb_loop *loop, enum nb_nested_reason reason);

struct nb_nested_config {
	nb_nested_handler exited;
	bool flat;	     /* without stage 2: the inner page tables hold our addresses */
	uint32_t exceptions; /* a bit for each vector that exits */
	uint32_t msr;	     /* whose reads and writes exit; 0: none does */
};

/* What the inner guest's general registers are; RSP and RIP are the CPU's to keep. */
struct nb_nested_registers {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
};

/*
 * Turns virtualization on and makes both inner guests. NULL, or why it cannot be had: the name of
 * what is locked or missing may be in the mailbox's note. CPUID, I/O ports, HLT, hypercalls,
 * external interrupts and triple faults always exit.
 */
const char *nb_nested_open(const struct nb_nested_config *config);
/* Turns it off. Safe when it is. */
void nb_nested_close(void);

/* Inner guest `which` begins at code, on the start of its stack, when it is entered next. */
void nb_nested_start(unsigned which, void (*code)(void));
/* One entry and one exit. What follows is about the guest that was entered last. */
enum nb_nested_reason nb_nested_enter(unsigned which);
/*
 * On behind the instruction that exited, of length bytes: VMX and SVM with NRIPS say that
 * themselves and are asked, as a hypervisor does.
 */
void nb_nested_skip(unsigned length);
/* The same for faults (NB_INNER_EXCEPTION, NB_INNER_PAGE), of which no CPU tells the length. */
void nb_nested_move(unsigned length);
/* With the next entry: an exception (vector < 32; error: its code, or -1) or an interrupt. */
void nb_nested_inject(uint8_t vector, int64_t error);
/* NB_INNER_PAGE: the inner guest-physical address. NB_INNER_EXCEPTION: vector, error, CR2. */
uint64_t nb_nested_address(void);
struct nb_nested_registers *nb_nested_registers(void);
/* Takes the pending interrupt by the handler of its vector. */
void nb_nested_take_interrupt(void);
/* An intercept that the inner guest never meets is turned on or off for the next entry. */
void nb_nested_toggle_control(void);
/* The inner guest's next entry must fail (RFLAGS, or EFER on SVM), or may succeed again. */
void nb_nested_spoil(unsigned which, bool spoiled);
/* For whatever is not expected: loop->failure, with the reason and the CPU's codes in the note. */
void nb_nested_unexpected(struct nb_loop *loop, enum nb_nested_reason reason);

/* ---- stage 2 of single pages: the inner guest-physical window ---- */

/* 512 pages of 4 KiB that nobody has mapped; inside the inner guest's own page tables they are at
 * NB_ABI_WINDOW_VIRTUAL after nb_nested_window_open(). Not with config.flat. */
#define NB_NESTED_WINDOW UINT64_C(0x200000000)
enum { NB_NESTED_WINDOW_PAGES = 512 };
void nb_nested_window_open(void);
/* The page of this inner guest-physical address gets memory. */
void nb_nested_window_map(uint64_t address);
/* All of them lose it, and stage 2 translations are flushed (INVEPT, or a new ASID's flush). */
void nb_nested_window_unmap(void);

/* ---- in the inner guest ---- */

/* VMCALL or VMMCALL with number in RAX: 3 bytes. Our own hypervisor answers nothing. */
static inline void nb_nested_hypercall(uint64_t cpu, uint64_t number)
{
	if (cpu == NB_ABI_CPU_AMD)
		__asm__ volatile("vmmcall" : "+a"(number) : : "memory");
	else
		__asm__ volatile("vmcall" : "+a"(number) : : "memory");
}

#endif
