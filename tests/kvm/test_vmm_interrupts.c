/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kvm_test.h"

/*
 * The microguest with a second vCPU or the host's thread. Its benchmarks prove every delivery
 * themselves: a lost, doubled or early interrupt does not end in NB_VMM_DONE.
 */

enum { COUNT = 20, TRIES = 20, LIMIT_MS = 10000 };

static int other_cpu;

static int choose_cpus(void **state)
{
	(void)state;
	return nb_test_bind(&other_cpu);
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

static struct nb_vmm *boot_both(void)
{
	const struct nb_vmm_command command = { .command = NB_ABI_BOOT };
	struct nb_vmm_config config = nb_test_config;
	struct nb_error error = { 0 };
	struct nb_vmm *vmm = NULL;

	config.other_cpu = other_cpu;
	if (nb_vmm_open(&vmm, &config, &error) < 0)
		fail_msg("%s", error.text);
	for (unsigned i = 0; i < NB_ABI_VCPUS; i++)
		assert_int_equal(send(vmm, i, command).end, NB_VMM_DONE);
	return vmm;
}

/* The command that runs the benchmark's variant, as its descriptor wants it. */
static struct nb_vmm_command order(uint32_t bench, uint32_t variant)
{
	const struct nb_bench *descriptor = nb_guest_image_bench(bench);

	return (struct nb_vmm_command){ .command = NB_ABI_RUN,
					.bench = bench,
					.variant = variant,
					.count = COUNT,
					.batch = 1,
					.peer = descriptor->peer != NULL,
					.host = (enum nb_host_action)descriptor->host };
}

/* In a VM of its own, as the runner does it; the reply that was no success, or the last one. */
static struct nb_vmm_reply run_variant(uint32_t bench, uint32_t variant)
{
	const struct nb_vmm_command run = order(bench, variant);
	struct nb_vmm *vmm = boot_both();
	struct nb_vmm_command other = {
		.command = NB_ABI_SETUP, .bench = bench, .variant = variant, .count = COUNT
	};
	struct nb_vmm_reply reply = send(vmm, 0, other);

	for (int i = 0; i < 3 && reply.end == NB_VMM_DONE; i++)
		reply = send(vmm, 0, run);
	other.command = NB_ABI_TEARDOWN;
	if (reply.end == NB_VMM_DONE)
		reply = send(vmm, 0, other);
	nb_vmm_close(vmm);
	return reply;
}

/*
 * The guest waits half a second before it calls an interrupt lost, which it is not where somebody
 * else keeps the other side from a CPU for so long. What never works fails all the same.
 */
static void run_patiently(uint32_t bench, uint32_t variant)
{
	struct nb_vmm_reply reply = { .end = NB_VMM_WRONG };

	for (int i = 0; i < TRIES && reply.end == NB_VMM_WRONG; i++)
		reply = run_variant(bench, variant);
	if (reply.end == NB_VMM_UNAVAILABLE)
		print_message("variant %u: %s\n", variant, reply.text);
	else if (reply.end != NB_VMM_DONE)
		fail_msg("variant %u: %s", variant, reply.text);
}

static void run_all_variants(uint32_t bench, uint64_t needs)
{
	const struct nb_bench *descriptor = nb_guest_image_bench(bench);
	uint64_t offers = 0;

	nb_vmm_probe("/dev/kvm", &offers, NULL);
	if ((offers & needs) != needs) {
		print_message("this KVM does not offer what it needs\n");
		skip();
	}
	for (uint32_t i = 0; i < descriptor->variant_count; i++)
		run_patiently(bench, i);
}

static void vcpus_interrupt_each_other_while_they_run(void **state)
{
	(void)state;
	run_all_variants(TEST_irq_ipi_busy, NB_NEED_IRQCHIP | NB_NEED_X2APIC);
}

static void vcpus_interrupt_each_other_while_they_halt(void **state)
{
	(void)state;
	run_all_variants(TEST_irq_ipi_halted, NB_NEED_IRQCHIP | NB_NEED_X2APIC);
}

static void the_host_interrupts_by_irqfd(void **state)
{
	(void)state;
	run_all_variants(TEST_irq_inject_irqfd, NB_NEED_IRQFD);
}

static void the_host_interrupts_by_msi(void **state)
{
	(void)state;
	run_all_variants(TEST_irq_inject_msi, NB_NEED_MSI);
}

static void a_line_is_raised_and_lowered_by_its_end_of_interrupt(void **state)
{
	(void)state;
	run_all_variants(TEST_irq_level_triggered, NB_NEED_RESAMPLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vcpus_interrupt_each_other_while_they_run),
		cmocka_unit_test(vcpus_interrupt_each_other_while_they_halt),
		cmocka_unit_test(the_host_interrupts_by_irqfd),
		cmocka_unit_test(the_host_interrupts_by_msi),
		cmocka_unit_test(a_line_is_raised_and_lowered_by_its_end_of_interrupt),
	};

	if (!nb_test_has_kvm())
		return NB_TEST_SKIPPED;
	return cmocka_run_group_tests(tests, choose_cpus, NULL);
}
