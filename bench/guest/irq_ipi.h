/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_IRQ_IPI_H
#define NB_IRQ_IPI_H

#include "irq.h"

/*
 * IPIs from vCPU 0 to vCPU 1, one way or with an IPI back. One way is measured with two clocks,
 * which are proved to be the same one first.
 */

/* Words of nb_abi_shared.free, zero at the start of every loop. The first two are vCPU 0's. */
enum nb_irq_word {
	NB_IRQ_CALLS,	   /* number of the latest IPI to vCPU 1 */
	NB_IRQ_PING,	   /* number of the latest question for the clock */
	NB_IRQ_PEER_TAKEN, /* so many IPIs has vCPU 1 taken */
	NB_IRQ_PEER_STAMP, /* the clock at the first instruction of its handler */
	NB_IRQ_PEER_RESTS, /* number of the IPI that it waits for, with nothing else to do */
	NB_IRQ_PONG,	   /* number of the question it answered, with ... */
	NB_IRQ_PONG_CLOCK, /* ... this clock */
};

enum { NB_IRQ_PINGS = 32 };

/* How far vCPU 1's clock may be ahead of vCPU 0's, in ticks. */
struct nb_irq_offset {
	int64_t low, high;
};

/* The answer's clock was read between asked and back of the other clock. */
static inline void nb_irq_offset_narrow(struct nb_irq_offset *offset, uint64_t asked,
					uint64_t answer, uint64_t back)
{
	int64_t low = (int64_t)(answer - back);
	int64_t high = (int64_t)(answer - asked);

	if (low > offset->low)
		offset->low = low;
	if (high < offset->high)
		offset->high = high;
}

/* By how many ticks the clocks are apart for certain. */
static inline uint64_t nb_irq_offset_least(const struct nb_irq_offset *offset)
{
	if (offset->low > 0)
		return (uint64_t)offset->low;
	return offset->high < 0 ? (uint64_t)-offset->high : 0;
}

static inline volatile struct nb_abi_word *nb_irq_word(enum nb_irq_word which)
{
	return &nb_guest_shared()->free[which];
}

/* The peer's end of nb_irq_same_clock(). */
static inline void nb_irq_tell_clock(void)
{
	for (uint64_t number = 1; number <= NB_IRQ_PINGS; number++) {
		if (!nb_guest_await(nb_irq_word(NB_IRQ_PING), number))
			return;
		nb_irq_word(NB_IRQ_PONG_CLOCK)->value = nb_bench_clock();
		nb_irq_word(NB_IRQ_PONG)->value = number;
	}
}

/*
 * Once a loop: asks vCPU 1 for its clock again and again. If the two clocks can be one and the same
 * by all of the answers, what they differ by is less than the fastest of them took.
 */
static inline bool nb_irq_same_clock(struct nb_loop *loop)
{
	struct nb_irq_offset offset = { INT64_MIN, INT64_MAX };
	uint64_t fastest = UINT64_MAX;

	if (nb_irq_word(NB_IRQ_PONG)->value >= NB_IRQ_PINGS)
		return true;
	for (uint64_t number = 1; number <= NB_IRQ_PINGS; number++) {
		uint64_t asked = nb_bench_clock();
		uint64_t back;

		nb_irq_word(NB_IRQ_PING)->value = number;
		if (!nb_guest_await(nb_irq_word(NB_IRQ_PONG), number)) {
			nb_bench_fail(loop, "clocks that vCPU 1 did not tell", 1, NB_IRQ_PINGS);
			return false;
		}
		back = nb_bench_clock();
		nb_irq_offset_narrow(&offset, asked, nb_irq_word(NB_IRQ_PONG_CLOCK)->value, back);
		if (back - asked < fastest)
			fastest = back - asked;
	}
	if (nb_irq_offset_least(&offset) == 0)
		return true;
	nb_bench_fail(loop, "ticks between both vCPUs' clocks, of a message there and back",
		      nb_irq_offset_least(&offset), fastest);
	return false;
}

static inline void nb_irq_peer_handler(struct nb_guest_frame *frame, struct nb_loop *loop)
{
	(void)loop;
	nb_irq_word(NB_IRQ_PEER_STAMP)->value = frame->stamp;
	nb_irq_word(NB_IRQ_PEER_TAKEN)->value++;
	nb_guest_apic_end_interrupt();
}

static inline void nb_irq_peer_answer(struct nb_guest_frame *frame, struct nb_loop *loop)
{
	(void)frame;
	(void)loop;
	nb_irq_word(NB_IRQ_PEER_TAKEN)->value++;
	nb_guest_apic_ipi(0, NB_VECTOR_IPI);
	nb_guest_apic_end_interrupt();
}

/* How every peer begins and ends. */
static inline void nb_irq_peer_open(struct nb_loop *loop)
{
	bool answer = (loop->arg & NB_IRQ_ANSWER) != 0;

	nb_irq_open(loop->arg & NB_IRQ_MODE, NB_VECTOR_IPI,
		    answer ? nb_irq_peer_answer : nb_irq_peer_handler);
	nb_guest_peer_ready();
	if (!answer)
		nb_irq_tell_clock();
}

static inline void nb_irq_peer_close(struct nb_loop *loop)
{
	nb_irq_prove(loop, nb_irq_word(NB_IRQ_CALLS)->value, nb_irq_word(NB_IRQ_PEER_TAKEN)->value);
}

/* There and back; this vCPU waits as the variant says. */
static inline uint64_t nb_irq_call_and_answer(struct nb_loop *loop)
{
	uint64_t number = nb_irq_word(NB_IRQ_CALLS)->value + 1;
	uint64_t start;

	nb_irq_word(NB_IRQ_CALLS)->value = number;
	loop->state[NB_IRQ_SENT]++;
	if (!(loop->arg & NB_IRQ_HALTED))
		nb_irq_on();
	start = nb_bench_clock();
	nb_guest_apic_ipi(1, NB_VECTOR_IPI);
	nb_irq_wait(loop);
	if (!nb_irq_prove(loop, number, nb_irq_word(NB_IRQ_PEER_TAKEN)->value))
		return 0;
	return nb_irq_settle(loop, start);
}

/* One way: the handler that counts is vCPU 1's. */
static inline uint64_t nb_irq_call(struct nb_loop *loop)
{
	uint64_t number = nb_irq_word(NB_IRQ_CALLS)->value + 1;
	uint64_t start;

	if (!nb_irq_same_clock(loop))
		return 0;
	nb_irq_word(NB_IRQ_CALLS)->value = number;
	start = nb_bench_clock();
	nb_guest_apic_ipi(1, NB_VECTOR_IPI);
	nb_guest_await(nb_irq_word(NB_IRQ_PEER_TAKEN), number);
	loop->state[NB_IRQ_SENT] = number;
	loop->state[NB_IRQ_TAKEN] = nb_irq_word(NB_IRQ_PEER_TAKEN)->value;
	loop->state[NB_IRQ_STAMP] = nb_irq_word(NB_IRQ_PEER_STAMP)->value;
	return nb_irq_judge(loop, start);
}

#endif
