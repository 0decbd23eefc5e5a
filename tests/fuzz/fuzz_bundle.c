/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes are refused with a reason, or are a bundle whose verdicts are computed again. The first
 * byte says what the others are: an archive, a tar that is yet to be wrapped, a verdicts.json for
 * sessions that are given. Digests and compression would keep a fuzzer from both of the latter. A
 * target of libFuzzer: https://llvm.org/docs/LibFuzzer.html
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/bundle.h"
#include "nestbench/check.h"
#include "nestbench/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SESSIONS = 3 };

static void check(int holds)
{
	if (!holds)
		abort();
}

static void verify(const struct nb_bundle_files *files)
{
	struct nb_bundle_result result;
	struct nb_error error = { 0 };

	if (nb_bundle_verify(files, &result, &error) < 0)
		check(error.code == EBADMSG && error.text[0] != '\0');
	else
		check(result.files == files->count && result.sessions > 0);
}

static void read_archive(const void *bytes, size_t size)
{
	struct nb_bundle_files files = { .count = 0 };
	struct nb_error error = { 0 };

	if (nb_bundle_read_memory(bytes, size, &files, &error) < 0) {
		check(error.code == EBADMSG && error.text[0] != '\0' && files.files == NULL);
		return;
	}
	check(files.count > 0 && files.folder[0] != '\0');
	for (size_t i = 0; i < files.count; i++)
		check(nb_bundle_find(&files, files.files[i].name) == &files.files[i] &&
		      files.files[i].bytes[files.files[i].size] == '\0');
	verify(&files);
	nb_bundle_files_free(&files);
}

/* In one frame of Zstandard, with its blocks stored as they are (RFC 8878). */
static void read_tar(const uint8_t *tar, size_t size)
{
	static const uint8_t head[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58 };
	uint8_t *frame = malloc(sizeof(head) + 3 + size);

	if (!frame || size >= 100000) {
		free(frame);
		return;
	}
	memcpy(frame, head, sizeof(head));
	frame[6] = (uint8_t)(size << 3 | 1);
	frame[7] = (uint8_t)(size >> 5);
	frame[8] = (uint8_t)(size >> 13);
	if (size > 0)
		memcpy(frame + 9, tar, size);
	read_archive(frame, 9 + size);
	free(frame);
}

static char *make_session(unsigned number)
{
	static const struct nb_series series = { .benchmark = "exit.cpuid",
						 .vantage = NB_GUEST,
						 .metric = "latency",
						 .unit = "ns",
						 .lower_is_better = true };
	struct nb_record record = {
		.session = { .started = "2026-11-21T03:12:05.123Z",
			     .version = "0.1.0",
			     .profile = "quick",
			     .machine = { .cpus = 1 } },
	};
	struct nb_round round = { .batch = 1, .tick_hz = 1e9, .clock = NB_CLOCK_GUEST_TSC };
	uint64_t ticks[8];
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);

	snprintf(record.session.id, sizeof(record.session.id), "01JD6QJ3C0ABCDEFGHJKMNP%03u",
		 number);
	for (unsigned i = 0; i < 8; i++)
		ticks[i] = 1000 + 10 * number + i;
	check(stream != NULL && nb_record_fill(&series, ticks, 8, &round, NULL) == 0);
	check(nb_record_append(&record, &series, &round, NULL) == 0);
	check(nb_report_json(stream, &record, true, NULL) == 0);
	fclose(stream);
	nb_record_free(&record);
	return text;
}

static void add(struct nb_bundle_file *file, const char *name, char *text)
{
	nb_base_copy(file->name, sizeof(file->name), name);
	file->bytes = text;
	file->size = strlen(text);
}

static void read_verdicts(const uint8_t *data, size_t size)
{
	struct nb_bundle_files files = { .count = 2 * SESSIONS + 1 };
	struct nb_bundle_file *file;
	char name[NB_BUNDLE_NAME_SIZE], *text = malloc(size + 1);

	files.files = calloc(files.count, sizeof(*files.files));
	check(text != NULL && files.files != NULL);
	file = files.files;
	for (unsigned i = 0; i < SESSIONS; i++) {
		snprintf(name, sizeof(name), "sessions/01JD6QJ3C0ABCDEFGHJKMNP%03u.json", i);
		add(file++, name, make_session(i));
		snprintf(name, sizeof(name), "baseline/01JD6QJ3C0ABCDEFGHJKMNP%03u.json", 10 + i);
		add(file++, name, make_session(10 + i));
	}
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	add(file, "verdicts.json", text);
	file->size = size;
	verify(&files);
	nb_bundle_files_free(&files);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (*data == 'z')
		read_archive(data + 1, size - 1);
	else if (*data == 't')
		read_tar(data + 1, size - 1);
	else
		read_verdicts(data + 1, size - 1);
	return 0;
}
