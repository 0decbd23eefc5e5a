/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "vmm_private.h"

/*
 * The signal carries the vCPU's shared page, so no global state is needed. immediate_exit closes
 * the race of a signal that comes right before KVM_RUN (Linux, Documentation/virt/kvm/api.rst).
 */
static void handler(int number, siginfo_t *info, void *context)
{
	struct kvm_run *run = info->si_value.sival_ptr;

	(void)number;
	(void)context;
	if (info->si_code == SI_TIMER)
		__atomic_store_n(&run->immediate_exit, 1, __ATOMIC_RELAXED);
}

int nb_vmm_watchdog_install(struct nb_vmm *vmm, struct nb_error *error)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	int code;

	sigemptyset(&action.sa_mask);
	if (sigaction(SIGALRM, &action, &vmm->old_handler) < 0) {
		code = errno;
		return nb_error_set(error, code, "sigaction: %s", strerror(code));
	}
	vmm->handler_installed = true;
	return 0;
}

void nb_vmm_watchdog_remove(struct nb_vmm *vmm)
{
	if (vmm->handler_installed)
		sigaction(SIGALRM, &vmm->old_handler, NULL);
	vmm->handler_installed = false;
}

int nb_vmm_watchdog_start(struct kvm_run *run, unsigned timeout_ms, timer_t *timer,
			  struct nb_error *error)
{
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM };
	struct itimerspec limit = { .it_value = { .tv_sec = timeout_ms / 1000,
						  .tv_nsec = timeout_ms % 1000 * 1000000L } };
	int code;

	event.sigev_value.sival_ptr = run;
	event._sigev_un._tid = gettid();
	/* Comes again until it is stopped: a signal just before the entry may not be enough. */
	limit.it_interval = (struct timespec){ .tv_nsec = 10000000 };
	if (timer_create(CLOCK_MONOTONIC, &event, timer) < 0) {
		code = errno;
		return nb_error_set(error, code, "timer_create: %s", strerror(code));
	}
	timer_settime(*timer, 0, &limit, NULL);
	return 0;
}

/* A signal that is still pending is delivered before timer_delete() comes back. */
void nb_vmm_watchdog_stop(timer_t timer, struct kvm_run *run)
{
	timer_delete(timer);
	__atomic_store_n(&run->immediate_exit, 0, __ATOMIC_RELAXED);
}

/*
 * The thread either has not entered yet, and KVM looks at immediate_exit, or is inside, and the
 * signal brings it out. The handler does nothing, for it did not come from a timer.
 */
void nb_vmm_watchdog_kick(struct kvm_run *run, pthread_t thread)
{
	__atomic_store_n(&run->immediate_exit, 1, __ATOMIC_SEQ_CST);
	pthread_kill(thread, SIGALRM);
}
