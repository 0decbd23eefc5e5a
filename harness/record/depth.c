/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/record.h"

int nb_record_depth(const struct nb_series *series)
{
	static const char nested[] = "nested.";

	if (series->vantage == NB_USER)
		return 0;
	return strncmp(series->benchmark, nested, sizeof(nested) - 1) == 0 ? 2 : 1;
}

int nb_record_level(const struct nb_session *session, const struct nb_series *series)
{
	if (session->level == NB_LEVEL_UNKNOWN)
		return NB_LEVEL_UNKNOWN;
	return session->level + nb_record_depth(series);
}

int64_t nb_record_count(const struct nb_result *result, const char *kind)
{
	for (size_t i = 0; i < result->kind_count; i++)
		if (strcmp(result->kinds[i].name, kind) == 0)
			return result->kinds[i].count;
	return 0;
}

double nb_record_exits(const struct nb_result *result)
{
	int64_t exits;

	/* Every loop ends in an exit: no kinds are no counters. */
	if (result->kind_count == 0 || result->ops < 1)
		return NAN;
	exits = nb_record_count(result, "exits") - nb_record_count(result, "irq_exits");
	return fmax((double)exits, 0) / (double)result->ops;
}
