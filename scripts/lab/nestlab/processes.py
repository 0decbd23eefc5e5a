# SPDX-License-Identifier: Apache-2.0
"""Programs as children that end with us, whatever ends us, and with all that they started."""

import contextlib
import ctypes
import os
import signal
import subprocess

_PR_SET_PDEATHSIG = 1


@contextlib.contextmanager
def started(command, environment=None, **options):
    """A child in a session of its own, so that ending it ends its own children too.

    At the end of the block the child is killed outright if it still runs: Bochs catches SIGTERM to
    ask its user, and none of what runs here has anything to tidy up.
    """
    process = subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with(os.getpid()),
        **options,
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def call(command, environment=None, **options):
    """Runs a program that ends by itself, in English; like subprocess.run(), with its text."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    environment = {"LC_ALL": "C", **(environment or {})}
    with started(command, environment, text=True, errors="replace", **options) as process:
        said = process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, *said)


def _die_with(parent):
    """For the child: even a lab that is killed outright leaves nothing running (prctl(2))."""

    def prepare():
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it was too late for that
            os._exit(1)

    return prepare
