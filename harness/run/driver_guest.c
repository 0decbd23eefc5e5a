/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "run_private.h"

/* The guest vantage: a fresh VM with the microguest. */

/* A setup may go through a GiB of memory page by page, where every one is a fault. */
enum { TIMEOUT_MS = 2000, SETUP_TIMEOUT_MS = 10000, VECTOR_UD = 6, VECTOR_GP = 13 };

enum guest_index {
#define NB_BENCH(id, vantage, needs, unit, summary) NB_INDEX_##vantage(id)
#define NB_INDEX_guest(id)			    INDEX_##id,
#define NB_INDEX_user(id)
#define NB_INDEX_io(id)
#include "bench.def"
#undef NB_BENCH
};

struct guest {
	struct nb_vmm *vmm;
	const struct nb_run_entry *entry;
	const struct nb_bench *bench;
	bool null;    /* the empty operation is selected */
	bool running; /* in the loop, and not in boot or setup */
	bool has_run; /* the measured one has been run without a fault */
	bool untimed; /* the last run was timed from outside, into samples */
	uint64_t *samples;
};

static void judge_fault(const struct guest *guest, const struct nb_vmm_reply *reply,
			struct nb_run_verdict *verdict)
{
	const char *absent = nb_guest_image_text(guest->bench->absent);

	verdict->outcome = NB_ERROR;
	if (!guest->null && guest->running && !guest->has_run && absent[0] &&
	    (reply->vector == VECTOR_UD || reply->vector == VECTOR_GP)) {
		verdict->outcome = NB_SKIP;
		nb_base_copy(verdict->reason, sizeof(verdict->reason), absent);
	}
}

/* 0 if the guest did as it was told; else -1 with the verdict. */
static int judge(const struct guest *guest, const struct nb_vmm_reply *reply,
		 struct nb_run_verdict *verdict)
{
	if (reply->end == NB_VMM_DONE)
		return 0;
	verdict->final = true;
	nb_base_copy(verdict->reason, sizeof(verdict->reason), reply->text);
	switch (reply->end) {
	case NB_VMM_UNAVAILABLE:
	case NB_VMM_UNSUPPORTED:
		verdict->outcome = NB_SKIP;
		break;
	case NB_VMM_FAULT:
		judge_fault(guest, reply, verdict);
		break;
	case NB_VMM_WRONG: /* the next round may be luckier */
		verdict->outcome = NB_ERROR;
		verdict->final = false;
		break;
	default:
		verdict->outcome = NB_ERROR;
	}
	return -1;
}

static int command(const struct guest *guest, unsigned vcpu, const struct nb_vmm_command *order,
		   struct nb_run_verdict *verdict)
{
	struct nb_error error = { 0 };
	struct nb_vmm_reply reply;

	if (nb_vmm_run(guest->vmm, vcpu, order, &reply, &error) < 0)
		return nb_run_fail(verdict, NB_ERROR, error.text);
	return judge(guest, &reply, verdict);
}

static struct nb_vmm_command order_for(const struct guest *guest, enum nb_abi_command what)
{
	const struct nb_bench *bench = guest->bench;
	bool foreign = guest->null && !bench->own_null;
	/* Told at setup already: what it takes to begin with stays out of every sample. */
	bool company = !foreign && (what == NB_ABI_SETUP || what == NB_ABI_RUN);

	return (struct nb_vmm_command){
		.command = what,
		.bench = foreign ? (uint32_t)INDEX_exit_null : guest->entry->at.bench,
		.variant = foreign ? 0 : guest->entry->at.variant,
		.flags = (guest->entry->at.ring3 ? NB_ABI_RING3 : 0u) |
			 (guest->null && !foreign ? NB_ABI_NULL : 0u),
		.timeout_ms = what == NB_ABI_SETUP ? SETUP_TIMEOUT_MS : TIMEOUT_MS,
		.peer = company && bench->peer != NULL,
		.host = company ? (enum nb_host_action)bench->host : NB_HOST_NONE,
	};
}

static int setup(void *context, bool null, struct nb_run_verdict *verdict)
{
	struct guest *guest = context;
	struct nb_vmm_command order;

	guest->null = null;
	order = order_for(guest, NB_ABI_SETUP);
	order.count = NB_RUN_SAMPLES_MAX; /* pages to touch */
	return command(guest, 0, &order, verdict);
}

/* One command a batch, timed on this side of the VM. */
static int run_untimed(struct guest *guest, const struct nb_run_tuning *tuning,
		       struct nb_run_verdict *verdict)
{
	struct nb_vmm_command order = order_for(guest, NB_ABI_RUN);

	order.flags |= NB_ABI_UNTIMED;
	order.count = 1;
	order.batch = tuning->batch;
	for (uint64_t i = 0; i < tuning->count; i++) {
		double start = nb_run_clock_raw_ns();

		if (command(guest, 0, &order, verdict) < 0)
			return -1;
		guest->samples[i] = (uint64_t)(nb_run_clock_raw_ns() - start);
	}
	return 0;
}

static int run(void *context, const struct nb_run_tuning *tuning, struct nb_run_verdict *verdict)
{
	struct guest *guest = context;
	struct nb_vmm_command order = order_for(guest, NB_ABI_RUN);
	int result;

	order.count = tuning->count;
	order.batch = tuning->batch;
	guest->untimed = tuning->untimed;
	guest->running = true;
	if (tuning->untimed)
		result = run_untimed(guest, tuning, verdict);
	else
		result = command(guest, 0, &order, verdict);
	guest->running = false;
	if (result == 0 && !guest->null)
		guest->has_run = true;
	return result;
}

static int teardown(void *context, struct nb_run_verdict *verdict)
{
	struct guest *guest = context;
	struct nb_vmm_command order = order_for(guest, NB_ABI_TEARDOWN);

	return command(guest, 0, &order, verdict);
}

static const uint64_t *samples(void *context)
{
	const struct guest *guest = context;

	return guest->untimed ? guest->samples : nb_vmm_samples(guest->vmm, 0);
}

static bool counters(void *context, struct nb_vmm_stats *stats)
{
	struct guest *guest = context;

	return nb_vmm_stats_read(guest->vmm, 0, stats, NULL) == 0;
}

static void close_guest(void *context)
{
	struct guest *guest = context;

	nb_vmm_close(guest->vmm);
	free(guest->samples);
	free(guest);
}

static int boot_vcpu(const struct guest *guest, unsigned vcpu, struct nb_run_verdict *verdict)
{
	const struct nb_vmm_command order = { .command = NB_ABI_BOOT, .timeout_ms = TIMEOUT_MS };

	return command(guest, vcpu, &order, verdict);
}

static int boot(struct guest *guest, const struct nb_run_task *task, struct nb_run_verdict *verdict)
{
	const struct nb_arena *arena = &guest->bench->variants[guest->entry->at.variant].arena;
	struct nb_vmm_config config = { .device = task->device,
					.vcpus = NB_ABI_VCPUS,
					.arena = arena->memory > 0 ? arena : NULL,
					.other_cpu = task->other_cpu };
	struct nb_error error = { 0 };
	int result;

	guest->samples = calloc(NB_RUN_SAMPLES_MAX, sizeof(guest->samples[0]));
	if (!guest->samples)
		return nb_run_fail(verdict, NB_ERROR, "no memory for samples");
	result = nb_vmm_open(&guest->vmm, &config, &error);
	if (result < 0) /* an arena that does not fit is the machine's fault, not ours */
		return nb_run_fail(verdict, config.arena && result == -ENOMEM ? NB_SKIP : NB_ERROR,
				   error.text);
	result = boot_vcpu(guest, 0, verdict);
	if (result == 0 && guest->bench->peer)
		result = boot_vcpu(guest, 1, verdict);
	return result;
}

int nb_run_driver_guest(struct nb_run_driver *driver, const struct nb_run_task *task,
			struct nb_run_verdict *verdict)
{
	struct guest *guest = calloc(1, sizeof(*guest));

	if (!guest)
		return nb_run_fail(verdict, NB_ERROR, "no memory");
	guest->entry = task->entry;
	guest->bench = nb_run_entry_bench(task->entry);
	if (boot(guest, task, verdict) < 0) {
		close_guest(guest);
		return -1;
	}
	*driver = (struct nb_run_driver){ .context = guest,
					  .bench = guest->bench,
					  .is_null = task->entry->at.bench == INDEX_exit_null,
					  .setup = setup,
					  .run = run,
					  .teardown = teardown,
					  .samples = samples,
					  .counters = counters,
					  .close = close_guest };
	return 0;
}
