/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "cli_page.h"

static int write_page(FILE *stream, const struct nb_cli_view *view,
		      const struct nb_cli_plots *plots, const char *note, struct nb_error *error)
{
	struct nb_page_plot list[NB_CLI_PICTURES_MAX];
	const struct nb_page page = {
		.view = &view->view,
		.plots = list,
		.plot_count = plots->count,
		.note = note[0] ? note : NULL,
	};

	for (size_t i = 0; i < plots->count; i++) {
		const struct nb_cli_picture *picture = &plots->pictures[i];

		list[i] = (struct nb_page_plot){
			.id = picture->id,
			.family = picture->family,
			.title = nb_plot_title(picture->plot),
			.summary = nb_plot_summary(picture->plot),
			.svg = picture->svg,
			.reason = picture->reason,
		};
	}
	return nb_page_write(stream, &page, error);
}

/* One line where pictures are missing, with the first reason. */
static void write_note(const struct nb_cli_plots *plots, char *note, size_t size)
{
	size_t missing = 0, first = 0;

	for (size_t i = plots->count; i-- > 0;) {
		if (plots->pictures[i].svg)
			continue;
		first = i;
		missing++;
	}
	note[0] = '\0';
	if (missing > 0)
		snprintf(note, size, "%zu of %zu plots are missing: %s", missing, plots->count,
			 plots->pictures[first].reason);
}

int nb_cli_page_write(FILE *stream, const struct nb_cli_view *view, bool plots, char *note,
		      size_t size, struct nb_error *error)
{
	struct nb_cli_plots *pictures = calloc(1, sizeof(*pictures));
	char missing[320] = "";
	int status = 0;

	if (!pictures)
		return nb_error_set(error, ENOMEM, "no memory for plots");
	if (plots)
		status = nb_cli_plots_make(pictures, &view->view, error);
	if (status == 0) {
		write_note(pictures, missing, sizeof(missing));
		status = write_page(stream, view, pictures, missing, error);
	}
	if (note)
		nb_base_copy(note, size, missing);
	nb_cli_plots_free(pictures);
	free(pictures);
	return status;
}
