/* SPDX-License-Identifier: Apache-2.0 */
#include "irq_inject.h"

/* By the system call KVM_SIGNAL_MSI. */
NB_BENCH_DEFINE_SAMPLED(guest, irq_inject_msi, nb_irq_inject,
			.expect = { "irq_injections", { 1, 0 }, { 1, 0 } },
			.setup = nb_irq_inject_setup, .teardown = nb_irq_inject_teardown,
			.host = NB_HOST_MSI, .own_null = 1, NB_IRQ_INJECT_VARIANTS);
