/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/kvm.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "kvm_test.h"

/*
 * What the benchmarks of interrupts make of interrupts that are lost, doubled or early. They are
 * made so on their way from the VMM to KVM: the system calls of this program are wrapped.
 */

enum {
	COUNT = 5,
	VICTIM = 3, /* number of the MSI that something happens to */
	LIMIT_MS = 10000,
	SHORT_MS = 300,
	PAUSE_US = 20000,
	VECTOR_TIMER = 0x32,
	TRIES = 20,
	TO_ANSWER_BUSY = 0, /* variants of irq.inject_msi */
	TO_ANSWER_HALTED = 1,
};

enum mischief { NONE, SWALLOW, DOUBLE };

static enum mischief mischief;
static unsigned msis; /* so many were sent */
static int vm_fd;     /* of the VM that was made last */
static bool no_ends;  /* of interrupt: the eventfd that tells of them stays silent */
static int other_cpu;

int __real_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __real_eventfd_read(int fd, eventfd_t *value);
int __wrap_eventfd_read(int fd, eventfd_t *value);

static int signal_msi(int fd, void *msi)
{
	enum mischief now = ++msis == VICTIM ? mischief : NONE;
	int result = 1;

	if (now != SWALLOW)
		result = __real_ioctl(fd, KVM_SIGNAL_MSI, msi);
	if (now == DOUBLE) { /* once the first was taken, while the guest waits for its sender */
		usleep(PAUSE_US);
		result = __real_ioctl(fd, KVM_SIGNAL_MSI, msi);
		usleep(PAUSE_US);
	}
	return result;
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list arguments;
	void *argument;
	int result;

	va_start(arguments, request);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (request == KVM_SIGNAL_MSI)
		return signal_msi(fd, argument);
	result = __real_ioctl(fd, request, argument);
	if (request == KVM_CREATE_VM)
		vm_fd = result;
	return result;
}

int __wrap_eventfd_read(int fd, eventfd_t *value)
{
	return no_ends ? -1 : __real_eventfd_read(fd, value);
}

static int choose_cpus(void **state)
{
	(void)state;
	return nb_test_bind(&other_cpu);
}

static int behave(void **state)
{
	(void)state;
	mischief = NONE;
	no_ends = false;
	msis = 0;
	return 0;
}

static void require(uint64_t needs)
{
	uint64_t offers = 0;

	nb_vmm_probe("/dev/kvm", &offers, NULL);
	needs &= ~(uint64_t)NB_NEED_TWO_CPUS;
	if ((offers & needs) == needs)
		return;
	print_message("this KVM does not offer what it needs\n");
	skip();
}

static struct nb_vmm_reply send(struct nb_vmm *vmm, struct nb_vmm_command command)
{
	struct nb_vmm_reply reply = { .end = NB_VMM_FAILED };
	struct nb_error error = { 0 };

	if (nb_vmm_run(vmm, 0, &command, &reply, &error) < 0)
		fail_msg("%s", error.text);
	return reply;
}

static struct nb_vmm_command order(uint32_t bench, uint32_t variant, enum nb_abi_command what)
{
	const struct nb_bench *descriptor = nb_guest_image_bench(bench);

	return (struct nb_vmm_command){
		.command = what,
		.bench = bench,
		.variant = variant,
		.count = COUNT,
		.batch = 1,
		.timeout_ms = LIMIT_MS,
		.host = what == NB_ABI_RUN ? (enum nb_host_action)descriptor->host : NB_HOST_NONE,
	};
}

/* A VM in which the benchmark is set up. */
static struct nb_vmm *set_up(uint32_t bench, uint32_t variant)
{
	struct nb_vmm_config config = nb_test_config;
	struct nb_error error = { 0 };
	struct nb_vmm *vmm = NULL;

	config.other_cpu = other_cpu;
	if (nb_vmm_open(&vmm, &config, &error) < 0)
		fail_msg("%s", error.text);
	assert_int_equal(send(vmm, order(bench, variant, NB_ABI_BOOT)).end, NB_VMM_DONE);
	assert_int_equal(send(vmm, order(bench, variant, NB_ABI_SETUP)).end, NB_VMM_DONE);
	return vmm;
}

static struct nb_vmm_reply run(uint32_t bench, uint32_t variant)
{
	struct nb_vmm *vmm = set_up(bench, variant);
	struct nb_vmm_reply reply = send(vmm, order(bench, variant, NB_ABI_RUN));

	nb_vmm_close(vmm);
	return reply;
}

static void a_swallowed_interrupt_is_an_error_with_counts(void **state)
{
	struct nb_vmm_reply reply;

	(void)state;
	require(NB_NEED_IRQCHIP | NB_NEED_MSI);
	mischief = SWALLOW;
	reply = run(TEST_irq_inject_msi, TO_ANSWER_BUSY);
	assert_int_equal(reply.end, NB_VMM_WRONG);
	assert_string_equal(reply.text, "interrupts that never arrived: 1 of 3");
	assert_int_equal(msis, VICTIM);
}

/* Nothing in the guest runs any more: the watchdog's text says what the vCPU is at. */
static void a_swallowed_interrupt_ends_a_halt_by_the_watchdog(void **state)
{
	struct nb_vmm_command command;
	struct nb_vmm_reply reply;
	struct nb_vmm *vmm;

	(void)state;
	require(NB_NEED_IRQCHIP | NB_NEED_MSI);
	mischief = SWALLOW;
	vmm = set_up(TEST_irq_inject_msi, TO_ANSWER_HALTED);
	command = order(TEST_irq_inject_msi, TO_ANSWER_HALTED, NB_ABI_RUN);
	command.timeout_ms = SHORT_MS;
	reply = send(vmm, command);
	nb_vmm_close(vmm);
	assert_int_equal(reply.end, NB_VMM_TIMEOUT);
	assert_non_null(strstr(reply.text, "halted"));
	assert_non_null(strstr(reply.text, "IF=1"));
}

static void a_doubled_interrupt_is_an_error_with_counts(void **state)
{
	struct nb_vmm_reply reply;

	(void)state;
	require(NB_NEED_IRQCHIP | NB_NEED_MSI);
	mischief = DOUBLE;
	reply = run(TEST_irq_inject_msi, TO_ANSWER_BUSY);
	assert_int_equal(reply.end, NB_VMM_WRONG);
	assert_string_equal(reply.text, "interrupts that came once too often: 1 of 3");
}

/* The benchmark finds an interrupt pending before it has done anything for one. */
static bool finds_early(uint32_t bench, uint32_t variant, uint32_t vector)
{
	static const char early[] = "interrupts that came early: 1 of ";
	struct kvm_msi msi = { .address_lo = 0xfee00000, .data = vector };
	struct nb_vmm *vmm = set_up(bench, variant);
	struct nb_vmm_reply reply;

	assert_int_equal(ioctl(vm_fd, KVM_SIGNAL_MSI, &msi), 1);
	reply = send(vmm, order(bench, variant, NB_ABI_RUN));
	nb_vmm_close(vmm);
	return reply.end == NB_VMM_WRONG && strncmp(reply.text, early, strlen(early)) == 0;
}

/*
 * Where somebody else keeps the guest from its CPU until the right time, the early interrupt and
 * the right one are one and the same. What never finds it fails all the same.
 */
static void expect_early(uint32_t bench, uint32_t variant, uint32_t vector)
{
	bool found = false;

	for (int i = 0; i < TRIES && !found; i++)
		found = finds_early(bench, variant, vector);
	assert_true(found);
}

/* Only the longest time is surely not over before the guest takes interrupts. */
static void expect_early_timer(uint32_t bench, uint64_t needs)
{
	const struct nb_bench *descriptor = nb_guest_image_bench(bench);
	uint32_t variant = (uint32_t)descriptor->variant_count - 1;

	require(needs | NB_NEED_IRQCHIP | NB_NEED_MSI);
	assert_string_equal(descriptor->variants[variant].params, "after=1ms,wait=halted");
	expect_early(bench, variant, VECTOR_TIMER);
}

static void a_deadline_that_comes_early_is_an_error(void **state)
{
	(void)state;
	expect_early_timer(TEST_irq_timer_deadline, NB_NEED_TSC_DEADLINE);
}

static void a_one_shot_that_ends_early_is_an_error(void **state)
{
	(void)state;
	expect_early_timer(TEST_irq_timer_oneshot, NB_NEED_NONE);
}

static void an_interrupt_before_its_request_is_an_error(void **state)
{
	(void)state;
	require(NB_NEED_IRQCHIP | NB_NEED_MSI);
	expect_early(TEST_irq_inject_msi, TO_ANSWER_HALTED, NB_ABI_VECTOR_HOST);
}

static void an_end_of_interrupt_that_the_host_never_sees_is_an_error(void **state)
{
	struct nb_vmm_reply reply;

	(void)state;
	require(NB_NEED_IRQCHIP | NB_NEED_RESAMPLE);
	no_ends = true;
	reply = run(TEST_irq_level_triggered, 1);
	assert_int_equal(reply.end, NB_VMM_WRONG);
	assert_string_equal(reply.text, "ends of interrupt that never reached the host: 1 of 1");
}

/* Those of one vCPU alone. Twice, since what is left of the first loop must not be in the second.
 */
static void interrupts_to_oneself_all_arrive_once(void **state)
{
	static const uint32_t benches[] = { TEST_irq_self_ipi,	     TEST_irq_eoi,
					    TEST_irq_timer_deadline, TEST_irq_timer_oneshot,
					    TEST_irq_hlt_wake_timer, TEST_irq_nmi };

	(void)state;
	require(NB_NEED_IRQCHIP | NB_NEED_X2APIC | NB_NEED_TSC_DEADLINE);
	for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
		uint32_t variant = 0;

		do {
			struct nb_vmm *vmm = set_up(benches[i], variant);
			struct nb_vmm_command command = order(benches[i], variant, NB_ABI_RUN);

			assert_string_equal(send(vmm, command).text, "");
			assert_string_equal(send(vmm, command).text, "");
			command.command = NB_ABI_TEARDOWN;
			assert_int_equal(send(vmm, command).end, NB_VMM_DONE);
			nb_vmm_close(vmm);
		} while (++variant < nb_guest_image_bench(benches[i])->variant_count);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_swallowed_interrupt_is_an_error_with_counts, behave),
		cmocka_unit_test_setup(a_swallowed_interrupt_ends_a_halt_by_the_watchdog, behave),
		cmocka_unit_test_setup(a_doubled_interrupt_is_an_error_with_counts, behave),
		cmocka_unit_test_setup(a_deadline_that_comes_early_is_an_error, behave),
		cmocka_unit_test_setup(a_one_shot_that_ends_early_is_an_error, behave),
		cmocka_unit_test_setup(an_interrupt_before_its_request_is_an_error, behave),
		cmocka_unit_test_setup(an_end_of_interrupt_that_the_host_never_sees_is_an_error,
				       behave),
		cmocka_unit_test_setup(interrupts_to_oneself_all_arrive_once, behave),
	};

	if (!nb_test_has_kvm())
		return NB_TEST_SKIPPED;
	return cmocka_run_group_tests(tests, choose_cpus, NULL);
}
