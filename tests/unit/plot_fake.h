/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TESTS_PLOT_FAKE_H
#define NB_TESTS_PLOT_FAKE_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nestbench/plot.h"

/*
 * A folder with a shell script in the place of gnuplot, data and a place for pictures.
 *
 *	struct fake fake;
 *
 *	fake_make(&fake, "echo no >&2; exit 1");
 *	assert_int_equal(fake_draw(&fake, NB_PLOT_SVG, NULL), -EPROTO);
 *	fake_free(&fake);         (nothing may be left over)
 */
struct fake {
	char folder[64];
	char program[128], data[128], picture[128];
	double seconds;
	struct nb_plot_job job;
	struct nb_error error;
};

/* What a gnuplot prints for a picture with one line. */
#define FAKE_SVG                                                                            \
	"<?xml version=\"1.0\" encoding=\"utf-8\"  standalone=\"no\"?>\n"                   \
	"<svg \n viewBox=\"0 0 480 300\"\n xmlns=\"http://www.w3.org/2000/svg\"\n>\n\n"     \
	"<title>nb</title>\n<desc>Produced by GNUPLOT 5.4 patchlevel 4 </desc>\n\n"         \
	"<g id=\"gnuplot_canvas\">\n\n"                                                     \
	"<rect x=\"0\" y=\"0\" width=\"480\" height=\"300\" fill=\"none\"/>\n"              \
	"<defs>\n\t<circle id='gpDot' r='0.5' stroke='currentColor'/>\n</defs>\n"           \
	"<g fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-width=\"1.00\" "   \
	"stroke-linecap=\"butt\" stroke-linejoin=\"miter\">\n</g>\n"                        \
	"<g fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-width=\"1.00\" "   \
	"stroke-linecap=\"butt\" stroke-linejoin=\"miter\">\n"                              \
	"\t<path stroke='rgb(  0, 114, 178)'  d='M37.75,264.00 L45.00,264.09  '/>"          \
	"\t<g transform=\"translate(29.36,267.90)\" stroke=\"none\" fill=\"black\" "        \
	"font-family=\"sans-serif\" font-size=\"12.00\"  text-anchor=\"end\">\n"            \
	"\t\t<text> rgb(  0, 114, 178) &lt;g&gt; \"black\"</text>\n\t</g>\n</g>\n"          \
	"\t<g id=\"nb_plot_1\" ><title>nb_plot_1</title>\n"                                 \
	"<g fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-width=\"1.00\" "   \
	"stroke-linecap=\"butt\" stroke-linejoin=\"miter\">\n"                              \
	"\t<use xlink:href='#gpDot' transform='scale(4.50)' color='rgb(  1,   2,   3)'/>\n" \
	"</g>\n\t</g>\n</g>\n</svg>\n\n"

static inline void fake_write(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		abort();
}

/* The file's text; NULL: there is none. The caller frees it. */
static inline char *fake_read(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 1 << 20);

	if (!text)
		abort();
	if (!file) {
		free(text);
		return NULL;
	}
	text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
	fclose(file);
	return text;
}

/* script: what follows "#!/bin/sh"; in it $5 is the data and "$0.svg" a picture to print. */
static inline void fake_make(struct fake *fake, const char *script)
{
	char text[1024];

	*fake = (struct fake){ .folder = "/tmp/nb plot's-XXXXXX", .seconds = 20 };
	if (!mkdtemp(fake->folder))
		abort();
	snprintf(fake->program, sizeof(fake->program), "%s/fake", fake->folder);
	snprintf(fake->data, sizeof(fake->data), "%s/da\"ta `x`\n.tsv", fake->folder);
	snprintf(fake->picture, sizeof(fake->picture), "%s/an\"image $(x).svg", fake->folder);
	fake_write(fake->data, "1\t2\n");
	snprintf(text, sizeof(text), "%s.svg", fake->program);
	fake_write(text, FAKE_SVG);
	snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);
	fake_write(fake->program, text);
	if (chmod(fake->program, 0700) < 0)
		abort();
}

static inline int fake_draw(struct fake *fake, enum nb_plot_format format, const char *id)
{
	const struct nb_plot_options options = { .gnuplot = fake->program,
						 .seconds = fake->seconds };

	fake->job = (struct nb_plot_job){ .plot = NB_PLOT_CDF,
					  .format = format,
					  .inline_id = id,
					  .data = fake->data,
					  .output = fake->picture };
	return nb_plot_draw(&fake->job, 1, &options, &fake->error);
}

/* Removes all that a test put there; whatever else is in the folder was left over. */
static inline void fake_free(struct fake *fake)
{
	char svg[256];

	snprintf(svg, sizeof(svg), "%s.svg", fake->program);
	unlink(svg);
	unlink(fake->program);
	unlink(fake->data);
	unlink(fake->picture);
	if (rmdir(fake->folder) < 0)
		fail_msg("something is left over in %s", fake->folder);
	/* Nor is there a child that nobody waited for. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

#endif
