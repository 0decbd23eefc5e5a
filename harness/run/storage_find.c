/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run_storage_private.h"

enum {
	DRIVES_MAX = 4,
	NAME_SIZE =
		21, /* so that a series' parameters have room for it beside all that is reached */
	NUMBER_MAX = 9,
};

static const char name_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

/* A folder that is to be a target. */
struct wish {
	char name[NAME_SIZE];
	const char *folder;
	bool named; /* by the user */
};

static int find_name(const struct nb_run_storage *storage, const char *name)
{
	for (size_t i = 0; i < storage->count; i++) {
		if (strcmp(storage->targets[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

static int find_path(const struct nb_run_storage *storage, const char *path)
{
	for (size_t i = 0; i < storage->count; i++) {
		if (strcmp(storage->targets[i].path, path) == 0)
			return (int)i;
	}
	return -1;
}

/* A folder that is a target already is not measured twice; the user's name for it wins. */
static int add_again(struct nb_run_storage *storage, int index, const struct wish *wish,
		     struct nb_error *error)
{
	struct nb_target *target = &storage->targets[index];

	if (!wish->named || strcmp(target->name, wish->name) == 0)
		return 0;
	if (storage->sites[index].named)
		return nb_error_set(error, EEXIST, "%s and %s are the same folder", target->name,
				    wish->name);
	if (find_name(storage, wish->name) >= 0)
		return nb_error_set(error, EEXIST, "two targets have the name %s", wish->name);
	nb_base_copy(target->name, sizeof(target->name), wish->name);
	storage->sites[index].named = true;
	return 0;
}

static int add_real(struct nb_run_storage *storage, const struct nb_world *world,
		    const struct wish *wish, const char *path, struct nb_error *error)
{
	int same = find_path(storage, path);
	int result;

	if (same >= 0)
		return add_again(storage, same, wish, error);
	if (find_name(storage, wish->name) >= 0)
		return nb_error_set(error, EEXIST, "two targets have the name %s", wish->name);
	if (storage->count == NB_TARGET_MAX)
		return nb_error_set(error, E2BIG, "more than %d targets", NB_TARGET_MAX);
	result = nb_target_read(world, wish->name, path, &storage->targets[storage->count], error);
	if (result < 0)
		return result;
	storage->sites[storage->count++].named = wish->named;
	return 0;
}

static int fail_path(const struct wish *wish, int code, struct nb_error *error)
{
	if (wish->folder[0] == '\0')
		return nb_error_set(error, EINVAL, "the path is empty");
	/* Whoever writes "C=/mnt/c" means a name. */
	if (!wish->named && strchr(wish->folder, '='))
		return nb_error_set(error, code,
				    "%s: %s (as NAME=PATH: a NAME is 1 to %d of a-z, 0-9 and '-')",
				    wish->folder, strerror(code), NAME_SIZE - 1);
	return nb_error_set(error, code, "%s: %s", wish->folder, strerror(code));
}

static int add(struct nb_run_storage *storage, const struct nb_world *world,
	       const struct wish *wish, struct nb_error *error)
{
	char *path = realpath(wish->folder, NULL);
	int code = errno;
	struct stat status;
	int result;

	if (!path)
		return fail_path(wish, code, error);
	if (stat(path, &status) == 0 && !S_ISDIR(status.st_mode))
		result = nb_error_set(error, ENOTDIR, "%s is not a folder", wish->folder);
	else
		result = add_real(storage, world, wish, path, error);
	free(path);
	return result;
}

/* Whoever asks for io.* is to see why it does not run: a folder removed under us, for one. */
static void add_working_directory(struct nb_run_storage *storage, const struct nb_world *world)
{
	static const struct wish wish = { .name = "cwd", .folder = "." };
	struct nb_error why = { 0 };

	if (add(storage, world, &wish, &why) == 0)
		return;
	nb_base_copy(storage->targets[0].name, sizeof(storage->targets[0].name), wish.name);
	nb_base_copy(storage->targets[0].kind, sizeof(storage->targets[0].kind), "unknown");
	snprintf(storage->sites[0].reason, sizeof(storage->sites[0].reason),
		 "the working directory cannot be used: %.150s", why.text);
	storage->count = 1;
}

/* '-' for what no name can hold. */
static char to_letter(char letter)
{
	if (letter >= 'A' && letter <= 'Z')
		return name_letters[letter - 'A'];
	if (strchr(name_letters, letter))
		return letter;
	return '-';
}

void nb_run_storage_drive(const char *path, char *name, size_t size)
{
	const char *at = strrchr(path, '/');
	size_t length = 0;

	for (at = at ? at + 1 : path; *at && length + 1 < size; at++) {
		char letter = to_letter(*at);

		if (letter != '-' || (length > 0 && name[length - 1] != '-'))
			name[length++] = letter;
	}
	length -= length > 0 && name[length - 1] == '-';
	name[length] = '\0';
	if (length == 0)
		nb_base_copy(name, size, "drive");
}

/* /mnt/c is "c", and so is /mnt/C; where both are there, one of them is "c-2". */
static void add_drive(struct nb_run_storage *storage, const struct nb_world *world,
		      const char *path)
{
	struct wish wish = { .folder = path };
	char name[NAME_SIZE - 2];

	nb_run_storage_drive(path, name, sizeof(name));
	nb_base_copy(wish.name, sizeof(wish.name), name);
	for (int i = 2; i <= NUMBER_MAX && find_name(storage, wish.name) >= 0; i++)
		snprintf(wish.name, sizeof(wish.name), "%s-%d", name, i % 10);
	(void)add(storage, world, &wish, NULL);
}

static void add_drives(struct nb_run_storage *storage, const struct nb_world *world)
{
	char paths[DRIVES_MAX][256];
	int count = nb_target_drives(world, paths, DRIVES_MAX);

	for (int i = 0; i < count; i++)
		add_drive(storage, world, paths[i]);
}

/* "NAME=PATH", where NAME is one that parameters can hold; else PATH as "pathN". */
static int add_asked(struct nb_run_storage *storage, const struct nb_world *world, const char *word,
		     size_t number, struct nb_error *error)
{
	size_t length = strspn(word, name_letters);
	struct wish wish = { .folder = word };
	struct nb_error why = { 0 };

	if (length > 0 && length < sizeof(wish.name) && word[length] == '=') {
		snprintf(wish.name, sizeof(wish.name), "%.*s", (int)length, word);
		wish.folder = word + length + 1;
		wish.named = true;
	} else {
		snprintf(wish.name, sizeof(wish.name), "path%u", (unsigned)number);
	}
	if (add(storage, world, &wish, &why) == 0)
		return 0;
	nb_error_set(error, EINVAL, "--io-path: %s", why.text);
	return -EINVAL;
}

int nb_run_storage_find(const struct nb_run_storage_options *options, uint64_t file_bytes,
			struct nb_run_storage **storage, struct nb_error *error)
{
	struct nb_run_storage *found = calloc(1, sizeof(*found));
	struct nb_world world;
	int result = 0;

	if (!found)
		return nb_error_set(error, ENOMEM, "no memory for storage targets");
	nb_world_live(&world, NULL, 0);
	found->plan.file_bytes = file_bytes;
	add_working_directory(found, &world);
	add_drives(found, &world);
	for (size_t i = 0; options && result == 0 && i < options->path_count; i++)
		result = add_asked(found, &world, options->paths[i], i + 1, error);
	if (options)
		found->plan.rate = options->rate;
	if (result < 0) {
		free(found);
		return result;
	}
	*storage = found;
	return 0;
}
