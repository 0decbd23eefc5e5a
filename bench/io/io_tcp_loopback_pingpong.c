/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "../user/reason.h"
#include "pingpong.h"

/* TCP over 127.0.0.1, without delay: what WSL's localhost relay adds to is this. */
static const char *setup(struct nb_loop *loop)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int sockets[2];
	int on = 1;

	if (nb_pingpong_connect(AF_INET, (struct sockaddr *)&address, sizeof(address), sockets) < 0)
		return nb_reason("no TCP over the loopback here: %s", strerror(errno));
	for (unsigned i = 0; i < 2; i++)
		setsockopt(sockets[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return nb_pingpong_start(loop, sockets);
}

static inline void op(struct nb_loop *loop)
{
	nb_pingpong_once(loop);
}

NB_BENCH_DEFINE(io, io_tcp_loopback_pingpong, op, nb_bench_no_prepare, .batch = 1, .setup = setup,
		.teardown = nb_pingpong_end, .io = NB_IO_NOT);
