/* SPDX-License-Identifier: Apache-2.0 */
/* The microguest's flat image as read-only data of the host program. */
	.section .rodata, "a", @progbits
	.balign 4096
	.globl nb_guest_image_start, nb_guest_image_end
nb_guest_image_start:
	.incbin NB_IMAGE
nb_guest_image_end:
	.byte 0

	.section .note.GNU-stack, "", @progbits
