/* SPDX-License-Identifier: Apache-2.0 */
/* Into the inner guest and back (AMD APM volume 2, sections 15.5 and 15.6). */

/* struct nb_nested_registers */
#define RAX 0
#define RBX 8
#define RCX 16
#define RDX 24
#define RSI 32
#define RDI 40
#define RBP 48
#define R8 56
#define R9 64
#define R10 72
#define R11 80
#define R12 88
#define R13 96
#define R14 104
#define R15 112

	.text

/*
 * void nb_svm_switch(uint64_t vmcb, struct nb_nested_registers *registers)
 * RAX, RSP, RIP and RFLAGS are the VMCB's: VMRUN keeps ours in the host save area meanwhile.
 */
	.globl nb_svm_switch
nb_svm_switch:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushq %rsi
	movq %rdi, %rax
	movq RBX(%rsi), %rbx
	movq RCX(%rsi), %rcx
	movq RDX(%rsi), %rdx
	movq RDI(%rsi), %rdi
	movq RBP(%rsi), %rbp
	movq R8(%rsi), %r8
	movq R9(%rsi), %r9
	movq R10(%rsi), %r10
	movq R11(%rsi), %r11
	movq R12(%rsi), %r12
	movq R13(%rsi), %r13
	movq R14(%rsi), %r14
	movq R15(%rsi), %r15
	movq RSI(%rsi), %rsi
	sti /* for the inner guest: see svm.c */
	vmrun %rax
	cli
	popq %rax
	movq %rbx, RBX(%rax)
	movq %rcx, RCX(%rax)
	movq %rdx, RDX(%rax)
	movq %rsi, RSI(%rax)
	movq %rdi, RDI(%rax)
	movq %rbp, RBP(%rax)
	movq %r8, R8(%rax)
	movq %r9, R9(%rax)
	movq %r10, R10(%rax)
	movq %r11, R11(%rax)
	movq %r12, R12(%rax)
	movq %r13, R13(%rax)
	movq %r14, R14(%rax)
	movq %r15, R15(%rax)
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret

	.section .note.GNU-stack, "", @progbits
