/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/image.h"

/* The embedded microguest, read as the host reads it. */

static void the_header_is_this_programs(void **state)
{
	const struct nb_abi_header *header = nb_guest_image_header();
	size_t size;

	(void)state;
	assert_non_null(nb_guest_image(&size));
	assert_true(size > 4096);
	assert_true(header->magic == NB_ABI_MAGIC);
	assert_int_equal(header->version, NB_ABI_VERSION);
	assert_in_range(header->entry, NB_ABI_IMAGE, NB_ABI_IMAGE + size);
	assert_in_range(header->memory_end, NB_ABI_IMAGE + size, NB_ABI_MAILBOX);
	assert_int_equal(header->page_table % 4096, 0);
	for (size_t i = 0; i < NB_ABI_VCPUS; i++)
		assert_int_equal(header->stack_top[i] % 16, 0);
}

static void every_benchmark_has_its_loops_in_the_image(void **state)
{
	const struct nb_abi_header *header = nb_guest_image_header();

	(void)state;
	assert_true(header->bench_count > 20);
	for (unsigned i = 0; i < header->bench_count; i++) {
		const struct nb_bench *bench = nb_guest_image_bench(i);

		assert_non_null(bench);
		/* Where the host measures by itself there is no loop; some cannot do without a
		 * clock. */
		if (bench->host != NB_HOST_DIRTY_FETCH && bench->host != NB_HOST_MEMSLOT)
			assert_in_range((uintptr_t)bench->timed, NB_ABI_IMAGE, NB_ABI_MAILBOX);
		if (bench->untimed)
			assert_in_range((uintptr_t)bench->untimed, NB_ABI_IMAGE, NB_ABI_MAILBOX);
		assert_true(bench->variant_count <= NB_VARIANT_MAX);
		assert_true(bench->batch > 0 || bench->untimed);
		for (size_t j = 0; j < bench->variant_count; j++)
			assert_true(bench->variants[j].params[0] != '\0');
	}
	assert_null(nb_guest_image_bench(header->bench_count));
	assert_null(nb_guest_image_bench(UINT32_MAX));
}

static void text_outside_of_the_image_is_empty(void **state)
{
	size_t size;

	(void)state;
	nb_guest_image(&size);
	assert_string_equal(nb_guest_image_text(NULL), "");
	assert_string_equal(nb_guest_image_text((const char *)(uintptr_t)1), "");
	assert_string_equal(nb_guest_image_text((const char *)(NB_ABI_IMAGE + size)), "");
	assert_string_equal(nb_guest_image_text((const char *)UINTPTR_MAX), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_is_this_programs),
		cmocka_unit_test(every_benchmark_has_its_loops_in_the_image),
		cmocka_unit_test(text_outside_of_the_image_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
