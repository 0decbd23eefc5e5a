/* SPDX-License-Identifier: Apache-2.0 */
/* Entry of exceptions and interrupts, the way to user mode and back, and the safe halt. */

#define VECTORS 0x40
#define EXCEPTIONS 32
#define TRAP_FLAG 0x100
#define VECTOR_UD 6
#define USER_DATA 0x1b
#define USER_CODE 0x23
#define USER_FLAGS 0x3002 /* IOPL 3: port instructions are legal in ring 3; interrupts off */
#define REGISTERS (15 * 8)
#define TRAP_WORDS (3 * 8) /* vector, stamp, error code */
/* struct nb_guest_caught */
#define CAUGHT_STAMP 0
#define CAUGHT_COUNT 8
#define CAUGHT_RESUME 16
#define CAUGHT_ERROR 24

	.text

#define HAS_ERROR(v) ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || (v) == 29 || (v) == 30)

/* One stub a vector, 16 bytes each; exceptions without an error code push a zero. */
	.balign 16
	.globl nb_guest_trap_stubs
nb_guest_trap_stubs:
	.set vector, 0
	.rept VECTORS
	.balign 16
	.if !HAS_ERROR(vector)
	pushq $0
	.endif
	pushq $0 /* no stamp */
	pushq $vector
	jmp trap
	.set vector, vector + 1
	.endr

/* The same with the clock taken first, 64 bytes each: for vectors with a handler of their own. */
	.balign 64
	.globl nb_guest_stamp_stubs
nb_guest_stamp_stubs:
	.set vector, 0
	.rept VECTORS
	.balign 64
	.if !HAS_ERROR(vector)
	pushq $0
	.endif
	pushq %rax
	pushq %rdx
	rdtsc
	shlq $32, %rdx
	orq %rdx, %rax
	movq (%rsp), %rdx
	movq %rax, (%rsp) /* where RDX was: the stamp, still below the saved RAX */
	movq 8(%rsp), %rax
	popq (%rsp) /* the stamp takes the place of RAX */
	pushq $vector
	jmp trap
	.set vector, vector + 1
	.endr

/*
 * The short way, 128 bytes each: the clock, a count, and on to where the operation wants to go on.
 * The first vCPU's alone. 16(%rsp) is the error code, or the address of the fault.
 */
	.balign 128
	.globl nb_guest_catch_stubs
nb_guest_catch_stubs:
	.set vector, 0
	.rept EXCEPTIONS
	.balign 128
	.if !HAS_ERROR(vector)
	pushq $0
	.endif
	pushq %rax
	pushq %rdx
	rdtsc
	shlq $32, %rdx
	orq %rdx, %rax
	.if vector == VECTOR_UD
	cmpq $nb_guest_user_exit, 24(%rsp)
	je caught_user_exit
	.endif
	movq %rax, nb_guest_caught + CAUGHT_STAMP
	incq nb_guest_caught + CAUGHT_COUNT
	movq 16(%rsp), %rax
	movq %rax, nb_guest_caught + CAUGHT_ERROR
	movq nb_guest_caught + CAUGHT_RESUME, %rax
	movq %rax, 24(%rsp)
	andl $~TRAP_FLAG, 40(%rsp)
	popq %rdx
	popq %rax
	addq $8, %rsp
	iretq
	.set vector, vector + 1
	.endr

/* Ring 3 ends with UD2 even while the operation raises its own. */
caught_user_exit:
	popq %rdx
	popq %rax
	pushq $0 /* no stamp */
	pushq $VECTOR_UD
	/* and on to: */
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
	addq $TRAP_WORDS, %rsp
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
	addq $(REGISTERS + TRAP_WORDS + 40), %rsp /* the saved registers and the CPU's frame: RSP0 again */
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
