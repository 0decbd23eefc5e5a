/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_MODEL_REPORT_H
#define NB_MODEL_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "nestbench/error.h"
#include "nestbench/model_result.h"
#include "nestbench/report.h"

/* all: every series of the guest and every bound, not only the operations that were fitted. */
int nb_report_model(FILE *stream, const struct nb_model *model, bool all,
		    const struct nb_report_style *style, struct nb_error *error);
/* Schema: tests/data/nestbench-model-1.schema.json. */
int nb_report_model_json(FILE *stream, const struct nb_model *model, struct nb_error *error);

#endif
