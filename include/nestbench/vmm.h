/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_VMM_H
#define NB_VMM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nestbench/abi.h"
#include "nestbench/error.h"

/*
 * One virtual machine with the microguest in it. Every vCPU is entered by nb_vmm_run(), in the
 * calling thread, and stays where it is between commands.
 *
 *	nb_vmm_open(&vmm, &config, &error);
 *	nb_vmm_run(vmm, 0, &boot, &reply, &error);     (NB_ABI_BOOT first, then as you like)
 *	nb_vmm_close(vmm);
 *
 * Uses SIGALRM for its watchdog: open installs a handler, close puts the old one back.
 */
struct nb_vmm;

struct nb_vmm_config {
	const char *device; /* "/dev/kvm" */
	unsigned vcpus;	    /* 1 .. NB_ABI_VCPUS */
	/* Memory of a variant beside the microguest's own, with its page tables and chains. */
	const struct nb_arena *arena; /* NULL: none */
	int other_cpu;		      /* where peers and host actions have their thread */
};

/*
 * What the KVM behind device offers, as enum nb_need bits; starts no VM. -ENOENT, -EACCES,
 * -ENOTSUP, ... with what to do about it in the text.
 */
int nb_vmm_probe(const char *device, uint64_t *offers, struct nb_error *error);

/*
 * Tries step by step whether the KVM behind device works, and how fast it is, as lines "KEY=ok" or
 * "KEY=ENAME: text" in text[size] (1024 bytes hold all): open, api, vm, vcpu, run, up to the first
 * that fails; after them boot_ms, from opening the device to the microguest's first answer, and
 * exit_ns, the median of exit.cpuid, where KVM proves that it is an exit. Takes less than a second
 * whatever the vCPU does, unless the kernel itself hangs. Uses SIGALRM as nb_vmm_open() does.
 * Returns the length of the text.
 */
int nb_vmm_try(const char *device, char *text, size_t size);

int nb_vmm_open(struct nb_vmm **vmm, const struct nb_vmm_config *config, struct nb_error *error);
void nb_vmm_close(struct nb_vmm *vmm); /* NULL is fine */

struct nb_vmm_command {
	enum nb_abi_command command;
	uint32_t flags; /* enum nb_abi_flag */
	uint32_t bench, variant;
	uint64_t count, batch; /* count <= NB_ABI_SAMPLES_MAX unless NB_ABI_UNTIMED */
	unsigned timeout_ms;
	/* NB_ABI_RUN on vCPU 0: meanwhile vCPU 1 runs the benchmark's peer; both have ended after.
	 */
	bool peer;
	/* NB_ABI_RUN: what the host does for it. Those in place of the guest write the samples. */
	enum nb_host_action host;
};

/* How a command ended. After a fault or what follows it, but NB_VMM_WRONG, the VM is of no more
 * use. */
enum nb_vmm_end {
	NB_VMM_DONE,
	NB_VMM_UNAVAILABLE, /* setup says why it cannot run in this VM */
	NB_VMM_FAULT,	    /* unexpected exception in the guest */
	NB_VMM_UNSUPPORTED, /* KVM cannot emulate an instruction */
	NB_VMM_TIMEOUT,	    /* the vCPU did not come back in time */
	NB_VMM_FAILED,	    /* KVM gave up: shutdown, failed entry, internal error */
	NB_VMM_WRONG,	    /* the operation's own check failed: "what: 3 of 640"; the VM lives */
};

struct nb_vmm_reply {
	enum nb_vmm_end end;
	char text[224];	     /* for a person; "" after NB_VMM_DONE; vCPU states after a time-out */
	uint64_t vector;     /* of NB_VMM_FAULT */
	uint64_t interrupts; /* handled by this vCPU since boot */
	uint64_t lost_shadows; /* of those, taken between STI and HLT: an emulator's bug */
};

/*
 * Runs one command. Returns 0 whatever the guest made of it (see reply); a negative errno where
 * the VMM itself failed.
 */
int nb_vmm_run(struct nb_vmm *vmm, unsigned vcpu, const struct nb_vmm_command *command,
	       struct nb_vmm_reply *reply, struct nb_error *error);

/* The vCPU's samples of the last timed NB_ABI_RUN, in ticks of its time stamp counter. */
const uint64_t *nb_vmm_samples(const struct nb_vmm *vmm, unsigned vcpu);

/*
 * KVM's counters of one vCPU (Linux, Documentation/virt/kvm/api.rst, KVM_GET_STATS_FD): single
 * values only, no histograms. -ENOTSUP where this kernel has none (before 5.14). Behind them stand
 * exits of the microguest's own guest by reason, "inner_cpuid", as it has counted them itself.
 */
enum { NB_VMM_STAT_MAX = 96, NB_VMM_STAT_NAME = 32 };

struct nb_vmm_stat {
	char name[NB_VMM_STAT_NAME];
	uint64_t value;
};

struct nb_vmm_stats {
	size_t count;
	struct nb_vmm_stat items[NB_VMM_STAT_MAX];
};

int nb_vmm_stats_read(struct nb_vmm *vmm, unsigned vcpu, struct nb_vmm_stats *stats,
		      struct nb_error *error);

#endif
