/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "plot_svg.h"

/* The colours of scripts/plot/common.gp and the custom properties of the page for them. */
static const struct {
	unsigned char red, green, blue;
	const char *property;
} colours[] = {
	{ 0x1b, 0x1b, 0x1b, "--ink" },	{ 0x5a, 0x5a, 0x5b, "--muted" },
	{ 0xdc, 0xdc, 0xdd, "--grid" }, { 0xff, 0xff, 0xfe, "--surface" },
	{ 0xe6, 0xed, 0xf4, "--band" }, { 0x00, 0x72, 0xb2, "--c1" },
	{ 0xd5, 0x5e, 0x00, "--c2" },	{ 0x00, 0x9e, 0x73, "--c3" },
	{ 0xb0, 0x56, 0x8a, "--c4" },	{ 0xb4, 0x7c, 0x00, "--c5" },
	{ 0x3d, 0x9b, 0xd4, "--c6" },	{ 0x8a, 0x7a, 0x00, "--c7" },
	{ 0x6b, 0x6b, 0x6c, "--c8" },
};

/* What gnuplot says where nobody told it a colour; the quotes are part of it. */
static const struct {
	const char *word;
	size_t colour; /* of the list above */
} words[] = { { "black", 0 }, { "gray", 1 }, { "white", 3 } };

void nb_plot_svg_head(FILE *out, const struct nb_plot_svg_style *style)
{
	if (style->id) {
		fprintf(out,
			"<svg class=\"nb-plot\" role=\"img\" aria-label=\"%s\" width=\"100%%\" "
			"viewBox=\"0 0 %ld %ld\" fill=\"none\" color=\"var(--ink)\" "
			"stroke=\"currentColor\">",
			style->label, style->width, style->height);
		return;
	}
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" "
		"xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"%ld\" height=\"%ld\" "
		"viewBox=\"0 0 %ld %ld\" fill=\"none\" color=\"#1b1b1b\" stroke=\"currentColor\">\n"
		"<title>%s</title>\n<rect width=\"%ld\" height=\"%ld\" fill=\"#fffffe\" stroke=\"none\"/>",
		style->width, style->height, style->width, style->height, style->label,
		style->width, style->height);
}

static void put_colour(FILE *out, const struct nb_plot_svg_style *style, size_t i)
{
	if (style->id)
		fprintf(out, "var(%s)", colours[i].property);
	else
		fprintf(out, "#%02x%02x%02x", colours[i].red, colours[i].green, colours[i].blue);
}

/* "rgb(  0, 114, 178)". Returns how many characters of text were taken; 0: it is none. */
static size_t take_rgb(FILE *out, const struct nb_plot_svg_style *style, const char *text)
{
	long part[3] = { 0 };
	char *end;

	if (strncmp(text, "rgb(", 4) != 0)
		return 0;
	end = strchr(text, '(');
	for (int i = 0; i < 3; i++)
		part[i] = strtol(end + 1, &end, 10);
	if (*end != ')')
		return 0;
	for (size_t i = 0; i < sizeof(colours) / sizeof(colours[0]); i++) {
		if (part[0] == colours[i].red && part[1] == colours[i].green &&
		    part[2] == colours[i].blue) {
			put_colour(out, style, i);
			return (size_t)(end - text) + 1;
		}
	}
	fprintf(out, "#%02lx%02lx%02lx", part[0] & 0xff, part[1] & 0xff, part[2] & 0xff);
	return (size_t)(end - text) + 1;
}

/* A quoted word for a colour. */
static size_t take_word(FILE *out, const struct nb_plot_svg_style *style, const char *text)
{
	if (*text != '"' && *text != '\'')
		return 0;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t length = strlen(words[i].word);

		if (strncmp(text + 1, words[i].word, length) == 0 && text[length + 1] == *text) {
			fputc(*text, out);
			put_colour(out, style, words[i].colour);
			fputc(*text, out);
			return length + 2;
		}
	}
	return 0;
}

/* Ids and what refers to them, of which a page may have only one each. */
static size_t take_id(FILE *out, const struct nb_plot_svg_style *style, const char *text)
{
	static const char *const before[][2] = {
		{ " id='", " id='" },		{ " id=\"", " id=\"" },
		{ "xlink:href='#", "href='#" }, { "xlink:href=\"#", "href=\"#" },
		{ "url(#", "url(#" },
	};

	for (size_t i = 0; style->id && i < sizeof(before) / sizeof(before[0]); i++) {
		size_t length = strlen(before[i][0]);

		if (strncmp(text, before[i][0], length) == 0) {
			fprintf(out, "%s%s-", before[i][1], style->id);
			return length;
		}
	}
	return 0;
}

/* The font is the page's own. */
static size_t take_font(const struct nb_plot_svg_style *style, const char *text)
{
	static const char attribute[] = " font-family=\"";
	const char *end;

	if (!style->id || strncmp(text, attribute, sizeof(attribute) - 1) != 0)
		return 0;
	end = strchr(text + sizeof(attribute) - 1, '"');
	return end ? (size_t)(end - text) + 1 : 0;
}

/* Blanks and line ends in a row say as much as one, and before the end nothing. */
static size_t take_blanks(FILE *out, const char *text)
{
	size_t length = strspn(text, " \t\r\n");
	bool idle = text[length] == '\'' || text[length] == '/' || text[length] == '>';

	if (length > 1 && !idle)
		fputc(' ', out);
	return length > 1 || idle ? length : 0;
}

/* Points that follow one another are lines without saying so (SVG 2, 9.3.3). */
static size_t take_line_to(const char *text, char before)
{
	return before == ' ' && text[0] == 'L' && strchr("0123456789", text[1]) ? 1 : 0;
}

/* What is so anyway, or because the head says it once for all. */
static size_t take_defaults(const char *text)
{
	static const char *const idle[] = {
		" fill=\"none\" color=\"black\" stroke=\"currentColor\"",
		" stroke-linecap=\"butt\"", " stroke-linejoin=\"miter\"", " class=\"gridline\""
	};

	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++)
		if (strncmp(text, idle[i], strlen(idle[i])) == 0)
			return strlen(idle[i]);
	return 0;
}

/* A number with two places: a tenth of a pixel is as fine as anybody sees. */
static size_t take_number(FILE *out, const char *text, char before)
{
	size_t whole = strspn(text, "0123456789");
	size_t places;

	if (whole == 0 || text[whole] != '.' || strchr("0123456789.#", before))
		return 0;
	places = strspn(text + whole + 1, "0123456789");
	if (places != 2)
		return 0;
	fwrite(text, 1, whole, out);
	if (text[whole + 1] != '0')
		fwrite(text + whole, 1, 2, out);
	return whole + 1 + places;
}

/* One of the above; else a single character goes through as it is. */
static size_t take_one(FILE *out, const struct nb_plot_svg_style *style, const char *text,
		       char before)
{
	size_t taken = take_rgb(out, style, text);

	if (taken == 0)
		taken = take_number(out, text, before);
	if (taken == 0)
		taken = take_defaults(text);
	if (taken == 0)
		taken = take_line_to(text, before);

	if (taken == 0)
		taken = take_word(out, style, text);
	if (taken == 0)
		taken = take_id(out, style, text);
	if (taken == 0)
		taken = take_font(style, text);
	if (taken == 0)
		taken = take_blanks(out, text);
	if (taken == 0) {
		fputc(*text, out);
		taken = 1;
	}
	return taken;
}

void nb_plot_svg_tag(FILE *out, const struct nb_plot_svg_style *style, const char *tag,
		     size_t length)
{
	char before = ' ';

	for (size_t i = 0; i < length; before = tag[i - 1])
		i += take_one(out, style, tag + i, before);
}
