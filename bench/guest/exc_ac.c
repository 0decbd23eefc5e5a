/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"

enum { CR0_AM = 1 << 18, ALIGNMENT_CHECK = 1 << 18 };

static inline void toggle_alignment_check(void)
{
	__asm__ volatile("pushfq\n\t"
			 "xorq %0, (%%rsp)\n\t"
			 "popfq"
			 :
			 : "i"(ALIGNMENT_CHECK)
			 : "memory", "cc");
}

static inline void op(struct nb_loop *loop)
{
	uint32_t value;

	(void)loop;
	__asm__ volatile(EXC_RESUME "movl 1(%%rsp), %[value]\n1:"
			 : EXC_RESUME_OUT, [value] "=r"(value)
			 :
			 : "memory");
}

static void teardown(struct nb_loop *loop)
{
	nb_guest_write_cr0(loop->state[0]);
}

static void try_once(struct nb_loop *loop)
{
	toggle_alignment_check();
	op(loop);
	toggle_alignment_check();
}

/* QEMU's own emulation, for one, does not know alignment checks. */
static const char *setup(struct nb_loop *loop)
{
	nb_guest_catch(EXC_AC);
	loop->state[0] = nb_guest_read_cr0();
	nb_guest_write_cr0(loop->state[0] | CR0_AM);
	if (exc_arrives(loop, try_once))
		return 0;
	teardown(loop);
	return "this CPU, or what emulates it, does not check alignment";
}

/* The flag is set outside of the time; compiled code has no misaligned access of its own. */
static inline uint64_t sample(struct nb_loop *loop)
{
	uint64_t ticks;

	toggle_alignment_check();
	ticks = exc_sample(loop, op);
	toggle_alignment_check();
	return ticks;
}

/* KVM always intercepts #AC, for the reason it intercepts #DB (CVE-2015-5307). */
NB_BENCH_DEFINE_SAMPLED(guest, exc_ac, sample, .expect = NB_EXPECT(1), .rings = NB_RING_3,
			.setup = setup, .teardown = teardown, EXC_VARIANTS);
