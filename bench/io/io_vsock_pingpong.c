/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/vm_sockets.h>
#include <string.h>
#include <sys/socket.h>

#include "../user/reason.h"
#include "pingpong.h"

/* Sockets of VMs, back to this machine itself: the carrier of WSL's /mnt/c. */
static const char *setup(struct nb_loop *loop)
{
	struct sockaddr_vm address = { .svm_family = AF_VSOCK,
				       .svm_port = VMADDR_PORT_ANY,
				       .svm_cid = VMADDR_CID_LOCAL };
	int sockets[2];

	if (nb_pingpong_connect(AF_VSOCK, (struct sockaddr *)&address, sizeof(address), sockets) <
	    0)
		return nb_reason("no loopback vsock here (module vsock_loopback): %s",
				 strerror(errno));
	return nb_pingpong_start(loop, sockets);
}

static inline void op(struct nb_loop *loop)
{
	nb_pingpong_once(loop);
}

NB_BENCH_DEFINE(io, io_vsock_pingpong, op, nb_bench_no_prepare, .batch = 1, .setup = setup,
		.teardown = nb_pingpong_end, .io = NB_IO_NOT);
