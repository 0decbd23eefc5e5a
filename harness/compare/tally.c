/* SPDX-License-Identifier: Apache-2.0 */
#include "compare_private.h"

void nb_compare_tally_add(struct nb_compare_tally *tally, int64_t value)
{
	size_t i = 0;

	while (i < tally->count && tally->value[i] != value)
		i++;
	if (i == NB_COMPARE_TALLY)
		return;
	if (i == tally->count)
		tally->value[tally->count++] = value;
	tally->times[i]++;
}

int64_t nb_compare_usual(const struct nb_compare_tally *tally)
{
	size_t best = 0;

	for (size_t i = 1; i < tally->count; i++)
		if (tally->times[i] > tally->times[best] ||
		    (tally->times[i] == tally->times[best] && tally->value[i] > tally->value[best]))
			best = i;
	return tally->count > 0 ? tally->value[best] : -1;
}
