/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report_sample.h"

/* Fields of the line, by the rules of RFC 4180; *line goes to the next one. */
static size_t count_fields(const char **line)
{
	size_t fields = 1;
	bool quoted = false;

	for (; **line && (quoted || **line != '\r'); ++*line) {
		if (**line == '"')
			quoted = !quoted;
		fields += !quoted && **line == ',';
	}
	assert_int_equal(strncmp(*line, "\r\n", 2), 0);
	*line += 2;
	return fields;
}

static void each_round_is_a_row_of_as_many_fields_as_the_header(void **state)
{
	const struct nb_record *record = *state;
	const char *line;
	size_t columns, rows = 0;
	char *text = sample_csv(record, true);

	line = text;
	columns = count_fields(&line);
	for (; *line; rows++)
		assert_int_equal(count_fields(&line), columns);
	assert_int_equal(rows, 3 * SAMPLE_ROUNDS + 2);
	free(text);
}

static void commas_quotes_and_line_ends_are_quoted(void **state)
{
	const struct nb_record *record = *state;
	char *text;

	nb_base_copy(record->series[3].rounds[0].reason, 64, "a \"b\",\nc");
	text = sample_csv(record, false);
	assert_non_null(strstr(text, ",\"size=D4s_v5, large\",exit.cpuid,"));
	assert_non_null(strstr(text, ",skip,\"a \"\"b\"\",\nc\","));
	assert_non_null(strstr(text, ",\"match=data,ring=3\","));
	free(text);
}

static void several_tags_are_one_field(void **state)
{
	const struct nb_record *record = *state;
	char *text = sample_csv(record, false);

	assert_non_null(strstr(text, ",steal;switches,,,,,\r\n"));
	assert_non_null(strstr(text, ",exits=401;halt_exits=0,"));
	free(text);
}

static void what_is_not_known_is_empty(void **state)
{
	const struct nb_record *record = *state;
	char *text = sample_csv(record, false);

	assert_non_null(strstr(text, ",error,timed out,0,,,,,,,,,,,,,host,unavailable,,"));
	assert_null(strstr(text, "nan"));
	free(text);
}

static void a_full_disk_is_an_error(void **state)
{
	FILE *stream = fopen("/dev/full", "w");
	const struct nb_record *record = *state;

	assert_non_null(stream);
	assert_int_equal(nb_report_csv(stream, record, true, NULL), -EIO);
	fclose(stream);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SAMPLE_TEST(each_round_is_a_row_of_as_many_fields_as_the_header),
		SAMPLE_TEST(commas_quotes_and_line_ends_are_quoted),
		SAMPLE_TEST(several_tags_are_one_field),
		SAMPLE_TEST(what_is_not_known_is_empty),
		SAMPLE_TEST(a_full_disk_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
