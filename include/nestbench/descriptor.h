/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_DESCRIPTOR_H
#define NB_DESCRIPTOR_H

#include <stdint.h>

#include "nestbench/need.h"

/*
 * The shape of a benchmark, in user mode and in the microguest alike (freestanding, and part of
 * the ABI between the microguest and its VMM). Benchmarks include nestbench/bench.h or
 * nestbench/guest.h instead.
 */

/* State of one loop; setup, prepare, op and teardown get it. */
struct nb_loop {
	uint64_t *samples; /* ticks of each sample */
	uint64_t count;	   /* samples to take */
	uint64_t batch;	   /* operations per sample */
	uint64_t arg;	   /* of the variant */
	uint64_t null;	   /* 1: this is the benchmark's own empty operation (nb_bench.own_null) */
	uint64_t state[4]; /* the benchmark's own; zero before every setup */
	uint64_t kept[4];  /* the same, but zero only at the start of a round */
	void *context;	   /* what the runner prepared; bench/io alone has one */
	/*
	 * Set by an operation whose own check failed: the loop ends and the round is an error that
	 * reads "failure: failed of total". A text of the program.
	 */
	const char *failure;
	uint64_t failed, total;
};

typedef void (*nb_loop_code)(struct nb_loop *loop);

/*
 * Memory beside the microguest's own, made by the VMM at guest-physical NB_ABI_ARENA, mapped for
 * the guest at NB_ABI_ARENA_VIRTUAL; all zero: none. Where span is larger than memory the same
 * memory is mapped again and again, so that many translations need little memory.
 */
struct nb_arena {
	uint64_t memory; /* bytes, a multiple of page */
	uint64_t span;	 /* virtual bytes; 0: as memory */
	uint64_t page;	 /* of the guest's tables: 4 KiB, 2 MiB or 1 GiB */
	uint64_t huge;	 /* behind it: 1 asks for transparent huge pages, 0 forbids them */
	uint64_t stride; /* a chain of lines, one in each stride of the span; 0: none */
	uint64_t cold;	 /* 1: not populated */
};

struct nb_variant {
	char params[40]; /* "match=data": keys sorted; a ring=3 is added by the runner */
	uint64_t arg;
	uint64_t needs; /* enum nb_need, beside the benchmark's own */
	struct nb_arena arena;
};

/* What the VMM does while the microguest's loop runs, or before it, or instead of it. */
enum nb_host_action {
	NB_HOST_NONE,
	/* A thread on another CPU acts upon each nb_guest_ask_host(): */
	NB_HOST_IRQFD, /* rings an irqfd that is routed as an MSI to vCPU 0, NB_VECTOR_HOST */
	NB_HOST_MSI,   /* KVM_SIGNAL_MSI, the same */
	NB_HOST_LEVEL, /* raises IOAPIC pin NB_ABI_PIN by an irqfd that resamples */
	/* Before each command of the loop: */
	NB_HOST_COLD,  /* takes the arena's memory away */
	NB_HOST_DIRTY, /* dirty logging of the arena is on, its log clean */
	/* Each sample is a call of the host; no code of the guest runs: */
	NB_HOST_DIRTY_FETCH, /* KVM_GET_DIRTY_LOG of the arena, all of it dirty */
	NB_HOST_MEMSLOT,     /* a memory slot is added and removed */
};

/*
 * Exits per operation, as KVM's counter named stat should show them: a current KVM with EPT or
 * NPT. Where versions or CPU features differ, the second number is right as well. An empty stat
 * states nothing. stat "exits" leaves out exits for host interrupts (KVM's irq_exits).
 */
struct nb_expect {
	char stat[24];
	int16_t vmx[2], svm[2];
};

#define NB_EXPECT_STAT(stat, n) \
	{                       \
		stat, { n, n }, \
		{               \
			n, n    \
		}               \
	}
#define NB_EXPECT(n) NB_EXPECT_STAT("exits", n)
#define NB_EXPECT_VENDOR(vmx, vmx_or, svm, svm_or) \
	{                                          \
		"exits", { vmx, vmx_or },          \
		{                                  \
			svm, svm_or                \
		}                                  \
	}

enum { NB_VARIANT_MAX = 12 };

enum nb_rings { NB_RING_0, NB_RING_BOTH, NB_RING_3 };

struct nb_bench {
	/* Optional; returns NULL, or why this cannot run here (the benchmark is skipped). */
	const char *(*setup)(struct nb_loop *loop);
	nb_loop_code timed;    /* made by NB_BENCH_DEFINE... */
	nb_loop_code untimed;  /* count * batch operations without reading a clock; optional */
	nb_loop_code teardown; /* optional */
	nb_loop_code peer;     /* guest vantage: what the second vCPU does meanwhile; optional */
	const char *absent;    /* what it means if the very first operation faults; optional */
	struct nb_expect expect;
	struct nb_variant variants[NB_VARIANT_MAX]; /* none: one without parameters */
	uint64_t variant_count;
	uint64_t rings;	      /* enum nb_rings: guest vantage, in which rings it runs */
	uint64_t host;	      /* enum nb_host_action */
	uint64_t batch;	      /* operations per sample; 0: found out by the runner */
	uint64_t own_null;    /* 1: subtract this benchmark with loop->null, not an empty loop */
	uint64_t samples_max; /* of one command; 0: as the profile says */
};

#endif
