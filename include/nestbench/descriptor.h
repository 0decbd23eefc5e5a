/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_DESCRIPTOR_H
#define NB_DESCRIPTOR_H

#include <stdint.h>

#include "nestbench/host.h"
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

struct nb_variant {
	char params[40]; /* "match=data": keys sorted; a ring=3 is added by the runner */
	uint64_t arg;
	uint64_t needs; /* enum nb_need, beside the benchmark's own */
	struct nb_arena arena;
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

/* Which words of its target a series of bench/io has among its parameters. */
enum nb_io_params {
	NB_IO_NOT,    /* no target: runs once */
	NB_IO_PLAIN,  /* fs, target */
	NB_IO_SYNC,   /* engine=psync, and the mode reached: direct I/O */
	NB_IO_STREAM, /* the same, and thorough watches its pace for a while */
	NB_IO_QUEUED, /* engine=uring or threads, the mode, and the same watch */
};

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
	uint64_t io;	      /* enum nb_io_params: bench/io */
	uint64_t writes;      /* 1: bench/io, and the bytes that it moves are written */
};

#endif
