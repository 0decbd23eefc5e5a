/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plot_draw.h"
#include "plot_private.h"

enum { AT_ONCE_MAX = 16, TICK_MS = 5, WORD_MAX = 60 };
static const double seconds_default = 20;

/* One gnuplot and the job it works on. */
struct place {
	struct nb_plot_child child;
	struct nb_plot_job *job; /* NULL: free */
};

struct work {
	struct nb_plot_job *jobs;
	size_t count, next; /* next: the first that was not begun */
	struct place places[AT_ONCE_MAX];
	size_t place_count, busy;
	const char *program;
	double seconds;
};

static bool is_program(const char *path)
{
	struct stat file;

	return stat(path, &file) == 0 && S_ISREG(file.st_mode) && access(path, X_OK) == 0;
}

static bool find_in_path(char *path, size_t size)
{
	const char *folders = getenv("PATH");

	while (folders && *folders) {
		int length = (int)strcspn(folders, ":");

		/* An empty one means the current folder, where no program is looked for here. */
		if (length > 0 && (size_t)length < size - sizeof("/gnuplot")) {
			snprintf(path, size, "%.*s/gnuplot", length, folders);
			if (is_program(path))
				return true;
		}
		folders += length;
		folders += *folders == ':';
	}
	return false;
}

int nb_plot_find(const char *asked, char *path, size_t size, struct nb_error *error)
{
	if (asked && strlen(asked) < size && is_program(asked)) {
		nb_base_copy(path, size, asked);
		return 0;
	}
	if (!asked && find_in_path(path, size))
		return 0;
	nb_error_set(error, ENOENT,
		     "%s is not there, so that nothing can be drawn: install the package "
		     "gnuplot-nox (Debian, Ubuntu) or gnuplot (other distributions)",
		     asked ? asked : "gnuplot");
	return -ENOENT;
}

/* The whole picture, terminated; NULL: no memory, or it cannot be read. */
static char *read_picture(int fd, size_t *size)
{
	struct stat file;
	char *bytes;

	if (fstat(fd, &file) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return NULL;
	bytes = calloc(1, (size_t)file.st_size + 1);
	if (!bytes)
		return NULL;
	if (nb_base_read_all(fd, bytes, (size_t)file.st_size) != file.st_size) {
		free(bytes);
		return NULL;
	}
	*size = (size_t)file.st_size;
	return bytes;
}

/* From its signature to its last chunk (W3C, "PNG Specification", second edition, 5.2, 11.2.5). */
static bool is_whole_png(const char *bytes, size_t size)
{
	static const char first[] = "\x89PNG\r\n\x1a\n";
	static const char last[] = "IEND\xae\x42\x60\x82";

	return size > sizeof(first) + sizeof(last) &&
	       memcmp(bytes, first, sizeof(first) - 1) == 0 &&
	       memcmp(bytes + size - (sizeof(last) - 1), last, sizeof(last) - 1) == 0;
}

static int keep_png(const struct nb_plot_job *job, const char *bytes, size_t size,
		    struct nb_error *error)
{
	if (!is_whole_png(bytes, size))
		return nb_error_set(error, EPROTO, "gnuplot made no whole PNG");
	return nb_plot_replace(job->output, bytes, size, error);
}

static int keep_svg(const struct nb_plot_job *job, const char *text, struct nb_error *error)
{
	char *made = NULL;
	int result = nb_plot_svg(text, job->inline_id, nb_plot_title(job->plot), &made, error);

	if (result == 0)
		result = nb_plot_replace(job->output, made, strlen(made), error);
	free(made);
	return result;
}

static int keep_picture(const struct nb_plot_job *job, int fd, struct nb_error *error)
{
	size_t size = 0;
	char *bytes = read_picture(fd, &size);
	int result;

	if (!bytes)
		return nb_error_set(error, ENOMEM, "no memory for the picture");
	if (size == 0)
		result = nb_error_set(error, EPROTO, "gnuplot drew nothing");
	else if (job->format == NB_PLOT_PNG)
		result = keep_png(job, bytes, size, error);
	else
		result = keep_svg(job, bytes, error);
	free(bytes);
	return result;
}

static void fail_job(struct nb_plot_job *job, const struct nb_error *error)
{
	job->status = error->code > 0 ? -error->code : -EPROTO;
	nb_report_plain(job->reason, sizeof(job->reason), error->text);
}

static void finish(struct place *place, int status)
{
	struct nb_plot_job *job = place->job;
	struct nb_error error = { 0 };

	if (status != 0 || place->child.late) {
		job->status = -EPROTO;
		nb_plot_child_reason(&place->child, status, job->reason, sizeof(job->reason));
	} else if (keep_picture(job, place->child.picture, &error) < 0) {
		fail_job(job, &error);
	}
	nb_plot_child_close(&place->child);
	place->job = NULL;
}

/* It becomes a part of names in gnuplot's script and in the picture. */
static bool is_word(const char *id)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char others[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	return strlen(id) <= WORD_MAX && strspn(id, letters) > 0 && id[strspn(id, others)] == '\0';
}

static void begin(struct work *work, struct place *place)
{
	struct nb_plot_job *job = &work->jobs[work->next++];
	struct nb_error error = { 0 };

	if (job->inline_id && !is_word(job->inline_id)) {
		nb_error_set(&error, EINVAL, "no word that ids can begin with: %s", job->inline_id);
		fail_job(job, &error);
		return;
	}
	if (nb_plot_child_start(&place->child, work->program, job, work->seconds, &error) < 0) {
		fail_job(job, &error);
		return;
	}
	place->job = job;
	work->busy++;
}

/* Waits until some child says something or ends, but never long. */
static void rest(const struct work *work)
{
	struct pollfd pipes[AT_ONCE_MAX];

	for (size_t i = 0; i < work->place_count; i++)
		pipes[i] = (struct pollfd){ .fd = work->places[i].job ? work->places[i].child.errors
								      : -1,
					    .events = 0 };
	poll(pipes, work->place_count, TICK_MS);
}

static void look_after(struct work *work)
{
	int status = 0;

	for (size_t i = 0; i < work->place_count; i++) {
		struct place *place = &work->places[i];

		while (!place->job && work->next < work->count)
			begin(work, place);
		if (place->job && nb_plot_child_ended(&place->child, &status)) {
			finish(place, status);
			work->busy--;
		}
	}
}

static size_t side_by_side(const struct nb_plot_options *options, size_t count)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t wanted = options && options->at_once > 0 ? options->at_once
			: cpus > 0			? (size_t)cpus
							: 1;

	if (wanted > AT_ONCE_MAX)
		wanted = AT_ONCE_MAX;
	return wanted < count ? wanted : count;
}

static int first_failure(const struct nb_plot_job *jobs, size_t count, struct nb_error *error)
{
	for (size_t i = 0; i < count; i++)
		if (jobs[i].status < 0)
			return nb_error_set(error, EPROTO, "plot %s: %s",
					    nb_plot_name(jobs[i].plot), jobs[i].reason);
	return 0;
}

int nb_plot_draw(struct nb_plot_job *jobs, size_t count, const struct nb_plot_options *options,
		 struct nb_error *error)
{
	char program[PATH_MAX];
	struct work work = { .jobs = jobs, .count = count, .program = program };
	int result =
		nb_plot_find(options ? options->gnuplot : NULL, program, sizeof(program), error);

	for (size_t i = 0; i < count; i++) {
		jobs[i].status = result;
		nb_base_copy(jobs[i].reason, sizeof(jobs[i].reason),
			     result < 0 ? "gnuplot is not there" : "");
	}
	if (result < 0)
		return result;
	work.place_count = side_by_side(options, count);
	work.seconds = options && options->seconds > 0 ? options->seconds : seconds_default;
	while (work.busy > 0 || work.next < count) {
		look_after(&work);
		if (work.busy > 0)
			rest(&work);
	}
	return first_failure(jobs, count, error);
}
