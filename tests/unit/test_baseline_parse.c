/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/baseline.h"

#define SOURCE "\"source\":{\"title\":\"T\",\"address\":\"https://example.org/\"}"
#define VCPUS \
	"{\"metric\":\"vcpus\",\"value\":4,\"unit\":\"vCPU\",\"kind\":\"documented\"," SOURCE "}"

/* A baseline of that kind with these figures. */
static char *compose(const char *kind, const char *figures)
{
	char *text = NULL;

	assert_true(asprintf(&text,
			     "{\"schema\":\"nestbench-baseline/1\",\"name\":\"small-vm\","
			     "\"title\":\"A small VM\",\"kind\":\"%s\",\"summary\":\"Two.\","
			     "\"figures\":[%s]}",
			     kind, figures) > 0);
	return text;
}

static int parse(const char *text, struct nb_baseline *baseline, struct nb_error *error)
{
	return nb_baseline_parse(text, strlen(text), baseline, error);
}

static void expect_refusal(const char *text, const char *message)
{
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };

	assert_int_equal(parse(text, &baseline, &error), -EBADMSG);
	assert_string_equal(error.text, message);
	assert_null(baseline.figures);
}

/* figures are what follows a good first figure. */
static void refuse_figure(const char *figure, const char *message)
{
	char figures[1024];
	char *text;

	snprintf(figures, sizeof(figures), VCPUS ",%s", figure);
	text = compose("size", figures);
	expect_refusal(text, message);
	free(text);
}

static void a_figure_is_read_whole(void **state)
{
	char *text = compose("size",
			     VCPUS ",{\"metric\":\"memory\",\"value\":12.5,\"unit\":\"GiB\","
				   "\"kind\":\"derived\",\"level\":\"L1\",\"hardware\":\"a host\","
				   "\"note\":\"half of 25\"," SOURCE "}");
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };
	const struct nb_figure *memory;

	(void)state;
	assert_int_equal(parse(text, &baseline, &error), 0);
	free(text); /* the figures must not lean on it */
	assert_string_equal(baseline.name, "small-vm");
	assert_string_equal(baseline.title, "A small VM");
	assert_string_equal(baseline.summary, "Two.");
	assert_true(baseline.size);
	assert_int_equal(baseline.count, 2);
	memory = nb_baseline_figure(&baseline, "memory");
	assert_ptr_equal(memory, &baseline.figures[1]);
	assert_true(memory->value == 12.5);
	assert_null(memory->text);
	assert_string_equal(memory->unit, "GiB");
	assert_int_equal(memory->kind, NB_FIGURE_DERIVED);
	assert_string_equal(memory->level, "L1");
	assert_string_equal(memory->hardware, "a host");
	assert_string_equal(memory->note, "half of 25");
	assert_string_equal(memory->source_title, "T");
	assert_string_equal(memory->source_address, "https://example.org/");
	assert_null(nb_baseline_figure(&baseline, "cores"));
	nb_baseline_free(&baseline);
	nb_baseline_free(&baseline);
	assert_null(baseline.figures);
}

static void what_a_figure_may_leave_out_is_empty(void **state)
{
	char *text = compose("size", VCPUS);
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(parse(text, &baseline, &error), 0);
	assert_string_equal(baseline.figures[0].level, "");
	assert_string_equal(baseline.figures[0].hardware, "");
	assert_string_equal(baseline.figures[0].note, "");
	nb_baseline_free(&baseline);
	free(text);
}

static void a_yes_is_one_and_words_are_no_number(void **state)
{
	char *text = compose("size", "{\"metric\":\"nested_virtualization\",\"value\":true,"
				     "\"unit\":\"bool\",\"kind\":\"documented\"," SOURCE "},"
				     "{\"metric\":\"topology\",\"text\":\"1 socket x 4 cores\","
				     "\"unit\":\"text\",\"kind\":\"documented\"," SOURCE "}");
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(parse(text, &baseline, &error), 0);
	assert_true(baseline.figures[0].value == 1);
	assert_true(isnan(baseline.figures[1].value));
	assert_string_equal(baseline.figures[1].text, "1 socket x 4 cores");
	nb_baseline_free(&baseline);
	free(text);
}

#define EXIT(value, level, unit, hardware)                                                        \
	"{\"metric\":\"exit.cpuid\",\"value\":" value ",\"unit\":\"" unit                         \
	"\",\"kind\":\"published\",\"level\":\"" level "\",\"hardware\":\"" hardware "\"," SOURCE \
	"}"

static void a_paper_may_measure_the_same_thing_at_two_levels_and_on_two_machines(void **state)
{
	char *text =
		compose("literature",
			EXIT("0.54", "L1", "us", "A") "," EXIT("7.1", "L2", "us", "A") "," EXIT(
				"6.5", "L2", "us", "B") "," EXIT("13.1", "L2", "ratio", "A"));
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(parse(text, &baseline, &error), 0);
	assert_false(baseline.size);
	assert_int_equal(baseline.count, 4);
	nb_baseline_free(&baseline);
	free(text);
	text = compose("literature",
		       EXIT("0.54", "L1", "us", "A") "," EXIT("0.55", "L1", "us", "A"));
	expect_refusal(text, "figures[1]: exit.cpuid again, after figures[0]");
	free(text);
}

static void every_fault_of_a_figure_is_told_with_its_place(void **state)
{
	static const struct {
		const char *figure, *message;
	} cases[] = {
		{ "7", "figures[1]: not an object" },
		{ "{\"value\":1}", "figures[1]: no metric" },
		{ "{\"metric\":\"memory\",\"value\":1}", "figures[1]: no unit" },
		{ "{\"metric\":\"memory\",\"unit\":\"\",\"value\":1}", "figures[1]: no unit" },
		{ "{\"metric\":\"memory\",\"unit\":7,\"value\":1}",
		  "figures[1]: unit is not a string" },
		{ "{\"metric\":\"memory\",\"unit\":\"vCPU\",\"value\":1}",
		  "figures[1]: unit \"vCPU\" does not fit memory (GiB, GB)" },
		{ "{\"metric\":\"memory\",\"unit\":\"Gi\",\"value\":1}",
		  "figures[1]: unit \"Gi\" does not fit memory (GiB, GB)" },
		{ "{\"metric\":\"exit.cpuid\",\"unit\":\"parsec\",\"value\":1}",
		  "figures[1]: unit \"parsec\" does not fit exit.cpuid (ns, us, s, cycles, ratio, "
		  "percent, exits, count, IOPS, MB/s, score, text)" },
		{ "{\"metric\":\"colour\",\"unit\":\"text\",\"text\":\"red\"}",
		  "figures[1]: metric \"colour\" is not known" },
		{ "{\"metric\":\"exit.\",\"unit\":\"ns\",\"value\":1}",
		  "figures[1]: metric \"exit.\" is not known" },
		{ "{\"metric\":\"\\u001b[31m\",\"unit\":\"ns\",\"value\":1}",
		  "figures[1]: metric \"?[31m\" is not known" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\"}", "figures[1]: no value" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\",\"value\":null}",
		  "figures[1]: no value" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\",\"value\":-16}",
		  "figures[1]: value -16 is negative" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\",\"value\":\"NaN\"}",
		  "figures[1]: value is not a number" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\",\"value\":1,\"text\":\"one\"}",
		  "figures[1]: a text, but the unit is not \"text\"" },
		{ "{\"metric\":\"topology\",\"unit\":\"text\",\"value\":1,\"text\":\"one\"}",
		  "figures[1]: a value beside a text" },
		{ "{\"metric\":\"topology\",\"unit\":\"text\"}", "figures[1]: no text" },
		{ "{\"metric\":\"hyper_threaded\",\"unit\":\"bool\",\"value\":1}",
		  "figures[1]: value is neither true nor false" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\",\"value\":1}", "figures[1]: no kind" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\",\"value\":1,\"kind\":\"guess\"}",
		  "figures[1]: kind \"guess\" is not known" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\",\"value\":1,\"kind\":\"measured\"}",
		  "figures[1]: no source" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\",\"value\":1,\"kind\":\"measured\","
		  "\"source\":{\"address\":\"here\"}}",
		  "figures[1]: the source has no title" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\",\"value\":1,\"kind\":\"measured\","
		  "\"source\":{\"title\":\"T\",\"address\":\"\"}}",
		  "figures[1]: the source has no address" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\",\"value\":1,\"kind\":\"measured\","
		  "\"level\":\"deep\"," SOURCE "}",
		  "figures[1]: level is not L0 .. L9" },
		{ "{\"metric\":\"memory\",\"unit\":\"GiB\",\"value\":1,\"kind\":\"derived\"," SOURCE
		  "}",
		  "figures[1]: derived, but no note says how" },
		{ VCPUS, "figures[1]: vcpus again, after figures[0]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuse_figure(cases[i].figure, cases[i].message);
}

static void every_fault_of_the_head_is_told(void **state)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "[]", "not an object, so this is no baseline" },
		{ "{}", "no schema" },
		{ "{\"schema\":\"nestbench/1\"}",
		  "schema is not \"nestbench-baseline/1\", so this is no baseline" },
		{ "{\"schema\":\"nestbench-baseline/1\"}", "no name" },
		{ "{\"schema\":\"nestbench-baseline/1\",\"name\":\"../x\"}",
		  "name has other characters than a-z, 0-9 and \"-\"" },
		{ "{\"schema\":\"nestbench-baseline/1\",\"name\":\"--help\"}",
		  "name has other characters than a-z, 0-9 and \"-\"" },
		{ "{\"schema\":\"nestbench-baseline/1\",\"name\":\"x\"}", "no title" },
		{ "{\"schema\":\"nestbench-baseline/1\",\"name\":\"x\",\"title\":\"X\","
		  "\"summary\":\"X\",\"kind\":\"shape\"}",
		  "kind is neither \"size\" nor \"literature\"" },
		{ "{\"schema\":\"nestbench-baseline/1\",\"name\":\"x\",\"title\":\"X\","
		  "\"summary\":\"X\",\"kind\":\"size\"}",
		  "no figures" },
		{ "{\"schema\":\"nestbench-baseline/1\",\"name\":\"x\",\"title\":\"X\","
		  "\"summary\":\"X\",\"kind\":\"size\",\"figures\":7}",
		  "figures is not a list" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		expect_refusal(cases[i].text, cases[i].message);
}

static void what_is_not_json_is_told_with_its_line(void **state)
{
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(parse("{\n\n\"a\": NaN}", &baseline, &error), -EBADMSG);
	assert_memory_equal(error.text, "line 3: ", strlen("line 3: "));
	assert_int_equal(parse("{\"a\":1,\"a\":2}", &baseline, &error), -EBADMSG);
	assert_memory_equal(error.text, "line 1: ", strlen("line 1: "));
	assert_int_equal(parse("{\"a\":1e999}", &baseline, &error), -EBADMSG);
	assert_int_equal(parse("", &baseline, &error), -EBADMSG);
	assert_int_equal(parse("\x1b[31m", &baseline, &error), -EBADMSG);
	assert_null(strchr(error.text, '\x1b'));
}

static void a_text_without_an_end_is_read_no_further_than_its_size(void **state)
{
	char *text = compose("size", VCPUS);
	size_t size = strlen(text);
	char *exact = realloc(text, size); /* without its NUL, where a sanitizer watches */
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };

	(void)state;
	assert_non_null(exact);
	assert_int_equal(nb_baseline_parse(exact, size, &baseline, &error), 0);
	nb_baseline_free(&baseline);
	assert_int_equal(nb_baseline_parse(exact, size - 1, &baseline, &error), -EBADMSG);
	free(exact);
}

static void hostile_files_are_refused_and_not_followed(void **state)
{
	enum { DEPTH = 200000, MANY = 1001 };
	char *deep = malloc(DEPTH + 1);
	char *many = calloc(MANY, 2);
	char *text;
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };

	(void)state;
	assert_non_null(deep);
	assert_non_null(many);
	memset(deep, '[', DEPTH);
	deep[DEPTH] = '\0';
	assert_int_equal(parse(deep, &baseline, &error), -EBADMSG);
	for (size_t i = 0; i < MANY; i++) {
		many[2 * i] = '1';
		many[2 * i + 1] = i + 1 < MANY ? ',' : '\0';
	}
	text = compose("size", many);
	expect_refusal(text, "more than 1000 figures");
	assert_int_equal(nb_baseline_parse(deep, (1 << 20) + 1, &baseline, &error), -EBADMSG);
	assert_string_equal(error.text, "larger than 1 MiB, so this is no baseline");
	free(text);
	free(many);
	free(deep);
}

static void what_a_later_version_adds_is_passed_over(void **state)
{
	char *text = compose("size", "{\"metric\":\"vcpus\",\"value\":4,\"unit\":\"vCPU\","
				     "\"kind\":\"measured\",\"weather\":[1]," SOURCE "}");
	struct nb_baseline baseline = { 0 };
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(parse(text, &baseline, &error), 0);
	nb_baseline_free(&baseline);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_figure_is_read_whole),
		cmocka_unit_test(what_a_figure_may_leave_out_is_empty),
		cmocka_unit_test(a_yes_is_one_and_words_are_no_number),
		cmocka_unit_test(
			a_paper_may_measure_the_same_thing_at_two_levels_and_on_two_machines),
		cmocka_unit_test(every_fault_of_a_figure_is_told_with_its_place),
		cmocka_unit_test(every_fault_of_the_head_is_told),
		cmocka_unit_test(what_is_not_json_is_told_with_its_line),
		cmocka_unit_test(a_text_without_an_end_is_read_no_further_than_its_size),
		cmocka_unit_test(hostile_files_are_refused_and_not_followed),
		cmocka_unit_test(what_a_later_version_adds_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
