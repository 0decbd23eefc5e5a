/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "io_private.h"

/*
 * A process that outlives the session by a moment. It waits for the end of a pipe, whose other end
 * the session and its rounds hold and never write to: it comes when the last of them is gone.
 */

enum { PIPE = 0, TARGET = 1, TRIES = 10, FILES_MAX = 65536 };

static void close_from(int first)
{
	long limit = sysconf(_SC_OPEN_MAX);

	if (syscall(SYS_close_range, first, ~0U, 0) == 0)
		return;
	/* Before Linux 5.9. */
	if (limit < 0 || limit > FILES_MAX)
		limit = FILES_MAX;
	for (int fd = first; fd < limit; fd++)
		close(fd);
}

/*
 * Anything else of the session that stayed open here would hide its end from others: a pipe of
 * its output, its database's locks, and the pipe of another target's janitor.
 */
static void keep_only(int pipe_end, int target)
{
	/* Out of the way of their new numbers first. */
	int high_pipe = fcntl(pipe_end, F_DUPFD, 3);
	int high_target = fcntl(target, F_DUPFD, 3);

	if (dup2(high_pipe, PIPE) < 0 || dup2(high_target, TARGET) < 0)
		_exit(EXIT_FAILURE);
	close_from(TARGET + 1);
}

/* Entered with all signals blocked: Ctrl-C is the session's matter. */
_Noreturn static void watch(const struct nb_io_workspace *workspace, int pipe_end)
{
	static const struct timespec delay = { .tv_nsec = 100000000 };
	struct nb_io_workspace mine = *workspace;
	char byte;

	keep_only(pipe_end, workspace->target);
	mine.target = TARGET;
	prctl(PR_SET_NAME, "nb-janitor");
	if (chdir("/") < 0)
		_exit(EXIT_FAILURE);
	while (read(PIPE, &byte, 1) < 0 && errno == EINTR)
		;
	/* The last process may still be letting go of its files, which some servers show. */
	for (int try = 0; try < TRIES && nb_io_sweep(&mine, NULL) < 0; try++)
		nanosleep(&delay, NULL);
	_exit(EXIT_SUCCESS);
}

int nb_io_janitor_start(struct nb_io_workspace *workspace, struct nb_error *error)
{
	sigset_t all, before;
	int ends[2];
	int code;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		code = errno;
		return nb_error_set(error, code, "cannot make a pipe: %s", strerror(code));
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid = fork();
	if (pid == 0)
		watch(workspace, ends[0]);
	code = errno;
	/* By us, before there is a folder: whoever kills our whole group now does not kill it. */
	if (pid > 0)
		setpgid(pid, pid);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ends[0]);
	if (pid < 0) {
		close(ends[1]);
		return nb_error_set(error, code, "cannot start the janitor process: %s",
				    strerror(code));
	}
	workspace->janitor = ends[1];
	workspace->janitor_pid = pid;
	return 0;
}

/* Its work is done by now; it is our child and unwaited for, so that the number is still its. */
void nb_io_janitor_stop(struct nb_io_workspace *workspace)
{
	if (workspace->janitor < 0)
		return;
	kill(workspace->janitor_pid, SIGKILL);
	while (waitpid(workspace->janitor_pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(workspace->janitor);
	workspace->janitor = -1;
	workspace->janitor_pid = 0;
}
