/* SPDX-License-Identifier: Apache-2.0 */
#include "guest_private.h"

/* GDT, TSS and IDT (Intel SDM volume 3, chapters 3, 6 and 8). */

enum {
	KERNEL_CODE = 0x08,
	TSS_SELECTOR = 0x28,
	INTERRUPT_GATE = 0x8e,
	STUB_SIZE = 16,
};

struct tss {
	uint32_t reserved0;
	uint32_t rsp0[2]; /* 64 bits on a 4-byte boundary */
	uint32_t rest[22];
	uint16_t reserved1;
	uint16_t io_map; /* beyond the limit: no map, IOPL alone decides */
};

struct pointer {
	uint16_t limit;
	uint16_t base[4];
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

static struct pointer pointer_to(const void *table, uint64_t size)
{
	uint64_t address = (uint64_t)table;

	return (struct pointer){ .limit = (uint16_t)(size - 1),
				 .base = { (uint16_t)address, (uint16_t)(address >> 16),
					   (uint16_t)(address >> 32), (uint16_t)(address >> 48) } };
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
}

static void fill_idt(struct cpu_tables *cpu)
{
	uint64_t stub = (uint64_t)nb_guest_trap_stubs;

	for (size_t i = 0; i < NB_VECTOR_COUNT; i++, stub += STUB_SIZE) {
		cpu->idt[2 * i] = (stub & 0xffff) | KERNEL_CODE << 16 |
				  (uint64_t)INTERRUPT_GATE << 40 | (stub >> 16 & 0xffff) << 48;
		cpu->idt[2 * i + 1] = stub >> 32;
	}
}

void nb_guest_load_tables(unsigned index)
{
	struct cpu_tables *cpu = &tables[index];
	struct pointer gdt = pointer_to(cpu->gdt, sizeof(cpu->gdt));
	struct pointer idt = pointer_to(cpu->idt, sizeof(cpu->idt));

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
