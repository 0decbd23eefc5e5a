/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_NESTED_REASON_H
#define NB_NESTED_REASON_H

/* Why the microguest's own guest came out; each is counted in the mailbox (nestbench/abi.h). */
enum nb_nested_reason {
	NB_INNER_HYPERCALL, /* VMCALL or VMMCALL */
	NB_INNER_CPUID,
	NB_INNER_IO,
	NB_INNER_MSR,
	NB_INNER_HLT,
	NB_INNER_EXCEPTION,
	NB_INNER_PAGE,	    /* EPT violation or nested page fault */
	NB_INNER_INTERRUPT, /* external, and still pending in our hypervisor */
	NB_INNER_SHUTDOWN,  /* triple fault */
	NB_INNER_REFUSED,   /* the entry failed its checks: nothing ran */
	NB_INNER_OTHER,
	NB_INNER_REASONS
};

#endif
