/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A guest that behaves as its commands say, well or badly: enum fake in fake_guest.h, which
 * NB_ABI_RUN takes from the mailbox's bench and NB_ABI_PEER from its variant. It has no descriptor
 * tables, stack or interrupts. Offsets are those of nestbench/abi.h, checked in fake_image.c.
 */

#define AT(symbol) (symbol - nb_test_image + 0x100000)

/* Mailbox. */
#define COMMAND	   0
#define FLAGS	   4
#define BENCH	   8
#define VARIANT	   12
#define COUNT	   16
#define STATUS	   80
#define INTERRUPTS 88
#define REASON	   96
#define FAILED	   104
#define TOTAL	   112
#define VECTOR	   120
#define RIP	   136

/* Shared words. */
#define PEER_READY 0
#define STOP	   64
#define ASKED	   128
#define ANSWERED   192
#define ACTED_ON   320
#define SEEN_OF	   448

	.section .rodata
	.balign 4096
	.globl nb_test_image
nb_test_image:
	mov %rdi, %rbx
	shl $12, %rbx
	add $0x300000, %rbx		/* mailbox */
	mov $0x302000, %r12d		/* shared words */

done:
	mov $1, %eax
report:
	mov %eax, STATUS(%rbx)
	mov $0xf00, %edx
	out %eax, (%dx)
	cmpl $3, COMMAND(%rbx)		/* NB_ABI_RUN */
	mov BENCH(%rbx), %eax
	je dispatch
	cmpl $5, COMMAND(%rbx)		/* NB_ABI_PEER */
	mov VARIANT(%rbx), %eax
	jne done
dispatch:
	lea behaviours(%rip), %rcx
	movslq (%rcx, %rax, 4), %rax
	add %rcx, %rax
	jmp *%rax

stop:
	movq $1, STOP(%r12)
	jmp done

spin:
	pause
	jmp spin

halt:
	cli
	hlt
	jmp halt

fault:
	movq $13, VECTOR(%rbx)
	movq $0x1234, RIP(%rbx)
	mov $3, %eax
	jmp report

wrong:
	movq $1, STOP(%r12)
	movq $0x100000, REASON(%rbx)
	movq $3, FAILED(%rbx)
	movq $640, TOTAL(%rbx)
	mov $4, %eax
	jmp report

await_stop:
	movq $1, PEER_READY(%r12)
1:	pause
	cmpq $0, STOP(%r12)
	je 1b
	jmp done

ask:
	xor %ecx, %ecx
1:	cmp COUNT(%rbx), %rcx
	je done
	inc %rcx
	mov %rcx, ASKED(%r12)
2:	pause
	cmp %rcx, ACTED_ON(%r12)
	jne 2b
	mov %rcx, ANSWERED(%r12)
3:	pause
	cmp %rcx, SEEN_OF(%r12)
	jne 3b
	jmp 1b

clock:
	rdtsc
	shl $32, %rdx
	or %rdx, %rax
	mov %rax, INTERRUPTS(%rbx)
	jmp done

flags:
	mov FLAGS(%rbx), %eax
	mov %rax, INTERRUPTS(%rbx)
	jmp done

fresh:
	mov $0xd8000000, %ecx		/* NB_ABI_MMIO_FRESH, first and last word */
	mov %eax, (%rcx)
	mov $0xdffffffc, %ecx
	mov %eax, (%rcx)
	jmp done

beyond:
	mov $0xe0000000, %ecx
	mov %eax, (%rcx)
	jmp done

	.balign 4
behaviours:
	.long stop - behaviours
	.long spin - behaviours
	.long halt - behaviours
	.long fault - behaviours
	.long wrong - behaviours
	.long await_stop - behaviours
	.long ask - behaviours
	.long clock - behaviours
	.long flags - behaviours
	.long fresh - behaviours
	.long beyond - behaviours

	/* The first 4 GiB in pages of 2 MiB. */
	.balign 4096
root:
	.quad AT(directories) + 3
	.balign 4096
directories:
	.set table, 0
	.rept 4
	.quad AT(pages) + table * 4096 + 3
	.set table, table + 1
	.endr
	.balign 4096
pages:
	.set address, 0
	.rept 4 * 512
	.quad address + 0x83
	.set address, address + 0x200000
	.endr
end:
	.globl nb_test_image_size
nb_test_image_size:
	.quad end - nb_test_image
	.globl nb_test_image_root
nb_test_image_root:
	.quad AT(root)

	.section .note.GNU-stack, "", @progbits
