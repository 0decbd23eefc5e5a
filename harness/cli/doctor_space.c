/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "nestbench/platform.h"

#include "cli_doctor.h"

int nb_cli_probe_space(char *text, size_t size)
{
	char path[NB_CLI_PATH_SIZE], word[32];
	struct statfs space;

	text[0] = '\0';
	if (statfs(".", &space) < 0)
		return -errno;
	/* The folder itself may have been removed, or its name be too long; its disk is there. */
	nb_cli_put_line(text, size, "path", getcwd(path, sizeof(path)) ? path : "");
	snprintf(word, sizeof(word), "%" PRIu64,
		 (uint64_t)space.f_bavail * (uint64_t)space.f_frsize);
	nb_cli_put_line(text, size, "free_bytes", word);
	snprintf(word, sizeof(word), "%" PRIu64,
		 (uint64_t)space.f_blocks * (uint64_t)space.f_frsize);
	nb_cli_put_line(text, size, "total_bytes", word);
	nb_platform_filesystem(word, sizeof(word), (uint32_t)space.f_type);
	nb_cli_put_line(text, size, "fstype", word);
	return (int)strlen(text);
}
