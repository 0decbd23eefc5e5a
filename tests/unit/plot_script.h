/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TESTS_PLOT_SCRIPT_H
#define NB_TESTS_PLOT_SCRIPT_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nestbench/plot.h"

/*
 * Data of a plot in memory, and the scripts of scripts/plot/ as people call them.
 *
 *	char *data = plot_data(NB_PLOT_FOREST, &view, NULL, &error);
 *
 *	plot_script_draws("forest", data);      (skips the test where there is no gnuplot)
 *	free(data);
 */

/* NULL: -ENODATA, with its reason in *error. */
static inline char *plot_data(enum nb_plot plot, const struct nb_view *view, const char *pattern,
			      struct nb_error *error)
{
	char *text = NULL;
	size_t size;
	FILE *stream = open_memstream(&text, &size);
	int result;

	if (!stream)
		abort();
	result = nb_plot_data(stream, plot, view, pattern, error);
	fclose(stream);
	if (result == 0)
		return text;
	assert_int_equal(result, -ENODATA);
	assert_int_equal(size, 0);
	free(text);
	return NULL;
}

/* Lines that begin so; every one of them has so many cells. */
static inline size_t plot_lines(const char *data, const char *start, size_t cells)
{
	size_t count = 0;

	for (const char *line = data; line && *line; line = strchr(line, '\n') + 1) {
		size_t tabs = 0;

		if (strncmp(line, start, strlen(start)) != 0)
			continue;
		for (const char *at = line; *at != '\n'; at++)
			tabs += *at == '\t' ? 1 : 0;
		assert_int_equal(tabs + 1, cells);
		count++;
	}
	return count;
}

/* No text of a session gets in the way of a row: what would is replaced. */
static inline void plot_is_clean(const char *data)
{
	for (const char *at = data; *at; at++)
		if (((unsigned char)*at < ' ' && *at != '\n' && *at != '\t') || *at == '"' ||
		    *at == '\\' || *at == '`')
			fail_msg("a cell has the character %d", *at);
}

static inline int plot_run(const char *folder, const char *name, const char *picture)
{
	char script[512], said[64], data[64];
	int status;
	pid_t child;

	snprintf(script, sizeof(script), "%s/../../scripts/plot/%s.gp", NB_TEST_DATA, name);
	snprintf(said, sizeof(said), "%s/said", folder);
	snprintf(data, sizeof(data), "%s/data.tsv", folder);
	child = fork();
	if (child == 0) {
		int file = open(said, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		if (file < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0)
			_exit(126);
		execlp("gnuplot", "gnuplot", "-d", "-c", script, data, picture, (char *)NULL);
		_exit(127);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/* The file's text, cut at 4 KB; the file is removed. */
static inline size_t plot_take(const char *path, char text[4096])
{
	FILE *file = fopen(path, "r");
	size_t size = file ? fread(text, 1, 4095, file) : 0;

	if (file)
		fclose(file);
	unlink(path);
	text[size] = '\0';
	return size;
}

static inline void plot_script_draws(const char *name, const char *data)
{
	/* A test that is skipped comes back no more to free them: this way they are no leak. */
	static struct {
		const char *volatile data[32];
		size_t count;
	} kept;
	static const char *const starts[] = { "<?xml", "\x89PNG" };
	char folder[] = "/tmp/nb-plot-XXXXXX", path[64], text[4096], said[4096];
	bool there = true;
	FILE *file;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/data.tsv", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(data, file);
	fclose(file);
	for (size_t i = 0; i < 2 && there; i++) {
		char picture[64];
		int status;

		snprintf(picture, sizeof(picture), "%s/picture.%s", folder, i ? "png" : "svg");
		status = plot_run(folder, name, picture);
		there = status != 127;
		snprintf(path, sizeof(path), "%s/said", folder);
		plot_take(path, said);
		/* Not a word: a warning of gnuplot's is a mistake in a picture. */
		assert_string_equal(said, "");
		plot_take(picture, text);
		if (there) {
			assert_int_equal(status, 0);
			assert_memory_equal(text, starts[i], strlen(starts[i]));
		}
	}
	snprintf(path, sizeof(path), "%s/data.tsv", folder);
	unlink(path);
	rmdir(folder);
	if (!there) {
		kept.data[kept.count++ % 32] = data;
		print_message("gnuplot is not installed: nothing was drawn\n");
		skip();
	}
}

#endif
