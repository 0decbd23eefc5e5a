/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_BASE64_H
#define NB_REPORT_BASE64_H

#include <stddef.h>
#include <stdint.h>

#include "nestbench/report.h" /* for the way there */

/*
 * The way back from nb_report_base64_encode():
 * 0 and *bytes, which the caller frees; -ENOMEM, or -EBADMSG for whatever encode cannot have
 * written.
 */
int nb_report_base64_decode(const char *text, size_t length, uint8_t **bytes, size_t *size);

#endif
