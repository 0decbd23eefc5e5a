/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plot_draw.h"
#include "plot_svg.h"

/*
 * gnuplot closes and opens a group for every tick, with or without something in it, so that half
 * of a picture is empty groups. Here a group is opened only when something comes that stands in
 * it, and closed only when something comes that does not.
 */

enum { DEPTH_MAX = 16 };

/* A tag as it stands in gnuplot's text, from "<" to ">". */
struct tag {
	const char *text;
	size_t length;
};

struct svg {
	FILE *out;
	const struct nb_plot_svg_style *style;
	struct tag wanted[DEPTH_MAX], open[DEPTH_MAX];
	size_t wanted_count, open_count;
	bool ended;
};

static bool begins(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0;
}

static bool same(const struct tag *a, const struct tag *b)
{
	return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* A group that only names a line of the plot, for scripts that nobody runs here. */
static bool is_name_only(const struct tag *tag)
{
	return begins(tag->text, "<g id=");
}

/* Brings the groups that are open in line with those that what comes next stands in. */
static void settle(struct svg *svg)
{
	size_t common = 0;

	while (common < svg->open_count && common < svg->wanted_count &&
	       same(&svg->open[common], &svg->wanted[common]))
		common++;
	for (; svg->open_count > common; svg->open_count--)
		if (!is_name_only(&svg->open[svg->open_count - 1]))
			fputs("</g>", svg->out);
	for (; svg->open_count < svg->wanted_count; svg->open_count++) {
		const struct tag *tag = &svg->wanted[svg->open_count];

		svg->open[svg->open_count] = *tag;
		if (is_name_only(tag))
			continue;
		fputc('\n', svg->out);
		nb_plot_svg_tag(svg->out, svg->style, tag->text, tag->length);
	}
}

static int group_begins(struct svg *svg, const struct tag *tag)
{
	if (svg->wanted_count == DEPTH_MAX)
		return -EPROTO;
	svg->wanted[svg->wanted_count++] = *tag;
	return 0;
}

static int group_ends(struct svg *svg)
{
	if (svg->wanted_count == 0)
		return -EPROTO;
	svg->wanted_count--;
	return 0;
}

/* What comes after the element that begins at text; NULL: it has no end. */
static const char *after_element(const char *text, const char *end)
{
	const char *found = strstr(text, end);

	return found ? found + strlen(end) : NULL;
}

/* The shapes of points are only of use where a point is drawn. */
static bool are_idle_shapes(const char *text)
{
	const char *end = begins(text, "<defs>") ? strstr(text, "</defs>") : NULL;

	return end && !strstr(end, "#gp");
}

/*
 * Elements that a picture does without: the background, which its head draws, titles that a browser
 * would show over every line, filters of boxes that nobody draws. Returns where the text goes on,
 * text itself if it is none of them.
 */
static const char *pass_over(const char *text)
{
	static const char *const idle[][2] = {
		{ "<rect x=\"0\" y=\"0\" ", ">" },
		{ "<?", "?>" },
		{ "<!", ">" },
		{ "<title>", "</title>" },
		{ "<desc>", "</desc>" },
		{ "<filter ", "</filter>" },
		{ "<script", "</script>" },
	};

	if (are_idle_shapes(text))
		return after_element(text, "</defs>");
	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++)
		if (begins(text, idle[i][0]))
			return after_element(text, idle[i][1]);
	return text;
}

static int take_tag(struct svg *svg, const struct tag *tag)
{
	if (begins(tag->text, "<g ") || begins(tag->text, "<g>"))
		return group_begins(svg, tag);
	if (begins(tag->text, "</g>"))
		return group_ends(svg);
	if (begins(tag->text, "<svg"))
		return 0; /* its head is written anew */
	settle(svg);
	if (begins(tag->text, "</svg>"))
		svg->ended = svg->wanted_count == 0;
	nb_plot_svg_tag(svg->out, svg->style, tag->text, tag->length);
	return 0;
}

/* Text between tags; only that of an element "text" is more than white space. */
static const char *take_text(struct svg *svg, const char *text)
{
	size_t length = strcspn(text, "<");

	if (strspn(text, " \t\r\n") < length)
		fwrite(text, 1, length, svg->out);
	return text + length;
}

static int take_all(struct svg *svg, const char *text)
{
	while (text && *text && !svg->ended) {
		const char *next = *text == '<' ? pass_over(text) : take_text(svg, text);
		struct tag tag = { text, 0 };

		if (next == text) {
			tag.length = strcspn(text, ">") + 1;
			if (text[tag.length - 1] != '>' || take_tag(svg, &tag) < 0)
				return -EPROTO;
			next = text + tag.length;
		}
		text = next;
	}
	return svg->ended ? 0 : -EPROTO;
}

static int find_size(const char *text, struct nb_plot_svg_style *style)
{
	const char *box = strstr(text, "viewBox=\"0 0 ");
	char *end;

	if (!box)
		return -EPROTO;
	style->width = strtol(box + strlen("viewBox=\"0 0 "), &end, 10);
	style->height = strtol(end, NULL, 10);
	return style->width > 0 && style->height > 0 ? 0 : -EPROTO;
}

int nb_plot_svg(const char *text, const char *id, const char *label, char **made,
		struct nb_error *error)
{
	struct nb_plot_svg_style style = { .id = id, .label = label };
	struct svg svg = { .style = &style };
	char *bytes = NULL;
	size_t size = 0;
	int result = find_size(text, &style);

	svg.out = open_memstream(&bytes, &size);
	if (!svg.out)
		return nb_error_set(error, ENOMEM, "no memory for the picture");
	if (result == 0) {
		nb_plot_svg_head(svg.out, &style);
		result = take_all(&svg, text);
	}
	if (fclose(svg.out) != 0)
		result = -ENOMEM;
	if (result < 0) {
		free(bytes);
		return nb_error_set(error, -result, "gnuplot made no whole SVG");
	}
	*made = bytes;
	return 0;
}
