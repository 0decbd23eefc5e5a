# SPDX-License-Identifier: Apache-2.0
"""What goes wrong: the lab says why, with the last kernel lines, and leaves no process behind."""

import contextlib
import io
import os
import pathlib
import signal
import subprocess
import sys
import tarfile
import time
from unittest import mock

import labcase
from nestlab import debian, frames, guest, qemu, results
from nestlab.base import LabError, scratch
from nestlab.payload import Payload

SPEAK = "echo '[    1.0] a kernel line' >console; echo 'lab: L1: loading modules' >>console; "
GOOD = frames.encode("results", b"data" * 100).decode()


class Emulator(labcase.Case):
    """Emulators of our own, which are shell scripts."""

    def boot(self, script, limit=30):
        """What the lab makes of an emulator that does this."""
        return guest.boot(guest.Machine(["/bin/sh", "-c", script], self.folder), limit, limit)

    def assert_fails(self, script, message, limit=30):
        """It fails with this message and shows what the kernel said last."""
        with self.assertRaisesRegex(LabError, message) as caught:
            self.boot(SPEAK + script, limit)
        self.assertIn("[    1.0] a kernel line", caught.exception.details)

    def test_results_are_taken_although_the_emulator_stays(self):
        (self.folder / "good").write_text(GOOD, encoding="utf-8")
        start = time.monotonic()
        self.assertEqual(self.boot("cp good results; sleep 1000"), b"data" * 100)
        self.assertLess(time.monotonic() - start, 20)

    def test_truncated_results(self):
        (self.folder / "good").write_text(GOOD[:-30], encoding="utf-8")
        self.assert_fails("cp good results", "cut off.*disk full")

    def test_damaged_results(self):
        (self.folder / "good").write_text(GOOD.replace("ZGF0", "ZGE0", 1), encoding="utf-8")
        self.assert_fails("cp good results; sleep 1000", "came damaged")

    def test_an_emulator_that_ends_early_names_its_status(self):
        self.assert_fails("exit 7", r"sh ended \(7\) without results, at .L1: loading modules")

    def test_an_emulator_that_cannot_start_shows_what_it_said(self):
        with self.assertRaises(LabError) as caught:
            self.boot("echo no such CPU model >&2; exit 1")
        self.assertEqual(caught.exception.details, ["no such CPU model"])

    def test_a_hang_says_where(self):
        self.assert_fails("sleep 1000", 'hung at "L1: loading modules": not done within 1 s', 1)
        for script, where in (
            ("echo Linux >console; sleep 1000", "hung while Linux booted"),
            (": >console; sleep 1000", "hung before the kernel said anything"),
        ):
            with self.assertRaisesRegex(guest.Wedged, where):
                self.boot(script, 1)

    def test_a_long_boot_says_now_and_then_where_it_is(self):
        (self.folder / "good").write_text(GOOD, encoding="utf-8")
        with mock.patch.object(guest, "_NEWS", 0.2), mock.patch.object(guest, "say") as say:
            self.boot(SPEAK + "sleep 2; cp good results")
        self.assertRegex(say.call_args.args[0], r'^[12] s: at "L1: loading modules"$')

    def test_what_an_emulator_started_ends_with_it(self):
        with self.assertRaises(guest.Wedged):
            self.boot("sleep 1000 & echo $! >child; wait", 1)
        child = int((self.folder / "child").read_text(encoding="utf-8"))
        wait_for(lambda: not alive(child))


class Boot(labcase.Case):
    """The real emulator."""

    def test_a_panic_shows_the_last_kernel_lines(self):
        payload = Payload(
            debian.fetch(), pathlib.Path(labcase.BINARY), ["nestbench", "list"], qemu.PORT,
            init="#!/bin/busybox sh\nexit 1\n",
        )  # fmt: skip
        with self.assertRaisesRegex(LabError, "kernel panicked while Linux booted") as caught:
            guest.boot(qemu.machine(self.folder, payload), 120, 120)
        self.assertIn("Attempted to kill init", "\n".join(caught.exception.details))

    def test_the_limit_ends_a_boot(self):
        done = self.call(
            "amd", "--binary", labcase.BINARY, "--output", self.folder / "x", "--limit", "1",
            "--", "list", status=3,
        )  # fmt: skip
        self.assertRegex(done.stderr.splitlines()[-1], "the guest hung .* not done within 1 s")
        self.assertFalse((self.folder / "x").exists())

    def test_signals_leave_no_process_behind(self):
        for number, status in ((signal.SIGTERM, 130), (signal.SIGINT, 130), (signal.SIGKILL, -9)):
            with self.subTest(signal=number), self.started() as lab:
                emulator = child_named(lab.pid, "qemu")
                lab.send_signal(number)
                self.assertEqual(lab.wait(30), status)
                wait_for(lambda pid=emulator: not alive(pid))

    def test_signals_end_what_a_tool_has_started(self):
        tool = self.folder / "apt-cache"
        tool.write_text('#!/bin/sh\nsleep 1000 &\necho $! >"$0.child"\nwait\n', encoding="utf-8")
        tool.chmod(0o755)
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=number), self.started(f"{self.folder}:") as lab:
                child = self.folder / "apt-cache.child"
                pid = int(wait_for(lambda path=child: path.exists() and path.read_text("ascii")))
                lab.send_signal(number)
                self.assertEqual(lab.wait(30), 130)
                wait_for(lambda pid=pid: not alive(pid))
                child.unlink()

    @contextlib.contextmanager
    def started(self, path=""):
        """The command line under way; path comes before that of the environment."""
        command = [
            sys.executable, labcase.LAB, "amd", "--binary", labcase.BINARY,
            "--output", self.folder / "out", "--", "list",
        ]  # fmt: skip
        with subprocess.Popen(
            command, env={**os.environ, "PATH": path + os.environ["PATH"]},
            stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
        ) as lab:  # fmt: skip
            try:
                yield lab
            finally:
                lab.kill()


class CommandLine(labcase.Case):
    """What cannot be."""

    def test_without_an_emulator_it_names_the_package(self):
        for vendor, packages in (
            ("amd", "qemu-system-x86"),
            ("intel", "bochs grub-common xorriso mtools"),
        ):
            done = self.call(vendor, "--", "list", status=77, env={"PATH": str(self.folder)})
            self.assertIn(f"type: apt-get install {packages}\n", done.stderr)

    def test_a_kernel_that_is_not_there_lists_those_that_are(self):
        done = self.call("amd", "--kernel", "5.4", "--", "list", status=3)
        self.assertRegex(done.stderr, r"no kernel 5\.4; apt offers \d+\.\d+\.\d+")

    def test_wrong_usage(self):
        for arguments, complaint in (
            (("amd",), "nothing to run"),
            (("amd", "--"), "nothing to run"),
            (("amd", "run", "exit.*"), 'behind "--"'),
            (("arm", "--", "list"), "invalid choice"),
            (("amd", "--smp", "0", "--", "list"), "no number from 1 to 16"),
            (("amd", "--limit", "x", "--", "list"), "no number from 1"),
            (("intel", "--smp", "2", "--", "list"), "one CPU"),
            (("amd", "--smp", "2", "--deterministic", "--", "list"), "need one CPU"),
            (("amd", "--binary", "/nonexistent", "--", "list"), "not a program"),
            (("amd", "--output", "/", "--", "list"), "not empty"),
        ):
            with self.subTest(arguments=arguments):
                self.assertIn(complaint, self.call(*arguments, status=2).stderr)


class Unpack(labcase.Case):
    """Results and the disk that they go to."""

    def test_an_archive_that_leads_out_of_the_folder_is_refused(self):
        for name in ("/etc/x", "out/../../x", "elsewhere"):
            with self.subTest(name=name), self.assertRaisesRegex(LabError, "unsafe name|archive"):
                results.unpack(archive((name, b"x")), "", self.folder)
            self.assertEqual(list(self.folder.iterdir()), [])

    def test_nothing_is_written_through_a_link(self):
        outside = self.folder / "outside"
        outside.mkdir()
        folder = self.folder / "inside"
        folder.mkdir()
        way = ("out/way", str(outside))
        for members in ((way, ("out/way/x", b"x")), (way, ("out/way/x", "target"))):
            with self.assertRaisesRegex(LabError, "unsafe name"):
                results.unpack(archive(*members), "", folder)
        results.unpack(archive(("out/lab/console", str(outside / "x"))), "", folder)
        self.assertEqual(list(outside.iterdir()), [])

    def test_links_come_back_as_links(self):
        data = archive(("out/a/link", "../nowhere"), ("lab/result/status", b"3\n"))
        found = results.unpack(data, "last words", self.folder)
        self.assertEqual(os.readlink(self.folder / "a" / "link"), "../nowhere")
        self.assertEqual((found.status, found.text("console")), (3, "last words"))

    def test_databases_of_the_inner_guest_are_its_own(self):
        found = results.unpack(archive(("out/z.db", b"")), "", self.folder)
        inner = results.unpack(archive(("out/z.db", b"")), "", self.folder / "nested")
        self.assertEqual(found.databases, [self.folder / "z.db"])
        self.assertEqual(inner.databases, [self.folder / "nested" / "z.db"])

    def test_a_folder_that_a_killed_lab_left_is_removed_by_the_next(self):
        with subprocess.Popen(["true"]) as ended:
            pass
        dead = self.folder / f"work-{ended.pid}-x"
        others = [self.folder / name for name in (f"work-{os.getppid()}-x", "work-mine")]
        for folder in (dead, *others):
            folder.mkdir()
        with scratch(self.folder, "work") as folder:
            self.assertEqual(sorted(self.folder.iterdir()), sorted([folder, *others]))
        self.assertEqual(sorted(self.folder.iterdir()), sorted(others))

    def test_a_damaged_archive_is_an_error(self):
        whole = archive(("out/x", os.urandom(5000)))
        for data in (b"", b"x" * 100, whole[:100], whole[:-2000]):
            with self.subTest(size=len(data)), self.assertRaisesRegex(LabError, "no archive"):
                results.unpack(data, "", self.folder)

    def test_a_full_disk_leaves_nothing_half_done(self):
        script = (
            'mount -t tmpfs -o size=16k none "$1" 2>/dev/null || exit 77\n'
            '"$2" "$3" "$1"; status=$?; ls "$1"; exit $status\n'
        )
        command = ["unshare", "-rm", "sh", "-c", script, "sh", self.folder]
        done = subprocess.run(
            [*command, sys.executable, pathlib.Path(__file__).parent / "fill_disk.py"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 77 or "unshare" in done.stderr:
            self.skipTest("no small file system can be mounted here")
        self.assertEqual((done.returncode, done.stdout), (3, ""), done.stderr)
        self.assertIn("No space left on device; give --output another folder", done.stderr)


def archive(*members):
    """A gzipped tar archive of files (name, bytes) and links (name, target)."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as made:
        for name, content in members:
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                made.addfile(member)
            else:
                member.size = len(content)
                made.addfile(member, io.BytesIO(content))
    return file.getvalue()


def alive(pid):
    """Whether a process runs; one that only waits for its parent does not."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return text.rpartition(")")[2].split()[0] not in "ZX"


def child_named(parent, name):
    """The pid of a child of a process, once there is one of that name."""

    def find():
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                head, _, tail = path.read_text(encoding="utf-8").rpartition(")")
                if int(tail.split()[1]) == parent and name in head:
                    return int(path.parent.name)
        return None

    return wait_for(find)


def wait_for(condition):
    """What condition gives once it gives something."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("waited for nothing")


if __name__ == "__main__":
    labcase.main("amd")
