/* SPDX-License-Identifier: Apache-2.0 */
#include "guest_private.h"

/* What a reason, which is a text of the image, cannot say: names and numbers of this moment. */

void nb_guest_note(const char *text)
{
	volatile char *note = nb_guest_mailbox()->note;
	unsigned end = 0;

	while (note[end])
		end++;
	for (; *text && end < NB_ABI_NOTE_SIZE - 1; text++)
		note[end++] = *text;
	note[end] = '\0';
}

void nb_guest_note_number(const char *name, uint64_t number)
{
	char digits[16 + 1];
	unsigned start = sizeof(digits) - 1;

	digits[start] = '\0';
	do {
		digits[--start] = "0123456789abcdef"[number & 0xf];
		number >>= 4;
	} while (number > 0);
	nb_guest_note(name);
	nb_guest_note("0x");
	nb_guest_note(digits + start);
}
