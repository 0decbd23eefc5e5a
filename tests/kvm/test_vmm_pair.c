/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_test.h"

/*
 * Two vCPUs at once, and the ways in which one or both of them do not come to an end. Commands
 * that end by a kick have a limit that would fail the whole test.
 */

enum { VECTOR_GP = 13, SHORT_MS = 100 };

static bool has_irqchip(void)
{
	uint64_t offers = 0;

	nb_vmm_probe("/dev/kvm", &offers, NULL);
	return (offers & NB_NEED_IRQCHIP) != 0;
}

static void a_command_without_a_peer_starts_no_thread(void **state)
{
	struct nb_vmm *vmm = nb_test_fake_vm();
	int threads = nb_test_entries("/proc/self/task");

	(void)state;
	assert_int_equal(nb_test_send(vmm, 0, nb_test_fake(FAKE_STOP)).end, NB_VMM_DONE);
	assert_int_equal(nb_test_entries("/proc/self/task"), threads);
	nb_vmm_close(vmm);
}

static void pairs_run_again_and_again_and_leave_no_thread(void **state)
{
	int threads = nb_test_entries("/proc/self/task");
	struct nb_vmm *vmm = nb_test_fake_vm();
	int with_vm = nb_test_entries("/proc/self/task");

	(void)state;
	for (int i = 0; i < 50; i++) {
		struct nb_vmm_reply reply =
			nb_test_send(vmm, 0, nb_test_fake_pair(FAKE_STOP, FAKE_AWAIT_STOP));

		assert_int_equal(reply.end, NB_VMM_DONE);
		assert_string_equal(reply.text, "");
	}
	assert_int_equal(nb_test_entries("/proc/self/task"), with_vm + 1);
	nb_vmm_close(vmm);
	nb_test_assert_threads(threads);
}

static void a_peer_may_end_first(void **state)
{
	struct nb_vmm *vmm = nb_test_fake_vm();

	(void)state;
	assert_int_equal(nb_test_send(vmm, 0, nb_test_fake_pair(FAKE_AWAIT_STOP, FAKE_STOP)).end,
			 NB_VMM_DONE);
	nb_vmm_close(vmm);
}

static struct nb_vmm_reply run_short(enum fake first, enum fake second)
{
	struct nb_vmm *vmm = nb_test_fake_vm();
	struct nb_vmm_command command = nb_test_fake_pair(first, second);
	struct nb_vmm_reply reply;

	command.timeout_ms = SHORT_MS;
	reply = nb_test_send(vmm, 0, command);
	nb_vmm_close(vmm);
	return reply;
}

static void a_peer_that_never_stops_times_out_with_both_states(void **state)
{
	struct nb_vmm_reply reply = run_short(FAKE_STOP, FAKE_SPIN);

	(void)state;
	assert_int_equal(reply.end, NB_VMM_TIMEOUT);
	assert_non_null(strstr(reply.text, "timed out after 100 ms: vCPU 0 rip 0x10"));
	assert_non_null(strstr(reply.text, "; vCPU 1 rip 0x10"));
	assert_non_null(strstr(strstr(reply.text, "vCPU 1"), "IF=0 running"));
	print_message("%s\n", reply.text);
}

static void two_that_wait_for_each_other_time_out_with_both_states(void **state)
{
	struct nb_vmm_reply reply;

	(void)state;
	if (!has_irqchip()) {
		print_message("this KVM has no in-kernel interrupt controller\n");
		skip();
	}
	reply = run_short(FAKE_SPIN, FAKE_HALT);
	assert_int_equal(reply.end, NB_VMM_TIMEOUT);
	assert_non_null(strstr(reply.text, "vCPU 0 rip 0x10"));
	assert_non_null(strstr(reply.text, "IF=0 running IRR=- ISR=-; vCPU 1 rip 0x10"));
	assert_non_null(strstr(reply.text, "IF=0 halted IRR=- ISR=-"));
	print_message("%s\n", reply.text);
}

static void one_vcpu_alone_times_out_with_its_state(void **state)
{
	struct nb_vmm *vmm = nb_test_fake_vm();
	struct nb_vmm_command command = nb_test_fake(FAKE_SPIN);
	struct nb_vmm_reply reply;

	(void)state;
	command.timeout_ms = SHORT_MS;
	reply = nb_test_send(vmm, 0, command);
	assert_int_equal(reply.end, NB_VMM_TIMEOUT);
	assert_non_null(strstr(reply.text, "vCPU 0 rip 0x10"));
	assert_null(strstr(reply.text, "vCPU 1"));
	nb_vmm_close(vmm);
}

static struct nb_vmm_reply run_long(enum fake first, enum fake second)
{
	struct nb_vmm *vmm = nb_test_fake_vm();
	struct nb_vmm_reply reply = nb_test_send(vmm, 0, nb_test_fake_pair(first, second));

	nb_vmm_close(vmm);
	return reply;
}

static void a_fault_of_the_peer_ends_both_at_once(void **state)
{
	struct nb_vmm_reply reply = run_long(FAKE_SPIN, FAKE_FAULT);

	(void)state;
	assert_int_equal(reply.end, NB_VMM_FAULT);
	assert_int_equal(reply.vector, VECTOR_GP);
	assert_non_null(strstr(reply.text, "vCPU 1: unexpected exception #GP"));
}

static void a_fault_of_the_first_ends_both_at_once(void **state)
{
	struct nb_vmm_reply reply = run_long(FAKE_FAULT, FAKE_SPIN);

	(void)state;
	assert_int_equal(reply.end, NB_VMM_FAULT);
	assert_int_equal(reply.vector, VECTOR_GP);
	assert_null(strstr(reply.text, "vCPU 1"));
}

static void an_exit_that_nobody_knows_is_reported_of_the_peer(void **state)
{
	struct nb_vmm_reply reply = run_long(FAKE_SPIN, FAKE_BEYOND);

	(void)state;
	assert_int_equal(reply.end, NB_VMM_FAILED);
	assert_non_null(
		strstr(reply.text, "vCPU 1: unexpected access to guest-physical 0xe0000000"));
}

static void a_failed_check_is_told_with_its_counts_and_the_vm_lives(void **state)
{
	struct nb_vmm *vmm = nb_test_fake_vm();
	struct nb_vmm_reply reply;

	(void)state;
	reply = nb_test_send(vmm, 0, nb_test_fake_pair(FAKE_WRONG, FAKE_AWAIT_STOP));
	assert_int_equal(reply.end, NB_VMM_WRONG);
	assert_string_equal(reply.text, FAKE_REASON ": 3 of 640");
	reply = nb_test_send(vmm, 0, nb_test_fake_pair(FAKE_AWAIT_STOP, FAKE_WRONG));
	assert_int_equal(reply.end, NB_VMM_WRONG);
	assert_string_equal(reply.text, "vCPU 1: " FAKE_REASON ": 3 of 640");
	reply = nb_test_send(vmm, 0, nb_test_fake_pair(FAKE_STOP, FAKE_AWAIT_STOP));
	assert_int_equal(reply.end, NB_VMM_DONE);
	nb_vmm_close(vmm);
}

static void fresh_device_pages_are_measured_exits_up_to_the_last(void **state)
{
	struct nb_vmm *vmm = nb_test_fake_vm();
	struct nb_vmm_reply reply;

	(void)state;
	assert_int_equal(nb_test_send(vmm, 0, nb_test_fake(FAKE_FRESH)).end, NB_VMM_DONE);
	reply = nb_test_send(vmm, 0, nb_test_fake(FAKE_BEYOND));
	assert_int_equal(reply.end, NB_VMM_FAILED);
	assert_non_null(strstr(reply.text, "guest-physical 0xe0000000"));
	nb_vmm_close(vmm);
}

static void a_cpu_that_does_not_exist_is_an_error_with_its_number(void **state)
{
	static const int cpus[] = { 4095, -1 };
	int threads = nb_test_entries("/proc/self/task");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nb_vmm_config config = nb_test_config;
		struct nb_vmm_command command = nb_test_fake_pair(FAKE_STOP, FAKE_AWAIT_STOP);
		struct nb_vmm_reply reply = { .end = NB_VMM_DONE };
		struct nb_error error = { 0 };
		struct nb_vmm *vmm = NULL;

		config.other_cpu = cpus[i];
		command.timeout_ms = NB_TEST_LIMIT_MS;
		assert_int_equal(nb_vmm_open(&vmm, &config, &error), 0);
		assert_int_equal(nb_vmm_run(vmm, 0, &command, &reply, &error), -EINVAL);
		assert_non_null(strstr(error.text, i == 0 ? "CPU 4095" : "no CPU"));
		nb_vmm_close(vmm);
	}
	nb_test_assert_threads(threads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_without_a_peer_starts_no_thread),
		cmocka_unit_test(pairs_run_again_and_again_and_leave_no_thread),
		cmocka_unit_test(a_peer_may_end_first),
		cmocka_unit_test(a_peer_that_never_stops_times_out_with_both_states),
		cmocka_unit_test(two_that_wait_for_each_other_time_out_with_both_states),
		cmocka_unit_test(one_vcpu_alone_times_out_with_its_state),
		cmocka_unit_test(a_fault_of_the_peer_ends_both_at_once),
		cmocka_unit_test(a_fault_of_the_first_ends_both_at_once),
		cmocka_unit_test(an_exit_that_nobody_knows_is_reported_of_the_peer),
		cmocka_unit_test(a_failed_check_is_told_with_its_counts_and_the_vm_lives),
		cmocka_unit_test(fresh_device_pages_are_measured_exits_up_to_the_last),
		cmocka_unit_test(a_cpu_that_does_not_exist_is_an_error_with_its_number),
	};

	if (!nb_test_has_kvm())
		return NB_TEST_SKIPPED;
	return cmocka_run_group_tests(tests, nb_test_first_thread, NULL);
}
