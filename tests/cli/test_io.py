#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""io.*: where it writes, what it says of it, and that nothing of it stays, whatever happens."""

import ctypes
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import time
import unittest

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
    errno, allow = 0x00050001, 0x7FFF0000
    program = struct.pack("<HBBI", load, 0, 0, 0) + struct.pack("<HBBI", equal, 0, 1, 425)
    program += struct.pack("<HBBI", give, 0, 0, errno) + struct.pack("<HBBI", give, 0, 0, allow)
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

    def wait_for_data(self, process, folder):
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size >= FILE for path in folder.glob(".nestbench-*/data")):
            self.assertIsNone(process.poll(), "ended early")
            self.assertLess(time.monotonic(), deadline, "no data file")
            time.sleep(0.02)

    def stderr(self):
        return (self.folder / "out/stderr").read_text(encoding="utf-8")


class Plan(Case):
    def test_without_a_pattern_nothing_is_written(self):
        plan = self.plan()
        self.assertEqual(plan["storage"], [])
        self.assertFalse([p for p in plan["plan"] if p["benchmark"].startswith("io.")])
        self.call("run", "exit.null", "--rounds", "1", "--db", self.db, cwd=self.work)
        self.assertEqual(list(self.work.iterdir()), [])

    def test_the_dry_run_says_where_and_how_much(self):
        plan = self.plan("io.*", "--io-path", f"other={self.folder}")
        places = {place["target"]: place for place in plan["storage"]}
        self.assertEqual(list(places), ["cwd", "other"])
        self.assertEqual(places["cwd"]["path"], str(self.work.resolve()))
        self.assertEqual(places["cwd"]["file_bytes"], FILE)
        self.assertEqual(places["cwd"]["written_bytes_max"], 256 * MIB)
        self.assertGreaterEqual(places["other"]["series"], 27)
        text = self.call("run", "io.*", "-n", cwd=self.work).stdout
        self.assertRegex(text, r"(?m)^cwd +/.* 32 MiB +256 MiB$")
        self.assertEqual(list(self.work.iterdir()), [])

    def test_list_shows_them_with_their_targets(self):
        listed = self.call("list", "io.*", cwd=self.work).stdout
        self.assertRegex(listed, r"(?m)^io\.rand_read_4k_q32 +user +fs=[a-z0-9-]+,target=cwd ")

    def test_a_path_that_is_none_is_wrong_usage(self):
        (self.folder / "file").touch()
        (self.folder / "new\nline").mkdir()
        deep = self.folder / ("x" * 200)
        (deep / ("y" * 200)).mkdir(parents=True)
        for path, said in (
            ("/nonexistent", "/nonexistent: No such file or directory"),
            ("file", "file is not a folder"),
            ("", "the path is empty"),
            ("x=", "the path is empty"),
            ("C=/", "a NAME is 1 to 20 of a-z, 0-9 and '-'"),
            ("aaaaaaaaaaaaaaaaaaaaa=/", "a NAME is 1 to 20 of"),
            ("new\nline", "UTF-8 without control characters"),
            (f"{deep}/{'y' * 200}", "more than 255 bytes"),
        ):
            with self.subTest(path=path):
                self.assertIn(said, self.refused("--io-path", path))

    def test_names_and_folders_of_targets_are_different(self):
        paths = [self.folder / f"path{i}" for i in range(9)]
        for path in paths:
            path.mkdir()
        one, two = paths[:2]
        for arguments, said in (
            (("--io-path", f"a={one}", "--io-path", f"a={two}"), "two targets have the name a"),
            (("--io-path", f"a={one}", "--io-path", f"b={one}"), "a and b are the same folder"),
            (("--io-path", f"cwd={one}"), "two targets have the name cwd"),
            ([word for path in paths for word in ("--io-path", path)], "more than 8 targets"),
        ):
            with self.subTest(said=said):
                self.assertIn(said, self.refused(*arguments))

    def test_a_folder_is_measured_once_and_by_the_name_that_the_user_gave(self):
        (self.folder / "link").symlink_to(self.work)
        for arguments, names in (
            (("--io-path", "."), ["cwd"]),
            (("--io-path", self.folder / "link"), ["cwd"]),
            (("--io-path", "mine=."), ["mine"]),
            (("--io-path", f"fast={self.folder}/link/../work//"), ["fast"]),
            (("--io-path", "/", "--io-path", "/"), ["cwd", "path1"]),
        ):
            with self.subTest(arguments=arguments):
                places = self.plan("io.stat", *arguments)["storage"]
                self.assertEqual([place["target"] for place in places], names)

    def test_a_working_directory_that_is_gone_is_a_skip_with_the_reason(self):
        (self.folder / "new\nline").mkdir()
        done = self.run_io("io.stat", status=77, cwd=self.folder / "new\nline")
        self.assertIn("the working directory cannot be used", done.stdout)
        script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" run io.stat -n'
        gone = subprocess.run(
            ["sh", "-c", script, nestbench.BINARY],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(gone.returncode, 77, gone.stderr)
        self.assertIn("cannot be used: .: No such file or directory", gone.stdout)

    def test_a_rate_is_a_sensible_number(self):
        for rate in ("0", "9", "-5", "1e3", "fast", "", "1000001", "99999999999999999999"):
            with self.subTest(rate=rate):
                self.assertIn(
                    "is not a whole number from 10 to 1000000", self.refused(f"--io-rate={rate}")
                )


class Measured(Case):
    def test_file_systems_stand_side_by_side_and_nothing_stays(self):
        tmpfs = self.mount("tmpfs", "memory", "size=300m")
        for name in ("lower", "upper", "work"):
            (tmpfs / name).mkdir()
        layers = f"lowerdir={tmpfs}/lower,upperdir={tmpfs}/upper,workdir={tmpfs}/work"
        overlay = self.mount("overlay", "layers", layers)
        tree = self.tree("io.*", "--io-path", f"ram={tmpfs}", "--io-path", f"over={overlay}")
        targets = {target["name"]: target for target in tree["session"]["targets"]}
        self.assertEqual(list(targets), ["cwd", "ram", "over"])
        self.assertEqual(targets["over"]["kind"], "overlay")
        self.assertEqual(targets["ram"]["path"], str(tmpfs))
        found = {(r["benchmark"], r["params"].get("target")): r for r in tree["results"]}
        self.assertNotIn("error", {r["outcome"] for r in tree["results"]})
        params = found["io.rand_read_4k_q1", "ram"]["params"]
        expected = {"engine": "psync", "fs": "tmpfs", "mode": "buffered", "target": "ram"}
        self.assertEqual(params, expected)
        queued = found["io.rand_read_4k_q32", "over"]["params"]
        self.assertIn(queued["engine"], ("uring", "threads"))
        self.assertEqual(found["io.stat", "over"]["params"], {"fs": "overlay", "target": "over"})
        kinds = found["io.seq_write_1m", "ram"]["evidence"]["by_kind"]
        self.assertEqual(kinds["bytes"], found["io.seq_write_1m", "ram"]["samples"] * MIB)
        self.assertGreater(kinds["wall_ns"], 0)
        cold = found["io.mmap_fault_cold", "ram"]
        self.assertEqual(cold["outcome"], "skip")
        self.assertIn("does not let go of the file", cold["reason"])
        self.assert_clean(self.work, tmpfs, overlay)
        self.assertEqual(list((tmpfs / "upper").iterdir()), [])

    def test_odd_names_of_folders_are_fine(self):
        spaces = self.folder / "with spaces, 'quotes' and \\ and =" / "ümlaut-文件"
        spaces.mkdir(parents=True)
        long = self.folder / ("x" * (255 - len(str(self.folder)) - 1))
        long.mkdir()
        tree = self.tree("io.stat", "--io-path", spaces, "--io-path", long)
        paths = [target["path"] for target in tree["session"]["targets"]]
        self.assertEqual(paths, [str(self.work), str(spaces), str(long)])
        self.assertEqual([r["outcome"] for r in tree["results"]], ["ok"] * 3)
        self.assert_clean(spaces, long)

    def test_what_a_user_has_there_stays_as_it_is(self):
        marked = self.work / ".nestbench-01M7YW7GEZKTWFEHFB5KGW745W"
        for folder in (marked, self.work / ".nestbench-x", self.work / "tree-00"):
            folder.mkdir()
            for name in ("data", ".nestbench-workspace", "file-00"):
                (folder / name).write_text(f"mine: {name}", encoding="utf-8")
        for name in ("data", ".nestbench-workspace", "thousand", "tree-done", "-rf"):
            (self.work / name).write_text(name, encoding="utf-8")
        (self.work / ".nestbench-link").symlink_to("/nonexistent")
        before = tree_of(self.work)
        self.run_io("io.[rtuc]*")
        self.assertEqual(tree_of(self.work), before)

    def test_a_rate_is_kept(self):
        tree = self.tree("io.rand_*", "--io-rate", "500")
        self.assertEqual(len(tree["results"]), 4)
        for result in tree["results"]:
            with self.subTest(result["benchmark"]):
                self.assertEqual(result["outcome"], "ok")
                # The first I/O of each of a round's four blocks need not have waited.
                most = 500 * result["samples"] / (result["samples"] - 4)
                self.assertLessEqual(result["io"]["per_second"], 1.01 * most)

    def test_without_io_uring_threads_do_it_and_it_says_why(self):
        done = self.run_io("io.rand_read_4k_q32", "--json", preexec_fn=refuse_io_uring)
        result = json.loads(done.stdout)["results"][0]
        self.assertEqual((result["outcome"], result["params"]["engine"]), ("ok", "threads"))
        self.assertIn("no io_uring here: ", done.stderr)
        self.assertIn("EPERM", done.stderr)

    def test_no_more_is_written_than_the_dry_run_says(self):
        memory = self.mount("tmpfs", "backing", "size=500m")
        disk = self.mount_ext4(300, "disk", memory)
        device = os.path.basename(
            subprocess.run(
                ["findmnt", "-no", "SOURCE", disk], capture_output=True, text=True, check=True
            ).stdout.strip()
        )

        def written():
            os.sync()
            line = pathlib.Path(f"/sys/block/{device}/stat").read_text(encoding="ascii")
            return int(line.split()[6]) * 512

        before = written()
        done = self.run_io("io.seq_write_1m", "io.rewrite", "--rounds", "30", cwd=disk)
        self.assertLessEqual(written() - before, 256 * MIB)
        self.assertGreater(written() - before, 128 * MIB)
        self.assertIn("a target got all that --dry-run says", done.stderr)
        self.assertNotIn("partial", done.stderr + done.stdout)


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
        process = self.start_io(*hungry, *content, "--rounds", "2")
        with (self.work / "others").open("wb", buffering=0) as others:
            with self.assertRaisesRegex(OSError, "No space left"):
                while True:
                    others.write(bytes(4096))
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
        process = self.start_io("io.first_write", "io.rand_read_4k_q1", "--rounds", "2")
        with (memory / "others").open("wb", buffering=0) as others:
            with self.assertRaisesRegex(OSError, "No space left"):
                while True:
                    others.write(bytes(4096))
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
                process = self.start_io("io.*", "--rounds", "500", start_new_session=True)
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

    def test_a_database_on_a_full_disk_costs_the_session_and_nothing_stays(self):
        small = self.mount("tmpfs", "small", "size=1m")
        self.db = small / "test.db"
        process = self.start_io("io.*", "--rounds", "500")
        with (small / "others").open("wb", buffering=0) as others:
            with self.assertRaisesRegex(OSError, "No space left"):
                while True:
                    others.write(bytes(4096))
        self.assertEqual(process.wait(120), 3)
        self.assertIn("No space left on device", self.stderr())
        self.assertEqual(len(self.stderr().splitlines()), 1)
        self.assertEqual(list(self.work.iterdir()), [])


if __name__ == "__main__":
    unittest.main()
