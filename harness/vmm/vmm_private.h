/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_VMM_PRIVATE_H
#define NB_VMM_PRIVATE_H

#include <linux/kvm.h>
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

/* Every fd is -1 and every pointer NULL while it is not open: close works at any moment. */
struct nb_vmm {
	int kvm_fd, vm_fd;
	uint64_t offers;
	uint8_t *memory;
	int doorbells[NB_VMM_DOORBELLS];
	unsigned vcpu_count;
	struct nb_vmm_vcpu vcpus[NB_ABI_VCPUS];
	bool handler_installed;
	struct sigaction old_handler;
};

/* probe.c */
int nb_vmm_device_open(const char *device, struct nb_error *error);
int nb_vmm_device_offers(int kvm_fd, uint64_t *offers, struct nb_error *error);
struct kvm_cpuid2 *nb_vmm_cpuid_get(int kvm_fd, struct nb_error *error);

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
 * run->immediate_exit set.
 */
int nb_vmm_watchdog_install(struct nb_vmm *vmm, struct nb_error *error);
void nb_vmm_watchdog_remove(struct nb_vmm *vmm);
int nb_vmm_watchdog_start(struct kvm_run *run, unsigned timeout_ms, timer_t *timer,
			  struct nb_error *error);
void nb_vmm_watchdog_stop(timer_t timer, struct kvm_run *run);

volatile struct nb_abi_mailbox *nb_vmm_mailbox(const struct nb_vmm *vmm, unsigned vcpu);

#endif
