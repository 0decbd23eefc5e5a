/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_USER_REASON_H
#define NB_USER_REASON_H

/*
 * Why a setup skips, where a constant text does not say it all. It lives until the round's process
 * ends, as setup's result must.
 */
__attribute__((format(printf, 1, 2))) const char *nb_reason(const char *format, ...);

#endif
