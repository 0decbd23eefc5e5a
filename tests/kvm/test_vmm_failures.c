/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>

#include <cmocka.h>

#include "fake_test.h"

/*
 * The N-th system call of the VMM fails, for N = 1, 2, ... until none is left to fail: every
 * failure is reported with its errno and a text, and leaves neither a file nor a mapping nor a
 * thread behind. Threads of the VMM count, too.
 */

enum { INJECTED = EMFILE, CALLS_MAX = 500 };

static int calls_left;		     /* before the one that fails; 0: none fails; atomic */
static unsigned long failed_request; /* of the ioctl that failed; 0 for another call */
static bool failed;

int __real_open(const char *path, int flags, ...);
int __real_ioctl(int fd, unsigned long request, ...);
void *__real_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
int __real_mprotect(void *address, size_t size, int protection);
int __real_close(int fd);
int __real_eventfd(unsigned initial, int flags);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*code)(void *), void *context);
int __real_timer_create(clockid_t clock, struct sigevent *event, timer_t *timer);
int __wrap_open(const char *path, int flags, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
int __wrap_mprotect(void *address, size_t size, int protection);
int __wrap_close(int fd);
int __wrap_eventfd(unsigned initial, int flags);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*code)(void *), void *context);
int __wrap_timer_create(clockid_t clock, struct sigevent *event, timer_t *timer);

static bool fails_now(unsigned long request)
{
	/* Below 0 after the one that failed. */
	if (__atomic_fetch_sub(&calls_left, 1, __ATOMIC_RELAXED) != 1)
		return false;
	failed = true;
	failed_request = request;
	errno = INJECTED;
	return true;
}

int __wrap_open(const char *path, int flags, ...)
{
	return fails_now(0) ? -1 : __real_open(path, flags);
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	return fails_now(request) ? -1 : __real_ioctl(fd, request, argument);
}

void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	return fails_now(0) ? MAP_FAILED
			    : __real_mmap(address, size, protection, flags, fd, offset);
}

int __wrap_mprotect(void *address, size_t size, int protection)
{
	return fails_now(0) ? -1 : __real_mprotect(address, size, protection);
}

/* A close that fails has closed all the same (close(2)). */
int __wrap_close(int fd)
{
	int result = __real_close(fd);

	return fails_now(KVM_RUN) ? -1 : result;
}

int __wrap_eventfd(unsigned initial, int flags)
{
	return fails_now(0) ? -1 : __real_eventfd(initial, flags);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*code)(void *), void *context)
{
	return fails_now(0) ? INJECTED : __real_pthread_create(thread, attributes, code, context);
}

int __wrap_timer_create(clockid_t clock, struct sigevent *event, timer_t *timer)
{
	return fails_now(0) ? -1 : __real_timer_create(clock, event, timer);
}

/* Mappings of /dev/kvm and its vCPUs. */
static int kvm_mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];
	int count = 0;

	assert_non_null(maps);
	while (fgets(line, sizeof(line), maps))
		count += strstr(line, "kvm-vcpu") != NULL;
	fclose(maps);
	return count;
}

/* What a VM can do without: optional features, the counters, and clocks to compare. */
static bool is_optional(unsigned long request)
{
	return request == KVM_CHECK_EXTENSION || request == KVM_GET_STATS_FD ||
	       request == KVM_REINJECT_CONTROL || request == KVM_SET_DEVICE_ATTR ||
	       request == KVM_GET_TSC_KHZ || request == KVM_GET_MSRS;
}

static int run(struct nb_vmm *vmm, unsigned vcpu, struct nb_vmm_command command,
	       struct nb_error *error)
{
	struct nb_vmm_reply reply = { .end = NB_VMM_DONE };
	int result;

	command.timeout_ms = NB_TEST_LIMIT_MS;
	result = nb_vmm_run(vmm, vcpu, &command, &reply, error);
	if (result == 0)
		assert_int_equal(reply.end, NB_VMM_DONE);
	return result;
}

/* With a peer and then with the host's thread, as far as there is an irqchip. */
static int run_all(struct nb_vmm *vmm, uint64_t offers, struct nb_error *error)
{
	static const struct {
		enum nb_host_action action;
		uint64_t need;
	} actions[] = { { NB_HOST_IRQFD, NB_NEED_IRQFD },
			{ NB_HOST_LEVEL, NB_NEED_RESAMPLE },
			{ NB_HOST_MSI, NB_NEED_MSI } };
	struct nb_vmm_command command = { .command = NB_ABI_BOOT };
	int result = run(vmm, 0, command, error);

	if (result == 0)
		result = run(vmm, 1, command, error);
	if (result == 0)
		result = run(vmm, 0, nb_test_fake_pair(FAKE_STOP, FAKE_AWAIT_STOP), error);
	for (size_t i = 0; result == 0 && i < sizeof(actions) / sizeof(actions[0]); i++) {
		command = nb_test_fake(FAKE_ASK);
		command.host = actions[i].action;
		if (offers & actions[i].need)
			result = run(vmm, 0, command, error);
	}
	return result;
}

static int open_run_close(uint64_t offers, struct nb_error *error)
{
	struct nb_vmm_config config = nb_test_config;
	struct nb_vmm *vmm = NULL;
	int result;

	config.other_cpu = nb_test_other_cpu();
	result = nb_vmm_open(&vmm, &config, error);
	if (result == 0)
		result = run_all(vmm, offers, error);
	nb_vmm_close(vmm);
	return result;
}

static void every_failure_is_reported_and_leaks_nothing(void **state)
{
	int files = nb_test_entries("/proc/self/fd");
	int threads = nb_test_entries("/proc/self/task");
	uint64_t offers = 0;
	int n;

	(void)state;
	nb_vmm_probe("/dev/kvm", &offers, NULL);
	for (n = 1; n < CALLS_MAX; n++) {
		struct nb_error error = { 0 };
		int result;

		calls_left = n;
		failed = false;
		failed_request = 0;
		result = open_run_close(offers, &error);
		calls_left = 0;
		if (!failed)
			break;
		if (result == 0) { /* closing, or something optional */
			assert_true(failed_request == KVM_RUN || is_optional(failed_request));
		} else if (!is_optional(failed_request)) {
			assert_int_equal(result, -INJECTED);
			assert_int_equal(error.code, INJECTED);
		}
		if (result < 0)
			assert_true(strlen(error.text) > 5);
		assert_int_equal(nb_test_entries("/proc/self/fd"), files);
		nb_test_assert_threads(threads);
		assert_int_equal(kvm_mappings(), 0);
	}
	print_message("%d calls were made to fail, one after another\n", n - 1);
	assert_in_range(n, 30, CALLS_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_failure_is_reported_and_leaks_nothing),
	};

	if (!nb_test_has_kvm())
		return NB_TEST_SKIPPED;
	return cmocka_run_group_tests(tests, nb_test_first_thread, NULL);
}
