/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/guest.h"

/*
 * KVM takes an OUTS to user space byte by byte, entering the guest again after each. The
 * instruction exits once more when its count has reached zero (seen on kvm-intel and kvm-amd of
 * Linux 6.12).
 */
static const uint8_t data[64];

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	nb_out_string8(NB_ABI_PORT_USER, data, sizeof(data));
}

NB_BENCH_DEFINE(guest, exit_pio_string_user, op, nb_bench_no_prepare,
		.expect = NB_EXPECT_VENDOR(65, 64, 65, 64), .rings = NB_RING_BOTH,
		.absent = NB_GUEST_NO_IOPL);
