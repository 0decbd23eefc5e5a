/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "report_storage.h"
#include "report_table.h"

/* What io.* measured, one line a target. */

enum { WORD_SIZE = 64, PART_SIZE = 80 };

static const double gibibyte = 1024.0 * 1024 * 1024;

/* How far direct I/O got is no property of the target: its series tell. "" where none does. */
static const char *mode_of(const struct nb_record *record, const struct nb_target *target)
{
	static const struct {
		const char *mode, *text;
	} modes[] = {
		{ "direct", "direct I/O" },
		{ "guest-direct-remote", "direct I/O as far as the server's cache" },
		{ "buffered", "no direct I/O" },
	};
	char name[WORD_SIZE];
	char mode[WORD_SIZE];

	for (size_t i = 0; i < record->count; i++) {
		const char *params = record->series[i].series.params;

		if (!nb_storage_param(params, "target", name, sizeof(name)) ||
		    strcmp(name, target->name) != 0 ||
		    !nb_storage_param(params, "mode", mode, sizeof(mode)))
			continue;
		for (size_t j = 0; j < sizeof(modes) / sizeof(modes[0]); j++)
			if (strcmp(mode, modes[j].mode) == 0)
				return modes[j].text;
	}
	return "";
}

static void add(char *line, size_t size, const char *text)
{
	if (text[0])
		nb_report_join(line, size, ", ", text);
}

static void add_space(char *line, size_t size, const struct nb_target *target)
{
	char text[PART_SIZE];

	if (target->size_bytes < 0 || target->free_bytes < 0)
		return;
	snprintf(text, sizeof(text), "%.1f of %.1f GiB free", (double)target->free_bytes / gibibyte,
		 (double)target->size_bytes / gibibyte);
	add(line, size, text);
}

/* Of a disk of its own the driver alone is news: "on vda (virtio_blk)", "on sda1 of sda (ahci)". */
static void add_device(char *line, size_t size, const struct nb_target *target)
{
	size_t length = strlen(target->device);
	bool whole = strncmp(target->disk, target->device, length) == 0 &&
		     (target->disk[length] == ' ' || target->disk[length] == '\0');

	if (!target->device[0])
		return;
	nb_report_join(line, size, " on ", whole ? target->disk : target->device);
	if (!whole && target->disk[0])
		nb_report_join(line, size, " of ", target->disk);
}

void nb_table_target_line(const struct nb_record *record, const struct nb_target *target,
			  char *line, size_t size)
{
	char text[PART_SIZE];

	snprintf(line, size, "%s: %s%s%s", target->name, target->kind,
		 target->transport[0] ? " over " : "", target->transport);
	add_device(line, size, target);
	add(line, size, mode_of(record, target));
	if (target->scheduler[0]) {
		snprintf(text, sizeof(text), "scheduler %s", target->scheduler);
		add(line, size, text);
	}
	add(line, size, target->write_cache);
	if (target->rotational == 1)
		add(line, size, "rotational");
	add_space(line, size, target);
	add(line, size, target->path);
}
