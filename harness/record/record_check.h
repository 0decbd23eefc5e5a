/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_RECORD_CHECK_H
#define NB_RECORD_CHECK_H

#include "nestbench/check.h"

/*
 * The parts of nb_record_check(). Each returns -EINVAL, and *error names the place within the
 * part, as "p99: ...".
 */
int nb_record_check_session(const struct nb_session *session, struct nb_error *error);
int nb_record_check_targets(const struct nb_session *session, struct nb_error *error);
int nb_record_check_series(const struct nb_series *series, struct nb_error *error);
int nb_record_check_round(const struct nb_series *series, const struct nb_round *round,
			  struct nb_error *error);
/* What the round claims of its samples, against its histogram; it can be computed with. */
int nb_record_check_values(const struct nb_series *series, const struct nb_round *round,
			   struct nb_error *error);

#endif
