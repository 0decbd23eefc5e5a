/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/compare_report.h"
#include "nestbench/report.h"

#include "page_text.h"

/* Numbers read as those that the terminal shows: three digits, and a unit that fits. */

void nb_page_value(FILE *stream, double value, const char *unit)
{
	char text[NB_PAGE_NUMBER_SIZE];

	nb_report_value(text, sizeof(text), value, unit, NB_REPORT_DIGITS);
	if (strcmp(unit, "ns") == 0 && value <= 0)
		nb_base_copy(text, sizeof(text), "~0 ns");
	nb_page_text(stream, text);
}

void nb_page_interval(FILE *stream, double low, double high, const char *unit)
{
	char text[2 * NB_PAGE_NUMBER_SIZE];

	nb_report_interval(text, sizeof(text), low, high, unit);
	nb_page_text(stream, text);
}

void nb_page_change(char text[NB_PAGE_NUMBER_SIZE], double ratio)
{
	nb_compare_change(text, NB_PAGE_NUMBER_SIZE, ratio);
}

void nb_page_change_interval(char text[NB_PAGE_NUMBER_SIZE], double low, double high)
{
	nb_compare_interval(text, NB_PAGE_NUMBER_SIZE, low, high);
}

void nb_page_factor(char text[NB_PAGE_NUMBER_SIZE], double ratio)
{
	char number[NB_REPORT_VALUE_SIZE];

	nb_report_value(number, sizeof(number), ratio, "", NB_REPORT_DIGITS);
	snprintf(text, NB_PAGE_NUMBER_SIZE, "%s%s", number, isfinite(ratio) ? "x" : "");
}

void nb_page_count(char text[NB_PAGE_NUMBER_SIZE], double count)
{
	if (!isfinite(count))
		nb_base_copy(text, NB_PAGE_NUMBER_SIZE, "n/a");
	else if (fabs(count) >= 1000)
		snprintf(text, NB_PAGE_NUMBER_SIZE, "%.4g", count);
	else
		snprintf(text, NB_PAGE_NUMBER_SIZE, "%.2f", count);
}

void nb_page_bytes(char text[NB_PAGE_NUMBER_SIZE], int64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t unit = 0;

	text[0] = '\0';
	if (bytes < 0)
		return;
	while (value >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1024;
		unit++;
	}
	snprintf(text, NB_PAGE_NUMBER_SIZE, unit > 0 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void nb_page_sort_key(FILE *stream, double value)
{
	if (isfinite(value))
		fprintf(stream, " data-v=\"%.6g\"", value);
}
