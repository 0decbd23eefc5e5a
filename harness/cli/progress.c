/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli_private.h"

static const double interval_s = 0.1; /* a busy terminal would disturb what is measured */

void nb_cli_progress_init(struct nb_cli_progress *progress)
{
	const char *terminal = getenv("TERM");

	progress->terminal = isatty(STDERR_FILENO);
	progress->dumb = !terminal || !terminal[0] || strcmp(terminal, "dumb") == 0;
	progress->drawn = 0;
	progress->shown_s = -1;
}

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void format_remaining(char *text, size_t size, double seconds)
{
	if (!isfinite(seconds))
		snprintf(text, size, "-");
	else if (seconds < 100)
		snprintf(text, size, "%.0f s", ceil(fmax(seconds, 0)));
	else
		snprintf(text, size, "%.0f min", ceil(seconds / 60));
}

/* One column less than there are: a full line may wrap. 0: not known. */
static size_t columns_free(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 2)
		return 0;
	return size.ws_col - 1;
}

static size_t count_columns(const char *text)
{
	size_t columns = 0;

	for (; *text; text++)
		columns += ((unsigned char)*text & 0xc0) != 0x80;
	return columns;
}

/* Takes the place of the line that is there. */
static void draw(struct nb_cli_progress *progress, char *line, size_t size)
{
	size_t free_columns = columns_free();
	size_t before = progress->drawn;

	if (free_columns > 0)
		nb_report_cut(line, size, free_columns);
	/* The terminal may have become narrower. */
	if (free_columns > 0 && before > free_columns)
		before = free_columns;
	progress->drawn = count_columns(line);
	fprintf(stderr, "\r%s%s", progress->dumb ? "" : "\033[K", line);
	if (progress->dumb && before > progress->drawn)
		fprintf(stderr, "%*s", (int)(before - progress->drawn), "");
	if (progress->dumb && line[0] == '\0')
		fputc('\r', stderr);
	fflush(stderr);
}

void nb_cli_progress_show(struct nb_cli_progress *progress, const struct nb_run_progress *now)
{
	double time_s = seconds_now();
	char remaining[32];
	char width[32] = "";
	char line[384];

	if (!progress->terminal || time_s < progress->shown_s + interval_s)
		return;
	progress->shown_s = time_s;
	format_remaining(remaining, sizeof(remaining), now->eta_s);
	if (isfinite(now->half_width))
		snprintf(width, sizeof(width), "  CI ±%.1f %%", 100 * now->half_width);
	snprintf(line, sizeof(line), "%3.0f %%  ETA %s  round %d/%d  %s %s%s%s%s",
		 now->total > 0 ? 100.0 * (double)now->done / (double)now->total : 0, remaining,
		 now->round + 1, now->rounds, now->series->benchmark,
		 nb_record_vantage_name(now->series->vantage), now->series->params[0] ? " " : "",
		 now->series->params, width);
	draw(progress, line, sizeof(line));
}

void nb_cli_progress_clear(struct nb_cli_progress *progress)
{
	char nothing[] = "";

	if (!progress->terminal || progress->shown_s < 0)
		return;
	draw(progress, nothing, sizeof(nothing));
	progress->shown_s = -1;
}
