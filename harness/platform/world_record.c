/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nestbench/base.h"

#include "platform_redact.h"
#include "platform_world.h"

/* A machine that is written down while it is asked. The caller gets the answers as they are. */

struct recorder {
	const struct nb_world *inner;
	int folder, cpuid;
	bool redact;
	struct nb_redactor redactor;
	struct nb_platform_dump dump; /* what is in cpuid.raw already */
	struct nb_error error;	      /* the first thing that could not be written */
	char text[NB_WORLD_TEXT_MAX + 1];
};

static void note(struct recorder *recorder, const char *path, int result)
{
	if (result < 0 && recorder->error.code == 0)
		nb_error_set(&recorder->error, -result, "cannot record %s: %s", path,
			     strerror(-result));
}

/* An answer that is there stays: the first one is what the machine was like. */
static int write_file(int parent, const char *name, const char *bytes, size_t length)
{
	struct stat status;
	int fd, result;

	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (length == 0 || status.st_size > 0))
		return 0;
	fd = openat(parent, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	result = nb_base_write_all(fd, bytes, length);
	if (close(fd) < 0 && result == 0)
		result = -errno;
	return result;
}

static void record_file(struct recorder *recorder, const char *path, const char *bytes,
			size_t length)
{
	char place[NB_PLATFORM_PATH_SIZE];
	const char *name;
	int parent, result;

	if (strlen(path) >= sizeof(place)) {
		note(recorder, path, -ENAMETOOLONG);
		return;
	}
	nb_base_copy(place, sizeof(place), path);
	/* A network interface may be named after its MAC address, a folder after its user. */
	if (recorder->redact)
		nb_redact(&recorder->redactor, place, sizeof(place));
	parent = nb_platform_open_parent(recorder->folder, place, true, &name);
	if (parent < 0) {
		note(recorder, place, parent);
		return;
	}
	result = write_file(parent, name, bytes, length);
	note(recorder, place, result);
	close(parent);
}

/* The first process's environment may hold passwords; one variable of it is of use. */
static size_t keep_container(char *text, size_t length)
{
	static const char key[] = "container=";
	size_t size;

	for (size_t at = 0; at < length; at += size + 1) {
		size = strlen(text + at);
		if (strncmp(text + at, key, strlen(key)) != 0)
			continue;
		memmove(text, text + at, size + 1);
		return size + 1 < length ? size + 1 : length;
	}
	return 0;
}

/* Cuts what never belongs into a recording, redacted or not; returns the length that is left. */
static size_t keep_public(const char *path, char *text, size_t length)
{
	const char *name = strrchr(path, '/');
	char *rest;

	if (name && strcmp(name, "/environ") == 0)
		return keep_container(text, length);
	/* What follows "--" are arguments of init, which may be passwords too. */
	rest = strcmp(path, "/proc/cmdline") == 0 ? strstr(text, " -- ") : NULL;
	return rest ? (size_t)(rest - text) : length;
}

/* Records what is in recorder->text, which is changed by that. */
static void record_text(struct recorder *recorder, const char *path, size_t length)
{
	length = keep_public(path, recorder->text, length);
	if (recorder->redact)
		length = nb_platform_redact_bytes(&recorder->redactor, recorder->text, length,
						  sizeof(recorder->text));
	record_file(recorder, path, recorder->text, length);
}

/* Hands recorder->text on, as much as fits; -errno stays. */
static int hand_on(const struct recorder *recorder, int length, char *text, size_t size)
{
	text[0] = '\0';
	if (length < 0)
		return length;
	if ((size_t)length > size - 1)
		length = (int)(size - 1);
	memcpy(text, recorder->text, (size_t)length);
	text[length] = '\0';
	return length;
}

static bool record_cpuid(void *self, uint32_t leaf, uint32_t subleaf, struct nb_cpuid *registers)
{
	struct recorder *recorder = self;
	struct nb_platform_answer answer = { .leaf = leaf, .subleaf = subleaf };

	if (!recorder->inner->cpuid(recorder->inner->self, leaf, subleaf, registers))
		return false;
	answer.registers = *registers;
	if (nb_platform_dump_add(&recorder->dump, &answer)) {
		if (dprintf(recorder->cpuid,
			    "   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n", leaf,
			    subleaf, registers->eax, registers->ebx, registers->ecx,
			    registers->edx) < 0)
			note(recorder, NB_PLATFORM_CPUID_FILE, -errno);
	} else if (!nb_platform_dump_find(&recorder->dump, leaf, subleaf, &answer.registers)) {
		note(recorder, NB_PLATFORM_CPUID_FILE, -E2BIG);
	}
	return true;
}

/*
 * The file is read whole, however much of it the caller wants: a secret that is cut in two would
 * not be known for one.
 */
static int record_read(void *self, const char *path, char *text, size_t size)
{
	struct recorder *recorder = self;
	int length = recorder->inner->read(recorder->inner->self, path, recorder->text,
					   sizeof(recorder->text));
	int result = hand_on(recorder, length, text, size);

	if (length >= 0 && !nb_platform_is_private(path))
		record_text(recorder, path, (size_t)length);
	return result;
}

static int record_link(void *self, const char *path, char *target, size_t size)
{
	struct recorder *recorder = self;
	char whole[NB_PLATFORM_PATH_SIZE];
	int length = recorder->inner->link(recorder->inner->self, path, recorder->text,
					   sizeof(recorder->text));
	int result = hand_on(recorder, length, target, size);

	if (length < 0)
		return result;
	if ((size_t)snprintf(whole, sizeof(whole), "%s" NB_PLATFORM_LINK_SUFFIX, path) >=
	    sizeof(whole))
		note(recorder, path, -ENAMETOOLONG);
	else
		record_text(recorder, whole, (size_t)length);
	return result;
}

static bool record_exists(void *self, const char *path)
{
	struct recorder *recorder = self;
	bool there = recorder->inner->exists(recorder->inner->self, path);

	if (there && !nb_platform_is_private(path))
		record_file(recorder, path, "", 0);
	return there;
}

/* A name that is listed is an empty file until more is asked about it. */
static void record_names(void *self, const char *path, const char *prefix,
			 struct nb_world_names *names)
{
	struct recorder *recorder = self;

	recorder->inner->names(recorder->inner->self, path, prefix, names);
	for (size_t i = 0; i < names->count; i++) {
		char whole[NB_PLATFORM_PATH_SIZE];

		if ((size_t)snprintf(whole, sizeof(whole), "%s/%s", path, names->name[i]) <
		    sizeof(whole))
			record_file(recorder, whole, "", 0);
		else
			note(recorder, path, -ENAMETOOLONG);
	}
}

static int record_probe(void *self, const char *name, char *text, size_t size)
{
	struct recorder *recorder = self;
	char path[NB_PLATFORM_PATH_SIZE];
	int length = recorder->inner->probe(recorder->inner->self, name, recorder->text,
					    sizeof(recorder->text));
	int result = hand_on(recorder, length, text, size);

	snprintf(path, sizeof(path), "/probe/%s", name);
	if (length >= 0)
		record_text(recorder, path, (size_t)length);
	return result;
}

static void record_close(void *self)
{
	struct recorder *recorder = self;

	if (recorder->cpuid >= 0)
		close(recorder->cpuid);
	if (recorder->folder >= 0)
		close(recorder->folder);
	free(recorder);
}

static bool is_empty(int folder)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry = NULL;

	while (list && (entry = readdir(list)) != NULL &&
	       (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0))
		;
	if (list)
		closedir(list);
	else if (copy >= 0)
		close(copy);
	return list && !entry;
}

static int open_folder(struct recorder *recorder, const char *folder, struct nb_error *error)
{
	static const char heading[] = "CPU:\n";

	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return nb_error_set(error, errno, "cannot make %s: %s", folder, strerror(errno));
	recorder->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (recorder->folder < 0)
		return nb_error_set(error, errno, "cannot open %s: %s", folder, strerror(errno));
	if (!is_empty(recorder->folder))
		return nb_error_set(error, ENOTEMPTY,
				    "%s is not empty: a recording needs a folder of its own",
				    folder);
	recorder->cpuid = openat(recorder->folder, NB_PLATFORM_CPUID_FILE,
				 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (recorder->cpuid < 0)
		return nb_error_set(error, errno, "cannot write into %s: %s", folder,
				    strerror(errno));
	note(recorder, NB_PLATFORM_CPUID_FILE,
	     nb_base_write_all(recorder->cpuid, heading, strlen(heading)));
	return 0;
}

int nb_world_record(struct nb_world *world, const struct nb_world *inner, const char *folder,
		    bool redact, struct nb_error *error)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	int result;

	if (!recorder)
		return nb_error_set(error, ENOMEM, "cannot record: %s", strerror(ENOMEM));
	recorder->folder = -1;
	recorder->cpuid = -1;
	recorder->inner = inner;
	recorder->redact = redact;
	result = open_folder(recorder, folder, error);
	if (result < 0) {
		record_close(recorder);
		return result;
	}
	if (redact)
		nb_redactor_init(&recorder->redactor, inner);
	*world = (struct nb_world){
		.self = recorder,
		.cpuid = record_cpuid,
		.read = record_read,
		.link = record_link,
		.exists = record_exists,
		.names = record_names,
		.probe = record_probe,
		.close = record_close,
	};
	return 0;
}

int nb_world_recorded(const struct nb_world *world, struct nb_error *error)
{
	const struct recorder *recorder = world->self;

	assert(world->close == record_close);
	if (recorder->error.code == 0)
		return 0;
	return nb_error_set(error, recorder->error.code, "%s", recorder->error.text);
}
