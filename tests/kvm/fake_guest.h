/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_FAKE_GUEST_H
#define NB_FAKE_GUEST_H

/*
 * In place of the microguest, in tests that link fake_guest.S and fake_image.c: what each vCPU
 * does is chosen by its command. In the order of fake_guest.S.
 */
enum fake {
	FAKE_STOP,	 /* sets shared.stop; done */
	FAKE_SPIN,	 /* for ever */
	FAKE_HALT,	 /* for ever, interrupts off */
	FAKE_FAULT,	 /* reports a #GP */
	FAKE_WRONG,	 /* sets shared.stop; reports 3 of 640 */
	FAKE_AWAIT_STOP, /* done when shared.stop is set */
	FAKE_ASK,	 /* asks the host's thread count times and takes each answer */
	FAKE_CLOCK,	 /* its time stamp counter as the reply's interrupts */
	FAKE_FLAGS,	 /* the mailbox's flags, likewise */
	FAKE_FRESH,	 /* writes the first and the last word of NB_ABI_MMIO_FRESH */
	FAKE_BEYOND,	 /* and the word behind it */
};

#define FAKE_REASON "things that went wrong"

#endif
