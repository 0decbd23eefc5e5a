/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kvm_test.h"

enum { TEXT_SIZE = 1024 };

/* The number behind "key=", or -1. */
static double number(const char *text, const char *key)
{
	const char *found = strstr(text, key);

	return found ? strtod(found + strlen(key), NULL) : -1;
}

static void a_working_kvm_passes_every_step_and_is_timed(void **state)
{
	static const char steps[] = "open=ok\napi=ok\nvm=ok\nvcpu=ok\nrun=ok\nboot_ms=";
	char text[TEXT_SIZE];
	int length = nb_vmm_try("/dev/kvm", text, sizeof(text));

	(void)state;
	assert_int_equal(length, strlen(text));
	assert_memory_equal(text, steps, sizeof(steps) - 1);
	assert_true(number(text, "boot_ms=") > 0 && number(text, "boot_ms=") < 1000);
	/* Absent where KVM counts no exit. */
	if (strstr(text, "exit_ns="))
		assert_true(number(text, "exit_ns=") > 0);
	assert_int_equal(text[strlen(text) - 1], '\n');
}

static void the_first_step_that_fails_is_the_last_line(void **state)
{
	char text[TEXT_SIZE];

	(void)state;
	nb_vmm_try("/nonexistent", text, sizeof(text));
	assert_string_equal(text, "open=ENOENT: No such file or directory\n");
	nb_vmm_try("/", text, sizeof(text));
	assert_string_equal(text, "open=EISDIR: Is a directory\n");
	nb_vmm_try("/dev/null", text, sizeof(text));
	assert_string_equal(text, "open=ok\napi=ENOTTY: Inappropriate ioctl for device\n");
}

static void a_small_buffer_is_never_overrun(void **state)
{
	char text[TEXT_SIZE];

	(void)state;
	for (size_t size = 1; size < 64; size++) {
		memset(text, 'x', sizeof(text));
		assert_true(nb_vmm_try("/dev/null", text, size) < (int)size);
		assert_int_equal(text[size], 'x');
	}
}

static void the_handler_of_sigalrm_is_put_back(void **state)
{
	struct sigaction before, after;
	char text[TEXT_SIZE];

	(void)state;
	sigaction(SIGALRM, NULL, &before);
	nb_vmm_try("/dev/kvm", text, sizeof(text));
	sigaction(SIGALRM, NULL, &after);
	assert_ptr_equal(before.sa_handler, after.sa_handler);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_working_kvm_passes_every_step_and_is_timed),
		cmocka_unit_test(the_first_step_that_fails_is_the_last_line),
		cmocka_unit_test(a_small_buffer_is_never_overrun),
		cmocka_unit_test(the_handler_of_sigalrm_is_put_back),
	};

	if (!nb_test_has_kvm())
		return NB_TEST_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
