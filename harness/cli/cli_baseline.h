/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CLI_BASELINE_H
#define NB_CLI_BASELINE_H

#include "nestbench/archive.h"

#include "cli_compare.h"

/* What "baseline" was asked for, behind the name of what it shall do. */
struct nb_cli_keeping {
	const struct nb_cli_verb *verb;
	const char *database;
	const char *as, *provenance, *output; /* NULL: not given */
	bool force, replace, json;
};

/* Each returns an exit status. */
int nb_cli_baseline_list(const struct nb_cli_keeping *asked);
int nb_cli_baseline_show(const struct nb_cli_keeping *asked, const char *name);
int nb_cli_baseline_save(const struct nb_cli_keeping *asked, const char *name,
			 const char *selector);
int nb_cli_baseline_import(const struct nb_cli_keeping *asked, const char *path);
int nb_cli_baseline_export(const struct nb_cli_keeping *asked, const char *name);
int nb_cli_baseline_remove(const struct nb_cli_keeping *asked, const char *name);

/*
 * baseline_identity.c: false where a session's machine is not what the specification of that name
 * says; text is what does not fit then. True for a name without a specification.
 */
bool nb_cli_fits(const struct nb_baseline *spec, const struct nb_machine *machine, char *text,
		 size_t size);

#endif
