/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "plot_history.h"

/* Closer than this part of the axis, one point hides the other; so many may. */
static const double hidden_gap = 1.0 / 400, hidden_part = 0.2;

/* Seconds since 1970 of "2026-01-05T03:12:05.123Z"; NAN for anything else. */
static double seconds_of(const char *text)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);

	if (!rest)
		return NAN;
	return (double)timegm(&tm) + (*rest == '.' ? strtod(rest, NULL) : 0);
}

static bool all_known(const struct nb_timeline *timeline)
{
	for (size_t i = 0; i < timeline->session_count; i++)
		if (isnan(seconds_of(timeline->sessions[i].started)))
			return false;
	return true;
}

static bool is_crowded(const struct nb_timeline *timeline)
{
	size_t hidden = 0, count = timeline->session_count;
	double first, span;

	if (count < 2)
		return true;
	first = seconds_of(timeline->sessions[0].started);
	span = seconds_of(timeline->sessions[count - 1].started) - first;
	for (size_t i = 1; i < count; i++) {
		double next = seconds_of(timeline->sessions[i].started);

		hidden += next - first <= span * hidden_gap ? 1 : 0;
		first = next;
	}
	return (double)hidden > hidden_part * (double)(count - 1);
}

void nb_plot_scale_make(const struct nb_timeline *timeline, struct nb_plot_scale *scale)
{
	*scale = (struct nb_plot_scale){ .timeline = timeline };
	scale->time = all_known(timeline) && !is_crowded(timeline);
	if (timeline->session_count == 0)
		return;
	scale->low = nb_plot_scale_session(scale, 0);
	scale->high = nb_plot_scale_session(scale, timeline->session_count - 1);
}

double nb_plot_scale_session(const struct nb_plot_scale *scale, size_t number)
{
	if (!scale->time)
		return (double)number + 1;
	return seconds_of(scale->timeline->sessions[number].started);
}

/* Times are ISO 8601 in UTC: their order is that of their letters. */
double nb_plot_scale_event(const struct nb_plot_scale *scale, const char *time)
{
	const struct nb_timeline *timeline = scale->timeline;
	size_t before = 0;

	while (before < timeline->session_count &&
	       strcmp(timeline->sessions[before].started, time) <= 0)
		before++;
	if (before == 0 || before == timeline->session_count)
		return NAN;
	return scale->time ? seconds_of(time) : (double)before + 0.5;
}
