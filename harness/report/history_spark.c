/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "report_history.h"

enum { STEPS = 8, BUCKETS_MAX = 120 };

/* Low to high. */
static const char *const blocks_marks[STEPS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const ascii_marks[STEPS] = { "_", ".", "-", "~", "=", "+", "*", "#" };

/* Below this the picture would show noise as mountains. */
static const double span_least = 1.1;

/* Mean of the logarithms that fall into one column. */
static double bucket(const double *values, size_t count, size_t columns, size_t column)
{
	size_t first = column * count / columns;
	size_t end = (column + 1) * count / columns;
	double sum = 0;

	for (size_t i = first; i < end; i++)
		sum += log(values[i]);
	return sum / (double)(end - first);
}

void nb_history_draw(char *text, size_t size, const struct nb_history_picture *picture)
{
	const char *const *marks = picture->blocks ? blocks_marks : ascii_marks;
	size_t limit = picture->width < BUCKETS_MAX ? picture->width : BUCKETS_MAX;
	size_t columns = picture->count < limit ? picture->count : limit;
	double means[BUCKETS_MAX], low = INFINITY, high = -INFINITY, missing;

	text[0] = '\0';
	for (size_t c = 0; c < columns; c++) {
		means[c] = bucket(picture->values, picture->count, columns, c);
		low = fmin(low, means[c]);
		high = fmax(high, means[c]);
	}
	missing = fmax(log(span_least) - (high - low), 0);
	low -= missing / 2;
	high += missing / 2;
	for (size_t c = 0; c < columns; c++) {
		double step = floor((means[c] - low) / (high - low) * STEPS);

		nb_report_join(text, size, "", marks[(size_t)fmin(fmax(step, 0), STEPS - 1)]);
	}
}
