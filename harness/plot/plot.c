/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <string.h>

#include "plot_private.h"

/* Made at build time of scripts/plot/: common.gp and NAME.gp in one, by name. */
extern const struct nb_embedded nb_plot_scripts[];

static const struct {
	const char *name, *title, *summary;
} plots[] = {
#define NB_PLOT(symbol, name, title, summary) { name, title, summary },
#include "nestbench/plots.def"
#undef NB_PLOT
};

static const nb_plot_writer writers[] = {
	[NB_PLOT_FOREST] = nb_plot_data_forest, [NB_PLOT_TAX] = nb_plot_data_tax,
	[NB_PLOT_CDF] = nb_plot_data_cdf,	[NB_PLOT_PERCENTILES] = nb_plot_data_percentiles,
	[NB_PLOT_WALK] = nb_plot_data_walk,	[NB_PLOT_IO] = nb_plot_data_io,
	[NB_PLOT_TAIL] = nb_plot_data_tail,	[NB_PLOT_HISTORY] = nb_plot_data_history,
};

_Static_assert(sizeof(writers) / sizeof(writers[0]) == NB_PLOT_COUNT, "a plot without data");

const char *nb_plot_name(enum nb_plot plot)
{
	assert(plot < NB_PLOT_COUNT);
	return plots[plot].name;
}

const char *nb_plot_title(enum nb_plot plot)
{
	assert(plot < NB_PLOT_COUNT);
	return plots[plot].title;
}

const char *nb_plot_summary(enum nb_plot plot)
{
	assert(plot < NB_PLOT_COUNT);
	return plots[plot].summary;
}

int nb_plot_data(FILE *stream, enum nb_plot plot, const struct nb_view *view, const char *pattern,
		 struct nb_error *error)
{
	const struct nb_plot_query query = { .view = view, .pattern = pattern };

	assert(plot < NB_PLOT_COUNT);
	return writers[plot](stream, &query, error);
}

const char *nb_plot_script(enum nb_plot plot)
{
	const struct nb_embedded *script = nb_plot_scripts;

	while (script->name && strcmp(script->name, nb_plot_name(plot)) != 0)
		script++;
	assert(script->name);
	return script->text;
}
