/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_GUEST_PRIVATE_H
#define NB_GUEST_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include "nestbench/guest.h"

enum { NB_GUEST_STACK_SIZE = 16384 };

/* What traps.S pushes, and the CPU before it. */
struct nb_guest_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* One vCPU's data; ring 0 and ring 3 have a stack each. */
struct nb_guest_cpu {
	_Alignas(16) uint8_t stack[NB_GUEST_STACK_SIZE];
	_Alignas(16) uint8_t user_stack[NB_GUEST_STACK_SIZE];
	struct nb_loop loop;
	uint64_t apic_mode; /* 0: not enabled */
};

/* The vCPU that this code runs on, found by its stack. */
struct nb_guest_cpu *nb_guest_this_cpu(void);
unsigned nb_guest_this_index(void);

/* Loads GDT, TSS and IDT of vCPU index; returns where its TSS keeps RSP0. */
void nb_guest_load_tables(unsigned index);
uint64_t *nb_guest_rsp0(unsigned index);

void nb_guest_call_user(nb_loop_code code, struct nb_loop *loop, uint64_t stack, uint64_t *rsp0);
int nb_guest_trap(struct nb_guest_frame *frame);
void nb_guest_apic_end_interrupt(void);
/* Tells the VMM that the command is done; comes back with the next one. */
void nb_guest_report(enum nb_abi_status status);

extern const char nb_guest_trap_stubs[];
extern const char nb_guest_user_exit[];
extern const char nb_guest_halt_instruction[];
extern struct nb_guest_cpu nb_guest_cpus[NB_ABI_VCPUS];

#endif
