/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "plot_fake.h"

static void a_picture_comes_out_whole_and_nothing_else_is_left(void **state)
{
	struct fake fake;
	char *svg;

	(void)state;
	fake_make(&fake, "cat \"$0.svg\"");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), 0);
	assert_int_equal(fake.job.status, 0);
	assert_string_equal(fake.job.reason, "");
	svg = fake_read(fake.picture);
	assert_non_null(svg);
	assert_int_equal(strncmp(svg, "<?xml", 5), 0);
	free(svg);
	fake_free(&fake);
}

static void gnuplot_is_called_without_a_shell_and_without_the_settings_of_its_user(void **state)
{
	struct fake fake;

	(void)state;
	setenv("GNUTERM", "x11", 1);
	setenv("GNUPLOT_LIB", "/nowhere", 1);
	fake_make(&fake,
		  "[ \"$1 $2 $3\" = '-d -c /dev/stdin' ] && [ \"$5 $6 $7\" = '- svg w1' ] &&\n"
		  "[ \"$(cat \"$4\")\" = '1\t2' ] && [ -z \"$GNUTERM$GNUPLOT_LIB\" ] &&\n"
		  "[ -z \"$LANG\" ] && grep -q 'nb_begin' && cat \"$0.svg\"");
	/* sh has "-d" as $1. */
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, "w1"), 0);
	fake_free(&fake);
}

static void without_gnuplot_it_says_what_to_install(void **state)
{
	struct nb_plot_job jobs[2] = { { .plot = NB_PLOT_CDF }, { .plot = NB_PLOT_TAIL } };
	const struct nb_plot_options options = { .gnuplot = "/nonexistent" };
	struct nb_error error;

	(void)state;
	assert_int_equal(nb_plot_draw(jobs, 2, &options, &error), -ENOENT);
	assert_non_null(strstr(error.text, "gnuplot-nox"));
	assert_int_equal(jobs[0].status, -ENOENT);
	assert_int_equal(jobs[1].status, -ENOENT);
	assert_true(strlen(jobs[1].reason) > 0);
}

static void a_path_without_gnuplot_says_so_too(void **state)
{
	struct nb_plot_job job = { .plot = NB_PLOT_CDF };
	char *path = strdup(getenv("PATH"));
	struct nb_error error;

	(void)state;
	setenv("PATH", "/nonexistent::/proc/self", 1);
	assert_int_equal(nb_plot_draw(&job, 1, NULL, &error), -ENOENT);
	setenv("PATH", path, 1);
	free(path);
}

static void what_it_says_first_is_the_reason(void **state)
{
	struct fake fake;

	(void)state;
	fake_make(&fake, "echo; echo 'no such terminal' >&2; echo more >&2; exit 1");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), -EPROTO);
	assert_string_equal(fake.job.reason, "no such terminal");
	assert_string_equal(fake.error.text, "plot cdf: no such terminal");
	fake_free(&fake);
	/* gnuplot's own form: the command comes first, then what is wrong with it. */
	fake_make(&fake,
		  "printf '\\nplot x\\n     ^\\n\"/dev/stdin\" line 7: bad x\\n\\n' >&2; exit 1");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), -EPROTO);
	assert_string_equal(fake.job.reason, "\"/dev/stdin\" line 7: bad x");
	fake_free(&fake);
}

static void a_reason_has_no_control_characters(void **state)
{
	struct fake fake;

	(void)state;
	fake_make(&fake, "printf 'a\\033[31mb\\377c\\n' >&2; exit 1");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), -EPROTO);
	assert_string_equal(fake.job.reason, "a?[31mb?c");
	fake_free(&fake);
}

static void one_that_says_nothing_has_its_status_for_a_reason(void **state)
{
	struct fake fake;

	(void)state;
	fake_make(&fake, "exit 3");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), -EPROTO);
	assert_string_equal(fake.job.reason, "gnuplot ended with status 3");
	fake_free(&fake);
	fake_make(&fake, "kill -9 $$");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), -EPROTO);
	assert_string_equal(fake.job.reason, "gnuplot was ended by signal 9");
	fake_free(&fake);
}

static void one_that_hangs_is_ended_with_all_it_started(void **state)
{
	struct fake fake;
	char *pid;

	(void)state;
	fake_make(&fake, "sleep 100 & echo $! >\"$4\"; exec 2>&-; sleep 100; cat \"$0.svg\"");
	fake.seconds = 0.3;
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), -EPROTO);
	assert_string_equal(fake.job.reason, "gnuplot took longer than 0.3 s");
	pid = fake_read(fake.data);
	for (int i = 0; i < 500 && kill((pid_t)atoi(pid), 0) == 0; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
	assert_int_equal(kill((pid_t)atoi(pid), 0), -1);
	free(pid);
	fake_free(&fake);
}

static void one_that_floods_its_errors_is_heard_out(void **state)
{
	struct fake fake;

	(void)state;
	fake_make(&fake, "echo first >&2; head -c 8000000 /dev/zero >&2; exit 1");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), -EPROTO);
	assert_string_equal(fake.job.reason, "first");
	fake_free(&fake);
}

static void one_that_draws_without_end_is_stopped(void **state)
{
	struct fake fake;

	(void)state;
	fake_make(&fake, "exec cat /dev/zero");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), -EPROTO);
	assert_true(strlen(fake.job.reason) > 0);
	fake_free(&fake);
}

static void no_picture_and_half_a_picture_are_failures(void **state)
{
	static const char *const scripts[] = { "exit 0", "head -c 400 \"$0.svg\"",
					       "head -c 900 \"$0.svg\"", "echo '<svg></svg>'",
					       "sed 's,</g>,,' \"$0.svg\"" };

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct fake fake;

		fake_make(&fake, scripts[i]);
		assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), -EPROTO);
		assert_true(strlen(fake.job.reason) > 0);
		assert_int_equal(access(fake.picture, F_OK), -1);
		assert_int_equal(fake_draw(&fake, NB_PLOT_PNG, NULL), -EPROTO);
		assert_int_equal(access(fake.picture, F_OK), -1);
		fake_free(&fake);
	}
}

static void a_failure_leaves_the_old_picture_and_a_success_replaces_it(void **state)
{
	struct fake fake;
	char *text;

	(void)state;
	fake_make(&fake, "grep -q 2 \"$4\" && cat \"$0.svg\"");
	fake_write(fake.picture, "old");
	fake_write(fake.data, "1\n");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), -EPROTO);
	text = fake_read(fake.picture);
	assert_string_equal(text, "old");
	free(text);
	fake_write(fake.data, "2\n");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), 0);
	text = fake_read(fake.picture);
	assert_int_equal(strncmp(text, "<?xml", 5), 0);
	free(text);
	fake_free(&fake);
}

static void a_place_that_cannot_be_written_is_named(void **state)
{
	struct fake fake;
	struct nb_plot_options options;

	(void)state;
	fake_make(&fake, "cat \"$0.svg\"");
	options = (struct nb_plot_options){ .gnuplot = fake.program };
	fake.job = (struct nb_plot_job){ .data = fake.data, .output = "/nonexistent/a.svg" };
	assert_int_equal(nb_plot_draw(&fake.job, 1, &options, &fake.error), -EPROTO);
	assert_int_equal(fake.job.status, -ENOENT);
	assert_non_null(strstr(fake.job.reason, "/nonexistent/a.svg"));
	/* A device is written, not replaced by a file. */
	fake.job.output = "/dev/null";
	assert_int_equal(nb_plot_draw(&fake.job, 1, &options, &fake.error), 0);
	fake_free(&fake);
}

static void one_job_that_fails_does_not_keep_the_others_from_being_drawn(void **state)
{
	enum { JOBS = 20 };
	struct nb_plot_job jobs[JOBS] = { 0 };
	char pictures[JOBS][160];
	struct fake fake;
	struct nb_plot_options options;

	(void)state;
	fake_make(&fake, "[ \"$7\" != bad ] && cat \"$0.svg\"");
	options = (struct nb_plot_options){ .gnuplot = fake.program, .at_once = 3 };
	for (size_t i = 0; i < JOBS; i++) {
		snprintf(pictures[i], sizeof(pictures[i]), "%s/%zu.svg", fake.folder, i);
		jobs[i] = (struct nb_plot_job){ .plot = NB_PLOT_TAIL,
						.data = fake.data,
						.output = pictures[i],
						.inline_id = i == 4 ? "bad" : "good" };
	}
	jobs[7].inline_id = "no'; system('x')";
	assert_int_equal(nb_plot_draw(jobs, JOBS, &options, &fake.error), -EPROTO);
	assert_string_equal(fake.error.text, "plot tail: gnuplot ended with status 1");
	assert_int_equal(jobs[7].status, -EINVAL);
	for (size_t i = 0; i < JOBS; i++) {
		assert_int_equal(jobs[i].status < 0, i == 4 || i == 7);
		assert_int_equal(unlink(pictures[i]), jobs[i].status < 0 ? -1 : 0);
	}
	assert_int_equal(nb_plot_draw(jobs, 0, &options, &fake.error), 0);
	fake_free(&fake);
}

static void a_parent_that_ignores_its_children_is_served_too(void **state)
{
	struct fake fake;

	(void)state;
	fake_make(&fake, "cat \"$0.svg\"");
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), 0);
	signal(SIGCHLD, SIG_DFL);
	fake_free(&fake);
}

static void alone_it_has_colours_a_size_and_a_title(void **state)
{
	struct fake fake;
	char *svg;

	(void)state;
	fake_make(&fake, "cat \"$0.svg\"");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), 0);
	svg = fake_read(fake.picture);
	assert_non_null(strstr(svg, " width=\"480\" height=\"300\" viewBox=\"0 0 480 300\""));
	assert_non_null(strstr(svg, "<title>Latency distribution</title>"));
	assert_non_null(strstr(svg, "<path stroke='#0072b2' d='M37.7,264 45,264'/>"));
	assert_non_null(strstr(svg, "font-family=\"sans-serif\""));
	assert_null(strstr(svg, "GNUPLOT"));
	assert_null(strstr(svg, "var("));
	free(svg);
	fake_free(&fake);
}

static void in_a_page_it_has_the_colours_of_the_page_and_ids_of_its_own(void **state)
{
	struct fake fake;
	char *svg;

	(void)state;
	fake_make(&fake, "cat \"$0.svg\"");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, "fig-1"), 0);
	svg = fake_read(fake.picture);
	assert_int_equal(strncmp(svg, "<svg class=\"nb-plot\" role=\"img\" aria-label=\"", 44), 0);
	assert_non_null(strstr(svg, " width=\"100%\" viewBox=\"0 0 480 300\""));
	assert_non_null(strstr(svg, "<path stroke='var(--c1)' "));
	assert_non_null(strstr(svg, "fill=\"var(--ink)\""));
	assert_non_null(strstr(svg, "id='fig-1-gpDot'"));
	assert_non_null(strstr(svg, "<use href='#fig-1-gpDot' "));
	assert_non_null(strstr(svg, "color='#010203'"));
	assert_null(strstr(svg, "font-family"));
	assert_null(strstr(svg, "<?xml"));
	assert_null(strstr(svg, "http"));
	assert_null(strstr(svg, "<title>"));
	free(svg);
	fake_free(&fake);
}

static void texts_of_a_picture_stay_as_they_are(void **state)
{
	struct fake fake;
	char *svg;

	(void)state;
	fake_make(&fake, "cat \"$0.svg\"");
	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, "w"), 0);
	svg = fake_read(fake.picture);
	assert_non_null(strstr(svg, "<text> rgb(  0, 114, 178) &lt;g&gt; \"black\"</text>"));
	free(svg);
	fake_free(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_picture_comes_out_whole_and_nothing_else_is_left),
		cmocka_unit_test(
			gnuplot_is_called_without_a_shell_and_without_the_settings_of_its_user),
		cmocka_unit_test(without_gnuplot_it_says_what_to_install),
		cmocka_unit_test(a_path_without_gnuplot_says_so_too),
		cmocka_unit_test(what_it_says_first_is_the_reason),
		cmocka_unit_test(a_reason_has_no_control_characters),
		cmocka_unit_test(one_that_says_nothing_has_its_status_for_a_reason),
		cmocka_unit_test(one_that_hangs_is_ended_with_all_it_started),
		cmocka_unit_test(one_that_floods_its_errors_is_heard_out),
		cmocka_unit_test(one_that_draws_without_end_is_stopped),
		cmocka_unit_test(no_picture_and_half_a_picture_are_failures),
		cmocka_unit_test(a_failure_leaves_the_old_picture_and_a_success_replaces_it),
		cmocka_unit_test(a_place_that_cannot_be_written_is_named),
		cmocka_unit_test(one_job_that_fails_does_not_keep_the_others_from_being_drawn),
		cmocka_unit_test(a_parent_that_ignores_its_children_is_served_too),
		cmocka_unit_test(alone_it_has_colours_a_size_and_a_title),
		cmocka_unit_test(in_a_page_it_has_the_colours_of_the_page_and_ids_of_its_own),
		cmocka_unit_test(texts_of_a_picture_stay_as_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
