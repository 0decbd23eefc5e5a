/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include "vmm_private.h"

static bool is_ours(uint64_t address)
{
	return address == NB_ABI_MMIO_USER ||
	       (address >= NB_ABI_MMIO_FRESH &&
		address < NB_ABI_MMIO_FRESH + (uint64_t)NB_ABI_MMIO_FRESH_PAGES * 4096);
}

/* What the measured operations come out with: nothing to do but to go back in. */
static bool is_measured_exit(const struct kvm_run *run)
{
	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		return run->io.port == NB_ABI_PORT_USER;
	case KVM_EXIT_MMIO:
		return is_ours(run->mmio.phys_addr);
	case KVM_EXIT_INTR:
		return true;
	default:
		return false;
	}
}

/* Out of KVM_RUN without an exit: the watchdog, some other signal, or KVM's failure. */
static int judge_error(const struct nb_vmm_vcpu *vcpu, int code, struct nb_vmm_reply *reply,
		       struct nb_error *error)
{
	if (code == EINTR && __atomic_load_n(&vcpu->run->immediate_exit, __ATOMIC_RELAXED)) {
		reply->end = NB_VMM_TIMEOUT;
		return 0;
	}
	if (code == EINTR || code == EAGAIN)
		return 1;
	return nb_error_set(error, code, "KVM_RUN: %s", strerror(code));
}

/* 1: enter it again; 0: the command has ended, see reply. */
static int judge_exit(struct nb_vmm *vmm, unsigned index, struct nb_vmm_reply *reply)
{
	if (is_measured_exit(vmm->vcpus[index].run))
		return 1;
	nb_vmm_end_exit(vmm, index, reply);
	return 0;
}

static int enter(struct nb_vmm *vmm, unsigned index, struct nb_vmm_reply *reply,
		 struct nb_error *error)
{
	const struct nb_vmm_vcpu *vcpu = &vmm->vcpus[index];
	int result;

	do {
		if (ioctl(vcpu->fd, KVM_RUN, 0) < 0)
			result = judge_error(vcpu, errno, reply, error);
		else
			result = judge_exit(vmm, index, reply);
	} while (result > 0);
	return result;
}

int nb_vmm_run_alone(struct nb_vmm *vmm, unsigned vcpu, const struct nb_vmm_command *command,
		     struct nb_vmm_reply *reply, struct nb_error *error)
{
	volatile struct nb_abi_mailbox *mailbox = nb_vmm_mailbox(vmm, vcpu);
	struct kvm_run *run = vmm->vcpus[vcpu].run;
	timer_t timer;
	int result;

	*reply = (struct nb_vmm_reply){ .end = NB_VMM_FAILED };
	mailbox->command = command->command;
	mailbox->flags = command->flags | (vmm->same_clock ? NB_ABI_SAME_CLOCK : 0u);
	mailbox->bench = command->bench;
	mailbox->variant = command->variant;
	mailbox->count = command->count;
	mailbox->batch = command->batch;
	mailbox->status = NB_ABI_BUSY;
	result = nb_vmm_watchdog_start(run, command->timeout_ms, &timer, error);
	if (result < 0)
		return result;
	result = enter(vmm, vcpu, reply, error);
	nb_vmm_watchdog_stop(timer, run);
	return result;
}

bool nb_vmm_is_lost(int result, const struct nb_vmm_reply *reply)
{
	return result < 0 || (reply->end != NB_VMM_DONE && reply->end != NB_VMM_UNAVAILABLE &&
			      reply->end != NB_VMM_WRONG);
}

static bool is_thread_action(enum nb_host_action action)
{
	return action == NB_HOST_IRQFD || action == NB_HOST_MSI || action == NB_HOST_LEVEL;
}

/* What later commands would have to wait for, made when setup has been told of them. */
static int prepare(struct nb_vmm *vmm, const struct nb_vmm_command *command, struct nb_error *error)
{
	int result = 0;

	if (is_thread_action(command->host))
		result = nb_vmm_wires_open(vmm, command->host, error);
	if (result == 0 && command->peer)
		result = nb_vmm_pair_open(vmm, error);
	return result;
}

static int run_guest(struct nb_vmm *vmm, unsigned vcpu, const struct nb_vmm_command *command,
		     struct nb_vmm_reply *reply, struct nb_error *error)
{
	bool pair = command->peer && command->command == NB_ABI_RUN;
	int result = pair ? nb_vmm_pair_run(vmm, command, reply, error)
			  : nb_vmm_run_alone(vmm, vcpu, command, reply, error);

	if (result == 0 && reply->end == NB_VMM_TIMEOUT)
		nb_vmm_states_describe(vmm, pair ? 3u : 1u << vcpu, command->timeout_ms, reply);
	return result;
}

static int run_beside_host(struct nb_vmm *vmm, const struct nb_vmm_command *command,
			   struct nb_vmm_reply *reply, struct nb_error *error)
{
	struct nb_vmm_host host;
	int result = nb_vmm_host_start(&host, vmm, command->host, error);
	int failure;

	if (result < 0)
		return result;
	result = run_guest(vmm, 0, command, reply, error);
	failure = nb_vmm_host_stop(&host, error);
	return failure < 0 ? failure : result;
}

/* A loop that other threads take part in. */
static int run_loop(struct nb_vmm *vmm, const struct nb_vmm_command *command,
		    struct nb_vmm_reply *reply, struct nb_error *error)
{
	int result;

	if (command->host != NB_HOST_NONE && !is_thread_action(command->host)) {
		result = nb_vmm_memory_action(vmm, command, reply, error);
		if (result <= 0)
			return result;
	}
	memset((void *)(uintptr_t)nb_vmm_shared(vmm), 0, sizeof(struct nb_abi_shared));
	vmm->runner = pthread_self();
	if (is_thread_action(command->host))
		return run_beside_host(vmm, command, reply, error);
	return run_guest(vmm, 0, command, reply, error);
}

int nb_vmm_run(struct nb_vmm *vmm, unsigned vcpu, const struct nb_vmm_command *command,
	       struct nb_vmm_reply *reply, struct nb_error *error)
{
	bool alone = !command->peer && command->host == NB_HOST_NONE;
	struct nb_vmm_reply got = { .end = NB_VMM_FAILED };
	int result = 0;

	assert(vcpu < vmm->vcpu_count);
	assert(alone || vcpu == 0);
	assert(!command->peer || vmm->vcpu_count == NB_ABI_VCPUS);
	assert(command->command != NB_ABI_RUN || (command->flags & NB_ABI_UNTIMED) ||
	       command->count <= NB_ABI_SAMPLES_MAX);
	if (!alone)
		result = prepare(vmm, command, error);
	if (result < 0)
		return result;
	if (!alone && command->command == NB_ABI_RUN)
		result = run_loop(vmm, command, &got, error);
	else
		result = run_guest(vmm, vcpu, command, &got, error);
	if (result == 0)
		*reply = got;
	return result;
}
