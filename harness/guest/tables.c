/* SPDX-License-Identifier: Apache-2.0 */
#include "guest_private.h"

/* GDT, TSS and IDT (Intel SDM volume 3, chapters 3, 6 and 8). */

enum {
	KERNEL_CODE = 0x08,
	TSS_SELECTOR = 0x28,
	INTERRUPT_GATE = 0x8e,
	USER_GATE = 0xee,
	VECTOR_BP = 3,
	VECTOR_DF = 8,
	STUB_SIZE = 16,
	STAMP_STUB_SIZE = 64,
	CATCH_STUB_SIZE = 128,
};

struct tss {
	uint32_t reserved0;
	uint32_t rsp0[2]; /* 64 bits on a 4-byte boundary */
	uint32_t rest[6];
	uint32_t ist1[2];
	uint32_t more[14];
	uint16_t reserved1;
	uint16_t io_map; /* beyond the limit: no map, IOPL alone decides */
};

_Static_assert(sizeof(struct tss) == 104, "64-bit TSS");

struct cpu_tables {
	uint64_t gdt[7];
	struct {
		uint32_t padding; /* puts rsp0 on 8 bytes */
		struct tss tss;
	} task;
	uint64_t idt[NB_VECTOR_COUNT * 2];
};

static struct cpu_tables tables[NB_ABI_VCPUS];

static struct nb_guest_pointer pointer_to(const void *table, uint64_t size)
{
	uint64_t address = (uint64_t)table;

	return (struct nb_guest_pointer){ .limit = (uint16_t)(size - 1),
					  .base = { (uint16_t)address, (uint16_t)(address >> 16),
						    (uint16_t)(address >> 32),
						    (uint16_t)(address >> 48) } };
}

/*
 * The end of the stack of double faults, which is touched here: where the page is not yet backed
 * below, delivery of the double fault exits in its middle, and QEMU's own emulation of SVM (7.2)
 * then forgets that there had been a first fault.
 */
static uint64_t make_fault_stack(const struct cpu_tables *cpu)
{
	volatile uint8_t *stack = nb_guest_cpus[cpu - tables].fault_stack;

	stack[0] = 0;
	return (uint64_t)(stack + NB_GUEST_FAULT_STACK_SIZE);
}

static void fill_gdt(struct cpu_tables *cpu)
{
	uint64_t tss = (uint64_t)&cpu->task.tss;

	cpu->gdt[1] = 0x00af9b000000ffff; /* ring 0 code, 64 bits */
	cpu->gdt[2] = 0x00cf93000000ffff; /* ring 0 data */
	cpu->gdt[3] = 0x00cff3000000ffff; /* ring 3 data */
	cpu->gdt[4] = 0x00affb000000ffff; /* ring 3 code, 64 bits */
	cpu->gdt[5] = (sizeof(struct tss) - 1) | (tss & 0xffffff) << 16 | (uint64_t)0x89 << 40 |
		      (tss >> 24 & 0xff) << 56;
	cpu->gdt[6] = tss >> 32;
	cpu->task.tss.io_map = sizeof(struct tss);
	cpu->task.tss.ist1[0] = (uint32_t)make_fault_stack(cpu);
}

/*
 * INT3 is legal in ring 3. A double fault has a stack of its own (IST 1), so that it can be told
 * even where the ordinary one is the trouble.
 */
static void set_gate(struct cpu_tables *cpu, size_t vector, uint64_t code)
{
	uint64_t kind = vector == VECTOR_BP ? USER_GATE : INTERRUPT_GATE;
	uint64_t stack = vector == VECTOR_DF ? 1 : 0;

	cpu->idt[2 * vector] = (code & 0xffff) | KERNEL_CODE << 16 | stack << 32 | kind << 40 |
			       (code >> 16 & 0xffff) << 48;
	cpu->idt[2 * vector + 1] = code >> 32;
}

static void fill_idt(struct cpu_tables *cpu)
{
	for (size_t i = 0; i < NB_VECTOR_COUNT; i++)
		set_gate(cpu, i, (uint64_t)nb_guest_trap_stubs + i * STUB_SIZE);
}

void nb_guest_handle(uint8_t vector, nb_guest_handler handler)
{
	struct nb_guest_cpu *this_cpu = nb_guest_this_cpu();
	uint64_t code =
		handler ? (uint64_t)nb_guest_stamp_stubs + (uint64_t)vector * STAMP_STUB_SIZE
			: (uint64_t)nb_guest_trap_stubs + (uint64_t)vector * STUB_SIZE;

	this_cpu->handlers[vector] = handler;
	this_cpu->handled |= UINT64_C(1) << vector;
	set_gate(&tables[nb_guest_this_index()], vector, code);
}

void nb_guest_catch(uint8_t vector)
{
	nb_guest_this_cpu()->handled |= UINT64_C(1) << vector;
	set_gate(&tables[nb_guest_this_index()], vector,
		 (uint64_t)nb_guest_catch_stubs + (uint64_t)vector * CATCH_STUB_SIZE);
}

void nb_guest_release_vectors(void)
{
	struct nb_guest_cpu *cpu = nb_guest_this_cpu();

	for (unsigned vector = 0; cpu->handled != 0; vector++, cpu->handled >>= 1) {
		if (cpu->handled & 1)
			set_gate(&tables[nb_guest_this_index()], vector,
				 (uint64_t)nb_guest_trap_stubs + (uint64_t)vector * STUB_SIZE);
		cpu->handlers[vector] = 0;
	}
}

void nb_guest_load_tables(unsigned index)
{
	struct cpu_tables *cpu = &tables[index];
	struct nb_guest_pointer gdt = pointer_to(cpu->gdt, sizeof(cpu->gdt));
	struct nb_guest_pointer idt = pointer_to(cpu->idt, sizeof(cpu->idt));

	fill_gdt(cpu);
	fill_idt(cpu);
	__asm__ volatile("lgdt %0\n\tlidt %1\n\tltr %2"
			 :
			 : "m"(gdt), "m"(idt), "r"((uint16_t)TSS_SELECTOR)
			 : "memory");
}

uint64_t *nb_guest_rsp0(unsigned index)
{
	return (uint64_t *)(void *)tables[index].task.tss.rsp0;
}
