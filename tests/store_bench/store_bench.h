/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_BENCH_H
#define STORE_BENCH_H

#include <stdbool.h>

#include "nestbench/base.h"
#include "nestbench/record.h"
#include "nestbench/store.h"

enum { SAMPLES = 600 };

struct options {
	unsigned sessions, series, rounds;
	char path[512];
	bool keep, read;
};

/* bench_record.c: a session's rounds, and the session itself, which is of a new boot each time. */
int nb_bench_make_record(struct nb_record *record, const struct options *options,
			 struct nb_error *error);
void nb_bench_make_session(struct nb_session *session, unsigned number);

/* bench_read.c */
int nb_bench_read_back(const struct options *options, struct nb_error *error);

/* store_bench.c */
double nb_bench_now(void);
void nb_bench_print_seconds(const char *what, double seconds);

#endif
