/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FORMATS_HDR_H
#define NB_FORMATS_HDR_H

#include "nestbench/stats.h"

/*
 * The largest value that every reader keeps exactly: those that count in doubles know no larger
 * whole number.
 */
#define NB_HDR_VALUE_MAX ((INT64_C(1) << 53) - 1)

/*
 * The histogram in HdrHistogram's V2 compressed encoding, as base 64. Its buckets are those of a
 * HdrHistogram of three significant digits from 1 on (nestbench/stats.h), so that they are taken
 * over as they are. The caller frees *text. No value above NB_HDR_VALUE_MAX.
 */
int nb_hdr_encode(const struct nb_histogram *histogram, char **text, struct nb_error *error);

#endif
