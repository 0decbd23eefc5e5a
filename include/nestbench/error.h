/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_ERROR_H
#define NB_ERROR_H

/*
 * How every fallible function of nestbench reports: it returns 0 or a negative errno and, on
 * failure, fills the caller's struct nb_error, which is always the last parameter. Results go
 * through out-pointers that are written only on success.
 *
 *	struct nb_error error = { 0 };
 *
 *	if (nb_store_open(&store, path, NB_STORE_WRITE, &error) < 0)
 *		fprintf(stderr, "nestbench: %s\n", error.text);
 */

enum { NB_ERROR_TEXT_SIZE = 320 };

struct nb_error {
	int code;		       /* positive errno value; 0: no error */
	char text[NB_ERROR_TEXT_SIZE]; /* one line for a person, without a trailing newline */
};

/*
 * Fills *error (which may be NULL) and returns -code, so that a function can end with
 * "return nb_error_set(...)". code must be positive. Text that is too long is cut.
 */
int nb_error_set(struct nb_error *error, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
