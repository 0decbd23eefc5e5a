/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_STORAGE_H
#define NB_REPORT_STORAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "nestbench/record.h"

/*
 * What the counters of io.* say beside the time of an operation. They cover the whole timed loop,
 * the preparing of each operation included, so nothing is derived for benchmarks that prepare with
 * other work on the same file system (io.create closes files, io.unlink makes them).
 */

/* X(field): numbers of struct nb_storage, in JSON's "io" and CSV's columns "io_..." alike */
#define NB_STORAGE_NUMBERS(X) \
	X(per_second)         \
	X(bytes_per_second)   \
	X(cpu_ns_per_op)      \
	X(switches_per_op)    \
	X(interrupts_per_op)

/*
 * NAN where unknown. The first two also where the loop is not the operation alone: its name for
 * the next file may take as long as the stat(2) of it.
 */
struct nb_storage {
#define NB_NUMBER(field) double field;
	NB_STORAGE_NUMBERS(NB_NUMBER)
#undef NB_NUMBER
};

/* How a benchmark's rate is told. */
enum nb_storage_rate { NB_STORAGE_RATE_NONE, NB_STORAGE_RATE_OPS, NB_STORAGE_RATE_BYTES };
enum nb_storage_rate nb_storage_rate(const char *benchmark);
/* "8 580/s", "827 MB/s"; "-" for NAN. */
void nb_storage_rate_text(char *text, size_t size, enum nb_storage_rate rate,
			  const struct nb_storage *storage);

/* Of all NB_OK rounds together; false where nothing was counted, as of any other family. */
bool nb_storage_of_series(const struct nb_session *session, const struct nb_series_rounds *series,
			  struct nb_storage *storage);
bool nb_storage_of_round(const struct nb_session *session, const struct nb_series *series,
			 const struct nb_round *round, struct nb_storage *storage);

/* The value of key in "key=value,key=value"; "" and false where there is none. */
bool nb_storage_param(const char *params, const char *key, char *value, size_t size);
/* Without engine, fs, mode and target, which the runner adds. */
void nb_storage_own_params(const char *params, char *text, size_t size);
/* a and b are the same benchmark with the same parameters of its own, wherever they ran. */
bool nb_storage_same(const struct nb_series *a, const struct nb_series *b);

/*
 * A disk that is paid by the second serves a burst from credits, and then falls to what was paid
 * for. Paces are operations a second, window after window; a fall is a change point (see
 * nb_stats_changes()) to less than two thirds. 0 or a negative errno, found or not.
 */
struct nb_storage_fall {
	bool found;
	size_t index;	      /* first window after it */
	double before, after; /* medians on both sides, up to the next change */
	size_t recovered;     /* window from which it was nearly as fast as before; 0: never */
};
int nb_storage_find_fall(const double *paces, size_t count, struct nb_storage_fall *fall,
			 struct nb_error *error);

/*
 * The same in rounds. seconds, recovered_seconds: of the session's rounds so far, of whatever
 * benchmark, since they share the disk.
 */
struct nb_storage_decline {
	struct nb_storage_fall fall;
	double seconds, recovered_seconds;
};
/* Looks only at benchmarks that load the disk as much as they can: *_q32 and seq_*. */
int nb_storage_find_decline(const struct nb_record *record, const struct nb_series_rounds *series,
			    struct nb_storage_decline *decline, struct nb_error *error);

#endif
