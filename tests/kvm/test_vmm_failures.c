/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/types.h>

#include <cmocka.h>

#include "kvm_test.h"

/*
 * The N-th system call of the VMM fails, for N = 1, 2, ... until none is left to fail: every
 * failure is reported with its errno and a text, and leaves neither a file nor a mapping behind.
 */

enum { INJECTED = EMFILE, CALLS_MAX = 500 };

static int calls_left;		     /* before the one that fails; 0: none fails */
static unsigned long failed_request; /* of the ioctl that failed; 0 for another call */
static bool failed;

int __real_open(const char *path, int flags, ...);
int __real_ioctl(int fd, unsigned long request, ...);
void *__real_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
int __real_close(int fd);
int __real_eventfd(unsigned initial, int flags);
int __wrap_open(const char *path, int flags, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
int __wrap_close(int fd);
int __wrap_eventfd(unsigned initial, int flags);

static bool fails_now(unsigned long request)
{
	if (calls_left == 0 || --calls_left > 0)
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

static int open_files(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
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

/* What a VM can do without: optional features and the counters. */
static bool is_optional(unsigned long request)
{
	return request == KVM_CHECK_EXTENSION || request == KVM_GET_STATS_FD ||
	       request == KVM_REINJECT_CONTROL;
}

static int open_boot_close(struct nb_error *error)
{
	struct nb_vmm_command command = { .command = NB_ABI_BOOT, .timeout_ms = 5000 };
	struct nb_vmm_reply reply = { .end = NB_VMM_DONE };
	struct nb_vmm *vmm = NULL;
	int result = nb_vmm_open(&vmm, &nb_test_config, error);

	if (result == 0) {
		result = nb_vmm_run(vmm, 0, &command, &reply, error);
		if (result == 0)
			assert_int_equal(reply.end, NB_VMM_DONE);
	}
	nb_vmm_close(vmm);
	return result;
}

static void every_failure_is_reported_and_leaks_nothing(void **state)
{
	int files = open_files();
	int n;

	(void)state;
	for (n = 1; n < CALLS_MAX; n++) {
		struct nb_error error = { 0 };
		int result;

		calls_left = n;
		failed = false;
		failed_request = 0;
		result = open_boot_close(&error);
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
		assert_int_equal(open_files(), files);
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
	return cmocka_run_group_tests(tests, NULL, NULL);
}
