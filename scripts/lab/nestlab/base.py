# SPDX-License-Identifier: Apache-2.0
"""Errors, folders, locks and messages of everything in the lab."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
BUILD = ROOT / "build" / "lab"
CACHE = BUILD / "cache"

EXIT_USAGE = 2
EXIT_FAILED = 3
EXIT_CANNOT_RUN = 77


class LabError(Exception):
    """The lab failed: one line that says what to do next, and lines that show what happened."""

    status = EXIT_FAILED

    def __init__(self, text, details=()):
        super().__init__(text)
        self.details = list(details)


class UsageError(LabError):
    """What was asked for makes no sense."""

    status = EXIT_USAGE


class CannotRun(LabError):
    """Something that the lab needs is not on this machine; a test may skip with this reason."""

    status = EXIT_CANNOT_RUN


def program_name():
    """What the user typed, for messages."""
    return os.path.basename(sys.argv[0]) or "lab"


def say(text):
    """Progress and complaints go to stderr, so that stdout stays nestbench's own."""
    print(f"{program_name()}: {text}", file=sys.stderr, flush=True)


def need(name, package):
    """The path of a program, or of a file where name has a slash; else the package to type."""
    need_all([(name, package)])
    return _find(name)


def need_all(wanted):
    """Complains about all that is missing at once; wanted: (program or file, package) each."""
    missing = [(name, package) for name, package in wanted if not _find(name)]
    if missing:
        names = ", ".join(name for name, _ in missing)
        packages = " ".join(dict.fromkeys(package for _, package in missing))
        raise CannotRun(f"no {names} here; as root, type: apt-get install {packages}")


def _find(name):
    """Debian keeps mkfs in a folder that a plain user's PATH does not name."""
    if "/" in name:
        return pathlib.Path(name) if os.path.exists(name) else None
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    return pathlib.Path(found) if found else None


@contextlib.contextmanager
def locked(folder, work):
    """One at a time; the kernel lets go of the lock whatever becomes of this process."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another lab that {work}")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def scratch(parent, name, keep=False):
    """A new folder NAME-PID-... in parent, removed at the end unless it is to be kept.

    What labs that were killed outright could not remove goes now.
    """
    parent.mkdir(parents=True, exist_ok=True)
    for old in parent.glob(f"{name}-[0-9]*-*"):
        if not os.path.exists(f"/proc/{old.name.split('-')[1]}"):
            shutil.rmtree(old, ignore_errors=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-{os.getpid()}-", dir=parent))
    try:
        yield folder
    finally:
        if keep:
            kept = folder.rename(parent / folder.name.replace(name, "kept", 1))
            say(f"kept the emulator's files in {kept}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
