/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes are refused with a reason, or are a session that every writer can show and that comes
 * back from its own JSON unchanged. A target of libFuzzer: https://llvm.org/docs/LibFuzzer.html
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

/* The record as JSON; NULL where its samples are more than can be counted. */
static char *write_json(const struct nb_record *record)
{
	struct nb_error error = { 0 };
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	check(stream != NULL);
	if (nb_report_json(stream, record, true, &error) == 0) {
		fclose(stream);
		return text;
	}
	check(error.code == EOVERFLOW);
	fclose(stream);
	free(text);
	return NULL;
}

static void show_to_nobody(const struct nb_record *record)
{
	struct nb_report_style style = { .colour = true, .width = 80 };
	FILE *stream = fopen("/dev/null", "w");

	check(stream != NULL);
	check(nb_report_table(stream, record, &style, NULL) == 0);
	check(nb_report_csv(stream, record, true, NULL) == 0);
	for (size_t i = 0; i < record->count; i++)
		check(nb_report_distribution(stream, record, i, &style, NULL) == 0);
	fclose(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nb_record record = { 0 }, again = { 0 };
	struct nb_error error = { 0 };
	char *text, *second;

	if (nb_report_json_read((const char *)data, size, &record, &error) < 0) {
		check(error.code > 0 && error.text[0] != '\0' && record.series == NULL);
		return 0;
	}
	text = write_json(&record);
	if (text) {
		check(nb_report_json_read(text, strlen(text), &again, &error) == 0);
		second = write_json(&again);
		check(second != NULL && strcmp(text, second) == 0);
		show_to_nobody(&record);
		free(second);
	}
	free(text);
	nb_record_free(&again);
	nb_record_free(&record);
	return 0;
}
