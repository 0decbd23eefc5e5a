/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <time.h>
#include <unistd.h>

#include "cli_private.h"

static const double interval_s = 0.1; /* a busy terminal would disturb what is measured */

void nb_cli_progress_init(struct nb_cli_progress *progress)
{
	progress->terminal = isatty(STDERR_FILENO);
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

void nb_cli_progress_show(struct nb_cli_progress *progress, const struct nb_run_progress *now)
{
	double time_s = seconds_now();
	char remaining[32];
	char width[32] = "";

	if (!progress->terminal || time_s < progress->shown_s + interval_s)
		return;
	progress->shown_s = time_s;
	format_remaining(remaining, sizeof(remaining), now->eta_s);
	if (isfinite(now->half_width))
		snprintf(width, sizeof(width), "  CI ±%.1f %%", 100 * now->half_width);
	fprintf(stderr, "\r\033[K%3.0f %%  ETA %s  round %d/%d  %s %s%s%s%s",
		now->total > 0 ? 100.0 * (double)now->done / (double)now->total : 0, remaining,
		now->round + 1, now->rounds, now->series->benchmark,
		nb_record_vantage_name(now->series->vantage), now->series->params[0] ? " " : "",
		now->series->params, width);
	fflush(stderr);
}

void nb_cli_progress_clear(struct nb_cli_progress *progress)
{
	if (!progress->terminal || progress->shown_s < 0)
		return;
	fputs("\r\033[K", stderr);
	fflush(stderr);
	progress->shown_s = -1;
}
