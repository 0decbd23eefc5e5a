/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "run_storage_private.h"

/* Workspaces around a session. */

static void use_reason(struct nb_run_entry *entry, const struct nb_run_site *site)
{
	entry->runnable = false;
	nb_base_copy(entry->reason, sizeof(entry->reason), site->reason);
}

static void use_site(struct nb_run_entry *entry, struct nb_run_storage *storage)
{
	const struct nb_run_site *site = &storage->sites[entry->at.target];

	if (site->made)
		nb_run_params(entry, storage);
	else
		use_reason(entry, site);
}

void nb_run_storage_judge(struct nb_run_entry *entry, const struct nb_run_storage *storage)
{
	if (storage->sites[entry->at.target].reason[0])
		use_reason(entry, &storage->sites[entry->at.target]);
}

static bool is_used(const struct nb_run_catalogue *catalogue, size_t target)
{
	for (size_t i = 0; i < catalogue->count; i++) {
		if (catalogue->entries[i].runnable &&
		    catalogue->entries[i].at.target == (int)target)
			return true;
	}
	return false;
}

/* The row that gets it names the target, whose path the session tells. */
static const char *without_path(const char *text, const char *path)
{
	size_t length = strlen(path);

	return strncmp(text, path, length) == 0 && strncmp(text + length, ": ", 2) == 0
		       ? text + length + 2
		       : text;
}

/*
 * The ladder asks statfs(2), but there a 9p mount shows what its server has: QEMU's says "ext4".
 */
static void correct_mode(struct nb_io_workspace *workspace, const struct nb_target *target)
{
	if (workspace->mode == NB_IO_DIRECT && strcmp(target->kind, "9p") == 0)
		workspace->mode = NB_IO_DIRECT_REMOTE;
}

static void make_site(struct nb_run_storage *storage, size_t index)
{
	const struct nb_target *target = &storage->targets[index];
	struct nb_run_site *site = &storage->sites[index];
	const char *path = target->path;
	struct nb_error error = { 0 };

	nb_run_storage_virtio(target, site->virtio, sizeof(site->virtio));
	site->made = nb_io_workspace_make(&site->workspace, path, &storage->plan, &error) == 0;
	correct_mode(&site->workspace, target);
	nb_base_copy(site->reason, sizeof(site->reason), without_path(error.text, path));
}

void nb_run_prepare(struct nb_run_catalogue *catalogue, struct nb_session *session)
{
	struct nb_run_storage *storage = catalogue->storage;

	if (!storage)
		return;
	for (size_t i = 0; i < storage->count; i++) {
		if (!is_used(catalogue, i))
			continue;
		make_site(storage, i);
		session->targets[session->target_count++] = storage->targets[i];
	}
	for (size_t i = 0; i < catalogue->count; i++) {
		if (catalogue->entries[i].at.target >= 0 && catalogue->entries[i].runnable)
			use_site(&catalogue->entries[i], storage);
	}
}

const char *nb_run_no_uring(const struct nb_run_catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->count; i++) {
		const struct nb_run_entry *entry = &catalogue->entries[i];
		const struct nb_io_workspace *workspace;

		if (entry->at.target < 0 || !entry->runnable ||
		    nb_run_entry_bench(entry)->io != NB_IO_QUEUED)
			continue;
		workspace = &catalogue->storage->sites[entry->at.target].workspace;
		if (!workspace->uring)
			return workspace->no_uring;
	}
	return NULL;
}

int nb_run_clean_up(struct nb_run_catalogue *catalogue, struct nb_error *error)
{
	struct nb_run_storage *storage = catalogue->storage;
	int result = 0;

	for (size_t i = 0; storage && i < storage->count; i++) {
		struct nb_error why = { 0 };
		int removed;

		if (!storage->sites[i].made)
			continue;
		storage->sites[i].made = false;
		removed = nb_io_workspace_remove(&storage->sites[i].workspace, &why);
		if (removed < 0 && result == 0) {
			result = removed;
			nb_error_set(error, why.code, "%s", why.text);
		}
	}
	return result;
}

size_t nb_run_places(const struct nb_run_options *options, const struct nb_run_catalogue *catalogue,
		     struct nb_run_place places[NB_TARGET_MAX])
{
	const struct nb_run_storage *storage = catalogue->storage;
	uint64_t written = nb_run_profile(options).io_written_max;
	size_t count = 0;

	for (size_t i = 0; storage && i < storage->count; i++) {
		struct nb_run_place place = { .target = &storage->targets[i],
					      .file_bytes = storage->plan.file_bytes,
					      .bytes = written };

		for (size_t j = 0; j < catalogue->count; j++)
			place.series += catalogue->entries[j].at.target == (int)i &&
					catalogue->entries[j].runnable;
		if (place.series > 0)
			places[count++] = place;
	}
	return count;
}
