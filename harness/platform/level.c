/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "nestbench/identity.h"

int nb_identity_level(const struct nb_world *world, const struct nb_machine *machine)
{
	struct nb_findings *findings = calloc(1, sizeof(*findings));
	struct nb_identity identity;

	if (!findings)
		return -1;
	nb_identify(world, machine, &identity, findings);
	free(findings);
	return identity.level;
}
