/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_PLOT_SVG_H
#define NB_PLOT_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* How an SVG is to look from outside. */
struct nb_plot_svg_style {
	const char *id;	   /* word before every id; NULL: a picture of its own */
	const char *label; /* what a screen reader says */
	long width, height;
};

/* The tag "svg", with what has to come before it. */
void nb_plot_svg_head(FILE *out, const struct nb_plot_svg_style *style);
/* Writes a tag of gnuplot's with its colours, ids and font changed for the style. */
void nb_plot_svg_tag(FILE *out, const struct nb_plot_svg_style *style, const char *tag,
		     size_t length);

#endif
