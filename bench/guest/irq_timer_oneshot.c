/* SPDX-License-Identifier: Apache-2.0 */
#include "irq_timer.h"

/*
 * The counter is written with a number of ticks: the programmed time is that much after right
 * before the write. KVM's counter runs at 1 GHz (Linux, Documentation/virt/kvm/api.rst,
 * KVM_CAP_X86_APIC_BUS_CYCLES_NS); that is checked and then relied on, since a measured rate would
 * be off by more than the results.
 */
enum { DIVIDE_BY_1 = 0xb, TICKS_PER_US = 1000, TOLERANCE_PERCENT = 5, TRIES = 3 };

/* Ticks of the counter in a millisecond of the time stamp counter. */
static uint64_t ticks_per_ms(void)
{
	uint64_t ms = nb_irq_microseconds(1000);
	uint64_t start, elapsed, ticks;
	uint32_t first;

	nb_guest_apic_write(NB_IRQ_TIMER_INITIAL, UINT32_MAX);
	first = nb_guest_apic_read(NB_IRQ_TIMER_CURRENT);
	start = nb_bench_clock();
	while (nb_rdtsc() - start < ms)
		;
	ticks = first - nb_guest_apic_read(NB_IRQ_TIMER_CURRENT);
	elapsed = nb_bench_clock() - start;
	nb_guest_apic_write(NB_IRQ_TIMER_INITIAL, 0);
	return ticks * ms / elapsed;
}

/* A host that takes the CPU away between two readings can spoil a try. */
static bool runs_as_it_should(void)
{
	const uint64_t right = (uint64_t)TICKS_PER_US * 1000;
	const uint64_t slack = right * TOLERANCE_PERCENT / 100;

	for (unsigned i = 0; i < TRIES; i++) {
		uint64_t ticks = ticks_per_ms();

		if (ticks > right - slack && ticks < right + slack)
			return true;
	}
	return false;
}

/* The check is made once a round. */
static const char *setup(struct nb_loop *loop)
{
	if (nb_guest_mailbox()->tsc_hz == 0)
		return NB_IRQ_NO_RATE;
	nb_irq_open(NB_APIC_XAPIC, NB_VECTOR_TIMER, nb_irq_handler);
	nb_guest_apic_write(NB_IRQ_TIMER_DIVIDE, DIVIDE_BY_1);
	nb_guest_apic_write(NB_APIC_LVT_TIMER, NB_APIC_MASKED | NB_VECTOR_TIMER);
	if (loop->kept[0] == 0 && !runs_as_it_should())
		return "the local APIC's timer does not run at 1 GHz, as KVM's does";
	loop->kept[0] = 1;
	nb_guest_apic_write(NB_APIC_LVT_TIMER, NB_VECTOR_TIMER);
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	(void)loop;
	nb_guest_apic_write(NB_IRQ_TIMER_INITIAL, 0);
	nb_guest_apic_write(NB_APIC_LVT_TIMER, NB_APIC_MASKED | NB_VECTOR_TIMER);
	nb_guest_drain();
}

/* Two clocks take part, one of which may be slewed: early is what is more than a thousandth so. */
static uint64_t sample(struct nb_loop *loop)
{
	uint64_t after = nb_irq_after(loop);
	uint64_t due, late;

	if (loop->null)
		return 0;
	loop->state[NB_IRQ_SENT]++;
	due = nb_bench_clock() + after;
	nb_guest_apic_write(NB_IRQ_TIMER_INITIAL,
			    (uint32_t)(loop->arg & NB_IRQ_AFTER) * TICKS_PER_US);
	nb_irq_halt(loop);
	late = nb_irq_settle(loop, due - after / 1000);
	return late > after / 1000 ? late - after / 1000 : 0;
}

NB_BENCH_DEFINE_SAMPLED(guest, irq_timer_oneshot, sample,
			.expect = { "irq_injections", { 1, 0 }, { 1, 0 } }, .setup = setup,
			.teardown = teardown, .own_null = 1,
			.variants = { { .params = "after=100us,wait=halted", .arg = 100 },
				      { .params = "after=10us,wait=halted", .arg = 10 },
				      { .params = "after=1ms,wait=halted", .arg = 1000 } },
			.variant_count = 3);
