# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command line share."""

import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

BINARY = os.path.abspath(os.environ["NB_BINARY"])
DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
# Two benchmarks that run everywhere, in user mode, for a moment; and the same ones in a guest that
# cannot be had, so that these tests do not depend on the machine.
SHORT = ("run", "exit.null", "exit.cpuid", "--rounds", "2", "--kvm-device", "/nonexistent")


class Case(unittest.TestCase):
    """Each test has an empty folder, which is also HOME, and a database in it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.db = self.folder / "test.db"

    def environment(self, **extra):
        kept = {name: os.environ[name] for name in ("ASAN_OPTIONS", "PATH") if name in os.environ}
        return {**kept, "HOME": str(self.folder), "LC_ALL": "C.UTF-8", **extra}

    def call(self, *arguments, status=0, extra=None, **options):
        """Runs nestbench; what it printed, once it ended with status."""
        done = subprocess.run(
            [BINARY, *map(str, arguments)],
            cwd=options.pop("cwd", self.folder),
            env=self.environment(**(extra or {})),
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
            check=False,
            **options,
        )
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def measure(self, *arguments, status=0):
        """A short session in the database; its JSON."""
        done = self.call(*SHORT, "--db", self.db, "--json", *arguments, status=status)
        return json.loads(done.stdout)

    def start(self, *arguments, **options):
        """A process under way, which is ended with the test."""
        # pylint: disable=consider-using-with
        process = subprocess.Popen(
            [BINARY, *map(str, arguments)],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            text=True,
            **options,
        )

        def end():
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()

        self.addCleanup(end)
        return process
