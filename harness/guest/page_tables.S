/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first 4 GiB mapped one to one by pages of 2 MiB, made at build time: the vCPU can enter
 * 64-bit mode straight away. All pages are open to user mode, since ring 3 runs the same code.
 * Accessed and dirty bits are set beforehand, so that the first touch writes no page table.
 */
#define TABLE 0x67 /* present, writable, user, accessed, dirty */
#define LARGE 0xe7 /* ... and a page of 2 MiB */

	.section .page_tables, "aw", @progbits
	.balign 4096
	.globl nb_guest_page_tables
nb_guest_page_tables: /* two roots, for switching between them */
	.rept 2
	.quad directory_pointers + TABLE
	.quad window_pointers + TABLE
	.fill 510, 8, 0 /* the first of these is the VMM's, for its arena */
	.endr
directory_pointers:
	.quad directories + TABLE
	.quad directories + 0x1000 + TABLE
	.quad directories + 0x2000 + TABLE
	.quad directories + 0x3000 + TABLE
	.fill 508, 8, 0
directories:
	.set page, 0
	.rept 4 * 512
	.quad page + LARGE
	.set page, page + 0x200000
	.endr
/* The window of single pages; their entries are the benchmarks' own. */
window_pointers:
	.quad window_directory + TABLE
	.fill 511, 8, 0
window_directory:
	.quad nb_guest_window + TABLE
	.fill 511, 8, 0
	.globl nb_guest_window
nb_guest_window:
	.fill 512, 8, 0

	.section .note.GNU-stack, "", @progbits
