/* SPDX-License-Identifier: Apache-2.0 */
/* The one place where registers are the inner guest's: right before an entry and after an exit. */

#define STACK (15 * 8) /* in struct nb_vmx_area, behind the registers */
#define FAIL_INVALID 1 /* enum nb_vmx_switched */
#define FAIL_VALID 2

	.text

/*
 * int nb_vmx_switch(struct nb_vmx_area *area, int launched)
 * An exit makes RSP the address of area->stack, whence the inner guest's registers are pushed
 * right into the area. Nothing else uses that stack: interrupts are off, and no benchmark of the
 * family sends NMIs. MOV keeps the flags: of TEST before the entry, of a failed entry behind it.
 */
	.globl nb_vmx_switch, nb_vmx_exited
nb_vmx_switch:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, STACK(%rdi)
	testl %esi, %esi
	movq 0(%rdi), %rax
	movq 8(%rdi), %rbx
	movq 16(%rdi), %rcx
	movq 24(%rdi), %rdx
	movq 32(%rdi), %rsi
	movq 48(%rdi), %rbp
	movq 56(%rdi), %r8
	movq 64(%rdi), %r9
	movq 72(%rdi), %r10
	movq 80(%rdi), %r11
	movq 88(%rdi), %r12
	movq 96(%rdi), %r13
	movq 104(%rdi), %r14
	movq 112(%rdi), %r15
	movq 40(%rdi), %rdi
	jnz resume
	vmlaunch
	jmp failed
resume:
	vmresume
/* Only a refused entry comes here: CF says that there is no VMCS, ZF that its error number tells. */
failed:
	movl $FAIL_INVALID, %eax
	jc done
	movl $FAIL_VALID, %eax
	jmp done

nb_vmx_exited:
	pushq %r15
	pushq %r14
	pushq %r13
	pushq %r12
	pushq %r11
	pushq %r10
	pushq %r9
	pushq %r8
	pushq %rbp
	pushq %rdi
	pushq %rsi
	pushq %rdx
	pushq %rcx
	pushq %rbx
	pushq %rax
	movq STACK(%rsp), %rsp
	xorl %eax, %eax
done:
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret

	.section .note.GNU-stack, "", @progbits
