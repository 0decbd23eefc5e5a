/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_GUEST_NESTED_INNER_H
#define NB_BENCH_GUEST_NESTED_INNER_H

#include "nestbench/nested.h"

/*
 * What benchmarks share whose operation runs in the inner guest. Their own hypervisor does the
 * least that any has to: find out why, answer, step over the instruction, enter again.
 */

/* nb_variant.arg: without stage 2; lower bits are the benchmark's own. */
enum { NESTED_FLAT = 1 << 16 };

/* Every variant with EPT or nested paging, and without. */
#define NESTED_VARIANTS                                                                            \
	.variants = { { .params = "stage2=off", .arg = NESTED_FLAT }, { .params = "stage2=on" } }, \
	.variant_count = 2

/* Bytes of instructions, for hypervisors whose CPU does not tell (SVM without NRIPS). */
enum {
	NESTED_LENGTH_HYPERCALL = 3,
	NESTED_LENGTH_CPUID = 2,
	NESTED_LENGTH_MSR = 2, /* RDMSR, WRMSR */
	NESTED_LENGTH_HLT = 1,
	NESTED_LENGTH_OUT = 1, /* to the port in DX */
};

static inline const char *nested_open(const struct nb_loop *loop, nb_nested_handler exited)
{
	const struct nb_nested_config config = {
		.exited = exited,
		.flat = (loop->arg & NESTED_FLAT) != 0,
	};

	return nb_nested_open(&config);
}

/* Reads and writes of one MSR exit. */
static inline const char *nested_open_msr(uint32_t msr, nb_nested_handler exited)
{
	const struct nb_nested_config config = { .exited = exited, .msr = msr };

	return nb_nested_open(&config);
}

static inline void nested_close(struct nb_loop *loop)
{
	(void)loop;
	nb_nested_close();
}

/* For an exited(): the one reason that there may be, whose instruction has so many bytes. */
static inline void nested_skip_if(struct nb_loop *loop, enum nb_nested_reason reason,
				  enum nb_nested_reason expected, unsigned length)
{
	if (reason == expected)
		nb_nested_skip(length);
	else
		nb_nested_unexpected(loop, reason);
}

#endif
