/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <sys/prctl.h>

#include "io_place.h"

/*
 * The folder goes with the session, however that went. A session is a process of the test's with
 * a process group of its own, as a shell makes it.
 */

struct session {
	pid_t pid;
	int told; /* a pipe: a byte comes when the workspace is there */
};

/* As a round: ends with the session, holds all that it inherits, is in the middle of writing. */
static void round_process(const char *folder)
{
	for (unsigned i = 0;; i++) {
		char path[600];
		int fd;

		snprintf(path, sizeof(path), "%s/round%u", folder, i % 100);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd >= 0)
			close(fd);
	}
}

static void session_process(const char *const *targets, const struct nb_io_plan *plan, int told)
{
	struct nb_io_workspace workspaces[2];
	pid_t parent = getpid();

	setpgid(0, 0);
	for (int i = 0; targets[i]; i++) {
		if (nb_io_workspace_make(&workspaces[i], targets[i], plan, NULL) < 0)
			_exit(1);
	}
	if (fork() == 0) {
		signal(SIGINT, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			round_process(workspaces[0].folder);
		_exit(0);
	}
	if (write(told, "", 1) == 1)
		pause();
	_exit(1);
}

static struct session begin(const char *const *targets, const struct nb_io_plan *plan)
{
	struct session session;
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	session.pid = fork();
	assert_true(session.pid >= 0);
	if (session.pid == 0)
		session_process(targets, plan, ends[1]);
	close(ends[1]);
	session.told = ends[0];
	return session;
}

static void wait_until_made(const struct session *session)
{
	char byte;

	assert_int_equal(read(session->told, &byte, 1), 1);
}

static void end(const struct session *session, int signal)
{
	char byte;
	int status;

	assert_int_equal(kill(signal == SIGKILL ? session->pid : -session->pid, signal), 0);
	assert_int_equal(waitpid(session->pid, &status, 0), session->pid);
	assert_true(WIFSIGNALED(status));
	/* Its janitor does not hold what it inherited: this end comes although it may still sweep.
	 */
	assert_int_equal(read(session->told, &byte, 1), 0);
	close(session->told);
}

static void nothing_is_left_after(int signal)
{
	struct nb_place place = nb_place_make();
	struct nb_place other = nb_place_make();
	const char *targets[] = { place.path, other.path, NULL };
	struct session session = begin(targets, &nb_place_plan);

	wait_until_made(&session);
	assert_int_equal(nb_place_entries(place.path), 1);
	assert_int_equal(nb_place_entries(other.path), 1);
	end(&session, signal);
	assert_true(nb_place_becomes_empty(place.path));
	assert_true(nb_place_becomes_empty(other.path));
	nb_place_remove(&other);
	nb_place_remove(&place);
}

static void a_killed_session_leaves_nothing(void **state)
{
	(void)state;
	nothing_is_left_after(SIGKILL);
}

static void ctrl_c_does_not_reach_the_janitor(void **state)
{
	(void)state;
	nothing_is_left_after(SIGINT);
}

static void a_hang_up_does_not_reach_the_janitor(void **state)
{
	(void)state;
	nothing_is_left_after(SIGHUP);
}

/* At many moments of it: the folder is looked for while it is being made. */
static void killed_in_the_middle_of_making_leaves_nothing(void **state)
{
	static const struct nb_io_plan large = { .file_bytes = 64 << 20 };

	(void)state;
	for (long delay_us = 0; delay_us < 20000; delay_us += 1000) {
		struct timespec delay = { .tv_nsec = delay_us * 1000 };
		struct nb_place place = nb_place_make();
		const char *targets[] = { place.path, NULL };
		struct session session = begin(targets, &large);

		nanosleep(&delay, NULL);
		end(&session, SIGKILL);
		/* Empty may also mean: not yet there. Nothing comes after the janitor's end. */
		assert_true(nb_place_becomes_empty(place.path));
		nb_place_remove(&place);
	}
}

static void the_janitor_holds_its_pipe_and_the_target_alone(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_io_workspace workspaces[2];
	char path[64];

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			nb_io_workspace_make(&workspaces[i], place.path, &nb_place_plan, NULL), 0);
	for (int i = 0; i < 2; i++) {
		/* Before there is a folder, so that no kill of our group leaves one. */
		assert_int_equal(getpgid(workspaces[i].janitor_pid), workspaces[i].janitor_pid);
		snprintf(path, sizeof(path), "/proc/%d/fd", workspaces[i].janitor_pid);
		assert_int_equal(nb_place_entries(path), 2);
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(nb_io_workspace_remove(&workspaces[i], NULL), 0);
	nb_place_no_children();
	nb_place_remove(&place);
}

static void a_janitor_that_was_killed_is_not_missed(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_io_workspace workspace;

	(void)state;
	assert_int_equal(nb_io_workspace_make(&workspace, place.path, &nb_place_plan, NULL), 0);
	assert_int_equal(kill(workspace.janitor_pid, SIGKILL), 0);
	assert_int_equal(nb_io_workspace_remove(&workspace, NULL), 0);
	nb_place_no_children();
	assert_int_equal(nb_place_entries(place.path), 0);
	nb_place_remove(&place);
}

/* The place is moved away under it; it goes by what it holds and not by the name. */
static void a_moved_target_is_swept_where_it_is(void **state)
{
	struct nb_place place = nb_place_make();
	struct nb_place aside = nb_place_make();
	const char *targets[] = { place.path, NULL };
	struct session session = begin(targets, &nb_place_plan);
	char moved[300];

	(void)state;
	wait_until_made(&session);
	snprintf(moved, sizeof(moved), "%s/moved", aside.path);
	assert_int_equal(rename(place.path, moved), 0);
	end(&session, SIGKILL);
	assert_true(nb_place_becomes_empty(moved));
	assert_int_equal(rmdir(moved), 0);
	nb_place_remove(&aside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_killed_session_leaves_nothing),
		cmocka_unit_test(ctrl_c_does_not_reach_the_janitor),
		cmocka_unit_test(a_hang_up_does_not_reach_the_janitor),
		cmocka_unit_test(killed_in_the_middle_of_making_leaves_nothing),
		cmocka_unit_test(the_janitor_holds_its_pipe_and_the_target_alone),
		cmocka_unit_test(a_janitor_that_was_killed_is_not_missed),
		cmocka_unit_test(a_moved_target_is_swept_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
