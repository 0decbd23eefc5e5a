/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nestbench/base.h"

static const struct {
	const char *text;
	size_t length; /* of the first sequence */
	bool printable;
} sequences[] = {
	{ "a", 1, true },
	{ "~b", 1, true },
	{ "\xc2\xb5s", 2, true },
	{ "\xe2\x82\xac", 3, true },
	{ "\xf0\x9f\x98\x80", 4, true },
	{ "\xf4\x8f\xbf\xbf", 4, true },
	/* Control characters, a line separator, and the one that turns the direction of text. */
	{ "\n", 1, false },
	{ "\x1b[2J", 1, false },
	{ "\x7f", 1, false },
	{ "\xc2\x9b", 2, false },
	{ "\xe2\x80\xa8", 3, false },
	{ (const char[]){ '\xe2', '\x80', '\xae', '\0' }, 3,
	  false }, /* no literal: clang-tidy minds */
	/* Longer than need be, a surrogate, behind the end, cut off, no beginning. */
	{ "\xc0\xaf", 0, false },
	{ "\xe0\x80\xaf", 0, false },
	{ "\xed\xa0\x80", 0, false },
	{ "\xf4\x90\x80\x80", 0, false },
	{ "\xf5\x80\x80\x80", 0, false },
	{ "\xe2\x82", 0, false },
	{ "\x80", 0, false },
	{ "\xff", 0, false },
};

static void sequences_are_told_from_what_only_looks_like_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
		bool printable = !sequences[i].printable;

		if (nb_base_sequence(sequences[i].text, &printable) != sequences[i].length ||
		    printable != sequences[i].printable)
			fail_msg("case %zu", i);
	}
}

static void text_is_printable_if_all_of_it_is(void **state)
{
	(void)state;
	assert_true(nb_base_printable(""));
	assert_true(nb_base_printable("5 \xc2\xb5s, \xe2\x82\xac"));
	assert_false(nb_base_printable("5 \xc2\xb5s\n"));
	assert_false(nb_base_printable("5 \xb5s"));
	assert_false(nb_base_printable("cut \xe2\x82"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sequences_are_told_from_what_only_looks_like_one),
		cmocka_unit_test(text_is_printable_if_all_of_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
