/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "record_check.h"

/* Puts the place before what is wrong there. */
static int at(struct nb_error *error, const struct nb_error *cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static int at(struct nb_error *error, const struct nb_error *cause, const char *format, ...)
{
	char place[64];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(place, sizeof(place), format, arguments);
	va_end(arguments);
	return nb_error_set(error, EINVAL, "%s.%s", place, cause->text);
}

static int check_rounds(const struct nb_series_rounds *series, size_t index, struct nb_error *error)
{
	struct nb_error cause = { 0 };
	int before = -1;

	for (size_t i = 0; i < series->count; i++) {
		const struct nb_round *round = &series->rounds[i];
		int status = nb_record_check_round(&series->series, round, &cause);

		if (status == 0 && round->ordinal <= before)
			status = nb_error_set(&cause, EINVAL, "ordinal: not in ascending order");
		if (status < 0)
			return at(error, &cause, "results[%zu].round_data[%zu]", index, i);
		before = round->ordinal;
	}
	return 0;
}

int nb_record_check(const struct nb_record *record, struct nb_error *error)
{
	struct nb_error cause = { 0 };

	if (nb_record_check_session(&record->session, &cause) < 0)
		return at(error, &cause, "session");
	for (size_t i = 0; i < record->count; i++) {
		int status;

		if (nb_record_check_series(&record->series[i].series, &cause) < 0)
			return at(error, &cause, "results[%zu]", i);
		status = check_rounds(&record->series[i], i, error);
		if (status < 0)
			return status;
	}
	return 0;
}
