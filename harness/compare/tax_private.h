/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TAX_PRIVATE_H
#define NB_TAX_PRIVATE_H

#include "nestbench/tax.h"

/* Some round of it measured something. */
bool nb_tax_measured(const struct nb_series_rounds *series);
/* True where each "key=value" of wanted ("a=1,b=2") is among params. */
bool nb_tax_params_hold(const char *params, const char *wanted);

/*
 * tax_series.c: an operation at each level. The table says which series that is; *series has
 * benchmark "" where there is none, else is one of the records', whose others are then found by it.
 */
size_t nb_tax_operations(void);
void nb_tax_operation(size_t index, struct nb_tax_row *row);
/* The benchmark that measures it at a level; NULL: none. */
const char *nb_tax_benchmark(size_t index, enum nb_tax_place place);
void nb_tax_choose(size_t index, enum nb_tax_place place, const struct nb_record *const *records,
		   size_t count, struct nb_series *series);

/* tax_features.c: all that the sessions tell about the features. */
int nb_tax_look(const struct nb_record *const *records, size_t count, struct nb_tax *tax,
		struct nb_error *error);

#endif
