/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "nestbench/base.h"

int64_t nb_base_read_all(int fd, void *bytes, size_t size)
{
	size_t length = 0;

	while (length < size) {
		ssize_t got = read(fd, (char *)bytes + length, size - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (int64_t)length;
}

int nb_base_write_all(int fd, const void *bytes, size_t size)
{
	size_t length = 0;

	while (length < size) {
		ssize_t written = write(fd, (const char *)bytes + length, size - length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return written < 0 ? -errno : -EIO;
		length += (size_t)written;
	}
	return 0;
}

int nb_base_read_line(const char *path, char *text, size_t size)
{
	int length;
	int fd;

	text[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	length = (int)nb_base_read_all(fd, text, size - 1);
	close(fd);
	if (length < 0) {
		text[0] = '\0';
		return length;
	}
	while (length > 0 && isspace((unsigned char)text[length - 1]))
		length--;
	text[length] = '\0';
	return length;
}
