/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_VMM_PRIVATE_H
#define NB_VMM_PRIVATE_H

#include <linux/kvm.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>

#include "nestbench/vmm.h"

enum { NB_VMM_DOORBELLS = 4 };

/* Layout of a statistics file, read once: which of its values we take. */
struct nb_vmm_stats_file {
	int fd;
	size_t count;
	struct {
		char name[NB_VMM_STAT_NAME];
		uint64_t offset;
	} items[NB_VMM_STAT_MAX];
};

struct nb_vmm_vcpu {
	int fd;
	struct kvm_run *run;
	size_t run_size;
	struct nb_vmm_stats_file stats;
};

/*
 * The thread that runs peers on vCPU 1. It lives from the first command that has a peer to the end
 * of the VM: KVM waits for an RCU grace period, which takes milliseconds, whenever another thread
 * than the last one enters a vCPU.
 */
struct nb_vmm_peer {
	bool open;
	bool quit; /* instead of a command */
	pthread_t thread;
	sem_t start, done;
	struct nb_vmm_command command;
	int result; /* of the command, and its reply or error */
	struct nb_vmm_reply reply;
	struct nb_error error;
};

/* Files through which the host's thread injects; -1 until the first command that needs them. */
struct nb_vmm_wires {
	int msi;
	int level, resample;
};

struct nb_vmm_arena; /* arena.c */

/* Every fd is -1 and every pointer NULL while it is not open: close works at any moment. */
struct nb_vmm {
	int kvm_fd, vm_fd;
	uint64_t offers;
	uint8_t *memory;
	int doorbells[NB_VMM_DOORBELLS];
	unsigned vcpu_count;
	struct nb_vmm_vcpu vcpus[NB_ABI_VCPUS];
	int other_cpu;
	bool same_clock;  /* as NB_ABI_SAME_CLOCK */
	pthread_t runner; /* who runs vCPU 0, while another thread of ours is at work */
	struct nb_vmm_peer peer;
	struct nb_vmm_wires wires;
	struct nb_vmm_arena *arena; /* NULL: none */
	bool handler_installed;
	struct sigaction old_handler;
};

/* The thread beside a loop that acts upon the guest's requests. */
struct nb_vmm_host {
	struct nb_vmm *vmm;
	enum nb_host_action action;
	volatile struct nb_abi_shared *shared;
	pthread_t thread;
	bool stop;     /* atomic: the command has ended */
	uint64_t ends; /* of interrupts, as the resampling eventfd counted them */
	int result;
	struct nb_error error;
};

/* probe.c */
int nb_vmm_device_open(const char *device, struct nb_error *error);
int nb_vmm_device_offers(int kvm_fd, uint64_t *offers, struct nb_error *error);
struct kvm_cpuid2 *nb_vmm_cpuid_get(int kvm_fd, struct nb_error *error);

/* clock.c: makes the vCPUs' time stamp counters the host's own, if KVM lets us. */
void nb_vmm_clock_open(struct nb_vmm *vmm);

/* memory.c */
int nb_vmm_memory_open(struct nb_vmm *vmm, struct nb_error *error);
void nb_vmm_memory_close(struct nb_vmm *vmm);

/* vcpu.c */
void nb_vmm_vcpu_init(struct nb_vmm_vcpu *vcpu);
int nb_vmm_vcpu_open(struct nb_vmm *vmm, unsigned index, struct nb_error *error);
void nb_vmm_vcpu_close(struct nb_vmm_vcpu *vcpu);

/* stats_file.c; an absent file is no error here: fd stays -1 */
void nb_vmm_stats_open(struct nb_vmm_stats_file *file, int vcpu_fd);
void nb_vmm_stats_close(struct nb_vmm_stats_file *file);

/*
 * watchdog.c: a timer that makes KVM_RUN of the calling thread return -EINTR with
 * run->immediate_exit set, which is 0 before and after a command.
 */
int nb_vmm_watchdog_install(struct nb_vmm *vmm, struct nb_error *error);
void nb_vmm_watchdog_remove(struct nb_vmm *vmm);
int nb_vmm_watchdog_start(struct kvm_run *run, unsigned timeout_ms, timer_t *timer,
			  struct nb_error *error);
void nb_vmm_watchdog_stop(timer_t timer, struct kvm_run *run);
/* The same at once, for the thread that runs the vCPU. Not to be taken back. */
void nb_vmm_watchdog_kick(struct kvm_run *run, pthread_t thread);

/* run.c: the plain command, no other thread; a time-out has no text yet. */
int nb_vmm_run_alone(struct nb_vmm *vmm, unsigned vcpu, const struct nb_vmm_command *command,
		     struct nb_vmm_reply *reply, struct nb_error *error);
/* True unless the VM can take another command. */
bool nb_vmm_is_lost(int result, const struct nb_vmm_reply *reply);

/* ends.c: what made KVM_RUN return, as a reply; a control exit is the guest's own report. */
void nb_vmm_end_exit(struct nb_vmm *vmm, unsigned vcpu, struct nb_vmm_reply *reply);

/* states.c: the text of a time-out, with the states of the first vCPUs; none is inside KVM_RUN. */
void nb_vmm_states_describe(const struct nb_vmm *vmm, unsigned vcpus, unsigned timeout_ms,
			    struct nb_vmm_reply *reply);

/* thread.c: on that CPU, with the caller's scheduling; takes no signal but the watchdog's. */
int nb_vmm_thread_start(pthread_t *thread, int cpu, void *(*code)(void *), void *context,
			struct nb_error *error);

/* pair.c: vCPU 0's command, and meanwhile vCPU 1's peer. */
int nb_vmm_pair_open(struct nb_vmm *vmm, struct nb_error *error);
void nb_vmm_pair_close(struct nb_vmm *vmm);
int nb_vmm_pair_run(struct nb_vmm *vmm, const struct nb_vmm_command *command,
		    struct nb_vmm_reply *reply, struct nb_error *error);

/* host_wires.c */
void nb_vmm_wires_init(struct nb_vmm_wires *wires);
int nb_vmm_wires_open(struct nb_vmm *vmm, enum nb_host_action action, struct nb_error *error);
void nb_vmm_wires_close(struct nb_vmm_wires *wires);
int nb_vmm_wires_act(struct nb_vmm *vmm, enum nb_host_action action, struct nb_error *error);

/* host_thread.c; stop returns the thread's own failure, if any. */
int nb_vmm_host_start(struct nb_vmm_host *host, struct nb_vmm *vmm, enum nb_host_action action,
		      struct nb_error *error);
int nb_vmm_host_stop(struct nb_vmm_host *host, struct nb_error *error);

/*
 * arena.c. memory_action returns 1 where the guest shall run, after what COLD and DIRTY do before
 * it; 0 where it did all of it itself, DIRTY_FETCH and MEMSLOT, with vCPU 0's samples and a reply.
 */
int nb_vmm_arena_open(struct nb_vmm *vmm, const struct nb_arena *arena, struct nb_error *error);
void nb_vmm_arena_close(struct nb_vmm *vmm);
int nb_vmm_memory_action(struct nb_vmm *vmm, const struct nb_vmm_command *command,
			 struct nb_vmm_reply *reply, struct nb_error *error);

volatile struct nb_abi_mailbox *nb_vmm_mailbox(const struct nb_vmm *vmm, unsigned vcpu);
volatile struct nb_abi_shared *nb_vmm_shared(const struct nb_vmm *vmm);

#endif
