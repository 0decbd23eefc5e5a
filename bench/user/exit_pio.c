/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/io.h>

#include "nestbench/bench.h"

/* Power-on self-test codes: written by every BIOS, read by nobody. */
enum { DIAGNOSTIC_PORT = 0x80 };

static const char *setup(struct nb_loop *loop)
{
	(void)loop;
	if (ioperm(DIAGNOSTIC_PORT, 1, 1) == 0)
		return NULL;
	if (errno == ENOSYS)
		return "this kernel has no ioperm (CONFIG_X86_IOPL_IOPERM)";
	return "ioperm refused port 0x80: run as root, without kernel lockdown";
}

static void teardown(struct nb_loop *loop)
{
	(void)loop;
	(void)ioperm(DIAGNOSTIC_PORT, 1, 0);
}

static inline void op(struct nb_loop *loop)
{
	(void)loop;
	nb_out8(DIAGNOSTIC_PORT, 0);
}

NB_BENCH_DEFINE(user, exit_pio, op, nb_bench_no_prepare, .setup = setup, .teardown = teardown);
