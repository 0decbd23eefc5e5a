/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_DESCRIPTOR_H
#define NB_DESCRIPTOR_H

#include <stdint.h>

/*
 * The shape of a benchmark, in user mode and in the microguest alike (freestanding, and part of
 * the ABI between the microguest and its VMM). Benchmarks include nestbench/bench.h or
 * nestbench/guest.h instead.
 */

/* What a benchmark or one of its variants asks of the machine; bench.def names them. */
enum nb_need {
	NB_NEED_NONE = 0,
	NB_NEED_IRQCHIP = 1 << 0,      /* in-kernel PIC, IOAPIC, local APIC and PIT */
	NB_NEED_IOEVENTFD = 1 << 1,    /* KVM_CAP_IOEVENTFD */
	NB_NEED_X2APIC = 1 << 2,       /* CPUID 1 ECX[21], in the guest */
	NB_NEED_TSC_DEADLINE = 1 << 3, /* KVM_CAP_TSC_DEADLINE_TIMER */
	NB_NEED_RDTSCP = 1 << 4,       /* CPUID 0x80000001 EDX[27] */
	NB_NEED_XSAVE = 1 << 5,	       /* CPUID 1 ECX[26] */
	NB_NEED_IOPERM = 1 << 6,       /* CAP_SYS_RAWIO, ioperm(2) */
};

/* State of one loop; setup, prepare, op and teardown get it. */
struct nb_loop {
	uint64_t *samples; /* ticks of each sample */
	uint64_t count;	   /* samples to take */
	uint64_t batch;	   /* operations per sample */
	uint64_t arg;	   /* of the variant */
	uint64_t state[4]; /* the benchmark's own; zero before setup */
};

typedef void (*nb_loop_code)(struct nb_loop *loop);

struct nb_variant {
	char params[40]; /* "match=data": keys sorted; a ring=3 is added by the runner */
	uint64_t arg;
	uint64_t needs; /* enum nb_need, beside the benchmark's own */
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

enum { NB_VARIANT_MAX = 4 };

struct nb_bench {
	/* Optional; returns NULL, or why this cannot run here (the benchmark is skipped). */
	const char *(*setup)(struct nb_loop *loop);
	nb_loop_code timed;    /* both made by NB_BENCH_DEFINE */
	nb_loop_code untimed;  /* count * batch operations without reading a clock */
	nb_loop_code teardown; /* optional */
	const char *absent;    /* what it means if the very first operation faults; optional */
	struct nb_expect expect;
	struct nb_variant variants[NB_VARIANT_MAX]; /* none: one without parameters */
	uint64_t variant_count;
	uint64_t ring3; /* guest vantage: runs in user mode too, as ring=3 */
};

#endif
