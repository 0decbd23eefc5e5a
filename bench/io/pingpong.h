/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_IO_PINGPONG_H
#define NB_BENCH_IO_PINGPONG_H

#include "nestbench/bench.h"

/*
 * One byte there and back through a pair of connected sockets, to a thread that may run on any
 * CPU: what a request to a file server or a container costs at the least.
 */
enum { NB_PINGPONG_STATE }; /* word of state */

/* Takes over both sockets and starts the thread. NULL, or why not; the sockets are closed then. */
const char *nb_pingpong_start(struct nb_loop *loop, const int sockets[2]);
void nb_pingpong_end(struct nb_loop *loop); /* safe where it was not started */
void nb_pingpong_once(struct nb_loop *loop);

/* Connects two sockets of that kind through a listening one on this machine; -1 and errno. */
struct sockaddr;
int nb_pingpong_connect(int family, struct sockaddr *address, unsigned length, int sockets[2]);

#endif
