/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "nestbench/inference.h"

static int by_falling_p(const void *a, const void *b)
{
	const double *x = *(const double *const *)a;
	const double *y = *(const double *const *)b;

	return (*x < *y) - (*x > *y);
}

int nb_stats_adjust(double *p, size_t count, struct nb_error *error)
{
	double **order = calloc(count ? count : 1, sizeof(*order));
	double least = 1;
	size_t known = 0;

	if (!order)
		return nb_error_set(error, ENOMEM, "no memory for %zu p values", count);
	for (size_t i = 0; i < count; i++)
		if (!isnan(p[i]))
			order[known++] = &p[i];
	qsort(order, known, sizeof(*order), by_falling_p);
	/* From the largest down: p * m / rank, but never above what a larger p got. */
	for (size_t i = 0; i < known; i++) {
		least = fmin(least, *order[i] * (double)known / (double)(known - i));
		*order[i] = least;
	}
	free(order);
	return 0;
}
