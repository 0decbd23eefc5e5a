/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "plot_draw.h"
#include "plot_private.h"

/* Far more than any picture takes: what a gnuplot gone wild is stopped at. */
enum { MEMORY_MAX = 1 << 30, PICTURE_MAX = 64 << 20 };

double nb_plot_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Variables that change what gnuplot does, or make it look for a screen. */
static bool is_foreign(const char *variable)
{
	static const char *const names[] = { "GNU", "GDFONTPATH=", "DISPLAY=", "WAYLAND_DISPLAY=",
					     "LC_", "LANG=" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncmp(variable, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

/* The environment without those, in a list that the caller frees (its texts stay ours). */
static char **make_environment(void)
{
	static char locale[] = "LC_ALL=C.UTF-8";
	size_t count = 0, used = 0;
	char **list;

	while (environ && environ[count])
		count++;
	list = calloc(count + 2, sizeof(*list));
	if (!list)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (!is_foreign(environ[i]))
			list[used++] = environ[i];
	list[used] = locale;
	return list;
}

/* A file in memory with the script: gnuplot reads it as slowly as it likes, and nobody waits. */
static int open_script(enum nb_plot plot)
{
	const char *script = nb_plot_script(plot);
	int fd = memfd_create("nestbench-script", MFD_CLOEXEC);
	int result;

	if (fd < 0)
		return -errno;
	result = nb_base_write_all(fd, script, strlen(script));
	if (result == 0 && lseek(fd, 0, SEEK_SET) < 0)
		result = -errno;
	if (result < 0) {
		close(fd);
		return result;
	}
	return fd;
}

static void limit(__rlimit_resource_t resource, rlim_t value)
{
	struct rlimit now;

	if (getrlimit(resource, &now) < 0 || now.rlim_max < value)
		return;
	now.rlim_cur = value;
	now.rlim_max = value;
	setrlimit(resource, &now);
}

/* What the child does between fork and exec; nothing here may allocate. */
static void __attribute__((noreturn)) become_gnuplot(const char *program, char *const *arguments,
						     char *const *environment, const int streams[3])
{
	static const char message[] = "gnuplot cannot be started\n";
	sigset_t none;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int i = 0; i < 3; i++)
		if (dup2(streams[i], i) < 0)
			_exit(127);
	close_range(3, ~0U, 0);
	execve(program, arguments, environment);
	if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
		_exit(126);
	_exit(127);
}

/* A file name that cannot be taken for a pipe, an option or "-". */
static char *plain_path(const char *path)
{
	size_t size = strlen(path) + sizeof("./");
	char *plain = malloc(size);

	if (plain)
		snprintf(plain, size, "%s%s", path[0] == '/' ? "" : "./", path);
	return plain;
}

static int start_with(struct nb_plot_child *child, const char *program, char *const *arguments,
		      const int streams[3])
{
	char **environment = make_environment();
	rlim_t cpu = (rlim_t)child->seconds + 2;
	pid_t pid;

	if (!environment)
		return -ENOMEM;
	pid = fork();
	if (pid == 0) {
		limit(RLIMIT_CPU, cpu);
		limit(RLIMIT_AS, MEMORY_MAX);
		limit(RLIMIT_FSIZE, PICTURE_MAX);
		limit(RLIMIT_CORE, 0);
		become_gnuplot(program, arguments, environment, streams);
	}
	free(environment);
	if (pid < 0)
		return -errno;
	/* Here too: whoever comes first, it leads a group of its own before it can be killed. */
	setpgid(pid, pid);
	child->pid = pid;
	child->due = nb_plot_now() + child->seconds;
	return 0;
}

static int start(struct nb_plot_child *child, const char *program, const struct nb_plot_job *job)
{
	static char arguments[][12] = { "gnuplot", "-d", "-c", "/dev/stdin", "-", "png", "svg" };
	char id[64];
	char *data = plain_path(job->data);
	char *list[] = { arguments[0],
			 arguments[1],
			 arguments[2],
			 arguments[3],
			 data,
			 arguments[4],
			 job->format == NB_PLOT_PNG ? arguments[5] : arguments[6],
			 id,
			 NULL };
	int script = open_script(job->plot);
	int ends[2] = { -1, -1 };
	int result = data ? script : -ENOMEM;

	nb_base_copy(id, sizeof(id), job->inline_id);
	child->picture = memfd_create("nestbench-picture", MFD_CLOEXEC);
	if (result >= 0 && (child->picture < 0 || pipe2(ends, O_CLOEXEC) < 0))
		result = -errno;
	child->errors = ends[0];
	if (result >= 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
		result = -errno;
	if (result >= 0)
		result = start_with(child, program, list,
				    (const int[]){ script, child->picture, ends[1] });
	if (ends[1] >= 0)
		close(ends[1]);
	if (script >= 0)
		close(script);
	free(data);
	return result;
}

int nb_plot_child_start(struct nb_plot_child *child, const char *program,
			const struct nb_plot_job *job, double seconds, struct nb_error *error)
{
	int result;

	*child = (struct nb_plot_child){ .picture = -1, .errors = -1, .seconds = seconds };
	result = start(child, program, job);
	if (result >= 0)
		return 0;
	nb_plot_child_close(child);
	return nb_error_set(error, -result, "cannot start %s: %s", program, strerror(-result));
}

/* Keeps the beginning; the rest is read and dropped, or the child would wait for us for ever. */
static void listen_to(struct nb_plot_child *child)
{
	char text[4096];

	/* So many reads and no more: one that never stops talking shall not keep us from the
	 * others. */
	for (int i = 0; i < 64 && child->errors >= 0; i++) {
		ssize_t got = read(child->errors, text, sizeof(text));
		size_t room = sizeof(child->said) - 1 - child->said_length;

		if (got < 0)
			return;
		if (got == 0) {
			/* poll(2) would tell of its end again and again. */
			close(child->errors);
			child->errors = -1;
		}
		if ((size_t)got < room)
			room = (size_t)got;
		memcpy(child->said + child->said_length, text, room);
		child->said_length += room;
	}
}

/*
 * What it has started itself and left behind ends with it, while its number is still its own. A
 * parent that ignores SIGCHLD is told nothing: the picture will tell.
 */
static bool has_ended(const struct nb_plot_child *child)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return errno != EINTR;
	if (info.si_pid == 0)
		return false;
	kill(-child->pid, SIGKILL);
	return true;
}

bool nb_plot_child_ended(struct nb_plot_child *child, int *status)
{
	bool ended;

	if (!child->late && nb_plot_now() > child->due) {
		child->late = true;
		kill(-child->pid, SIGKILL);
	}
	ended = has_ended(child);
	/* After that, so that its last words are heard. */
	listen_to(child);
	if (!ended)
		return false;
	*status = 0;
	waitpid(child->pid, status, 0);
	child->pid = 0;
	return true;
}

/* gnuplot repeats the command before it says what is wrong: '"file" line 3: ...'. */
static const char *telling_line(const char *said)
{
	const char *line = said;

	while (*line) {
		size_t length = strcspn(line, "\n");
		const char *mark = strstr(line, "\" line ");

		if (*line == '"' && mark && mark < line + length)
			return line;
		line += length;
		line += strspn(line, " \r\n");
	}
	return said + strspn(said, " \r\n");
}

void nb_plot_child_reason(const struct nb_plot_child *child, int status, char *text, size_t size)
{
	char line[sizeof(child->said)];

	nb_base_copy(line, sizeof(line), telling_line(child->said));
	line[strcspn(line, "\n")] = '\0';
	if (child->late)
		snprintf(text, size, "gnuplot took longer than %g s", child->seconds);
	else if (line[0])
		nb_report_plain(text, size, line);
	else if (WIFSIGNALED(status))
		snprintf(text, size, "gnuplot was ended by signal %d", WTERMSIG(status));
	else
		snprintf(text, size, "gnuplot ended with status %d", WEXITSTATUS(status));
}

void nb_plot_child_close(struct nb_plot_child *child)
{
	if (child->pid > 0) {
		kill(-child->pid, SIGKILL);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (child->picture >= 0)
		close(child->picture);
	if (child->errors >= 0)
		close(child->errors);
	*child = (struct nb_plot_child){ .picture = -1, .errors = -1 };
}
