/* SPDX-License-Identifier: Apache-2.0 */
#include "irq_inject.h"

/*
 * The host raises an input of the IOAPIC and lowers it when the end of interrupt reaches it, by an
 * eventfd: to the handler, and from the end of interrupt to when the guest sees that the host knows
 * of it.
 */
enum {
	SELECT = 0,
	WINDOW = 0x10,
	REDIRECTION = 0x10 + 2 * NB_ABI_PIN,
	LEVEL = 1 << 15,
};

static void write_redirection(uint32_t low)
{
	nb_guest_mmio_write32(NB_IOAPIC_BASE + SELECT, REDIRECTION + 1);
	nb_guest_mmio_write32(NB_IOAPIC_BASE + WINDOW, 0); /* to vCPU 0 */
	nb_guest_mmio_write32(NB_IOAPIC_BASE + SELECT, REDIRECTION);
	nb_guest_mmio_write32(NB_IOAPIC_BASE + WINDOW, low);
}

static void handler(struct nb_guest_frame *frame, struct nb_loop *loop)
{
	volatile struct nb_abi_shared *shared = nb_guest_shared();

	shared->answered.value = shared->asked.value;
	loop->state[NB_IRQ_OWN] = shared->acted.value;
	nb_irq_count(loop, frame->stamp);
	loop->kept[0] = nb_bench_clock();
	nb_guest_apic_end_interrupt();
}

static const char *setup(struct nb_loop *loop)
{
	if (!(loop->arg & NB_IRQ_ANSWER) && !nb_guest_same_clock())
		return NB_IRQ_TWO_CLOCKS;
	nb_irq_open(NB_APIC_XAPIC, NB_ABI_VECTOR_HOST, handler);
	write_redirection(LEVEL | NB_ABI_VECTOR_HOST);
	return 0;
}

static void teardown(struct nb_loop *loop)
{
	(void)loop;
	write_redirection(NB_APIC_MASKED | LEVEL | NB_ABI_VECTOR_HOST);
	nb_guest_drain();
}

/* Each end of interrupt must have reached the host, and once, before the next request. */
static uint64_t sample(struct nb_loop *loop)
{
	volatile struct nb_abi_shared *shared = nb_guest_shared();
	uint64_t number, known;

	if (loop->null)
		return 0;
	number = nb_irq_inject_request(loop);
	if (number == 0)
		return 0;
	nb_guest_await(&shared->resampled, number);
	known = nb_bench_clock();
	if (!nb_irq_inject_finish(loop, number))
		return 0;
	if (shared->resampled.value < number)
		nb_bench_fail(loop, "ends of interrupt that never reached the host", 1, number);
	if (shared->resampled.value > number)
		nb_bench_fail(loop, "ends of interrupt that came once too often", 1, number);
	if (loop->arg & NB_IRQ_ANSWER)
		return known - loop->kept[0];
	return nb_irq_judge(loop, shared->acted.value);
}

NB_BENCH_DEFINE_SAMPLED(guest, irq_level_triggered, sample,
			.expect = { "irq_injections", { 1, 0 }, { 1, 0 } }, .setup = setup,
			.teardown = teardown, .host = NB_HOST_LEVEL, .own_null = 1,
			.variants = { { .params = "to=handler" },
				      { .params = "to=resample", .arg = NB_IRQ_ANSWER } },
			.variant_count = 2);
