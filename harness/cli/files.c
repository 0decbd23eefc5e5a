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

/* The mode that open() would have given the file; mkstemp() gives 0600. */
static void set_usual_mode(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	(void)fchmod(fd, 0666 & ~mask);
}

static FILE *open_temporary(char name[NB_CLI_PATH_SIZE], const char *path)
{
	int length = snprintf(name, NB_CLI_PATH_SIZE, "%s.XXXXXX", path);
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
		set_usual_mode(fd);
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

int nb_cli_output_open(struct nb_cli_output *output, const char *path, struct nb_error *error)
{
	int code;

	*output = (struct nb_cli_output){ .stream = stdout };
	if (strcmp(path, "-") == 0)
		return 0;
	if (written_directly(path))
		output->stream = fopen(path, "we");
	else
		output->stream = open_temporary(output->temporary, path);
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

	if (code == 0 && output->temporary[0] && rename(output->temporary, path) != 0)
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
