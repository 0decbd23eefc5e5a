/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/*
 * The time covers the interrupt's delivery, its handler and its EOI as well. AMD's idle-HLT
 * intercept (Zen 5, Linux 6.15) lets a halt with a pending interrupt pass without an exit.
 */
static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_apic_enable(NB_APIC_XAPIC);
	return 0;
}

static inline void prepare(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_apic_self_ipi(NB_VECTOR_IPI);
}

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_halt();
}

NB_BENCH_DEFINE(guest, exit_hlt_wake, op, prepare, .expect = { "halt_exits", { 1, 1 }, { 1, 0 } },
		.setup = setup);
