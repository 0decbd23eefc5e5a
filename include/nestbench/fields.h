/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FIELDS_H
#define NB_FIELDS_H

/*
 * The plain numbers of struct nb_round and struct nb_guards, so that JSON, its reader, CSV and the
 * check of a record cannot differ in what they know. X(field); counts are int64_t and -1 where
 * unknown, numbers are double and NAN where unknown.
 */
/* clang-format off */
#define NB_ROUND_COUNTS(X)                                                                         \
	X(samples)                                                                                 \
	X(batch)                                                                                   \
	X(ops)

#define NB_ROUND_NUMBERS(X)                                                                        \
	X(tick_hz)                                                                                 \
	X(null_ticks)                                                                              \
	X(min)                                                                                     \
	X(p50)                                                                                     \
	X(p95)                                                                                     \
	X(p99)                                                                                     \
	X(p999)                                                                                    \
	X(max)                                                                                     \
	X(exits_per_op)                                                                            \
	X(expected)

#define NB_GUARD_COUNTS(X)                                                                         \
	X(switches)                                                                                \
	X(migrations)                                                                              \
	X(clocksource)                                                                             \
	X(swap_ins)

#define NB_GUARD_NUMBERS(X)                                                                        \
	X(wall_ms)                                                                                 \
	X(steal_ms)                                                                                \
	X(tsc_ppm)                                                                                 \
	X(stall_us)                                                                                \
	X(psi_cpu_ms)                                                                              \
	X(canary_before_us)                                                                        \
	X(canary_after_us)
/* clang-format on */

#endif
