/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_BASELINE_H
#define NB_REPORT_BASELINE_H

#include <jansson.h>

#include "nestbench/baseline.h"

/* baseline_json.c: a figure as results/README.md has it. */
json_t *nb_report_figure_tree(const struct nb_figure *figure);

#endif
