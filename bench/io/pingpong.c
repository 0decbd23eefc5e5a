/* SPDX-License-Identifier: Apache-2.0 */
#include "pingpong.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../user/reason.h"
#include "anywhere.h"

struct pingpong {
	int sockets[2]; /* ours, the thread's */
	pthread_t thread;
};

/* Gives back what it gets until the other end is shut. */
static void *answer(void *context)
{
	const struct pingpong *pingpong = context;
	char byte;

	while (read(pingpong->sockets[1], &byte, 1) == 1) {
		if (write(pingpong->sockets[1], &byte, 1) != 1)
			break;
	}
	return NULL;
}

const char *nb_pingpong_start(struct nb_loop *loop, const int sockets[2])
{
	struct pingpong *pingpong = malloc(sizeof(*pingpong));
	int result = pingpong ? 0 : ENOMEM;

	if (pingpong) {
		memcpy(pingpong->sockets, sockets, sizeof(pingpong->sockets));
		result = nb_anywhere_start(&pingpong->thread, answer, pingpong);
	}
	if (result == 0) {
		loop->state[NB_PINGPONG_STATE] = (uintptr_t)pingpong;
		return 0;
	}
	close(sockets[0]);
	close(sockets[1]);
	free(pingpong);
	return nb_reason("cannot start a thread: %s", strerror(result));
}

void nb_pingpong_end(struct nb_loop *loop)
{
	struct pingpong *pingpong = (struct pingpong *)loop->state[NB_PINGPONG_STATE];

	if (!pingpong)
		return;
	shutdown(pingpong->sockets[0], SHUT_RDWR);
	pthread_join(pingpong->thread, NULL);
	close(pingpong->sockets[0]);
	close(pingpong->sockets[1]);
	free(pingpong);
	loop->state[NB_PINGPONG_STATE] = 0;
}

void nb_pingpong_once(struct nb_loop *loop)
{
	const struct pingpong *pingpong = (struct pingpong *)loop->state[NB_PINGPONG_STATE];
	char sent = (char)loop->count, got = 0;

	if (write(pingpong->sockets[0], &sent, 1) != 1 ||
	    read(pingpong->sockets[0], &got, 1) != 1 || got != sent)
		nb_bench_fail(loop, "bytes that did not come back", 1, loop->count);
}

static int connect_to(int listener, int family, struct sockaddr *address, socklen_t length,
		      int sockets[2])
{
	if (bind(listener, address, length) < 0 || listen(listener, 1) < 0 ||
	    getsockname(listener, address, &length) < 0)
		return -1;
	sockets[0] = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sockets[0] < 0 || connect(sockets[0], address, length) < 0)
		return -1;
	sockets[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	return sockets[1] < 0 ? -1 : 0;
}

int nb_pingpong_connect(int family, struct sockaddr *address, unsigned length, int sockets[2])
{
	int listener = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int result, code;

	if (listener < 0)
		return -1;
	sockets[0] = sockets[1] = -1;
	result = connect_to(listener, family, address, length, sockets);
	code = errno;
	close(listener);
	if (result < 0 && sockets[0] >= 0)
		close(sockets[0]);
	errno = code;
	return result;
}
