#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: golden.py [--update] FILE.test...

Runs the commands of each file and compares what they print. A file is a list of

    $ COMMAND          run by sh in an empty folder, with nestbench on the PATH and $TESTS, the
                       folder of this file
    OUTPUT             what it prints on stdout, line by line ("| " before lines like these)
    ! OUTPUT           what it prints on stderr
    ? STATUS           its exit status, where it is not 0

and lines that begin with "#". --update writes what is printed now into the files.
"""

import os
import subprocess
import sys
import tempfile

MARKS = ("$", "!", "?", "#", "|")


def environment(home):
    binary = os.path.abspath(os.environ["NB_BINARY"])
    return {
        "PATH": os.path.dirname(binary) + ":/usr/bin:/bin",
        "HOME": home,
        # Programs that make what a test looks at.
        "TESTS": os.path.dirname(os.path.abspath(__file__)),
        "LC_ALL": "C.UTF-8",
        "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
    }


def transcript(command, home):
    """The lines that stand for command and all that comes of it."""
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=home,
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = ["$ " + command]
    # The folder has another name each time.
    for line in done.stdout.replace(home, "HOME").splitlines():
        lines.append("| " + line if line.startswith(MARKS) else line)
    lines += [("! " + line).rstrip() for line in done.stderr.replace(home, "HOME").splitlines()]
    if done.returncode != 0:
        lines.append(f"? {done.returncode}")
    return lines


def run_file(path):
    """The file as it is, and as it would be if all of it were right."""
    with open(path, encoding="utf-8") as file:
        expected = file.read().splitlines()
    actual = []
    with tempfile.TemporaryDirectory() as home:
        for line in expected:
            if line.startswith("#"):
                actual.append(line)
            elif line.startswith("$ "):
                actual += transcript(line[2:], home)
    return expected, actual


def main(arguments):
    update = arguments[:1] == ["--update"]
    paths = arguments[1:] if update else arguments
    if not paths:
        sys.exit(__doc__)
    failed = False
    for path in paths:
        expected, actual = run_file(path)
        if actual == expected:
            continue
        if update:
            with open(path, "w", encoding="utf-8") as file:
                file.write("\n".join(actual) + "\n")
            continue
        failed = True
        with tempfile.NamedTemporaryFile("w", suffix=".actual", encoding="utf-8") as file:
            file.write("\n".join(actual) + "\n")
            file.flush()
            subprocess.run(["diff", "-u", path, file.name], check=False)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
