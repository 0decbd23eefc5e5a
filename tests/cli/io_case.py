# SPDX-License-Identifier: Apache-2.0
"""What the tests of io.* share: mounts of their own, and what nothing may stay of."""

import contextlib
import ctypes
import errno
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import struct
import subprocess
import time

import nestbench

LIBC = ctypes.CDLL(None, use_errno=True)
CLONE_NEWNS = 0x20000
MNT_DETACH = 2
MIB = 1 << 20
FILE = 32 * MIB  # the data file of the quick profile
NOBODY = 65534


def enter_mount_namespace() -> str:
    """Mounts of these tests are nobody else's and end with this process; why not, or ""."""
    if LIBC.unshare(CLONE_NEWNS) != 0:
        return f"no mount namespace: {os.strerror(ctypes.get_errno())}"
    done = subprocess.run(
        ["mount", "--make-rprivate", "/"], capture_output=True, text=True, check=False
    )
    return done.stderr.strip()


NO_MOUNT = enter_mount_namespace()


def refuse_io_uring() -> None:
    """io_uring_setup(2) fails with EPERM from here on, as in containers."""
    load, equal, give = 0x20, 0x15, 0x06
    refuse, allow = 0x00050001, 0x7FFF0000
    program = struct.pack("<HBBI", load, 0, 0, 0) + struct.pack("<HBBI", equal, 0, 1, 425)
    program += struct.pack("<HBBI", give, 0, 0, refuse) + struct.pack("<HBBI", give, 0, 0, allow)
    code = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("<HxxxxxxQ", 4, ctypes.addressof(code)), 16)
    if LIBC.prctl(38, 1, 0, 0, 0) or LIBC.prctl(22, 2, header, 0, 0):
        raise OSError(ctypes.get_errno(), "no seccomp")


def tree_of(folder: pathlib.Path) -> dict:
    """All that a user has in a folder: names, contents, modes and times."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        times = status.st_mtime_ns if path.is_file() else 0
        found[str(path.relative_to(folder))] = (status.st_mode, times, content)
    return found


def fill(folder: pathlib.Path) -> None:
    """Leaves not a block free of a small disk, in the file "others"."""
    with (folder / "others").open("wb", buffering=0) as others:
        try:
            while True:
                others.write(bytes(4096))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


def flush(folder: pathlib.Path) -> None:
    """What was written there has its place on the disk, and so has what tells where it is."""
    file = os.open(folder, os.O_RDONLY)
    try:
        if LIBC.syncfs(file) != 0:
            raise OSError(ctypes.get_errno(), f"cannot flush {folder}")
    finally:
        os.close(file)


class Case(nestbench.Case):
    """A working directory of its own, beside the database."""

    def setUp(self):
        super().setUp()
        self.work = self.folder / "work"
        self.work.mkdir()

    def run_io(self, *arguments, status=0, **options):
        """One round of what is named, measured in self.work."""
        options.setdefault("cwd", self.work)
        rounds = () if "--rounds" in arguments else ("--rounds", "1")
        return self.call("run", *arguments, *rounds, "--db", self.db, status=status, **options)

    def tree(self, *arguments, **options):
        """The same; its JSON."""
        return json.loads(self.run_io(*arguments, "--json", **options).stdout)

    def plan(self, *arguments, **options):
        return json.loads(
            self.call("run", *arguments, "--dry-run", "--json", cwd=self.work, **options).stdout
        )

    def refused(self, *arguments, **options):
        """Wrong usage, of which nothing is left: what it says."""
        done = self.call("run", "io.stat", "--dry-run", *arguments, status=2, **options)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def mount(self, kind, name, options, source="none"):
        """A new file system, or skip."""
        if NO_MOUNT:
            self.skipTest(NO_MOUNT)
        folder = self.folder / name
        folder.mkdir()
        done = subprocess.run(
            ["mount", "-t", kind, "-o", options, str(source), str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            folder.rmdir()
            self.skipTest(f"no {kind} here: {done.stderr.strip()}")
        self.addCleanup(LIBC.umount2, str(folder).encode(), MNT_DETACH)
        return folder

    def mount_ext4(self, megabytes, name, folder, *mkfs):
        """ext4 on a loop device, in a sparse file in folder."""
        image = folder / f"{name}.img"
        with image.open("wb") as file:
            file.truncate(megabytes * MIB)
        if not shutil.which("mkfs.ext4"):
            self.skipTest("no mkfs.ext4")
        subprocess.run(["mkfs.ext4", "-q", *mkfs, str(image)], check=True)
        return self.mount("ext4", name, "loop", image)

    def assert_clean(self, *folders):
        """The janitor of a killed session may take a moment."""
        deadline = time.monotonic() + 20
        for folder in folders:
            while left := list(folder.glob(".nestbench-*")):
                self.assertLess(time.monotonic(), deadline, f"left behind: {left}")
                time.sleep(0.05)

    def start_io(self, *arguments, **options):
        """A session under way in self.work, as soon as its data file is whole."""
        (self.folder / "out").mkdir(exist_ok=True)
        with (self.folder / "out/stderr").open("w", encoding="utf-8") as stderr:
            process = self.start(
                *("run", *arguments, "--db", self.db, "--io-path", f"w={self.work}"),
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                **options,
            )
        self.wait_for_data(process, self.work)
        return process

    @contextlib.contextmanager
    def before_the_first_round(self, *arguments):
        """The same, and what is done meanwhile is done before anything is measured.

        No session begins while somebody else writes to its database. It would give up after two
        seconds, but those are its own: while it is stopped they do not pass.
        """
        self.measure()
        with contextlib.closing(sqlite3.connect(self.db, isolation_level=None)) as other:
            other.execute("PRAGMA journal_mode = WAL")
            other.execute("BEGIN IMMEDIATE")
            process = self.start_io(*arguments)
            process.send_signal(signal.SIGSTOP)
            flush(self.work)
            yield process
        process.send_signal(signal.SIGCONT)

    def wait_for_data(self, process, folder):
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size >= FILE for path in folder.glob(".nestbench-*/data")):
            self.assertIsNone(process.poll(), "ended early")
            self.assertLess(time.monotonic(), deadline, "no data file")
            time.sleep(0.02)

    def stderr(self):
        return (self.folder / "out/stderr").read_text(encoding="utf-8")
