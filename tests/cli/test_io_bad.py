#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""io.* where the user has bad luck: full, failing and vanishing disks, signals."""

import functools
import json
import os
import random
import shutil
import signal
import subprocess
import time
import unittest

import nestbench
from io_case import Case, LIBC, NOBODY, fill


class Refused(Case):
    def skipped(self, folder, **options):
        """The target is skipped with this reason, and the working directory is measured."""
        done = self.run_io("io.stat", "--json", "--io-path", f"bad={folder}", **options)
        results = {r["params"]["target"]: r for r in json.loads(done.stdout)["results"]}
        self.assertEqual(results["cwd"]["outcome"], "ok")
        self.assertEqual(results["bad"]["outcome"], "skip")
        self.assert_clean(folder, self.work)
        return results["bad"]["reason"]

    def test_a_disk_too_full_is_refused_with_both_figures(self):
        full = self.mount("tmpfs", "full", "size=35m")
        self.assertEqual(self.skipped(full), "35.0 MiB are free, 35.2 MiB are needed")
        deep = full / ("x" * 100) / ("y" * 80)
        deep.mkdir(parents=True)
        self.assertRegex(self.skipped(deep), r"^3[45]\.\d MiB are free, 35\.2 MiB are needed$")

    def test_a_read_only_file_system_is_refused(self):
        self.assertIn("Read-only file system", self.skipped(self.mount("tmpfs", "fixed", "ro")))

    def test_a_folder_of_somebody_else_is_refused(self):
        if os.getuid() != 0:
            self.skipTest("needs root, to become somebody else")
        if LIBC.access(nestbench.BINARY.encode(), os.X_OK) != 0:
            self.skipTest("the program is not to be executed")
        theirs = self.folder / "theirs"
        theirs.mkdir(mode=0o755)
        binary = self.folder / "nestbench"
        shutil.copy(nestbench.BINARY, binary)
        for path, mode in ((self.folder, 0o777), (self.work, 0o777), (binary, 0o755)):
            path.chmod(mode)

        def become_nobody():
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)

        done = subprocess.run(
            [binary, "run", "io.stat", "--rounds=1", f"--db={self.db}", f"--io-path={theirs}"],
            cwd=self.work,
            env=self.environment(),
            capture_output=True,
            text=True,
            preexec_fn=become_nobody,
            timeout=60,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("skip: cannot make a folder: Permission denied", done.stdout)
        self.assertIn("1 ok, 1 skip, 0 error", done.stdout)
        self.assert_clean(theirs, self.work)


class Midway(Case):
    def results(self):
        tree = json.loads(self.call("show", "--json", "--db", self.db).stdout)
        return {
            r["benchmark"]: r for r in tree["results"] if r["params"].get("target") in (None, "w")
        }

    def test_a_disk_that_fills_up_costs_only_what_needs_more_of_it(self):
        self.work = self.mount("tmpfs", "small", "size=36m")
        hungry = ("io.first_write", "io.rewrite", "io.untar", "io.append_64b")
        content = ("io.rand_write_4k_q1", "io.seq_read_1m", "io.stat", "io.rename")
        with self.before_the_first_round(*hungry, *content, "--rounds", "2") as process:
            fill(self.work)
        self.assertEqual(process.wait(120), 3)
        results = self.results()
        for name in hungry:
            with self.subTest(name):
                self.assertEqual(results[name]["outcome"], "error")
                self.assertIn("No space left on device", results[name]["reason"])
        for name in content:
            with self.subTest(name):
                self.assertEqual(results[name]["outcome"], "ok")
        self.assertEqual([path.name for path in self.work.iterdir()], ["others"])

    def test_a_disk_that_fails_costs_only_what_fails(self):
        memory = self.mount("tmpfs", "backing", "size=64m")
        self.work = self.mount_ext4(200, "disk", memory, "-O", "^has_journal")
        names = ("io.first_write", "io.rand_read_4k_q1")
        with self.before_the_first_round(*names, "--rounds", "2") as process:
            fill(memory)
        self.assertEqual(process.wait(120), 3)
        results = self.results()
        self.assertEqual(results["io.first_write"]["outcome"], "error")
        self.assertEqual(results["io.rand_read_4k_q1"]["outcome"], "ok")
        self.assert_clean(self.work)

    def test_a_mount_that_is_taken_away_is_cleaned_all_the_same(self):
        self.work = self.mount("tmpfs", "leaving", "size=60m")
        seen = os.open(self.work, os.O_PATH)
        self.addCleanup(os.close, seen)
        process = self.start_io("io.stat", "io.create", "--rounds", "3")
        subprocess.run(["umount", "-l", str(self.work)], check=True)
        self.assertIn(process.wait(120), (0, 3))
        self.assertEqual(os.listdir(f"/proc/self/fd/{seen}"), [])
        self.assertEqual(list(self.work.iterdir()), [])

    def test_a_folder_that_is_removed_is_an_error_and_no_more(self):
        process = self.start_io("io.stat", "io.create", "--rounds", "8")
        folder = next(self.work.glob(".nestbench-*"))
        folder.rename(self.folder / "moved")
        self.assertEqual(process.wait(120), 3)
        self.assertIn("No such file or directory", self.results()["io.stat"]["reason"])
        self.assert_clean(self.work)

    def test_signals_end_it_and_nothing_stays(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                # A shell's job in the background is deaf to SIGINT, nohup's to SIGHUP.
                process = self.start_io(
                    *("io.*", "--rounds", "500"),
                    start_new_session=True,
                    preexec_fn=functools.partial(signal.signal, number, signal.SIG_DFL),
                )
                time.sleep(random.uniform(0, 0.4))
                os.killpg(process.pid, number)
                self.assertEqual(process.wait(60), 3)
                self.assertEqual(list(self.work.iterdir()), [])
                self.assertIn("interrupted: the session is partial", self.stderr())

    def test_a_killed_session_leaves_nothing_behind(self):
        for whole_group in (False, True):
            for delay in (0, random.uniform(0, 1)):
                with self.subTest(whole_group=whole_group, delay=delay):
                    process = self.start_io("io.*", "--rounds", "500", start_new_session=True)
                    time.sleep(delay)
                    if whole_group:
                        os.killpg(process.pid, signal.SIGKILL)
                    else:
                        process.kill()
                    process.wait(60)
                    self.assert_clean(self.work, self.folder)

    def test_a_session_killed_while_it_prepares_leaves_nothing_behind(self):
        for delay in (0, 0.02, random.uniform(0, 0.2)):
            with self.subTest(delay=delay):
                process = self.start(
                    *("run", "io.stat", "--io-path", self.work, "--profile", "standard"),
                    *("--db", self.db),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                deadline = time.monotonic() + 30
                while not list(self.folder.glob(".nestbench-*")):
                    self.assertLess(time.monotonic(), deadline)
                time.sleep(delay)
                process.kill()
                process.wait(60)
                self.assert_clean(self.work, self.folder)

    def sessions(self):
        tree = json.loads(self.call("show", "--list", "--json", "--db", self.db).stdout)
        return tree["sessions"]

    def test_a_database_on_a_full_disk_costs_the_session_and_nothing_stays(self):
        small = self.mount("tmpfs", "small", "size=1m")
        self.db = small / "test.db"
        with self.before_the_first_round("io.stat", "--rounds", "2") as process:
            before = self.sessions()
            fill(small)
        self.assertEqual(process.wait(120), 3)
        self.assertIn("No space left on device", self.stderr())
        self.assertEqual(len(self.stderr().splitlines()), 1)
        self.assertEqual(self.sessions(), before)
        self.assertEqual(list(self.work.iterdir()), [])

    def test_a_database_whose_disk_fills_up_keeps_the_rounds_before_and_says_where(self):
        small = self.mount("tmpfs", "small", "size=1m")
        self.db = small / "test.db"
        process = self.start_io("io.stat", "io.create", "--rounds", "500")
        deadline = time.monotonic() + 60
        while not any(session["rounds"] for session in self.sessions()):
            self.assertIsNone(process.poll(), "ended early")
            self.assertLess(time.monotonic(), deadline, "no rounds")
        fill(small)
        self.assertEqual(process.wait(120), 3)
        (session,) = self.sessions()
        self.assertTrue(session["partial"])
        error, empty, stored, *_ = self.stderr().splitlines()
        self.assertIn("No space left on device", error)
        self.assertEqual((empty, stored), ("", f"Stored in {self.db} as session {session['id']}."))
        self.assertEqual(self.stderr().count("nestbench: run:"), 1)
        self.assertEqual(list(self.work.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
