/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "kvm_test.h"

#define MIB UINT64_C(1048576)

enum { LIMIT_MS = 10000, PAGE = 4096 };

static const struct nb_arena few_pages = { .memory = MIB, .page = PAGE };

static const struct nb_arena *variant_arena(uint32_t bench, unsigned variant)
{
	return &nb_guest_image_bench(bench)->variants[variant].arena;
}

static struct nb_vmm_reply send(struct nb_vmm *vmm, struct nb_vmm_command command)
{
	struct nb_vmm_reply reply = { .end = NB_VMM_FAILED };
	struct nb_error error = { 0 };

	command.timeout_ms = LIMIT_MS;
	if (nb_vmm_run(vmm, 0, &command, &reply, &error) < 0)
		fail_msg("%s", error.text);
	return reply;
}

static void boot(struct nb_vmm *vmm)
{
	struct nb_vmm_reply reply = send(vmm, (struct nb_vmm_command){ .command = NB_ABI_BOOT });

	if (reply.end != NB_VMM_DONE)
		fail_msg("%s", reply.text);
}

/* With that arena; skips the test where the machine does not have it. */
static struct nb_vmm *boot_with(const struct nb_arena *arena)
{
	struct nb_vmm_config config = nb_test_config;
	struct nb_error error = { 0 };
	struct nb_vmm *vmm = NULL;
	int result;

	config.arena = arena;
	result = nb_vmm_open(&vmm, &config, &error);
	if (result == -ENOMEM) {
		print_message("%s\n", error.text);
		skip();
	}
	if (result < 0)
		fail_msg("%s", error.text);
	boot(vmm);
	return vmm;
}

static struct nb_vmm_command command_of(uint32_t bench, unsigned variant, uint64_t count)
{
	const struct nb_bench *descriptor = nb_guest_image_bench(bench);

	return (struct nb_vmm_command){ .command = NB_ABI_SETUP,
					.bench = bench,
					.variant = variant,
					.count = count,
					.batch = descriptor->batch ? descriptor->batch : 1,
					.flags =
						descriptor->rings == NB_RING_3 ? NB_ABI_RING3 : 0 };
}

static struct nb_vmm_reply run_bench(struct nb_vmm *vmm, struct nb_vmm_command command)
{
	struct nb_vmm_reply reply = send(vmm, command);

	if (reply.end != NB_VMM_DONE)
		return reply;
	command.command = NB_ABI_RUN;
	command.host = (enum nb_host_action)nb_guest_image_bench(command.bench)->host;
	return send(vmm, command);
}

static uint64_t stat(struct nb_vmm *vmm, const char *name)
{
	struct nb_vmm_stats stats;

	if (nb_vmm_stats_read(vmm, 0, &stats, NULL) < 0)
		return 0;
	for (size_t i = 0; i < stats.count; i++) {
		if (strcmp(stats.items[i].name, name) == 0)
			return stats.items[i].value;
	}
	return 0;
}

static bool has_stat(struct nb_vmm *vmm, const char *name)
{
	struct nb_vmm_stats stats;

	if (nb_vmm_stats_read(vmm, 0, &stats, NULL) < 0)
		return false;
	for (size_t i = 0; i < stats.count; i++) {
		if (strcmp(stats.items[i].name, name) == 0)
			return true;
	}
	print_message("this KVM does not count %s\n", name);
	return false;
}

static void run_fine(struct nb_vmm *vmm, struct nb_vmm_command command)
{
	struct nb_vmm_reply reply = run_bench(vmm, command);

	if (reply.end != NB_VMM_DONE && reply.end != NB_VMM_UNSUPPORTED)
		fail_msg("benchmark %u: %s", command.bench, reply.text);
}

/* The chain's end is its start: setup goes all around, which it could not if a page were wrong. */
static void the_guest_follows_both_chains_all_around(void **state)
{
	static const uint32_t benches[] = { TEST_paging_walk_4k, TEST_paging_walk_2m };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nb_vmm_command command = command_of(benches[i], 0, 10);
		struct nb_vmm *vmm = boot_with(variant_arena(benches[i], 0));

		run_fine(vmm, command);
		command.flags |= NB_ABI_NULL;
		run_fine(vmm, command);
		nb_vmm_close(vmm);
	}
}

static void every_cold_page_is_a_fault_before_each_command(void **state)
{
	enum { COUNT = 30, RUNS = 3, COLD_4K = 2, WARM_4K = 3 };

	(void)state;
	for (unsigned variant = COLD_4K; variant <= WARM_4K; variant++) {
		struct nb_vmm_command command =
			command_of(TEST_paging_stage2_fault, variant, COUNT);
		struct nb_vmm *vmm = boot_with(variant_arena(TEST_paging_stage2_fault, variant));

		assert_int_equal(run_bench(vmm, command).end, NB_VMM_DONE);
		for (unsigned i = 0; i < RUNS && has_stat(vmm, "pf_taken"); i++) {
			uint64_t before = stat(vmm, "pf_taken");

			command.command = NB_ABI_RUN;
			command.host = NB_HOST_COLD;
			assert_int_equal(send(vmm, command).end, NB_VMM_DONE);
			assert_in_range(stat(vmm, "pf_taken") - before, COUNT, COUNT + 3);
		}
		nb_vmm_close(vmm);
	}
}

/* The host checks the log itself, page by page, and would end the command as wrong. */
static void the_dirty_log_names_every_page_that_was_written(void **state)
{
	enum { COUNT = 5, CLEAN = 0, FULL = 1 };
	struct nb_arena clean = few_pages;

	(void)state;
	clean.cold = 1;
	for (unsigned variant = CLEAN; variant <= FULL; variant++) {
		const struct nb_arena *arena =
			variant == FULL ? variant_arena(TEST_paging_dirty_log_fetch, FULL) : &clean;
		struct nb_vmm *vmm = boot_with(arena);
		struct nb_vmm_reply reply =
			run_bench(vmm, command_of(TEST_paging_dirty_log_fetch, variant, COUNT));

		if (reply.end != NB_VMM_DONE)
			fail_msg("%s", reply.text);
		for (size_t i = 0; i < COUNT; i++)
			assert_int_not_equal(nb_vmm_samples(vmm, 0)[i], 0);
		assert_int_equal(nb_vmm_samples(vmm, 0)[COUNT], 0);
		nb_vmm_close(vmm);
	}
}

/* The op of another benchmark writes to none of the pages that the log is expected to name. */
static void a_log_that_names_too_few_pages_is_wrong(void **state)
{
	struct nb_vmm_command command = command_of(TEST_exit_null, 0, 2);
	struct nb_vmm *vmm = boot_with(&few_pages);
	struct nb_vmm_reply reply;

	(void)state;
	assert_int_equal(send(vmm, command).end, NB_VMM_DONE);
	command.command = NB_ABI_RUN;
	command.host = NB_HOST_DIRTY_FETCH;
	reply = send(vmm, command);
	assert_int_equal(reply.end, NB_VMM_WRONG);
	assert_string_equal(reply.text, "pages in the dirty log: 0, and 256 had been written to");
	nb_vmm_close(vmm);
}

static void a_memory_slot_comes_and_goes_and_the_guest_lives(void **state)
{
	enum { COUNT = 20 };
	struct nb_vmm *vmm = boot_with(NULL);
	struct nb_vmm_reply reply =
		run_bench(vmm, command_of(TEST_paging_memslot_change, 0, COUNT));

	(void)state;
	assert_int_equal(reply.end, NB_VMM_DONE);
	for (size_t i = 0; i < COUNT; i++)
		assert_int_not_equal(nb_vmm_samples(vmm, 0)[i], 0);
	assert_int_equal(run_bench(vmm, command_of(TEST_exit_null, 0, 1)).end, NB_VMM_DONE);
	nb_vmm_close(vmm);
}

static void every_other_benchmark_of_paging_runs_or_says_why_not(void **state)
{
	static const uint32_t benches[] = {
		TEST_paging_fault_first_touch, TEST_paging_fault_cow,  TEST_paging_pte_update,
		TEST_paging_invlpg_one,	       TEST_paging_invlpg_all, TEST_paging_mmio_cached_miss
	};

	(void)state;
	for (size_t i = 0; i < sizeof(benches) / sizeof(benches[0]); i++) {
		uint64_t variants = nb_guest_image_bench(benches[i])->variant_count;

		for (unsigned variant = 0; variant == 0 || variant < variants; variant++) {
			struct nb_vmm *vmm = boot_with(NULL);

			run_fine(vmm, command_of(benches[i], variant, 20));
			nb_vmm_close(vmm);
		}
	}
}

static void an_action_without_an_arena_is_refused(void **state)
{
	struct nb_vmm *vmm = boot_with(NULL);
	struct nb_vmm_command command = { .command = NB_ABI_RUN,
					  .bench = TEST_exit_null,
					  .host = NB_HOST_COLD,
					  .count = 1,
					  .batch = 1,
					  .timeout_ms = LIMIT_MS };
	struct nb_vmm_reply reply;
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(nb_vmm_run(vmm, 0, &command, &reply, &error), -EINVAL);
	nb_vmm_close(vmm);
}

static void an_arena_that_the_machine_cannot_hold_is_told_with_the_amount(void **state)
{
	const struct nb_arena arena = { .memory = UINT64_C(256) << 30,
					.page = UINT64_C(2) << 20,
					.cold = 1 };
	struct nb_vmm_config config = nb_test_config;
	struct nb_error error = { 0 };
	struct nb_vmm *vmm = NULL;

	(void)state;
	config.arena = &arena;
	if (nb_vmm_open(&vmm, &config, &error) == 0) {
		nb_vmm_close(vmm);
		print_message("this machine has 282 GiB to spare\n");
		skip();
	}
	assert_int_equal(error.code, ENOMEM);
	assert_non_null(strstr(error.text, "needs 28"));
	assert_non_null(strstr(error.text, "MiB are there"));
}

static uint64_t resident_pages(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long long size = 0, resident = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%llu %llu", &size, &resident), 2);
	fclose(file);
	return resident;
}

/* As the runner does: all memory to come is locked. */
static void memory_is_given_back_even_if_all_is_locked(void **state)
{
	const struct nb_arena cold = { .memory = 64 * MIB, .page = PAGE, .cold = 1 };
	const struct nb_arena warm = { .memory = 64 * MIB, .page = PAGE };
	bool locked = mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
	uint64_t before = resident_pages();
	struct nb_vmm *vmm;

	(void)state;
	if (!locked)
		print_message("memory cannot be locked here: tried without\n");
	vmm = boot_with(&cold);
	assert_true(resident_pages() < before + 32 * MIB / PAGE);
	nb_vmm_close(vmm);
	vmm = boot_with(&warm);
	assert_true(resident_pages() > before + 63 * MIB / PAGE);
	nb_vmm_close(vmm);
	assert_true(resident_pages() < before + 16 * MIB / PAGE);
	munlockall();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_guest_follows_both_chains_all_around),
		cmocka_unit_test(every_cold_page_is_a_fault_before_each_command),
		cmocka_unit_test(the_dirty_log_names_every_page_that_was_written),
		cmocka_unit_test(a_log_that_names_too_few_pages_is_wrong),
		cmocka_unit_test(a_memory_slot_comes_and_goes_and_the_guest_lives),
		cmocka_unit_test(every_other_benchmark_of_paging_runs_or_says_why_not),
		cmocka_unit_test(an_action_without_an_arena_is_refused),
		cmocka_unit_test(an_arena_that_the_machine_cannot_hold_is_told_with_the_amount),
		cmocka_unit_test(memory_is_given_back_even_if_all_is_locked),
	};

	if (!nb_test_has_kvm())
		return NB_TEST_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
