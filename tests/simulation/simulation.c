/* SPDX-License-Identifier: Apache-2.0 */
#include "simulation.h"

#include <stdio.h>
#include <stdlib.h>

int nb_simulation_report(const struct finding *finding)
{
	double rate = finding->trials ? (double)finding->hits / (double)finding->trials : 0;
	bool most = finding->direction == AT_MOST;
	bool missed =
		finding->direction != NO_GOAL &&
		(finding->trials == 0 || (most ? rate > finding->goal : rate < finding->goal));
	char goal[32] = "-";

	if (finding->direction != NO_GOAL)
		snprintf(goal, sizeof(goal), "%s %.0f %%", most ? "<=" : ">=", 100 * finding->goal);
	printf("%-26s %-52s %6.2f %% of %5zu   %-9s%s\n", finding->model->name, finding->setting,
	       100 * rate, finding->trials, goal, missed ? " MISSED" : "");
	fflush(stdout);
	return missed ? 1 : 0;
}

int main(int argc, char **argv)
{
	double share = argc > 1 ? strtod(argv[1], NULL) : 1;
	int missed;

	if (argc > 2 || !(share > 0)) {
		fprintf(stderr, "usage: simulation [SHARE]\n"
				"SHARE: of the usual number of repetitions, such as 0.2\n");
		return 2;
	}
	printf("%-26s %-52s %8s    %5s   %s\n", "noise between sessions", "setting", "rate", "n",
	       "goal");
	missed = nb_simulate_comparisons(share);
	missed += nb_simulate_changes(share);
	return missed > 0 ? 1 : 0;
}
