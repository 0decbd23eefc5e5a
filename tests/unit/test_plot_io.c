/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plot_view.h"

/* Columns of the table. */
enum { ENTRY, ROW, BENCHMARK, NUMBER, PLACE, MODE, P50, LOW, HIGH, CELLS };

static struct plot_view plot;

static int clean_up(void **state)
{
	(void)state;
	plot_view_free(&plot);
	return 0;
}

static char *io(void)
{
	return plot_data(NB_PLOT_IO, &plot.view, NULL, NULL);
}

static void a_place_has_the_same_number_in_every_benchmark(void **state)
{
	struct nb_record *record = plot_session(&plot, "p", 1);
	char *data;

	(void)state;
	sample_measured(record, "io.read", NB_USER, "engine=psync,fs=ext4,mode=direct,target=cwd",
			5000);
	sample_measured(record, "io.read", NB_USER,
			"engine=uring,fs=tmpfs,mode=buffered,target=shm", 3000);
	sample_measured(record, "io.stat", NB_USER, "fs=tmpfs,target=shm", 2500);
	plot_view_make(&plot);
	data = io();
	assert_non_null(data);
	assert_non_null(strstr(data, "\n0\t0\tio.read\t1\tcwd ext4\tdirect\t5000.5\t4998\t5003\n"
				     "1\t0\tio.read\t2\tshm tmpfs\tbuffered uring\t3000.5\t"));
	assert_non_null(strstr(data, "\n2\t1\tio.stat\t2\tshm tmpfs\t-\t2500.5\t"));
	assert_int_equal(plot_lines(data, "0\t", CELLS), 1);
	free(data);
}

static void what_is_no_io_or_on_no_file_system_is_left_out(void **state)
{
	struct nb_record *record = plot_session(&plot, "p", 1);
	struct nb_error error = { 0 };

	(void)state;
	sample_measured(record, "io.unix_pingpong", NB_USER, "", 5000);
	sample_measured(record, "exit.cpuid", NB_USER, "fs=ext4,target=cwd", 5000);
	plot_view_make(&plot);
	assert_null(plot_data(NB_PLOT_IO, &plot.view, NULL, &error));
	assert_non_null(strstr(error.text, "no I/O on a file system"));
}

static void groups_have_their_letter(void **state)
{
	char *data;

	(void)state;
	sample_measured(plot_session(&plot, "p", 1), "io.stat", NB_USER, "fs=ext4,target=cwd",
			5000);
	sample_measured(plot_session(&plot, "q", 1), "io.stat", NB_USER, "fs=ext4,target=cwd",
			6000);
	plot_view_make(&plot);
	data = io();
	assert_non_null(strstr(data, "\t1\tA cwd ext4\t"));
	assert_non_null(strstr(data, "\t2\tB cwd ext4\t"));
	plot_script_draws("io", data);
	free(data);
}

static void one_entry_is_drawn(void **state)
{
	char *data;

	(void)state;
	sample_measured(plot_session(&plot, "p", 1), "io.stat", NB_USER, "fs=ext4,target=cwd",
			5000);
	plot_view_make(&plot);
	data = io();
	plot_script_draws("io", data);
	free(data);
}

/* More places than there are colours, and names that want out of their cells. */
static void many_are_drawn_too(void **state)
{
	struct nb_record *record = plot_session(&plot, "p", 1);
	char name[32], params[96], *data;

	(void)state;
	for (int i = 0; i < 40 * 7; i++) {
		snprintf(name, sizeof(name), "io.op%d", i / 7);
		snprintf(params, sizeof(params), "fs=%s,mode=direct,target=%d", PLOT_HOSTILE,
			 i % 20);
		sample_measured(record, name, NB_USER, params, 2000 + 1000.0 * i);
	}
	plot_view_make(&plot);
	data = io();
	assert_non_null(strstr(data, "\n# 40 more are left out; a pattern chooses\n"));
	plot_is_clean(data);
	plot_script_draws("io", data);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_place_has_the_same_number_in_every_benchmark, clean_up),
		cmocka_unit_test_teardown(what_is_no_io_or_on_no_file_system_is_left_out, clean_up),
		cmocka_unit_test_teardown(groups_have_their_letter, clean_up),
		cmocka_unit_test_teardown(one_entry_is_drawn, clean_up),
		cmocka_unit_test_teardown(many_are_drawn_too, clean_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
