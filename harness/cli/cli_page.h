/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_CLI_PAGE_H
#define NB_CLI_PAGE_H

#include "nestbench/page.h"
#include "nestbench/plot.h"

#include "cli_view.h"

/* The pictures of a page. */
enum { NB_CLI_PICTURES_MAX = 48 };

struct nb_cli_picture {
	enum nb_plot plot;
	char id[48], family[24], pattern[32];
	char *svg; /* NULL: none; owned */
	size_t size;
	char reason[240];
};

struct nb_cli_plots {
	char folder[NB_CLI_PATH_SIZE - 64];
	struct nb_cli_picture pictures[NB_CLI_PICTURES_MAX];
	size_t count;
};

/* Free in any case: the temporary folder goes with it. */
int nb_cli_plots_make(struct nb_cli_plots *plots, const struct nb_view *view,
		      struct nb_error *error);
void nb_cli_plots_free(struct nb_cli_plots *plots);

#endif
