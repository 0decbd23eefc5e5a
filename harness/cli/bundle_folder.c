/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli_bundle.h"

int nb_cli_folder_make(char path[NB_CLI_FOLDER_SIZE], struct nb_error *error)
{
	const char *parent = getenv("TMPDIR");
	int length;

	if (!parent || parent[0] != '/')
		parent = "/tmp";
	length = snprintf(path, NB_CLI_FOLDER_SIZE, "%s/nestbench.XXXXXX", parent);
	if (length >= NB_CLI_FOLDER_SIZE) {
		path[0] = '\0';
		return nb_error_set(error, ENAMETOOLONG, "TMPDIR: %s", strerror(ENAMETOOLONG));
	}
	if (mkdtemp(path))
		return 0;
	length = errno;
	path[0] = '\0';
	return nb_error_set(error, length, "cannot make a folder in %s: %s (TMPDIR names another)",
			    parent, strerror(length));
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static FTS *walk(const char *path)
{
	char copy[NB_CLI_PATH_SIZE];
	char *roots[] = { copy, NULL };

	nb_base_copy(copy, sizeof(copy), path);
	return fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, by_name);
}

void nb_cli_folder_remove(const char *path)
{
	FTS *tree = path[0] ? walk(path) : NULL;
	const FTSENT *entry;

	while (tree && (entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_DP)
			(void)rmdir(entry->fts_path);
		else if (entry->fts_info != FTS_D)
			(void)unlink(entry->fts_path);
	}
	if (tree)
		fts_close(tree);
}

int nb_cli_folder_each(const char *path, nb_cli_file_taker take, void *context,
		       struct nb_error *error)
{
	FTS *tree = walk(path);
	size_t skip = strlen(path) + 1;
	const FTSENT *entry;
	int status = 0;

	if (!tree)
		return nb_error_set(error, ENOMEM, "no memory to read %s", path);
	while (status == 0 && (entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_F)
			status = take(context, entry->fts_path, entry->fts_path + skip, error);
		else if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR)
			status = nb_error_set(error, entry->fts_errno, "%s: %s", entry->fts_path,
					      strerror(entry->fts_errno));
	}
	fts_close(tree);
	return status;
}
