/* SPDX-License-Identifier: Apache-2.0 */
#include "irq_inject.h"

/* By a write to an eventfd that KVM turns into an MSI, as vhost does it. */
NB_BENCH_DEFINE_SAMPLED(guest, irq_inject_irqfd, nb_irq_inject,
			.expect = { "irq_injections", { 1, 0 }, { 1, 0 } },
			.setup = nb_irq_inject_setup, .teardown = nb_irq_inject_teardown,
			.host = NB_HOST_IRQFD, .own_null = 1, NB_IRQ_INJECT_VARIANTS);
