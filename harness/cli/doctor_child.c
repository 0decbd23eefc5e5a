/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli_doctor.h"

/* A process that hangs in the kernel may outlive SIGKILL; it is not waited for any longer. */
enum { FAREWELL_MS = 50 };

int64_t nb_cli_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What the child sends first; its text follows. */
struct answer {
	int result;
	size_t length;
};

static void on_fault(int number)
{
	(void)number;
	_exit(EXIT_FAILURE);
}

/* A fault that is caught leaves no line in the kernel's log and no core file. */
static void expect_faults(void)
{
	static const int numbers[] = { SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGTRAP };
	const struct sigaction action = { .sa_handler = on_fault };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &action, NULL);
}

static void live(nb_cli_work work, void *context, int fd, size_t size)
{
	char *text = calloc(1, size);
	struct answer answer;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	expect_faults();
	if (!text)
		_exit(EXIT_FAILURE);
	answer.result = work(context, text, size);
	answer.length = strlen(text);
	_exit(nb_base_write_all(fd, &answer, sizeof(answer)) == 0 &&
			      nb_base_write_all(fd, text, answer.length) == 0
		      ? EXIT_SUCCESS
		      : EXIT_FAILURE);
}

/* Bytes received until there are size of them, or the other end closed; -ETIMEDOUT, -errno. */
static int receive(int fd, void *data, size_t size, int64_t deadline)
{
	struct pollfd waiting = { .fd = fd, .events = POLLIN };
	size_t used = 0;

	while (used < size) {
		int64_t left = deadline - nb_cli_now_ms();
		ssize_t got;

		if (left <= 0 || poll(&waiting, 1, (int)left) == 0)
			return -ETIMEDOUT;
		got = read(fd, (char *)data + used, size - used);
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == 0)
			break;
		used += got > 0 ? (size_t)got : 0;
	}
	return (int)used;
}

static int receive_answer(int fd, char *text, size_t size, int64_t deadline)
{
	struct answer answer;
	int got = receive(fd, &answer, sizeof(answer), deadline);

	if (got < 0)
		return got;
	if (got != (int)sizeof(answer) || answer.length >= size)
		return -EFAULT;
	got = receive(fd, text, answer.length, deadline);
	if (got < 0)
		return got;
	text[got] = '\0';
	return got == (int)answer.length ? answer.result : -EFAULT;
}

static void end(pid_t child)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	kill(child, SIGKILL);
	for (int i = 0; i < FAREWELL_MS && waitpid(child, NULL, WNOHANG) == 0; i++)
		nanosleep(&moment, NULL);
}

int nb_cli_child(nb_cli_work work, void *context, unsigned limit_ms, char *text, size_t size)
{
	int64_t deadline = nb_cli_now_ms() + limit_ms;
	int ends[2];
	pid_t child;
	int result;

	text[0] = '\0';
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	child = fork();
	if (child == 0)
		live(work, context, ends[1], size);
	result = child < 0 ? -errno : 0;
	close(ends[1]);
	if (child > 0) {
		result = receive_answer(ends[0], text, size, deadline);
		end(child);
	}
	close(ends[0]);
	if (result < 0)
		text[0] = '\0';
	return result;
}
