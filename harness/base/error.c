/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

int nb_error_set(struct nb_error *error, int code, const char *format, ...)
{
	va_list arguments;

	assert(code > 0);
	if (!error)
		return -code;
	error->code = code;
	va_start(arguments, format);
	vsnprintf(error->text, sizeof(error->text), format, arguments);
	va_end(arguments);
	return -code;
}
