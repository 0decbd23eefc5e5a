/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_RECORD_UNIT_H
#define NB_RECORD_UNIT_H

/* How many of "ns", "us", "ms" or "s" a second has; 0 for a unit that is no unit of time. */
double nb_record_units_per_second(const char *unit);

#endif
