/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli_private.h"

enum { CHUNK = 1 << 16, SIZE_LIMIT = 256 << 20 };

/* Room for one more chunk, twice as much as before each time. */
static int grow(char **text, size_t size, size_t *room)
{
	char *grown;

	if (*room - size >= CHUNK)
		return 0;
	*room = 2 * *room + CHUNK;
	grown = realloc(*text, *room);
	if (!grown)
		return -ENOMEM;
	*text = grown;
	return 0;
}

static int read_stream(FILE *stream, const char *path, char **text, size_t *size,
		       struct nb_error *error)
{
	size_t room = 0, got;
	int code;

	*size = 0;
	do {
		if (grow(text, *size, &room) < 0)
			return nb_error_set(error, ENOMEM, "%s: no memory to read it", path);
		got = fread(*text + *size, 1, CHUNK, stream);
		*size += got;
		if (*size > SIZE_LIMIT)
			return nb_error_set(error, EFBIG, "%s: larger than %d MiB", path,
					    SIZE_LIMIT >> 20);
	} while (got > 0);
	if (!ferror(stream))
		return 0;
	code = errno ? errno : EIO;
	return nb_error_set(error, code, "%s: %s", path, strerror(code));
}

int nb_cli_read_file(const char *path, char **text, size_t *size, struct nb_error *error)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *stream = standard ? stdin : fopen(path, "re");
	int code = errno;
	int status;

	if (!stream)
		return nb_error_set(error, code, "%s: %s", path, strerror(code));
	*text = NULL;
	status = read_stream(stream, standard ? "stdin" : path, text, size, error);
	if (status < 0)
		free(*text);
	if (!standard)
		fclose(stream);
	return status;
}

/* A device or a pipe cannot be replaced; neither should stdout. */
static bool written_directly(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode);
}

/* The mode of the file to be replaced, else what open() would give; mkstemp() gives 0600. */
static mode_t mode_for(const char *path)
{
	struct stat status;
	mode_t mask;

	if (stat(path, &status) == 0)
		return status.st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

/* An export never replaces a database, least of all the one that it was read from. */
static int check_no_database(const char *path, struct nb_error *error)
{
	static const char magic[] = "SQLite format 3"; /* the terminating NUL belongs to it */
	char start[sizeof(magic)];
	FILE *stream = fopen(path, "re");
	int code = errno;
	bool database;

	if (!stream && code == ENOENT)
		return 0;
	/* What cannot be looked at could be anything. */
	if (!stream)
		return nb_error_set(error, code, "%s: %s", path, strerror(code));
	database = fread(start, 1, sizeof(start), stream) == sizeof(start) &&
		   memcmp(start, magic, sizeof(magic)) == 0;
	fclose(stream);
	if (database)
		return nb_error_set(error, EINVAL,
				    "%s is a database, which nothing may replace: name another "
				    "file",
				    path);
	return 0;
}

/* The file that path stands for: the end of a link is replaced, not the link. */
static int resolve(char target[NB_CLI_PATH_SIZE], const char *path, struct nb_error *error)
{
	char *resolved = realpath(path, NULL);
	struct stat status;
	int code = errno;

	if (!resolved && lstat(path, &status) == 0)
		return nb_error_set(error, code, "%s: %s", path, strerror(code));
	/* A file that is not there yet: open_temporary() finds out what is wrong, if anything. */
	if (strlen(resolved ? resolved : path) >= NB_CLI_PATH_SIZE) {
		free(resolved);
		return nb_error_set(error, ENAMETOOLONG, "%s: %s", path, strerror(ENAMETOOLONG));
	}
	nb_base_copy(target, NB_CLI_PATH_SIZE, resolved ? resolved : path);
	free(resolved);
	return check_no_database(path, error);
}

static FILE *open_temporary(char name[NB_CLI_PATH_SIZE], const char *target)
{
	int length = snprintf(name, NB_CLI_PATH_SIZE, "%s.XXXXXX", target);
	FILE *stream = NULL;
	int fd, code;

	if (length >= NB_CLI_PATH_SIZE) {
		name[0] = '\0';
		errno = ENAMETOOLONG;
		return NULL;
	}
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		stream = fdopen(fd, "w");
	if (stream) {
		(void)fchmod(fd, mode_for(target));
		return stream;
	}
	code = errno;
	if (fd >= 0) {
		close(fd);
		unlink(name);
	}
	name[0] = '\0';
	errno = code;
	return NULL;
}

bool nb_cli_output_allowed(const struct nb_cli_verb *verb, const char *path, bool force)
{
	struct stat status;

	if (force || strcmp(path, "-") == 0 || stat(path, &status) != 0 || !S_ISREG(status.st_mode))
		return true;
	nb_cli_fail(verb, NB_EXIT_USAGE, "%s exists", path);
	nb_cli_hint("name another file, or add --force to replace it");
	return false;
}

int nb_cli_output_open(struct nb_cli_output *output, const char *path, struct nb_error *error)
{
	int code;

	*output = (struct nb_cli_output){ .stream = stdout };
	if (strcmp(path, "-") == 0)
		return 0;
	if (written_directly(path)) {
		output->stream = fopen(path, "we");
	} else {
		code = resolve(output->target, path, error);
		if (code < 0)
			return code;
		output->stream = open_temporary(output->temporary, output->target);
	}
	if (output->stream)
		return 0;
	code = errno;
	return nb_error_set(error, code, "%s: %s", path, strerror(code));
}

static int close_stream(struct nb_cli_output *output)
{
	FILE *stream = output->stream;
	bool file = output->temporary[0] != '\0';
	int code = 0;

	output->stream = NULL;
	if (!stream)
		return 0;
	errno = 0;
	if (fflush(stream) != 0 || ferror(stream) || (file && fsync(fileno(stream)) != 0))
		code = errno ? errno : EIO;
	if (stream != stdout && fclose(stream) != 0 && code == 0)
		code = errno;
	return code;
}

int nb_cli_output_commit(struct nb_cli_output *output, const char *path, struct nb_error *error)
{
	int code = close_stream(output);

	if (code == 0 && output->temporary[0] && rename(output->temporary, output->target) != 0)
		code = errno;
	if (code == 0) {
		output->temporary[0] = '\0';
		return 0;
	}
	nb_cli_output_abandon(output);
	return nb_error_set(error, code, "%s: %s", path, strerror(code));
}

void nb_cli_output_abandon(struct nb_cli_output *output)
{
	(void)close_stream(output);
	if (output->temporary[0])
		unlink(output->temporary);
	output->temporary[0] = '\0';
}
