/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/*
 * KVM_HC_VAPIC_POLL_IRQ (Linux, Documentation/virt/kvm/x86/hypercalls.rst): does nothing but come
 * back. In ring 3 KVM refuses it, after the same exit.
 */
enum { HYPERCALL_NOTHING = 1 };

static const char *setup(struct nb_loop *loop)
{
	loop->arg = nb_guest_mailbox()->cpu;
	return 0;
}

static inline void op(struct nb_loop *loop)
{
	uint64_t result = HYPERCALL_NOTHING;

	if (loop->arg == NB_ABI_CPU_AMD)
		__asm__ volatile("vmmcall" : "+a"(result) : : "memory");
	else
		__asm__ volatile("vmcall" : "+a"(result) : : "memory");
}

NB_BENCH_DEFINE(guest, exit_hypercall, op, nb_bench_no_prepare, .expect = NB_EXPECT(1),
		.rings = NB_RING_BOTH, .setup = setup);
