/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "store_private.h"

/* A time as people write it. */

static bool read_digits(const char **text, int count, int *value)
{
	int number = 0;

	for (int i = 0; i < count; i++) {
		if ((*text)[i] < '0' || (*text)[i] > '9')
			return false;
		number = 10 * number + ((*text)[i] - '0');
	}
	*text += count;
	*value = number;
	return true;
}

static bool read_character(const char **text, char character)
{
	if (**text != character)
		return false;
	++*text;
	return true;
}

static bool read_date(const char **text, struct tm *time)
{
	if (!read_digits(text, 4, &time->tm_year) || !read_character(text, '-') ||
	    !read_digits(text, 2, &time->tm_mon) || !read_character(text, '-') ||
	    !read_digits(text, 2, &time->tm_mday))
		return false;
	time->tm_year -= 1900;
	time->tm_mon -= 1;
	return true;
}

/* Of a fraction of a second the first three digits count. */
static bool read_fraction(const char **text, int *milliseconds)
{
	int digits = 0;

	*milliseconds = 0;
	for (; **text >= '0' && **text <= '9'; ++*text, digits++)
		if (digits < 3)
			*milliseconds = 10 * *milliseconds + (**text - '0');
	for (int i = digits; i < 3; i++)
		*milliseconds *= 10;
	return digits > 0;
}

static bool read_clock(const char **text, struct tm *time, int *milliseconds)
{
	if (!read_digits(text, 2, &time->tm_hour) || !read_character(text, ':') ||
	    !read_digits(text, 2, &time->tm_min))
		return false;
	if (!read_character(text, ':'))
		return true;
	if (!read_digits(text, 2, &time->tm_sec))
		return false;
	return !read_character(text, '.') || read_fraction(text, milliseconds);
}

/* Seconds east of Greenwich; "" and "Z" are there. */
static bool read_offset(const char **text, int *seconds)
{
	bool west = **text == '-';
	int hours, minutes;

	*seconds = 0;
	if (**text == '\0' || read_character(text, 'Z'))
		return true;
	if (!west && **text != '+')
		return false;
	++*text;
	if (!read_digits(text, 2, &hours))
		return false;
	(void)read_character(text, ':');
	if (!read_digits(text, 2, &minutes) || hours > 14 || minutes > 59)
		return false;
	*seconds = (hours * 60 + minutes) * (west ? -60 : 60);
	return true;
}

/* False for the 31st of April: timegm() would make the 1st of May of it. */
static bool exists(const struct tm *wanted, time_t moment)
{
	struct tm got;

	return gmtime_r(&moment, &got) && got.tm_year == wanted->tm_year &&
	       got.tm_mon == wanted->tm_mon && got.tm_mday == wanted->tm_mday &&
	       got.tm_hour == wanted->tm_hour && got.tm_min == wanted->tm_min &&
	       got.tm_sec == wanted->tm_sec;
}

static bool read_parts(const char *text, struct tm *time, int *milliseconds, int *offset)
{
	if (!read_date(&text, time))
		return false;
	if (*text == '\0')
		return true;
	if (!read_character(&text, 'T') && !read_character(&text, ' '))
		return false;
	return read_clock(&text, time, milliseconds) && read_offset(&text, offset) && *text == '\0';
}

bool nb_store_read_moment(const char *text, char moment[NB_TIMESTAMP_SIZE])
{
	char written[64];
	struct tm time = { 0 };
	int milliseconds = 0, offset = 0;
	time_t seconds;

	if (!read_parts(text, &time, &milliseconds, &offset))
		return false;
	/* It sets the fields that it is given as well. */
	seconds = timegm(&(struct tm){ .tm_year = time.tm_year,
				       .tm_mon = time.tm_mon,
				       .tm_mday = time.tm_mday,
				       .tm_hour = time.tm_hour,
				       .tm_min = time.tm_min,
				       .tm_sec = time.tm_sec });
	if (!exists(&time, seconds))
		return false;
	seconds -= offset;
	if (!gmtime_r(&seconds, &time) || time.tm_year < 70 || time.tm_year > 9999 - 1900)
		return false;
	snprintf(written, sizeof(written), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
		 time.tm_year + 1900, time.tm_mon + 1, time.tm_mday, time.tm_hour, time.tm_min,
		 time.tm_sec, milliseconds);
	nb_base_copy(moment, NB_TIMESTAMP_SIZE, written);
	return true;
}
