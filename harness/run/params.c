/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run_storage_private.h"

enum { WORDS_MAX = 8, WORD_SIZE = 64 };

struct words {
	char text[WORDS_MAX][WORD_SIZE];
	size_t count;
};

static void add_word(struct words *words, const char *key, const char *value)
{
	if (words->count < WORDS_MAX)
		snprintf(words->text[words->count++], WORD_SIZE, "%s=%s", key, value);
}

/* The variant's own "a=1,b=2", one by one. */
static void add_variant(struct words *words, const char *params)
{
	while (*params && words->count < WORDS_MAX) {
		size_t length = strcspn(params, ",");

		snprintf(words->text[words->count++], WORD_SIZE, "%.*s", (int)length, params);
		params += length + (params[length] == ',');
	}
}

static int by_text(const void *left, const void *right)
{
	return strcmp(left, right);
}

/* Another transport is another file system to whoever uses it: "9p-fd", "9p-virtio". */
static void add_kind(struct words *words, const struct nb_target *target)
{
	char kind[sizeof(target->kind) + sizeof(target->transport)];

	snprintf(kind, sizeof(kind), "%s%s%s", target->kind, target->transport[0] ? "-" : "",
		 target->transport);
	add_word(words, "fs", kind);
	add_word(words, "target", target->name);
}

static void add_reached(struct words *words, const struct nb_bench *bench,
			const struct nb_io_workspace *workspace)
{
	add_word(words, "mode", nb_io_mode_name(workspace->mode));
	if (bench->io != NB_IO_QUEUED)
		add_word(words, "engine", "psync");
	else
		add_word(words, "engine", workspace->uring ? "uring" : "threads");
}

static void add_target(struct words *words, const struct nb_run_entry *entry,
		       const struct nb_run_storage *storage)
{
	const struct nb_bench *bench = nb_run_entry_bench(entry);
	const struct nb_run_site *site = &storage->sites[entry->at.target];

	add_kind(words, &storage->targets[entry->at.target]);
	if (site->made && bench->io != NB_IO_PLAIN)
		add_reached(words, bench, &site->workspace);
}

void nb_run_params(struct nb_run_entry *entry, const struct nb_run_storage *storage)
{
	struct words words = { .count = 0 };
	char *out = entry->series.params;
	size_t length = 0;

	add_variant(&words, nb_run_entry_bench(entry)->variants[entry->at.variant].params);
	if (entry->at.ring3)
		add_word(&words, "ring", "3");
	if (entry->at.target >= 0)
		add_target(&words, entry, storage);
	qsort(words.text, words.count, sizeof(words.text[0]), by_text);
	out[0] = '\0';
	for (size_t i = 0; i < words.count && length < sizeof(entry->series.params); i++)
		length += (size_t)snprintf(out + length, sizeof(entry->series.params) - length,
					   "%s%s", i > 0 ? "," : "", words.text[i]);
}
