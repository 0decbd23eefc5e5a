/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "../user/reason.h"
#include "pingpong.h"

/* A pair of Unix sockets: no network, only the scheduler. */
static const char *setup(struct nb_loop *loop)
{
	int sockets[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
		return nb_reason("no Unix sockets here: %s", strerror(errno));
	return nb_pingpong_start(loop, sockets);
}

static inline void op(struct nb_loop *loop)
{
	nb_pingpong_once(loop);
}

NB_BENCH_DEFINE(io, io_unix_pingpong, op, nb_bench_no_prepare, .batch = 1, .setup = setup,
		.teardown = nb_pingpong_end, .io = NB_IO_NOT);
