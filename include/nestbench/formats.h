/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FORMATS_H
#define NB_FORMATS_H

#include <stddef.h>
#include <stdio.h>

#include "nestbench/error.h"
#include "nestbench/view.h"

/*
 * Formats that other people's tools read. All are made of a view (one or more sessions, with
 * verdicts where it has a base), so that every figure is the same as in the tables. Writers return
 * -EIO when the stream failed; texts are escaped as the format wants it.
 */

/*
 * Prometheus' text format for the node exporter's textfile collector
 * (https://prometheus.io/docs/instrumenting/exposition_formats/,
 * https://prometheus.io/docs/specs/om/open_metrics_spec/): seconds and ratios, bounded labels.
 */
int nb_formats_openmetrics(FILE *stream, const struct nb_view *view, struct nb_error *error);

/* https://go.googlesource.com/proposal/+/master/design/14313-benchmark-format.md: one line a
 * round, so that benchstat sees the distribution over rounds. */
int nb_formats_benchfmt(FILE *stream, const struct nb_view *view, struct nb_error *error);

/* google-benchmark's JSON, as its tools/compare.py reads it: one repetition a round. */
int nb_formats_gbench(FILE *stream, const struct nb_view *view, struct nb_error *error);

/* One test case a series: skipped, error, and failure where it regressed. */
int nb_formats_junit(FILE *stream, const struct nb_view *view, struct nb_error *error);

/* GitHub's dialect. */
int nb_formats_markdown(FILE *stream, const struct nb_view *view, struct nb_error *error);

/*
 * HdrHistogram's log, version 1.3 with V2 compressed histograms
 * (https://github.com/HdrHistogram/HdrHistogram): one tagged interval a round, values in
 * nanoseconds with three significant digits, net of the round's empty operation.
 */
int nb_formats_hdr(FILE *stream, const struct nb_view *view, struct nb_error *error);

#endif
