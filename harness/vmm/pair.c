/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "vmm_private.h"

/*
 * Two vCPUs at once. The second one's thread has its own watchdog, with the command's limit, so it
 * comes to an end whatever its vCPU does, and whoever waits for it may wait without a limit.
 */

enum { PEER = 1 };

static void wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore) < 0 && errno == EINTR)
		;
}

/* An entry that comes back at once, for KVM to notice that the vCPU has another thread now. */
static int settle(struct nb_vmm *vmm, struct nb_error *error)
{
	struct nb_vmm_vcpu *vcpu = &vmm->vcpus[PEER];
	int code = 0;

	vcpu->run->immediate_exit = 1;
	if (ioctl(vcpu->fd, KVM_RUN, 0) < 0 && errno != EINTR)
		code = errno;
	vcpu->run->immediate_exit = 0;
	return code ? nb_error_set(error, code, "KVM_RUN: %s", strerror(code)) : 0;
}

static void *serve(void *context)
{
	struct nb_vmm *vmm = context;
	struct nb_vmm_peer *peer = &vmm->peer;

	peer->result = settle(vmm, &peer->error);
	sem_post(&peer->done);
	for (;;) {
		wait_for(&peer->start);
		if (peer->quit)
			return NULL;
		peer->result =
			nb_vmm_run_alone(vmm, PEER, &peer->command, &peer->reply, &peer->error);
		/* The first vCPU need not wait for what will never come. */
		if (nb_vmm_is_lost(peer->result, &peer->reply))
			nb_vmm_watchdog_kick(vmm->vcpus[0].run, vmm->runner);
		sem_post(&peer->done);
	}
}

int nb_vmm_pair_open(struct nb_vmm *vmm, struct nb_error *error)
{
	struct nb_vmm_peer *peer = &vmm->peer;
	int result;

	if (peer->open)
		return 0;
	memset(peer, 0, sizeof(*peer));
	sem_init(&peer->start, 0, 0);
	sem_init(&peer->done, 0, 0);
	result = nb_vmm_thread_start(&peer->thread, vmm->other_cpu, serve, vmm, error);
	if (result < 0) {
		sem_destroy(&peer->start);
		sem_destroy(&peer->done);
		return result;
	}
	peer->open = true;
	wait_for(&peer->done);
	result = peer->result;
	if (result < 0) {
		nb_error_set(error, peer->error.code, "%s", peer->error.text);
		nb_vmm_pair_close(vmm);
	}
	return result;
}

void nb_vmm_pair_close(struct nb_vmm *vmm)
{
	struct nb_vmm_peer *peer = &vmm->peer;

	if (!peer->open)
		return;
	peer->quit = true;
	sem_post(&peer->start);
	pthread_join(peer->thread, NULL);
	sem_destroy(&peer->start);
	sem_destroy(&peer->done);
	peer->open = false;
}

/*
 * How bad an end is. A time-out may be nothing but the other vCPU's bad end, of which it was told
 * by a kick, and so says less than any other end of a VM.
 */
static int badness(int result, const struct nb_vmm_reply *reply)
{
	if (result < 0)
		return 4;
	if (reply->end == NB_VMM_DONE)
		return 0;
	if (reply->end == NB_VMM_TIMEOUT)
		return 2;
	return nb_vmm_is_lost(result, reply) ? 3 : 1;
}

/* The peer's end instead of the first vCPU's. */
static int take_peer(const struct nb_vmm_peer *peer, struct nb_vmm_reply *reply,
		     struct nb_error *error)
{
	if (peer->result < 0)
		return nb_error_set(error, peer->error.code, "vCPU 1: %s", peer->error.text);
	reply->end = peer->reply.end;
	reply->vector = peer->reply.vector;
	snprintf(reply->text, sizeof(reply->text), "vCPU 1: %.*s",
		 (int)sizeof(reply->text) - (int)sizeof("vCPU 1: "), peer->reply.text);
	return 0;
}

int nb_vmm_pair_run(struct nb_vmm *vmm, const struct nb_vmm_command *command,
		    struct nb_vmm_reply *reply, struct nb_error *error)
{
	struct nb_vmm_peer *peer = &vmm->peer;
	int result;

	peer->command = *command;
	peer->command.command = NB_ABI_PEER;
	peer->error = (struct nb_error){ 0 };
	sem_post(&peer->start);
	result = nb_vmm_run_alone(vmm, 0, command, reply, error);
	if (nb_vmm_is_lost(result, reply))
		nb_vmm_watchdog_kick(vmm->vcpus[PEER].run, peer->thread);
	wait_for(&peer->done);
	/* A kick may have come after the end of the one it was meant for. */
	vmm->vcpus[0].run->immediate_exit = 0;
	vmm->vcpus[PEER].run->immediate_exit = 0;
	if (badness(peer->result, &peer->reply) > badness(result, reply))
		return take_peer(peer, reply, error);
	return result;
}
