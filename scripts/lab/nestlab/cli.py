# SPDX-License-Identifier: Apache-2.0
"""What the command lines of the lab share."""

import argparse
import errno
import sys

from . import session
from .base import BUILD, EXIT_FAILED, LabError, say


def parser(name, usage, description, examples):
    """An argparse parser with examples below the options."""
    return argparse.ArgumentParser(
        prog=name,
        usage=f"%(prog)s {usage}",
        description=description,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def add_common(parser_, limit):
    """Options of everything that boots."""
    add = parser_.add_argument
    add("--binary", metavar="FILE", help="static nestbench to run (default: built here)")
    add("--limit", type=number(1, 86400), metavar="S",
        help=f"seconds until a boot is ended (default: {limit})")  # fmt: skip
    add("--keep", action="store_true", help="keep the emulator's files: initramfs, logs")


def split(arguments):
    """The lab's own arguments, before the first "--", and nestbench's behind it."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


def number(low, high):
    """An argparse type: a whole number within bounds."""

    def convert(text):
        if not text.isdecimal() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {low} to {high}")
        return int(text)

    return convert


def main(work, arguments):
    """Runs work(arguments); its exit status, or that of what went wrong, in one line."""
    try:
        with session.signals_end_it():
            return work(arguments)
    except LabError as error:
        for line in error.details:
            print(f"    {line}", file=sys.stderr)
        say(error)
        return error.status
    except OSError as error:
        # A write that fails does not know its file's name.
        advice = "; make room" if error.errno == errno.ENOSPC else ""
        say(f"{error.filename or f'a file in {BUILD}'}: {error.strerror or error}{advice}")
        return EXIT_FAILED
    except KeyboardInterrupt:
        say("interrupted; what was under way is not kept")
        return 130
