/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nestbench/identity.h"

#include "run_private.h"

enum { GOT_FIFO = 1, GOT_LOCKED = 2, REFUSED = 4 };

/* The last CPU that we may use: the first ones have the most housekeeping. */
static int choose_cpu(int wanted, int *cpu, struct nb_error *error)
{
	cpu_set_t set;
	int last = -1;
	int code;

	if (sched_getaffinity(0, sizeof(set), &set) < 0) {
		code = errno;
		return nb_error_set(error, code, "sched_getaffinity: %s", strerror(code));
	}
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (CPU_ISSET((size_t)i, &set))
			last = i;
	}
	if (wanted >= CPU_SETSIZE || (wanted >= 0 && !CPU_ISSET((size_t)wanted, &set)))
		return nb_error_set(error, EINVAL, "CPU %d is not one that this process may use",
				    wanted);
	*cpu = wanted >= 0 ? wanted : last;
	return 0;
}

/* Tries what every round will ask for, in a process of its own: it cannot be undone. */
static void try_conditions(struct nb_session *session)
{
	struct nb_run_conditions got = { 0 };
	int status = 0;
	pid_t pid;

	/* Whoever ignores it gets no status of a child, here and in every round. */
	signal(SIGCHLD, SIG_DFL);
	pid = fork();

	if (pid == 0) {
		if (nb_run_conditions_enter(session->cpu, &got, NULL) < 0)
			_exit(REFUSED);
		_exit((got.fifo ? GOT_FIFO : 0) | (got.locked ? GOT_LOCKED : 0));
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid > 0 && WIFEXITED(status)) {
		session->fifo = WEXITSTATUS(status) & GOT_FIFO;
		session->locked = WEXITSTATUS(status) & GOT_LOCKED;
	}
}

static const char *profile_name(enum nb_profile profile)
{
	static const char *const names[] = { [NB_PROFILE_QUICK] = "quick",
					     [NB_PROFILE_STANDARD] = "standard",
					     [NB_PROFILE_THOROUGH] = "thorough" };

	return names[profile];
}

int nb_run_session(const struct nb_run_options *options, struct nb_session *session,
		   struct nb_error *error)
{
	struct nb_session made = { .seed = options->seed, .level = options->level };
	struct nb_world world;
	int result = choose_cpu(options->cpu, &made.cpu, error);

	nb_world_live(&world, NULL, 0);
	if (result == 0)
		result = nb_base_ulid(made.id, error);
	if (result == 0)
		result = nb_platform_read(&made.machine, &world, made.level, error);
	if (result < 0)
		return result;
	if (made.level == NB_LEVEL_UNKNOWN) {
		made.level = nb_identity_level(&world, &made.machine);
		/* The platform's key names the level. */
		nb_platform_make_key(&made.machine, made.level);
	}
	nb_base_timestamp(made.started);
	nb_base_copy(made.version, sizeof(made.version), NB_VERSION);
	nb_base_copy(made.profile, sizeof(made.profile), profile_name(options->profile));
	made.label_count =
		options->label_count < NB_LABEL_MAX ? options->label_count : NB_LABEL_MAX;
	if (made.label_count > 0)
		memcpy(made.labels, options->labels, made.label_count * sizeof(made.labels[0]));
	try_conditions(&made);
	*session = made;
	return 0;
}
