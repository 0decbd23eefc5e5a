/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_GUEST_CALLS_H
#define NB_GUEST_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include "nestbench/abi.h"

/*
 * The microguest's run-time as a benchmark sees it; nestbench/guest.h includes it. Ring 0 only,
 * except where it says otherwise.
 */

/* ---- local APIC ---- */

/* Switches this vCPU's local APIC to mode and enables it; LVT entries stay masked. */
void nb_guest_apic_enable(uint64_t mode);
void nb_guest_apic_write(uint32_t reg, uint32_t value);
uint32_t nb_guest_apic_read(uint32_t reg);
/* Sends vector to this very vCPU. It stays pending while interrupts are off. */
void nb_guest_apic_self_ipi(uint8_t vector);
/* To the vCPU with that number; command as ICR bits 0 to 15, such as the vector alone. */
void nb_guest_apic_ipi(unsigned vcpu, uint32_t command);
/* End of interrupt; handlers of nb_guest_handle() do it themselves. */
void nb_guest_apic_end_interrupt(void);
/* Takes whatever is pending: interrupts on for a moment. */
void nb_guest_drain(void);
/* STI, HLT, CLI. An interrupt that is pending wakes it at once. */
void nb_guest_halt(void);

/* ---- interrupts and exceptions ---- */

/* What traps.S pushes, and the CPU before it. stamp: the clock at the first instruction. */
struct nb_guest_frame {
	uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
	uint64_t vector, stamp, error;
	uint64_t rip, cs, rflags, rsp, ss;
};
typedef void (*nb_guest_handler)(struct nb_guest_frame *frame, struct nb_loop *loop);

/*
 * From now on this vCPU's handler of vector, with interrupts off; loop is the vCPU's own. Without
 * one an interrupt is counted and ended, and an exception ends the benchmark as a fault. 0 takes
 * it back, and so does every SETUP, for all vectors.
 */
void nb_guest_handle(uint8_t vector, nb_guest_handler handler);

/*
 * The shortest handler there is, for an exception (vector < 32) on vCPU 0: it takes the clock as
 * its first act, counts, clears the trap flag of the saved RFLAGS and returns to resume, which the
 * operation has set before it faults. May be read and written in ring 3. Ended by SETUP.
 *
 *	__asm__ volatile("movq $1f, %0\n\tud2\n1:" : "=m"(nb_guest_caught.resume) : : "memory");
 */
struct nb_guest_caught {
	uint64_t stamp, count, resume, error;
};
extern volatile struct nb_guest_caught nb_guest_caught;
void nb_guest_catch(uint8_t vector);

/* Calls code in ring 3, as RUN does: for a setup that has to try what may not work there. */
void nb_guest_call_ring3(nb_loop_code code, struct nb_loop *loop);

/* ---- the other vCPU and the host ---- */

/* For a peer, once it is ready for the first vCPU's loop to begin. */
void nb_guest_peer_ready(void);
/* True when the first vCPU's loop is over; NB_VECTOR_WAKE then ends a halt. Any vCPU. */
bool nb_guest_peer_stop(void);
/*
 * Asks the host's thread to act (nb_bench.host): returns the number of the request. The thread
 * writes shared acted and acted_on, acts, and waits for the guest to write the number into
 * answered; then it writes seen and seen_of.
 */
uint64_t nb_guest_ask_host(void);
/* True where the host's clock and this vCPU's are one and the same. */
bool nb_guest_same_clock(void);
/* Spins until word is at least value; false after about half a second by the TSC. Any ring. */
bool nb_guest_await(const volatile struct nb_abi_word *word, uint64_t value);

/* ---- page tables ---- */

/* Page table roots with the same content; which < NB_ABI_ROOTS. */
uint64_t nb_guest_page_table(unsigned which);
/*
 * The entry of page index (0 .. 511) of NB_ABI_WINDOW_VIRTUAL; the physical address of a page of
 * zeroed memory of the image to point it to (index 0 .. 7). Entries are 0 after every SETUP.
 */
volatile uint64_t *nb_guest_window_entry(unsigned index);
uint64_t nb_guest_window_memory(unsigned index);

#endif
