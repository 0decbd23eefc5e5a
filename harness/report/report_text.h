/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_REPORT_TEXT_H
#define NB_REPORT_TEXT_H

#include <stddef.h>
#include <stdio.h>

#include "nestbench/error.h"
#include "nestbench/report.h"

/* Numbers and words as a person reads them; shared by the writers for people. */

/* Columns on a terminal: code points, without ANSI colour sequences. */
size_t nb_report_columns(const char *text);

/* Appends separator and word to a list in text[size]; the first word stands alone. */
void nb_report_join(char *text, size_t size, const char *separator, const char *word);

/* The names of all tags, with the separator between them. */
void nb_report_tags(char *text, size_t size, const char *separator, uint32_t tags);

#endif
