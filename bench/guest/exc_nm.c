/* SPDX-License-Identifier: Apache-2.0 */
#include "exc.h"

enum { CR0_TS = 1 << 3 };

/* A load, which KVM's instruction emulator knows too, unlike FNOP. It never gets to load. */
static inline void op(struct nb_loop *loop)
{
	(void)loop;
	__asm__ volatile(EXC_RESUME "movq (%%rsp), %%mm0\n1:" : EXC_RESUME_OUT : : "memory");
}

static void teardown(struct nb_loop *loop)
{
	nb_guest_write_cr0(loop->state[0]);
}

static const char *setup(struct nb_loop *loop)
{
	nb_guest_catch(EXC_NM);
	loop->state[0] = nb_guest_read_cr0();
	nb_guest_write_cr0(loop->state[0] | CR0_TS);
	if (exc_arrives(loop, op))
		return 0;
	teardown(loop);
	return "FPU instructions do not fault here: this KVM does not honour CR0.TS";
}

static inline uint64_t sample(struct nb_loop *loop)
{
	return exc_sample(loop, op);
}

/* KVM intercepts #NM only while the guest has features off in IA32_XFD, as Linux has with AMX. */
NB_BENCH_DEFINE_SAMPLED(guest, exc_nm, sample, .expect = NB_EXPECT(0), .rings = NB_RING_BOTH,
			.setup = setup, .teardown = teardown, EXC_VARIANTS);
