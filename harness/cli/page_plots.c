/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli_page.h"

/*
 * A page's plots: which there are for a view, and how their pictures come about. All data files
 * and pictures are in one temporary folder, which goes with the set.
 */

/* Those of the suite as a whole; the others are drawn family by family. */
static bool is_overview(enum nb_plot plot)
{
	return plot == NB_PLOT_FOREST || plot == NB_PLOT_TAX || plot == NB_PLOT_HISTORY;
}

/* The one family that a plot is of; NULL: any. */
static const char *only_family(enum nb_plot plot)
{
	if (plot == NB_PLOT_WALK)
		return "paging";
	return plot == NB_PLOT_IO ? "io" : NULL;
}

static const char *in_folder(const struct nb_cli_plots *plots, const char *id, const char *ending,
			     char path[NB_CLI_PATH_SIZE])
{
	snprintf(path, NB_CLI_PATH_SIZE, "%s/%s%s", plots->folder, id, ending);
	return path;
}

static int write_data(const char *path, const struct nb_cli_picture *picture,
		      const struct nb_view *view, struct nb_error *error)
{
	FILE *stream = fopen(path, "we");
	int code = errno, status;

	if (!stream)
		return nb_error_set(error, code, "%s: %s", path, strerror(code));
	status = nb_plot_data(stream, picture->plot, view,
			      picture->pattern[0] ? picture->pattern : NULL, error);
	if (fclose(stream) != 0 && status == 0)
		status = nb_error_set(error, EIO, "%s: cannot be written", path);
	return status;
}

/* A plot for which the view has nothing is none; anything else that fails is. */
static int add_picture(struct nb_cli_plots *plots, const struct nb_view *view, enum nb_plot plot,
		       const char *family, struct nb_error *error)
{
	struct nb_cli_picture *picture = &plots->pictures[plots->count];
	char path[NB_CLI_PATH_SIZE];
	int status;

	if (plots->count == NB_CLI_PICTURES_MAX)
		return 0;
	*picture = (struct nb_cli_picture){ .plot = plot };
	nb_base_copy(picture->family, sizeof(picture->family), family);
	snprintf(picture->id, sizeof(picture->id), "%s%s%s", nb_plot_name(plot),
		 family[0] ? "_" : "", family);
	if (family[0])
		snprintf(picture->pattern, sizeof(picture->pattern), "%s.*", family);
	status = write_data(in_folder(plots, picture->id, ".tsv", path), picture, view, error);
	if (status == 0)
		plots->count++;
	if (status != -ENODATA)
		return status;
	(void)unlink(path);
	return 0;
}

static int add_families(struct nb_cli_plots *plots, const struct nb_view *view, enum nb_plot plot,
			struct nb_error *error)
{
	const char *only = only_family(plot);
	char family[24], last[24] = "";
	int status = 0;

	for (size_t i = 0; status == 0 && i < view->row_count; i++) {
		nb_view_family(&view->rows[i].series, family, sizeof(family));
		if (strcmp(family, last) == 0)
			continue;
		nb_base_copy(last, sizeof(last), family);
		if (!only || strcmp(only, family) == 0)
			status = add_picture(plots, view, plot, family, error);
	}
	return status;
}

static int add_pictures(struct nb_cli_plots *plots, const struct nb_view *view,
			struct nb_error *error)
{
	int status = 0;

	for (enum nb_plot plot = 0; status == 0 && plot < NB_PLOT_COUNT; plot++)
		status = is_overview(plot) ? add_picture(plots, view, plot, "", error)
					   : add_families(plots, view, plot, error);
	return status;
}

static int draw(struct nb_cli_plots *plots, struct nb_error *error)
{
	const struct nb_plot_options options = { 0 };
	struct nb_plot_job jobs[NB_CLI_PICTURES_MAX] = { 0 };
	char(*paths)[2][NB_CLI_PATH_SIZE] = calloc(plots->count + 1, sizeof(*paths));
	int status;

	if (!paths)
		return nb_error_set(error, ENOMEM, "no memory for plots");
	for (size_t i = 0; i < plots->count; i++) {
		const struct nb_cli_picture *picture = &plots->pictures[i];

		jobs[i] = (struct nb_plot_job){
			.plot = picture->plot,
			.format = NB_PLOT_SVG,
			.inline_id = picture->id,
			.data = in_folder(plots, picture->id, ".tsv", paths[i][0]),
			.output = in_folder(plots, picture->id, ".svg", paths[i][1]),
		};
	}
	status = nb_plot_draw(jobs, plots->count, &options, error);
	for (size_t i = 0; i < plots->count; i++)
		nb_base_copy(plots->pictures[i].reason, sizeof(plots->pictures[i].reason),
			     status == -ENOENT ? error->text : jobs[i].reason);
	free(paths);
	return status;
}

/* A picture that is not there has its reason already. */
static int read_picture(const struct nb_cli_plots *plots, struct nb_cli_picture *picture,
			struct nb_error *error)
{
	char path[NB_CLI_PATH_SIZE];
	char *bytes = NULL;
	size_t size;
	int status;

	if (access(in_folder(plots, picture->id, ".svg", path), F_OK) != 0)
		return 0;
	status = nb_cli_read_file(path, &bytes, &size, error);
	if (status < 0)
		return status;
	picture->svg = strndup(bytes, size);
	picture->size = size;
	free(bytes);
	return picture->svg ? 0 : nb_error_set(error, ENOMEM, "no memory for plots");
}

/* What can be done without goes first: percentiles tell little beside the distribution. */
static int worth(const struct nb_cli_picture *picture)
{
	switch (picture->plot) {
	case NB_PLOT_PERCENTILES:
		return 0;
	case NB_PLOT_TAIL:
		return 1;
	default:
		return 2;
	}
}

/* The largest one of those that are worth least; NULL: there is none left. */
static struct nb_cli_picture *choose_victim(struct nb_cli_plots *plots)
{
	struct nb_cli_picture *found = NULL;

	for (size_t i = 0; i < plots->count; i++) {
		struct nb_cli_picture *picture = &plots->pictures[i];

		if (picture->size == 0)
			continue;
		if (!found || worth(picture) < worth(found) ||
		    (worth(picture) == worth(found) && picture->size > found->size))
			found = picture;
	}
	return found;
}

/* A page that goes by mail stays below 2 MB; its tables need their part of that. */
static void leave_out(struct nb_cli_plots *plots)
{
	enum { PICTURES_BYTES_MAX = 1400 * 1000 };
	struct nb_cli_picture *picture = NULL;
	size_t sum = 0;

	for (size_t i = 0; i < plots->count; i++)
		sum += plots->pictures[i].size;
	while (sum > PICTURES_BYTES_MAX && (picture = choose_victim(plots))) {
		sum -= picture->size;
		free(picture->svg);
		picture->svg = NULL;
		picture->size = 0;
		snprintf(
			picture->reason, sizeof(picture->reason),
			"left out, as this file would be too large to send: nestbench plot %s%s%s%s",
			nb_plot_name(picture->plot), picture->pattern[0] ? " --series '" : "",
			picture->pattern, picture->pattern[0] ? "'" : "");
	}
}

int nb_cli_plots_make(struct nb_cli_plots *plots, const struct nb_view *view,
		      struct nb_error *error)
{
	const char *folder = getenv("TMPDIR");
	int status, code;

	*plots = (struct nb_cli_plots){ 0 };
	if ((size_t)snprintf(plots->folder, sizeof(plots->folder), "%s/nestbench-plots-XXXXXX",
			     folder && folder[0] ? folder : "/tmp") >= sizeof(plots->folder) ||
	    !mkdtemp(plots->folder)) {
		code = errno;
		plots->folder[0] = '\0';
		return nb_error_set(error, code ? code : ENAMETOOLONG,
				    "no temporary folder for plots: %s", strerror(code));
	}
	status = add_pictures(plots, view, error);
	if (status == 0)
		status = draw(plots, error);
	/* Without gnuplot, or where it failed, the page says so in place of the picture. */
	if (status == -ENOENT || status == -EPROTO)
		status = 0;
	for (size_t i = 0; status == 0 && i < plots->count; i++)
		status = read_picture(plots, &plots->pictures[i], error);
	leave_out(plots);
	return status;
}

void nb_cli_plots_free(struct nb_cli_plots *plots)
{
	char path[NB_CLI_PATH_SIZE];

	for (size_t i = 0; i < plots->count; i++)
		free(plots->pictures[i].svg);
	if (!plots->folder[0])
		return;
	/* The last one may have failed before it counted. */
	for (size_t i = 0; i <= plots->count && i < NB_CLI_PICTURES_MAX; i++) {
		const char *id = plots->pictures[i].id;

		(void)unlink(in_folder(plots, id, ".tsv", path));
		(void)unlink(in_folder(plots, id, ".svg", path));
	}
	(void)rmdir(plots->folder);
	plots->folder[0] = '\0';
}
