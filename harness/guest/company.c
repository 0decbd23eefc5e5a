/* SPDX-License-Identifier: Apache-2.0 */
#include "guest_private.h"

/*
 * The other vCPU and the host's thread. Each word of the shared page has one writer; x86 keeps
 * loads in order and stores in order (Intel SDM volume 3, section 9.2), so that a word that says
 * "written" is enough behind the ones it speaks of.
 */

/* Half a second on a CPU of 2 GHz: nothing that works takes so long. */
static const uint64_t patience = UINT64_C(1) << 30;

bool nb_guest_await(const volatile struct nb_abi_word *word, uint64_t value)
{
	uint64_t start = nb_rdtsc();

	while (word->value < value) {
		if (nb_rdtsc() - start > patience)
			return false;
		nb_pause();
	}
	return true;
}

void nb_guest_peer_ready(void)
{
	nb_guest_shared()->peer_ready.value = 1;
}

bool nb_guest_peer_stop(void)
{
	return nb_guest_shared()->stop.value != 0;
}

bool nb_guest_meet_peer(struct nb_loop *loop)
{
	if (nb_guest_await(&nb_guest_shared()->peer_ready, 1))
		return true;
	nb_bench_fail(loop, "second vCPUs that did not answer", 1, 1);
	return false;
}

/* The host zeroes the words before the next loop. A peer without an APIC does not halt. */
void nb_guest_dismiss_peer(void)
{
	nb_guest_shared()->stop.value = 1;
	if (nb_guest_this_cpu()->apic_mode)
		nb_guest_apic_ipi(1, NB_VECTOR_WAKE);
}

uint64_t nb_guest_ask_host(void)
{
	volatile struct nb_abi_shared *shared = nb_guest_shared();
	uint64_t number = shared->asked.value + 1;

	shared->asked.value = number;
	return number;
}

bool nb_guest_same_clock(void)
{
	return (nb_guest_mailbox()->flags & NB_ABI_SAME_CLOCK) != 0;
}
