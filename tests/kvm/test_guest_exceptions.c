/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include <cmocka.h>

#include "../../harness/vmm/vmm_private.h"
#include "kvm_test.h"

/* The exceptions of the microguest: that they arrive, and that the vCPU is as it was after them. */

enum { LIMIT_MS = 5000, COUNT = 20, VECTOR_DF = 8, GATES = 32, GATE_SIZE = 16 };
enum { TRAP_FLAG = 1 << 8, ALIGNMENT_CHECK = 1 << 18 };

static struct nb_vmm_reply send(struct nb_vmm *vmm, struct nb_vmm_command command)
{
	struct nb_vmm_reply reply = { .end = NB_VMM_FAILED };
	struct nb_error error = { 0 };

	command.timeout_ms = LIMIT_MS;
	if (nb_vmm_run(vmm, 0, &command, &reply, &error) < 0)
		fail_msg("%s", error.text);
	return reply;
}

static struct nb_vmm *boot(void)
{
	struct nb_error error = { 0 };
	struct nb_vmm *vmm = NULL;

	if (nb_vmm_open(&vmm, &nb_test_config, &error) < 0)
		fail_msg("%s", error.text);
	assert_int_equal(send(vmm, (struct nb_vmm_command){ .command = NB_ABI_BOOT }).end,
			 NB_VMM_DONE);
	return vmm;
}

/* What an exception's setup may change; the gates' addresses are not part of it. */
struct condition {
	uint64_t cr0, cr3, cr4, efer, flags;
	uint64_t gates[GATES]; /* selector, type and the present bit */
};

static struct condition look(const struct nb_vmm *vmm)
{
	struct kvm_sregs special;
	struct kvm_regs general;
	struct condition seen;

	assert_int_equal(ioctl(vmm->vcpus[0].fd, KVM_GET_SREGS, &special), 0);
	assert_int_equal(ioctl(vmm->vcpus[0].fd, KVM_GET_REGS, &general), 0);
	seen = (struct condition){ .cr0 = special.cr0,
				   .cr3 = special.cr3,
				   .cr4 = special.cr4,
				   .efer = special.efer,
				   .flags = general.rflags & (TRAP_FLAG | ALIGNMENT_CHECK) };
	for (size_t i = 0; i < GATES; i++) {
		uint64_t low;

		memcpy(&low, vmm->memory + special.idt.base + i * GATE_SIZE, sizeof(low));
		seen.gates[i] = low & UINT64_C(0x0000ffffffff0000);
	}
	return seen;
}

static void assert_same(const struct nb_vmm *vmm, const struct condition *before)
{
	struct condition after = look(vmm);

	assert_int_equal(before->cr0, after.cr0);
	assert_int_equal(before->cr3, after.cr3);
	assert_int_equal(before->cr4, after.cr4);
	assert_int_equal(before->efer, after.efer);
	assert_int_equal(before->flags, after.flags);
	assert_memory_equal(before->gates, after.gates, sizeof(after.gates));
}

static struct nb_vmm_reply run_here(struct nb_vmm *vmm, struct nb_vmm_command command)
{
	struct nb_vmm_reply reply;

	command.command = NB_ABI_SETUP;
	reply = send(vmm, command);
	if (reply.end != NB_VMM_DONE)
		return reply;
	command.command = NB_ABI_RUN;
	reply = send(vmm, command);
	if (reply.end != NB_VMM_DONE)
		return reply;
	for (size_t i = 0; i < COUNT; i++)
		assert_int_not_equal(nb_vmm_samples(vmm, 0)[i], 0);
	command.command = NB_ABI_TEARDOWN;
	return send(vmm, command);
}

/* A skip has its reason; nothing else but success may be. */
static void run_variant(uint32_t bench, uint32_t variant, uint32_t flags)
{
	struct nb_vmm *vmm = boot();
	struct condition before = look(vmm);
	struct nb_vmm_reply reply = run_here(vmm, (struct nb_vmm_command){ .bench = bench,
									   .variant = variant,
									   .flags = flags,
									   .count = COUNT,
									   .batch = 1 });

	if (reply.end == NB_VMM_UNAVAILABLE || reply.end == NB_VMM_UNSUPPORTED) {
		print_message("bench %u variant %u flags %u: %s\n", bench - TEST_exc_ud, variant,
			      flags, reply.text);
		assert_true(bench == TEST_exc_bp || bench == TEST_exc_nm || bench == TEST_exc_ac);
		assert_true(strlen(reply.text) > 5);
	} else if (reply.end != NB_VMM_DONE) {
		fail_msg("bench %u variant %u flags %u: %s", bench - TEST_exc_ud, variant, flags,
			 reply.text);
	}
	if (reply.end != NB_VMM_UNSUPPORTED)
		assert_same(vmm, &before);
	nb_vmm_close(vmm);
}

static bool is_offered(const struct nb_variant *variant)
{
	struct nb_error error = { 0 };
	uint64_t offers;

	assert_int_equal(nb_vmm_probe("/dev/kvm", &offers, &error), 0);
	return (variant->needs & ~offers) == 0;
}

static void every_exception_arrives_and_leaves_the_vcpu_as_it_was(void **state)
{
	(void)state;
	for (uint32_t bench = TEST_exc_ud; bench <= TEST_exc_df; bench++) {
		const struct nb_bench *what = nb_guest_image_bench(bench);

		for (uint32_t variant = 0; variant < what->variant_count; variant++) {
			if (!is_offered(&what->variants[variant]))
				continue;
			if (what->rings != NB_RING_3)
				run_variant(bench, variant, 0);
			if (what->rings != NB_RING_0)
				run_variant(bench, variant, NB_ABI_RING3);
		}
	}
}

static void no_exception_is_expected_of_the_operation_without_its_flag(void **state)
{
	struct nb_vmm *vmm = boot();
	struct nb_vmm_reply reply = run_here(vmm, (struct nb_vmm_command){ .bench = TEST_exc_db,
									   .flags = NB_ABI_NULL,
									   .count = COUNT,
									   .batch = 1 });

	(void)state;
	if (reply.end != NB_VMM_DONE)
		fail_msg("%s", reply.text);
	nb_vmm_close(vmm);
}

/* After its teardown the FPU may be used again, so that nothing arrives. */
static void an_exception_that_stays_away_is_an_error_and_no_sample(void **state)
{
	struct nb_vmm *vmm = boot();
	struct nb_vmm_command command = { .bench = TEST_exc_nm, .count = COUNT, .batch = 1 };
	struct nb_vmm_reply reply = run_here(vmm, command);

	(void)state;
	assert_int_equal(reply.end, NB_VMM_DONE);
	command.command = NB_ABI_RUN;
	reply = send(vmm, command);
	assert_int_equal(reply.end, NB_VMM_WRONG);
	assert_non_null(strstr(reply.text, "exceptions that did not arrive just once: 1 of 21"));
	nb_vmm_close(vmm);
}

/* Another setup takes the handler back, but not the missing gate. */
static void a_double_fault_nobody_waits_for_is_told_by_its_vector(void **state)
{
	struct nb_vmm *vmm = boot();
	struct nb_vmm_command command = {
		.command = NB_ABI_SETUP, .bench = TEST_exc_df, .count = 1, .batch = 1
	};
	struct nb_vmm_reply reply;

	(void)state;
	assert_int_equal(send(vmm, command).end, NB_VMM_DONE);
	command.bench = TEST_exit_null;
	assert_int_equal(send(vmm, command).end, NB_VMM_DONE);
	command.bench = TEST_exc_df;
	command.command = NB_ABI_RUN;
	reply = send(vmm, command);
	assert_int_equal(reply.end, NB_VMM_FAULT);
	assert_int_equal(reply.vector, VECTOR_DF);
	nb_vmm_close(vmm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_exception_arrives_and_leaves_the_vcpu_as_it_was),
		cmocka_unit_test(no_exception_is_expected_of_the_operation_without_its_flag),
		cmocka_unit_test(an_exception_that_stays_away_is_an_error_and_no_sample),
		cmocka_unit_test(a_double_fault_nobody_waits_for_is_told_by_its_vector),
	};

	if (!nb_test_has_kvm())
		return NB_TEST_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
