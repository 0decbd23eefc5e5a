/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plot_fake.h"

/* A little of each table that nb_plot_data() writes, drawn by the embedded scripts. */
static const struct {
	enum nb_plot plot;
	const char *data;
} tables[] = {
	{ NB_PLOT_CDF,
	  "# panel ...\n"
	  "0\texit.cpuid\tguest L2\t2\t1\t900\t0\n0\texit.cpuid\tguest L2\t2\t1\t900\t50\n"
	  "0\texit.cpuid\tguest L2\t2\t1\t1000\t100\n\n"
	  "0\texit.cpuid\tuser L1\t1\t1\t90\t0\n0\texit.cpuid\tuser L1\t1\t1\t99\t100\n" },
	{ NB_PLOT_PERCENTILES, "0\tb\tguest\t2\t1\t0\t1\t900\n0\tb\tguest\t2\t1\t50\t2\t900\n"
			       "0\tb\tguest\t2\t1\t99\t100\t9000\n" },
	{ NB_PLOT_TAIL, "0\ta <b> & 'c' {x}\ts\t1\t900\tnan\t1\tnan\t-\n"
			"0\ta <b> & 'c' {x}\ts\t2\t910\tnan\t1.01\tnan\tsteal\n" },
	{ NB_PLOT_IO, "0\t0\tio.stat\t1\tcwd ext4\t-\t900\t890\t910\n" },
};

enum { TABLES = sizeof(tables) / sizeof(tables[0]), KINDS = 3, JOBS = TABLES * KINDS };

static void prepare(const char *folder, char names[TABLES][KINDS + 1][64],
		    struct nb_plot_job jobs[JOBS])
{
	for (size_t i = 0; i < TABLES; i++) {
		snprintf(names[i][KINDS], 64, "%s/%zu.tsv", folder, i);
		fake_write(names[i][KINDS], tables[i].data);
		for (size_t j = 0; j < KINDS; j++) {
			snprintf(names[i][j], 64, "%s/%zu-%zu", folder, i, j);
			jobs[i * KINDS + j] = (struct nb_plot_job){
				.plot = tables[i].plot,
				.format = j == 2 ? NB_PLOT_PNG : NB_PLOT_SVG,
				.inline_id = j == 1 ? "w" : NULL,
				.data = names[i][KINDS],
				.output = names[i][j],
			};
		}
	}
}

static void the_embedded_scripts_draw_in_every_format(void **state)
{
	static const char *const starts[KINDS] = { "<?xml", "<svg class", "\x89PNG" };
	char folder[] = "/tmp/nb-plot-XXXXXX", names[TABLES][KINDS + 1][64];
	struct nb_plot_job jobs[JOBS];
	struct nb_error error = { 0 };
	int result;

	(void)state;
	assert_non_null(mkdtemp(folder));
	prepare(folder, names, jobs);
	result = nb_plot_draw(jobs, JOBS, NULL, &error);
	for (size_t i = 0; i < JOBS; i++) {
		char *picture = fake_read(jobs[i].output);

		if (picture)
			assert_memory_equal(picture, starts[i % KINDS], strlen(starts[i % KINDS]));
		assert_int_equal(picture != NULL, jobs[i].status == 0);
		free(picture);
		unlink(jobs[i].output);
		unlink(jobs[i].data);
	}
	assert_int_equal(rmdir(folder), 0);
	if (result == -ENOENT) {
		print_message("gnuplot is not installed: nothing was drawn\n");
		skip();
	}
	assert_string_equal(error.text, "");
	assert_int_equal(result, 0);
}

static void a_table_that_is_none_is_a_failure_with_a_reason(void **state)
{
	struct nb_plot_job job = { .plot = NB_PLOT_CDF, .data = "/dev/null" };
	char output[] = "/tmp/nb-plot-XXXXXX";
	struct nb_error error = { 0 };
	int file = mkstemp(output), result;

	(void)state;
	assert_true(file >= 0);
	close(file);
	job.output = output;
	result = nb_plot_draw(&job, 1, NULL, &error);
	unlink(output);
	if (result == -ENOENT)
		skip();
	assert_int_equal(result, -EPROTO);
	assert_true(strlen(job.reason) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_embedded_scripts_draw_in_every_format),
		cmocka_unit_test(a_table_that_is_none_is_a_failure_with_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
