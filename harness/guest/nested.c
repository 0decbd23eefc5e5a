/* SPDX-License-Identifier: Apache-2.0 */
#include "nested_private.h"

/* The microguest as a hypervisor: what VMX and SVM have in common. The first vCPU's alone. */

enum { PAGE = 4096, WRITABLE_PAGE = 0x67 /* present, writable, user, accessed, dirty */ };

#define DONE UINT64_C(0x656e6f64) /* RAX of the hypercall that ends the inner loop: "done" */

_Static_assert((int)NB_NESTED_GUESTS == (int)NB_GUEST_INNER_STACKS, "a stack for each inner guest");

static struct {
	const struct nb_nested_engine *engine; /* NULL: not open */
	nb_nested_handler exited;	       /* NULL: loops do not run in the inner guest */
	/* What the inner loop is to do. */
	nb_loop_code code;
	struct nb_loop *loop;
} nested;

const char *nb_nested_open(const struct nb_nested_config *config)
{
	const struct nb_nested_engine *engine =
		nb_guest_mailbox()->cpu == NB_ABI_CPU_AMD ? &nb_nested_svm : &nb_nested_vmx;
	const char *reason;

	reason = engine->open(config, config->flat ? 0 : nb_nested_stage2_make(engine));
	if (reason)
		return reason;
	nested.exited = config->exited;
	nested.engine = engine;
	return 0;
}

void nb_nested_close(void)
{
	if (nested.engine)
		nested.engine->close();
	nested.engine = 0;
	nested.exited = 0;
}

bool nb_nested_is_inner(void)
{
	return nested.engine && nested.exited;
}

static uint64_t stack_of(unsigned which)
{
	const uint8_t *stack = nb_guest_this_cpu()->inner_stacks[which];

	return (uint64_t)(stack + NB_GUEST_INNER_STACK_SIZE) - 8; /* as after a call */
}

void nb_nested_start(unsigned which, void (*code)(void))
{
	nested.engine->start(which, (uint64_t)code, stack_of(which));
}

enum nb_nested_reason nb_nested_enter(unsigned which)
{
	enum nb_nested_reason reason = nested.engine->enter(which);

	nb_guest_mailbox()->inner_exits[reason]++;
	return reason;
}

void nb_nested_skip(unsigned length)
{
	nested.engine->skip(length);
}

void nb_nested_move(unsigned length)
{
	nested.engine->move(length);
}

void nb_nested_inject(uint8_t vector, int64_t error)
{
	nested.engine->inject(vector, error);
}

uint64_t nb_nested_address(void)
{
	return nested.engine->address();
}

struct nb_nested_registers *nb_nested_registers(void)
{
	return nested.engine->registers();
}

void nb_nested_take_interrupt(void)
{
	nested.engine->take_interrupt();
}

void nb_nested_toggle_control(void)
{
	nested.engine->toggle_control();
}

void nb_nested_spoil(unsigned which, bool spoiled)
{
	nested.engine->spoil(which, spoiled);
}

void nb_nested_unexpected(struct nb_loop *loop, enum nb_nested_reason reason)
{
	if (loop->failure)
		return;
	nested.engine->describe();
	nb_bench_fail(loop,
		      reason == NB_INNER_REFUSED ? "entries that the CPU refused"
						 : "unexpected exits of the inner guest",
		      1, 1);
}

void nb_nested_window_open(void)
{
	for (unsigned i = 0; i < NB_NESTED_WINDOW_PAGES; i++)
		*nb_guest_window_entry(i) = (NB_NESTED_WINDOW + (uint64_t)i * PAGE) | WRITABLE_PAGE;
}

void nb_nested_window_map(uint64_t address)
{
	nb_nested_stage2_map(nested.engine, address);
}

void nb_nested_window_unmap(void)
{
	nb_nested_stage2_unmap();
	nested.engine->flush();
}

/* The first touch of each page of samples in the inner guest, which no sample is to contain. */
static void touch_samples(const struct nb_loop *loop)
{
	volatile uint64_t *samples = loop->samples;

	for (uint64_t i = 0; i < NB_ABI_SAMPLES_MAX; i += PAGE / sizeof(*samples))
		samples[i] = 0;
}

/* Runs in the inner guest. */
static void inner_main(void)
{
	touch_samples(nested.loop);
	nested.code(nested.loop);
	for (;;)
		nb_nested_hypercall(nb_guest_mailbox()->cpu, DONE);
}

static bool is_done(enum nb_nested_reason reason)
{
	return reason == NB_INNER_HYPERCALL && nb_nested_registers()->rax == DONE;
}

/* An exception that the inner guest did not expect ends in report_fault(), which exits here. */
static bool has_faulted(enum nb_nested_reason reason)
{
	return reason == NB_INNER_IO && nb_guest_mailbox()->status == NB_ABI_FAULT;
}

void nb_nested_call(nb_loop_code code, struct nb_loop *loop)
{
	enum nb_nested_reason reason;

	nested.code = code;
	nested.loop = loop;
	nb_nested_start(0, inner_main);
	for (reason = nb_nested_enter(0); !is_done(reason); reason = nb_nested_enter(0)) {
		while (has_faulted(reason))
			nb_guest_report(NB_ABI_FAULT);
		nested.exited(loop, reason);
		if (loop->failure)
			return;
	}
	/* The exit at its end is no operation's; the entry at its start is told by this count. */
	nb_guest_mailbox()->inner_exits[NB_INNER_HYPERCALL]--;
	nb_guest_mailbox()->inner_loops++;
}
