/* SPDX-License-Identifier: Apache-2.0 */
#include "run_private.h"

/* Fisher and Yates' shuffle: every order is equally likely. */
void nb_run_order(size_t *order, size_t count, struct nb_random *random)
{
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = count; i > 1; i--) {
		size_t j = nb_random_below(random, (uint32_t)i);
		size_t swapped = order[i - 1];

		order[i - 1] = order[j];
		order[j] = swapped;
	}
}
