/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_INSTRUCTION_H
#define NB_INSTRUCTION_H

#include <stdint.h>

/*
 * The instructions that user mode and the microguest measure alike, one function each, so that
 * both vantages time the same bytes. Freestanding.
 */

static inline void nb_cpuid(uint32_t leaf)
{
	uint32_t a = leaf, b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d) : : "memory");
}

static inline uint64_t nb_rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

static inline void nb_rdtscp(void)
{
	uint32_t a, c, d;

	__asm__ volatile("rdtscp" : "=a"(a), "=c"(c), "=d"(d) : : "memory");
}

static inline void nb_pause(void)
{
	__asm__ volatile("pause" : : : "memory");
}

/* SGDT, SIDT, SLDT, STR and SMSW: what descriptor-table exiting (and UMIP) can trap. */
static inline void nb_descriptor_tables(void)
{
	struct {
		uint16_t limit;
		uint16_t base[4];
	} table;
	uint64_t value;

	__asm__ volatile("sgdt %0\n\t"
			 "sidt %0\n\t"
			 "sldt %1\n\t"
			 "str %1\n\t"
			 "smsw %1"
			 : "=m"(table), "=r"(value)
			 :
			 : "memory");
}

static inline void nb_out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void nb_out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void nb_out_string8(uint16_t port, const void *data, uint64_t length)
{
	__asm__ volatile("rep outsb" : "+S"(data), "+c"(length) : "d"(port) : "memory");
}

#endif
