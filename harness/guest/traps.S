/* SPDX-License-Identifier: Apache-2.0 */
/* Entry of exceptions and interrupts, the way to user mode and back, and the safe halt. */

#define VECTORS 0x40
#define USER_DATA 0x1b
#define USER_CODE 0x23
#define USER_FLAGS 0x3002 /* IOPL 3: port instructions are legal in ring 3; interrupts off */
#define REGISTERS (15 * 8)

	.text

/* One stub a vector, 16 bytes each; exceptions without an error code push a zero. */
	.balign 16
	.globl nb_guest_trap_stubs
nb_guest_trap_stubs:
	.set vector, 0
	.rept VECTORS
	.balign 16
	.if !(vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30)
	pushq $0
	.endif
	pushq $vector
	jmp trap
	.set vector, vector + 1
	.endr

trap:
	pushq %rax
	pushq %rbx
	pushq %rcx
	pushq %rdx
	pushq %rsi
	pushq %rdi
	pushq %rbp
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, %rdi
	cld
	call nb_guest_trap /* struct nb_guest_frame * -> 1: user mode has ended */
	testl %eax, %eax
	jnz leave_user
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rbp
	popq %rdi
	popq %rsi
	popq %rdx
	popq %rcx
	popq %rbx
	popq %rax
	addq $16, %rsp
	iretq

/*
 * void nb_guest_call_user(nb_loop_code code, struct nb_loop *loop, uint64_t stack,
 *			   uint64_t *rsp0)
 * Calls code(loop) in ring 3. What must survive is pushed, and the stack pointer becomes the
 * TSS's RSP0: the trap that ends user mode starts right below it.
 */
	.globl nb_guest_call_user
nb_guest_call_user:
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	subq $8, %rsp /* RSP0 on 16 bytes: the CPU rounds the stack down to that */
	movq %rsp, (%rcx)
	pushq $USER_DATA
	pushq %rdx
	pushq $USER_FLAGS
	pushq $USER_CODE
	leaq user_entry(%rip), %rax
	pushq %rax
	iretq

/* Ring 3 ends with UD2: the one trap that every KVM flavour seen so far delivers from there. */
user_entry:
	movq %rdi, %rax
	movq %rsi, %rdi
	call *%rax
	.globl nb_guest_user_exit
nb_guest_user_exit:
	ud2

leave_user:
	addq $(REGISTERS + 16 + 40), %rsp /* the saved registers and the CPU's frame: RSP0 again */
	addq $8, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret

/*
 * STI holds interrupts off for one instruction, so none can slip in before HLT. Emulators have
 * lost that shadow; the trap handler then sees this address and steps over the HLT.
 */
	.globl nb_guest_halt, nb_guest_halt_instruction
nb_guest_halt:
	sti
nb_guest_halt_instruction:
	hlt
	cli
	ret

	.section .note.GNU-stack, "", @progbits
