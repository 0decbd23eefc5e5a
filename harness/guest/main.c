/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_private.h"

/* The microguest's entry, header and command loop. */

enum { SAMPLES_PER_PAGE = 4096 / sizeof(uint64_t) };

#define NB_BENCH(id, vantage, needs, unit, summary) NB_DECLARE_##vantage(id)
#define NB_DECLARE_guest(id)			    extern const struct nb_bench nb_bench_guest_##id;
#define NB_DECLARE_user(id)
#define NB_DECLARE_io(id)
#include "bench.def"
#undef NB_BENCH

#define NB_BENCH(id, vantage, needs, unit, summary) NB_ENTRY_##vantage(id)
#define NB_ENTRY_guest(id)			    &nb_bench_guest_##id,
#define NB_ENTRY_user(id)
#define NB_ENTRY_io(id)
static const struct nb_bench *const benches[] = {
#include "bench.def"
};
#undef NB_BENCH

extern const char nb_guest_memory_end[];
void nb_guest_main(uint64_t vcpu);

struct nb_guest_cpu nb_guest_cpus[NB_ABI_VCPUS];

extern const struct nb_abi_header nb_guest_header;
__attribute__((section(".header"))) const struct nb_abi_header nb_guest_header = {
	.magic = NB_ABI_MAGIC,
	.version = NB_ABI_VERSION,
	.bench_count = sizeof(benches) / sizeof(benches[0]),
	.memory_end = (uint64_t)nb_guest_memory_end,
	.entry = (uint64_t)nb_guest_main,
	.page_table = (uint64_t)nb_guest_page_tables,
	.stack_top = { (uint64_t)nb_guest_cpus[0].user_stack,
		       (uint64_t)nb_guest_cpus[1].user_stack },
	.benches = benches,
};

unsigned nb_guest_this_index(void)
{
	uint64_t stack = (uint64_t)__builtin_frame_address(0);

	return stack >= (uint64_t)&nb_guest_cpus[1] ? 1 : 0;
}

struct nb_guest_cpu *nb_guest_this_cpu(void)
{
	return &nb_guest_cpus[nb_guest_this_index()];
}

volatile struct nb_abi_mailbox *nb_guest_mailbox(void)
{
	return (volatile struct nb_abi_mailbox *)(NB_ABI_MAILBOX +
						  (uint64_t)nb_guest_this_index() * 4096);
}

void nb_guest_report(enum nb_abi_status status)
{
	nb_guest_mailbox()->status = status;
	nb_out32(NB_ABI_PORT_CONTROL, status);
}

/* A first write to each page of samples, so that no page fault of any kind lands in a sample. */
static void touch_samples(volatile uint64_t *samples, uint64_t count)
{
	for (uint64_t i = 0; i < count; i += SAMPLES_PER_PAGE)
		samples[i] = 0;
}

static void select_bench(struct nb_guest_cpu *cpu, const volatile struct nb_abi_mailbox *mailbox)
{
	const struct nb_bench *bench = benches[mailbox->bench];

	nb_guest_release_vectors();
	cpu->loop.arg = bench->variants[mailbox->variant].arg;
	cpu->loop.null = mailbox->flags & NB_ABI_NULL ? 1 : 0;
	for (unsigned i = 0; i < 4; i++)
		cpu->loop.state[i] = 0;
}

static enum nb_abi_status set_up(struct nb_guest_cpu *cpu, volatile struct nb_abi_mailbox *mailbox)
{
	const struct nb_bench *bench = benches[mailbox->bench];
	uint64_t index = (uint64_t)(cpu - nb_guest_cpus);
	const char *reason;

	select_bench(cpu, mailbox);
	nb_guest_window_clear();
	mailbox->note[0] = '\0';
	cpu->loop.samples =
		(uint64_t *)(NB_ABI_SAMPLES + index * NB_ABI_SAMPLES_MAX * sizeof(uint64_t));
	touch_samples(cpu->loop.samples, mailbox->count);
	reason = bench->setup ? bench->setup(&cpu->loop) : 0;
	mailbox->reason = reason;
	return reason ? NB_ABI_UNAVAILABLE : NB_ABI_DONE;
}

/* What the operation found wrong in itself, if anything. */
static enum nb_abi_status conclude(const struct nb_loop *loop,
				   volatile struct nb_abi_mailbox *mailbox)
{
	mailbox->reason = loop->failure;
	mailbox->failed = loop->failed;
	mailbox->total = loop->total;
	return loop->failure ? NB_ABI_WRONG : NB_ABI_DONE;
}

void nb_guest_call_ring3(nb_loop_code code, struct nb_loop *loop)
{
	struct nb_guest_cpu *cpu = nb_guest_this_cpu();

	nb_guest_call_user(code, loop, (uint64_t)(cpu->user_stack + sizeof(cpu->user_stack)),
			   nb_guest_rsp0(nb_guest_this_index()));
}

static enum nb_abi_status run(struct nb_guest_cpu *cpu, volatile struct nb_abi_mailbox *mailbox)
{
	const struct nb_bench *bench = benches[mailbox->bench];
	nb_loop_code code = mailbox->flags & NB_ABI_UNTIMED ? bench->untimed : bench->timed;

	cpu->loop.count = mailbox->count;
	cpu->loop.batch = mailbox->batch;
	cpu->loop.failure = 0;
	mailbox->note[0] = '\0';
	if (bench->peer && !nb_guest_meet_peer(&cpu->loop)) {
		nb_guest_dismiss_peer(); /* it may still come */
		return conclude(&cpu->loop, mailbox);
	}
	if (mailbox->flags & NB_ABI_RING3)
		nb_guest_call_ring3(code, &cpu->loop);
	else if (nb_nested_is_inner())
		nb_nested_call(code, &cpu->loop);
	else
		code(&cpu->loop);
	if (bench->peer)
		nb_guest_dismiss_peer();
	return conclude(&cpu->loop, mailbox);
}

/* The peer's loop has the variant's arg and a state of its own. */
static enum nb_abi_status run_peer(struct nb_guest_cpu *cpu,
				   volatile struct nb_abi_mailbox *mailbox)
{
	select_bench(cpu, mailbox);
	cpu->loop.failure = 0;
	benches[mailbox->bench]->peer(&cpu->loop);
	return conclude(&cpu->loop, mailbox);
}

static enum nb_abi_status obey(struct nb_guest_cpu *cpu, volatile struct nb_abi_mailbox *mailbox)
{
	const struct nb_bench *bench = benches[mailbox->bench];

	switch (mailbox->command) {
	case NB_ABI_SETUP:
		return set_up(cpu, mailbox);
	case NB_ABI_RUN:
		return run(cpu, mailbox);
	case NB_ABI_PEER:
		return run_peer(cpu, mailbox);
	case NB_ABI_TEARDOWN:
		if (bench->teardown)
			bench->teardown(&cpu->loop);
		return NB_ABI_DONE;
	default:
		return NB_ABI_DONE;
	}
}

void nb_guest_main(uint64_t vcpu)
{
	volatile struct nb_abi_mailbox *mailbox = nb_guest_mailbox();
	struct nb_guest_cpu *cpu = nb_guest_this_cpu();

	nb_guest_load_tables((unsigned)vcpu);
	nb_guest_report(NB_ABI_DONE);
	for (;;)
		nb_guest_report(obey(cpu, mailbox));
}
