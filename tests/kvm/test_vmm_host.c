/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nestbench/instruction.h"

#include "fake_test.h"

/* The host's thread beside a loop, and the clock that it has in common with the guest. */

enum { REQUESTS = 20 };

static const struct {
	enum nb_host_action action;
	uint64_t need;
} actions[] = {
	{ NB_HOST_IRQFD, NB_NEED_IRQFD },
	{ NB_HOST_MSI, NB_NEED_MSI },
	{ NB_HOST_LEVEL, NB_NEED_RESAMPLE },
};

static uint64_t offers(void)
{
	struct nb_error error = { 0 };
	uint64_t offers;

	if (nb_vmm_probe("/dev/kvm", &offers, &error) < 0)
		fail_msg("%s", error.text);
	return offers;
}

/* The fake guest takes no interrupts: what is tested is the dialogue. */
static void every_request_is_answered_in_turn(void **state)
{
	struct nb_vmm *vmm = nb_test_fake_vm();
	int threads = nb_test_entries("/proc/self/task");
	size_t tested = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		struct nb_vmm_command command = nb_test_fake(FAKE_ASK);

		if (!(offers() & actions[i].need))
			continue;
		command.count = REQUESTS;
		command.host = actions[i].action;
		/* Twice, since the words begin anew with every command. */
		assert_int_equal(nb_test_send(vmm, 0, command).end, NB_VMM_DONE);
		assert_int_equal(nb_test_send(vmm, 0, command).end, NB_VMM_DONE);
		tested++;
	}
	print_message("%zu of 3 ways to inject\n", tested);
	nb_test_assert_threads(threads);
	nb_vmm_close(vmm);
}

static void a_loop_that_asks_for_nothing_ends_its_host_thread(void **state)
{
	struct nb_vmm *vmm = nb_test_fake_vm();
	int threads = nb_test_entries("/proc/self/task");
	struct nb_vmm_command command = nb_test_fake(FAKE_STOP);

	(void)state;
	command.host = NB_HOST_MSI;
	assert_int_equal(nb_test_send(vmm, 0, command).end, NB_VMM_DONE);
	command = nb_test_fake(FAKE_SPIN);
	command.host = NB_HOST_MSI;
	command.timeout_ms = 50;
	assert_int_equal(nb_test_send(vmm, 0, command).end, NB_VMM_TIMEOUT);
	nb_test_assert_threads(threads);
	nb_vmm_close(vmm);
}

static void peer_and_host_thread_work_side_by_side(void **state)
{
	struct nb_vmm *vmm = nb_test_fake_vm();
	struct nb_vmm_command command = nb_test_fake_pair(FAKE_ASK, FAKE_AWAIT_STOP);

	(void)state;
	if (!(offers() & NB_NEED_MSI)) {
		nb_vmm_close(vmm);
		print_message("this KVM injects no MSI\n");
		skip();
	}
	/* What setup is told of is made then, and used later. */
	command.host = NB_HOST_MSI;
	command.command = NB_ABI_SETUP;
	assert_int_equal(nb_test_send(vmm, 0, command).end, NB_VMM_DONE);
	command = nb_test_fake_pair(FAKE_ASK, FAKE_STOP);
	command.host = NB_HOST_MSI;
	command.count = 3;
	assert_int_equal(nb_test_send(vmm, 0, command).end, NB_VMM_DONE);
	nb_vmm_close(vmm);
}

static void a_shared_clock_lies_between_two_readings_of_the_host(void **state)
{
	struct nb_vmm *vmm = nb_test_fake_vm();

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		uint64_t flags = nb_test_send(vmm, 0, nb_test_fake(FAKE_FLAGS)).interrupts;
		uint64_t before = nb_rdtsc();
		uint64_t guest = nb_test_send(vmm, 0, nb_test_fake(FAKE_CLOCK)).interrupts;
		uint64_t after = nb_rdtsc();

		if (flags & NB_ABI_SAME_CLOCK)
			assert_true(before < guest && guest < after);
		else if (i == 0)
			print_message("this KVM gives its guests another clock\n");
	}
	nb_vmm_close(vmm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_is_answered_in_turn),
		cmocka_unit_test(a_loop_that_asks_for_nothing_ends_its_host_thread),
		cmocka_unit_test(peer_and_host_thread_work_side_by_side),
		cmocka_unit_test(a_shared_clock_lies_between_two_readings_of_the_host),
	};

	if (!nb_test_has_kvm())
		return NB_TEST_SKIPPED;
	return cmocka_run_group_tests(tests, nb_test_first_thread, NULL);
}
