/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_GUEST_NESTED_OUTER_H
#define NB_BENCH_GUEST_NESTED_OUTER_H

#include "nestbench/nested_cpu.h"

#include "nested_inner.h"

/*
 * What benchmarks share whose operation is our own hypervisor's: an instruction of VMX or SVM, or
 * an entry into an inner guest that does nothing but come out again.
 */

/*
 * Fields of a VMCS for VMREAD and VMWRITE. KVM shadows the inner guest's RIP (Linux,
 * arch/x86/kvm/vmx/vmcs_shadow_fields.h) and not our own: where the first is much cheaper than the
 * second, or costs no exit at all, VMCS shadowing is on.
 */
enum { NESTED_GUEST_RIP = 0x681e, NESTED_HOST_RIP = 0x6c16 };

#define NESTED_FIELD_VARIANTS                                                     \
	.variants = { { .params = "field=shadowed", .arg = NESTED_GUEST_RIP },    \
		      { .params = "field=unshadowed", .arg = NESTED_HOST_RIP } }, \
	.variant_count = 2

/* Of INVEPT and INVVPID. */
#define NESTED_TYPE_VARIANTS                                               \
	.variants = { { .params = "type=all", .arg = NB_VMX_ALL },         \
		      { .params = "type=single", .arg = NB_VMX_SINGLE } }, \
	.variant_count = 2

/* Runs in an inner guest. */
static inline void nested_outer_code(void)
{
	uint64_t cpu = nb_guest_mailbox()->cpu;

	for (;;)
		nb_nested_hypercall(cpu, 0);
}

/* Both guests are at their start; the VMCS of the first one is the current one. */
static inline const char *nested_outer_open(struct nb_loop *loop)
{
	const char *reason = nested_open(loop, 0);

	if (reason)
		return reason;
	nb_nested_start(1, nested_outer_code);
	nb_nested_start(0, nested_outer_code);
	return 0;
}

/* One entry, and the hypercall that ends it. */
static inline void nested_outer_pass(struct nb_loop *loop, unsigned which)
{
	nested_skip_if(loop, nb_nested_enter(which), NB_INNER_HYPERCALL, NESTED_LENGTH_HYPERCALL);
}

/* For VMLOAD and VMSAVE: a VMCB that holds our own state already, so loading it changes nothing. */
static inline const char *nested_outer_open_own_vmcb(struct nb_loop *loop)
{
	const char *reason = nested_outer_open(loop);

	if (reason)
		return reason;
	loop->state[0] = nb_svm_vmcb(0);
	return 0;
}

/* The same if the CPU offers the variant's type of INVEPT or INVVPID. */
static inline const char *nested_outer_open_offered(struct nb_loop *loop, bool (*offers)(uint64_t))
{
	const char *reason = nested_outer_open(loop);

	if (reason)
		return reason;
	if (offers(loop->arg))
		return 0;
	nb_nested_close();
	return "this invalidation is not offered to guests (IA32_VMX_EPT_VPID_CAP)";
}

/* VMX instructions tell by flags whether they did it. */
static inline void nested_outer_prove(struct nb_loop *loop, bool fine)
{
	if (!fine)
		nb_bench_fail(loop, "VMX instructions that failed", 1, 1);
}

#endif
