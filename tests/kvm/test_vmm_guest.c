/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "kvm_test.h"

enum { VECTOR_GP = 13, LIMIT_MS = 5000 };

static struct nb_vmm *open_vm(void)
{
	struct nb_error error = { 0 };
	struct nb_vmm *vmm = NULL;

	if (nb_vmm_open(&vmm, &nb_test_config, &error) < 0)
		fail_msg("%s", error.text);
	return vmm;
}

static struct nb_vmm_reply send(struct nb_vmm *vmm, unsigned vcpu, struct nb_vmm_command command)
{
	struct nb_vmm_reply reply = { .end = NB_VMM_FAILED };
	struct nb_error error = { 0 };

	if (command.timeout_ms == 0)
		command.timeout_ms = LIMIT_MS;
	if (nb_vmm_run(vmm, vcpu, &command, &reply, &error) < 0)
		fail_msg("%s", error.text);
	return reply;
}

static struct nb_vmm *boot(void)
{
	struct nb_vmm *vmm = open_vm();
	struct nb_vmm_reply reply = send(vmm, 0, (struct nb_vmm_command){ .command = NB_ABI_BOOT });

	assert_int_equal(reply.end, NB_VMM_DONE);
	return vmm;
}

static struct nb_vmm_reply run_bench(struct nb_vmm *vmm, uint32_t bench, uint32_t flags,
				     uint64_t count)
{
	struct nb_vmm_command command = {
		.command = NB_ABI_SETUP, .bench = bench, .count = count, .batch = 1, .flags = flags
	};
	struct nb_vmm_reply reply = send(vmm, 0, command);

	if (reply.end != NB_VMM_DONE)
		return reply;
	command.command = NB_ABI_RUN;
	reply = send(vmm, 0, command);
	if (reply.end != NB_VMM_DONE)
		return reply;
	command.command = NB_ABI_TEARDOWN;
	return send(vmm, 0, command);
}

static void *boot_second(void *vmm)
{
	struct nb_vmm_reply *reply = calloc(1, sizeof(*reply));

	if (reply)
		*reply = send(vmm, 1, (struct nb_vmm_command){ .command = NB_ABI_BOOT });
	return reply;
}

static void both_vcpus_boot_at_the_same_time(void **state)
{
	struct nb_vmm *vmm = open_vm();
	struct nb_vmm_reply *second;
	struct nb_vmm_reply first;
	pthread_t thread;
	void *result;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, boot_second, vmm), 0);
	first = send(vmm, 0, (struct nb_vmm_command){ .command = NB_ABI_BOOT });
	assert_int_equal(pthread_join(thread, &result), 0);
	second = result;
	assert_non_null(second);
	assert_int_equal(first.end, NB_VMM_DONE);
	assert_int_equal(second->end, NB_VMM_DONE);
	free(second);
	nb_vmm_close(vmm);
}

static void samples_are_written_in_both_rings(void **state)
{
	static const uint32_t flags[] = { 0, NB_ABI_RING3 };
	enum { COUNT = 100 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nb_vmm *vmm = boot();
		struct nb_vmm_reply reply = run_bench(vmm, TEST_exit_null, flags[i], COUNT);

		assert_int_equal(reply.end, NB_VMM_DONE);
		for (size_t j = 0; j < COUNT; j++)
			assert_int_not_equal(nb_vmm_samples(vmm, 0)[j], 0);
		assert_int_equal(nb_vmm_samples(vmm, 0)[COUNT], 0);
		nb_vmm_close(vmm);
	}
}

static void privileged_instruction_in_ring_3_is_reported_by_vector_and_rip(void **state)
{
	struct nb_vmm *vmm = boot();
	struct nb_vmm_reply reply = run_bench(vmm, TEST_exit_wbinvd, NB_ABI_RING3, 1);

	(void)state;
	assert_int_equal(reply.end, NB_VMM_FAULT);
	assert_int_equal(reply.vector, VECTOR_GP);
	assert_non_null(strstr(reply.text, "#GP"));
	assert_non_null(strstr(reply.text, "rip 0x10"));
	assert_non_null(strstr(reply.text, "ring 3"));
	nb_vmm_close(vmm);
}

static void a_guest_that_never_answers_is_ended(void **state)
{
	struct nb_vmm *vmm = boot();
	struct nb_vmm_command command = {
		.command = NB_ABI_RUN,
		.bench = TEST_exit_pause,
		.flags = NB_ABI_RING3 | NB_ABI_UNTIMED,
		.count = 1,
		.batch = UINT64_MAX,
		.timeout_ms = 50,
	};
	struct nb_vmm_reply reply = send(vmm, 0, command);

	(void)state;
	assert_int_equal(reply.end, NB_VMM_TIMEOUT);
	assert_non_null(strstr(reply.text, "timed out after 50 ms"));
	nb_vmm_close(vmm);
}

static void a_pending_interrupt_wakes_every_halt(void **state)
{
	enum { COUNT = 20 };
	struct nb_vmm *vmm = boot();
	struct nb_vmm_reply reply;
	uint64_t offers = 0;

	(void)state;
	nb_vmm_probe("/dev/kvm", &offers, NULL);
	if (!(offers & NB_NEED_IRQCHIP)) {
		nb_vmm_close(vmm);
		print_message("this KVM has no in-kernel interrupt controller\n");
		skip();
	}
	reply = run_bench(vmm, TEST_exit_hlt_wake, 0, COUNT);
	assert_int_equal(reply.end, NB_VMM_DONE);
	assert_int_equal(reply.interrupts, COUNT);
	nb_vmm_close(vmm);
}

static uint64_t stat(const struct nb_vmm_stats *stats, const char *name)
{
	for (size_t i = 0; i < stats->count; i++) {
		if (strcmp(stats->items[i].name, name) == 0)
			return stats->items[i].value;
	}
	return 0;
}

static void kvm_counts_every_mmio_exit(void **state)
{
	enum { COUNT = 500 };
	struct nb_vmm *vmm = boot();
	struct nb_vmm_stats before, after;
	struct nb_error error = { 0 };

	(void)state;
	if (nb_vmm_stats_read(vmm, 0, &before, &error) < 0) {
		nb_vmm_close(vmm);
		print_message("%s\n", error.text);
		skip();
	}
	assert_int_equal(run_bench(vmm, TEST_exit_mmio_user, 0, COUNT).end, NB_VMM_DONE);
	assert_int_equal(nb_vmm_stats_read(vmm, 0, &after, &error), 0);
	assert_int_equal(stat(&after, "mmio_exits") - stat(&before, "mmio_exits"), COUNT);
	nb_vmm_close(vmm);
}

/* Among the flags of the mapping with address, "VmFlags: rd wr mr mw me ac nh" (proc(5), smaps). */
static bool has_flag(const void *address, const char *flag)
{
	FILE *file = fopen("/proc/self/smaps", "r");
	char line[512];
	unsigned long from, to;
	bool inside = false, found = false;

	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = from <= (unsigned long)address && (unsigned long)address < to;
		if (inside && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag) != NULL;
	}
	fclose(file);
	return found;
}

static void memory_is_never_in_huge_pages(void **state)
{
	struct nb_vmm *vmm;
	bool small;

	(void)state;
	if (access("/sys/kernel/mm/transparent_hugepage", F_OK) < 0) {
		print_message("this kernel has no transparent huge pages\n");
		skip();
	}
	vmm = open_vm();
	small = has_flag(nb_vmm_samples(vmm, 0), " nh");
	nb_vmm_close(vmm);
	assert_true(small);
}

static void a_hundred_vms_leave_no_file_open(void **state)
{
	int lowest = dup(0);

	(void)state;
	close(lowest);
	for (int i = 0; i < 100; i++)
		nb_vmm_close(boot());
	assert_int_equal(dup(0), lowest);
	close(lowest);
}

static void a_device_that_is_not_kvm_is_refused(void **state)
{
	struct nb_error error = { 0 };
	uint64_t offers;

	(void)state;
	assert_true(nb_vmm_probe("/dev/null", &offers, &error) < 0);
	assert_non_null(strstr(error.text, "/dev/null is not KVM"));
	assert_int_equal(nb_vmm_probe("/nonexistent", &offers, &error), -ENOENT);
	assert_non_null(strstr(error.text, "/nonexistent"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_vcpus_boot_at_the_same_time),
		cmocka_unit_test(samples_are_written_in_both_rings),
		cmocka_unit_test(privileged_instruction_in_ring_3_is_reported_by_vector_and_rip),
		cmocka_unit_test(a_guest_that_never_answers_is_ended),
		cmocka_unit_test(a_pending_interrupt_wakes_every_halt),
		cmocka_unit_test(kvm_counts_every_mmio_exit),
		cmocka_unit_test(memory_is_never_in_huge_pages),
		cmocka_unit_test(a_hundred_vms_leave_no_file_open),
		cmocka_unit_test(a_device_that_is_not_kvm_is_refused),
	};

	if (!nb_test_has_kvm())
		return NB_TEST_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
