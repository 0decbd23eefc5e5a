/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_GUEST_PRIVATE_H
#define NB_GUEST_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "nestbench/guest.h"

enum {
	NB_GUEST_STACK_SIZE = 16384,
	NB_GUEST_FAULT_STACK_SIZE = 4096,
	NB_GUEST_INNER_STACK_SIZE = 8192,
	NB_GUEST_INNER_STACKS = 2,
};

/* One vCPU's data; ring 0, ring 3 and double faults have a stack each. */
struct nb_guest_cpu {
	_Alignas(16) uint8_t stack[NB_GUEST_STACK_SIZE];
	_Alignas(16) uint8_t user_stack[NB_GUEST_STACK_SIZE];
	_Alignas(4096) uint8_t fault_stack[NB_GUEST_FAULT_STACK_SIZE]; /* one page */
	/* Here, because code is on this vCPU if its stack is. */
	_Alignas(16) uint8_t inner_stacks[NB_GUEST_INNER_STACKS][NB_GUEST_INNER_STACK_SIZE];
	struct nb_loop loop;
	uint64_t apic_mode; /* 0: not enabled */
	uint64_t handled;   /* one bit for each vector that has left its ordinary stub */
	nb_guest_handler handlers[NB_VECTOR_COUNT];
};

/* The vCPU that this code runs on, found by its stack. */
struct nb_guest_cpu *nb_guest_this_cpu(void);
unsigned nb_guest_this_index(void);

/* Loads GDT, TSS and IDT of vCPU index; returns where its TSS keeps RSP0. */
void nb_guest_load_tables(unsigned index);
uint64_t *nb_guest_rsp0(unsigned index);
/* Takes back what nb_guest_handle() and nb_guest_catch() have set on this vCPU. */
void nb_guest_release_vectors(void);

/*
 * Around a loop with a peer: waits until it is ready, false (and the loop's failure) if it never
 * is; tells it to stop.
 */
bool nb_guest_meet_peer(struct nb_loop *loop);
void nb_guest_dismiss_peer(void);

/* All entries of the window are zero again, and flushed. */
void nb_guest_window_clear(void);

void nb_guest_call_user(nb_loop_code code, struct nb_loop *loop, uint64_t stack, uint64_t *rsp0);
int nb_guest_trap(struct nb_guest_frame *frame);
/* Tells the VMM that the command is done; comes back with the next one. */
void nb_guest_report(enum nb_abi_status status);

/* More of the mailbox's note; what does not fit is left out. The number as 0x1f. */
void nb_guest_note(const char *text);
void nb_guest_note_number(const char *name, uint64_t number);

/* As LGDT and LIDT take it, and SGDT and SIDT store it. */
struct nb_guest_pointer {
	uint16_t limit;
	uint16_t base[4];
};

static inline uint64_t nb_guest_pointer_base(const struct nb_guest_pointer *pointer)
{
	return pointer->base[0] | (uint64_t)pointer->base[1] << 16 |
	       (uint64_t)pointer->base[2] << 32 | (uint64_t)pointer->base[3] << 48;
}

static inline void nb_guest_read_tables(struct nb_guest_pointer *gdt, struct nb_guest_pointer *idt)
{
	__asm__ volatile("sgdt %0\n\tsidt %1" : "=m"(*gdt), "=m"(*idt));
}

/* What CPUID says; nb_cpuid() is for timing it. */
struct nb_guest_leaf {
	uint32_t eax, ebx, ecx, edx;
};

static inline struct nb_guest_leaf nb_guest_cpuid(uint32_t number)
{
	struct nb_guest_leaf leaf = { .eax = number };

	__asm__ volatile("cpuid" : "+a"(leaf.eax), "=b"(leaf.ebx), "+c"(leaf.ecx), "=d"(leaf.edx));
	return leaf;
}

extern const char nb_guest_trap_stubs[];
extern const char nb_guest_stamp_stubs[];
extern const char nb_guest_catch_stubs[];
extern const char nb_guest_user_exit[];
extern const char nb_guest_page_tables[];
extern volatile uint64_t nb_guest_window[];
extern const char nb_guest_halt_instruction[];
extern struct nb_guest_cpu nb_guest_cpus[NB_ABI_VCPUS];

#endif
