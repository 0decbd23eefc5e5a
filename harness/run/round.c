/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run_private.h"

/*
 * A round's process ends by itself: every VM command has its own limit. This one is for what that
 * cannot catch, such as a process that hangs inside the kernel.
 */
/* The first round on a slow share also makes thousands of files there. */
enum { LIMIT_S = 30, STORAGE_LIMIT_S = 120 };

static void fail(struct nb_run_exchange *exchange, bool final, const char *reason)
{
	exchange->verdict.outcome = NB_ERROR;
	exchange->verdict.final = final;
	nb_base_copy(exchange->verdict.reason, sizeof(exchange->verdict.reason), reason);
}

static void fail_system(struct nb_run_exchange *exchange, const char *what)
{
	int code = errno;
	char reason[128];

	snprintf(reason, sizeof(reason), "cannot make %s: %s", what, strerror(code));
	fail(exchange, false, reason);
}

static void child(const struct nb_run_task *task, struct nb_run_exchange *exchange)
{
	struct nb_run_conditions conditions;
	struct nb_run_driver driver;
	struct nb_error error = { 0 };
	int opened;

	sigset_t alarm;

	/* What ends the session does so after this round, not in its middle. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	/* The watchdog's signal may come to us blocked. */
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
	if (nb_run_conditions_enter(task->cpu, &conditions, &error) < 0) {
		fail(exchange, true, error.text);
		return;
	}
	exchange->fifo = conditions.fifo;
	if (task->entry->series.vantage == NB_GUEST)
		opened = nb_run_driver_guest(&driver, task, &exchange->verdict);
	else
		opened = nb_run_driver_user(&driver, task, &exchange->verdict);
	if (opened < 0)
		return;
	nb_run_measure(&driver, task->profile, task->cpu, exchange);
	driver.close(driver.context);
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* The pipe's other end closes when the child is gone, however it went. */
static bool gone_in_time(int fd, int limit_s)
{
	double end = now_ms() + 1000.0 * limit_s;
	double left;

	while ((left = end - now_ms()) > 0) {
		struct pollfd watched = { .fd = fd, .events = POLLIN };

		if (poll(&watched, 1, (int)left + 1) > 0)
			return true;
	}
	return false;
}

/* Some kernels forbid in user mode what others allow, and the signal is how they say so. */
static bool is_absent(const struct nb_run_entry *entry, int status)
{
	return entry->series.vantage == NB_USER && nb_run_entry_bench(entry)->absent &&
	       WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGILL);
}

static void reap(pid_t pid, const struct nb_run_entry *entry, struct nb_run_exchange *exchange)
{
	char reason[96];
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (exchange->complete || exchange->verdict.outcome == NB_ERROR)
		return;
	if (is_absent(entry, status)) {
		fail(exchange, true, nb_run_entry_bench(entry)->absent);
		exchange->verdict.outcome = NB_SKIP;
		return;
	}
	if (WIFSIGNALED(status))
		snprintf(reason, sizeof(reason), "the round's process was ended by signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(reason, sizeof(reason), "the round's process ended early");
	fail(exchange, true, reason);
}

static void watch_child(pid_t pid, int fd, const struct nb_run_entry *entry,
			struct nb_run_exchange *exchange)
{
	char reason[64];
	int limit_s = entry->at.target < 0 ? LIMIT_S : STORAGE_LIMIT_S;
	bool in_time = gone_in_time(fd, limit_s);

	if (!in_time)
		kill(pid, SIGKILL);
	reap(pid, entry, exchange);
	if (in_time)
		return;
	/* Only now does nobody else write there. */
	snprintf(reason, sizeof(reason), "timed out: no answer for %d s", limit_s);
	fail(exchange, true, reason);
}

/*
 * Fork and not exec: the layout of the program is that of the session, which is the unit of
 * replication; memory, scheduling state and the VM are the round's own.
 */
void nb_run_round(const struct nb_run_task *task, struct nb_run_exchange *exchange)
{
	pid_t parent = getpid();
	int ends[2];
	pid_t pid;

	if (pipe(ends) < 0) {
		fail_system(exchange, "a pipe for the round's process");
		return;
	}
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		/* Nothing of a session that was killed goes on measuring. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent) {
			child(task, exchange);
			exchange->complete = true;
		}
		_exit(0);
	}
	if (pid < 0)
		fail_system(exchange, "the round's process");
	close(ends[1]);
	if (pid > 0)
		watch_child(pid, ends[0], task->entry, exchange);
	close(ends[0]);
}
