/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_private.h"

static const char database_name[] = "nestbench.db";

static bool exists(const char *folder, const char *file)
{
	char path[NB_CLI_PATH_SIZE];
	int length = snprintf(path, sizeof(path), "%s/%s", folder, file);

	return length > 0 && (size_t)length < sizeof(path) && access(path, F_OK) == 0;
}

/* Finds the checkout that the working directory is in, going up from folder. */
static bool find_checkout(char folder[NB_CLI_PATH_SIZE])
{
	if (!getcwd(folder, NB_CLI_PATH_SIZE))
		return false;
	for (;;) {
		char *slash = strrchr(folder, '/');

		if (exists(folder, "bench/bench.def") && exists(folder, "CMakeLists.txt"))
			return true;
		if (!slash || slash == folder)
			return false;
		*slash = '\0';
	}
}

static bool join(char path[NB_CLI_PATH_SIZE], const char *folder, const char *rest)
{
	int length = snprintf(path, NB_CLI_PATH_SIZE, "%s/%s/%s", folder, rest, database_name);

	return length > 0 && length < NB_CLI_PATH_SIZE;
}

bool nb_cli_default_database(char path[NB_CLI_PATH_SIZE])
{
	const char *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	char folder[NB_CLI_PATH_SIZE];

	if (exists(".", "bench/bench.def") && exists(".", "CMakeLists.txt")) {
		snprintf(path, NB_CLI_PATH_SIZE, "results/%s", database_name);
		return true;
	}
	if (find_checkout(folder))
		return join(path, folder, "results");
	/* The XDG base directory specification has relative paths ignored. */
	if (data && data[0] == '/')
		return join(path, data, "nestbench");
	return home && home[0] && join(path, home, ".local/share/nestbench");
}

bool nb_cli_database(const struct nb_cli_verb *verb, const char *choice,
		     char path[NB_CLI_PATH_SIZE])
{
	if (choice && choice[0] && strlen(choice) < NB_CLI_PATH_SIZE) {
		nb_base_copy(path, NB_CLI_PATH_SIZE, choice);
		return true;
	}
	if (!choice && nb_cli_default_database(path))
		return true;
	nb_cli_fail(verb, NB_EXIT_USAGE,
		    choice ? "--db: not the name of a file"
			   : "no place for a database: HOME is not set; name one with --db FILE");
	return false;
}

struct nb_store *nb_cli_open_store(const struct nb_cli_verb *verb, const char *path,
				   enum nb_store_mode mode)
{
	struct nb_error error = { 0 };
	struct nb_store *store;

	if (nb_store_open(&store, path, mode, &error) == 0)
		return store;
	nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error.text);
	if (error.code == ENOENT && mode == NB_STORE_READ)
		nb_cli_hint("nestbench run measures a first session; --db FILE names another "
			    "database");
	else
		nb_cli_hint("--db FILE names another database");
	return NULL;
}
