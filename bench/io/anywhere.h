/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_BENCH_IO_ANYWHERE_H
#define NB_BENCH_IO_ANYWHERE_H

#include <pthread.h>
#include <sched.h>
#include <string.h>

/*
 * Starts a thread that may run on every CPU that we may use, and not only on the one that the
 * round is bound to. 0 or an error number, as pthread_create(3).
 */
static inline int nb_anywhere_start(pthread_t *thread, void *(*code)(void *), void *context)
{
	pthread_attr_t attributes;
	cpu_set_t all;
	int result;

	memset(&all, 0xff, sizeof(all));
	pthread_attr_init(&attributes);
	pthread_attr_setaffinity_np(&attributes, sizeof(all), &all);
	result = pthread_create(thread, &attributes, code, context);
	pthread_attr_destroy(&attributes);
	return result;
}

#endif
