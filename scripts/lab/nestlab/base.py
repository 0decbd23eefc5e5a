# SPDX-License-Identifier: Apache-2.0
"""Errors, folders and messages of everything in the lab."""

import os
import pathlib
import shutil
import sys

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


def need_program(name, package):
    """The path of a program, or the Debian package to type."""
    found = shutil.which(name)
    if not found:
        raise CannotRun(f"no {name} here; as root, type: apt-get install {package}")
    return found


def need_file(path, package):
    """The path of a file that a package brings, or the package to type."""
    if not os.path.exists(path):
        raise CannotRun(f"no {path} here; as root, type: apt-get install {package}")
    return pathlib.Path(path)
