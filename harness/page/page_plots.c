/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "page_private.h"

size_t nb_page_count_plots(const struct nb_page_out *out, const char *family)
{
	size_t count = 0;

	for (size_t i = 0; i < out->page->plot_count; i++)
		count += strcmp(out->page->plots[i].family, family) == 0;
	return count;
}

/* Where the picture itself begins, without XML's own lines; NULL: not one to be put in a page. */
static const char *usable(const char *svg)
{
	const char *start = svg ? strstr(svg, "<svg") : NULL;

	return start && !strstr(start, "<script") ? start : NULL;
}

/* Higher than a sheet of paper is, with the width that it has: such a picture begins on a new one.
 */
static bool is_tall(const char *svg)
{
	static const double sheet = 1.3;
	static const char viewbox[] = "viewBox=\"0 0 ";
	const char *box = strstr(svg, viewbox);
	const char *end = strchr(svg, '>');
	double width;
	char *rest;

	if (!box || !end || box > end)
		return false;
	width = strtod(box + sizeof(viewbox) - 1, &rest);
	return strtod(rest, NULL) > sheet * width;
}

static void write_missing(FILE *stream, const struct nb_page_plot *plot)
{
	fputs("<p class=\"missing\">", stream);
	nb_page_text(stream, plot->title);
	fputs(": not drawn, ", stream);
	nb_page_word(stream, plot->reason && plot->reason[0] ? plot->reason : "reason unknown");
	fputs("</p>\n", stream);
}

static void write_plot(FILE *stream, const struct nb_page_plot *plot)
{
	const char *svg = usable(plot->svg);

	if (!svg) {
		write_missing(stream, plot);
		return;
	}
	fprintf(stream, "<figure id=\"plot-%s\"%s>\n<figcaption id=\"plot-%s-caption\"><b>",
		plot->id, is_tall(svg) ? " class=\"tall\"" : "", plot->id);
	nb_page_text(stream, plot->title);
	fputs("</b> <span class=\"how\">", stream);
	nb_page_text(stream, plot->summary ? plot->summary : "");
	fprintf(stream,
		"</span></figcaption>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		"aria-labelledby=\"plot-%s-caption\"><div class=\"canvas\">\n",
		plot->id);
	fputs(svg, stream);
	fputs("\n</div></div>\n</figure>\n", stream);
}

/* As without gnuplot, which the note on the first screen says once. */
static bool none_is_drawn(const struct nb_page *page)
{
	for (size_t i = 0; i < page->plot_count; i++)
		if (usable(page->plots[i].svg))
			return false;
	return page->note != NULL;
}

void nb_page_write_plots(const struct nb_page_out *out, const char *family)
{
	if (none_is_drawn(out->page))
		return;
	for (size_t i = 0; i < out->page->plot_count; i++)
		if (strcmp(out->page->plots[i].family, family) == 0)
			write_plot(out->stream, &out->page->plots[i]);
}
