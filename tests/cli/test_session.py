#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sessions: measured, kept, shown, merged, interrupted."""

import json
import os
import pathlib
import resource
import signal
import subprocess
import time
import unittest

import nestbench

SHORT_USER = ("run", "exit.syscall", "--rounds", "1", "--kvm-device", "/nonexistent")


class Session(nestbench.Case):
    def test_a_table_is_printed_and_stored_and_said_where(self):
        done = self.call(*nestbench.SHORT, "--db", self.db)
        self.assertRegex(done.stdout, r"(?m)^exit, user, ")
        self.assertRegex(done.stdout, r"(?m)^exit\.cpuid +[0-9.]+ [nµ]s ")
        self.assertRegex(done.stdout, r"(?m)^skip, all 4: /nonexistent: ")
        self.assertRegex(done.stdout, r"(?m)^2 ok, 4 skip, 0 error$")
        self.assertIn(f"Stored in {self.db} as session ", done.stderr)
        self.assertIn(f"nestbench show --db {self.db} --distribution exit.null\n", done.stderr)
        self.assertNotIn("\033", done.stdout + done.stderr)
        self.assertEqual(self.call("show", "--db", self.db).stdout, done.stdout)

    def test_the_command_that_run_proposes_works(self):
        done = self.call(*nestbench.SHORT, "--db", self.db)
        self.assert_proposal_works(done.stderr, "exit.null")

    def assert_proposal_works(self, printed, benchmark):
        """The last line is a command that a shell can run as it stands."""
        command = printed.splitlines()[-1]
        self.assertRegex(command, "^Next: ")
        shown = subprocess.run(
            ["sh", "-c", command.removeprefix("Next: ")],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertRegex(shown.stdout, rf"(?m)^{benchmark}, user$")
        self.assertRegex(shown.stdout, r"(?m)^ +from +samples +%$")

    def test_the_proposal_works_whatever_the_database_is_called(self):
        for name in ("my results.db", "it's $HOME;`id`.db", "-a&b.db"):
            with self.subTest(name=name):
                done = self.call(*SHORT_USER, "--db", name)
                self.assert_proposal_works(done.stderr, "exit.syscall")

    def test_where_nothing_was_measured_nothing_is_proposed(self):
        done = self.call(
            "run", "exit.hypercall", "--kvm-device", "/nonexistent", "--db", self.db, status=77
        )
        self.assertIn("Stored in ", done.stderr)
        self.assertNotIn("Next:", done.stderr)

    def test_a_family_without_its_star_is_explained(self):
        done = self.call("run", "exit", status=2)
        self.assertIn("'exit.*' is the whole family\n", done.stderr)
        self.assertNotIn("whole family", self.call("list", "exist", status=2).stderr)

    def test_sessions_are_found_by_the_beginning_of_their_id(self):
        first = self.measure()["session"]["id"]
        second = self.measure()["session"]["id"]
        listed = json.loads(self.call("show", "--db", self.db, "--list", "--json").stdout)
        self.assertEqual([entry["id"] for entry in listed["sessions"]], [second, first])
        lines = self.call("show", "--db", self.db, "--list").stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], ["session", second, first])
        self.assertIn(f"Session {second},", self.call("show", "--db", self.db).stdout)
        self.assertIn(f"Session {first},", self.call("show", first, "--db", self.db).stdout)

    def test_a_session_or_series_that_is_not_there_is_wrong_usage(self):
        self.measure()
        done = self.call("show", "0000", "--db", self.db, status=2)
        self.assertIn("show --list", done.stderr)
        done = self.call("show", "--db", self.db, "-d", "exit.cpuidd", status=2)
        self.assertIn("nearest: exit.cpuid\n", done.stderr)
        done = self.call("show", "--db", self.db, "-d", "exit.cpuid,guest,ring=4", status=2)
        self.assertIn("nearest: exit.cpuid,guest,ring=3\n", done.stderr)

    def test_a_distribution_is_chosen_by_vantage_and_parameters(self):
        self.measure()

        def titles(choice):
            text = self.call("show", "--db", self.db, "--distribution", choice).stdout
            return [line for line in text.splitlines() if line.startswith("exit.")]

        self.assertEqual(
            titles("exit.cpuid"),
            ["exit.cpuid, guest", "exit.cpuid, guest, ring=3", "exit.cpuid, user"],
        )
        self.assertEqual(titles("exit.cpuid,user"), ["exit.cpuid, user"])
        self.assertEqual(titles("exit.cpuid,ring=3"), ["exit.cpuid, guest, ring=3"])
        self.assertEqual(titles("exit.cpuid,guest,ring=3"), ["exit.cpuid, guest, ring=3"])

    def test_nothing_that_can_run_is_77_and_says_why(self):
        done = self.call(
            "run", "exit.hypercall", "--kvm-device", "/nonexistent", "--db", self.db, status=77
        )
        self.assertIn("skip, all 2: /nonexistent: ", done.stdout)

    def test_merging_twice_changes_nothing(self):
        self.measure()
        self.measure()
        other = self.folder / "other.db"
        self.call(*nestbench.SHORT, "--db", other)
        done = self.call("merge", "--db", other, self.db)
        self.assertEqual(done.stdout, f"{self.db}: 2 added, 0 known\n")
        done = self.call("merge", "--db", other, "--json", self.db, self.db)
        self.assertEqual(json.loads(done.stdout), {"schema": "nestbench/1", "added": 0, "known": 4})
        listed = json.loads(self.call("show", "--db", other, "--list", "--json").stdout)
        self.assertEqual(len(listed["sessions"]), 3)
        done = self.call("merge", "--db", other, "none.db", self.db, status=3)
        self.assertIn("0 added, 2 known", done.stdout)

    def test_options_end_up_in_the_session(self):
        tree = self.measure("--seed", "7", "--level", "2", "--label", "a=1", "--label", "b=x y")
        session = tree["session"]
        self.assertEqual((session["seed"], session["level"]), (7, 2))
        self.assertEqual(session["labels"], {"a": "1", "b": "x y"})
        self.assertEqual(session["profile"], "quick")
        self.assertEqual({r["level"] for r in tree["results"]}, {2, 3})
        cpu = sorted(os.sched_getaffinity(0))[0]
        self.assertEqual(self.measure("--cpu", cpu)["session"]["cpu"], cpu)

    def test_a_database_that_cannot_be_written_is_found_out_at_once(self):
        (self.folder / "file").write_text("x", encoding="utf-8")
        done = self.call(*nestbench.SHORT, "--db", "file/test.db", status=3)
        self.assertEqual(done.stdout, "")
        self.assertIn("--db FILE names another database", done.stderr)


class Places(nestbench.Case):
    def test_without_a_checkout_the_database_is_in_the_data_folder(self):
        self.call(*nestbench.SHORT)
        self.assertTrue((self.folder / ".local/share/nestbench/nestbench.db").is_file())
        data = self.folder / "data"
        done = self.call(*nestbench.SHORT, extra={"XDG_DATA_HOME": str(data)})
        self.assertTrue((data / "nestbench/nestbench.db").is_file())
        self.assertIn(f"Next: {nestbench.BINARY} show --distribution exit.null\n", done.stderr)

    def test_in_a_checkout_it_is_in_results(self):
        (self.folder / "bench").mkdir()
        (self.folder / "bench/bench.def").touch()
        (self.folder / "CMakeLists.txt").touch()
        done = self.call(*nestbench.SHORT)
        self.assertIn("Stored in results/nestbench.db as", done.stderr)
        self.assertTrue((self.folder / "results/nestbench.db").is_file())
        self.call("show", cwd=self.folder / "bench")


class Failures(nestbench.Case):
    def start_long(self, *arguments, **options):
        """A session that would take minutes, once its first rounds are stored."""
        process = self.start(
            *("run", "exit.null", "exit.syscall", "--rounds", "5000"),
            *("--kvm-device", "/nonexistent", "--db", self.db, *arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,
        )
        deadline = time.monotonic() + 60
        while self.stored_rounds() < 4:
            self.assertIsNone(process.poll(), "ended early")
            self.assertLess(time.monotonic(), deadline, "no rounds in the database")
            time.sleep(0.1)
        return process

    def stored_rounds(self):
        done = subprocess.run(
            [nestbench.BINARY, "show", "--list", "--json", "--db", str(self.db)],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            return 0
        return sum(entry["rounds"] for entry in json.loads(done.stdout)["sessions"])

    def test_an_interrupted_session_keeps_its_rounds_and_says_so(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(signal=number):
                self.db = self.folder / f"{number}.db"
                process = self.start_long()
                process.send_signal(number)
                stdout, stderr = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 3, stderr)
                self.assertIn("warning: partial session", stdout)
                self.assertIn("interrupted: the session is partial", stderr)
                self.assertEqual(self.call("show", "--db", self.db).stdout, stdout)

    def test_a_signal_that_was_ignored_stays_ignored(self):
        def ignore():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

        process = self.start_long(preexec_fn=ignore)
        process.send_signal(signal.SIGHUP)
        before = self.stored_rounds()
        deadline = time.monotonic() + 60
        while self.stored_rounds() < before + 4:
            self.assertIsNone(process.poll(), "ended by SIGHUP")
            self.assertLess(time.monotonic(), deadline, "no more rounds")
            time.sleep(0.1)

    def test_a_killed_session_is_partial_and_the_next_one_works(self):
        process = self.start_long()
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.assertIn("warning: partial", self.call("show", "--db", self.db).stdout)
        self.assertFalse(self.measure()["session"]["partial"])

    def test_out_of_time_is_partial_but_no_failure(self):
        done = self.call(
            *("run", "exit.null", "exit.syscall", "--rounds", "5000", "--max-time", "1"),
            *("--kvm-device", "/nonexistent", "--db", self.db),
        )
        self.assertIn("out of time (--max-time)", done.stderr)
        self.assertIn("warning: partial session", done.stdout)

    def test_out_of_time_before_anything_is_measured_is_a_failure(self):
        done = self.call(*SHORT_USER, "--max-time", "0.000000001", "--db", self.db, status=3)
        self.assertIn("out of time (--max-time)", done.stderr)
        self.assertNotIn("Stored in", done.stderr)
        both = self.call(*nestbench.SHORT, "--max-time", "0.000000001", "--db", self.db, status=3)
        self.assertIn("Stored in", both.stderr)
        self.assertNotIn("Next:", both.stderr)

    def test_output_that_is_lost_is_a_failure(self):
        self.measure()
        for arguments in (
            ("list",),
            ("list", "--json"),
            ("--help",),
            ("run", "--dry-run"),
            ("show", "--db", self.db),
            ("show", "--db", self.db, "--list"),
            ("show", "--db", self.db, "-d", "exit.null"),
            ("export", "--db", self.db),
            ("export", "--db", self.db, "-o", "/dev/full"),
        ):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                done = self.call(*arguments, status=3, stdout=full)
                self.assertIn("No space left on device", done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def call_without_a_reader(self, *arguments, status):
        read_end, write_end = os.pipe()
        os.close(read_end)
        with os.fdopen(write_end, "w") as pipe:
            return self.call(*arguments, status=status, stdout=pipe)

    def test_a_reader_that_has_gone_ends_it_silently(self):
        done = self.call_without_a_reader("list", status=-signal.SIGPIPE)
        self.assertEqual(done.stderr, "")

    def test_a_reader_that_has_gone_does_not_cost_the_session(self):
        done = self.call_without_a_reader(*nestbench.SHORT, "--db", self.db, status=3)
        self.assertIn("Broken pipe", done.stderr)
        self.assertIn(f"Stored in {self.db} as session ", done.stderr)
        shown = json.loads(self.call("show", "--json", "--db", self.db).stdout)
        self.assertFalse(shown["session"]["partial"])

    def test_a_full_disk_leaves_the_old_export_there(self):
        self.measure()
        target = self.folder / "export.json"
        target.write_text("old", encoding="utf-8")

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))

        done = self.call("export", "--db", self.db, "-o", target, status=3, preexec_fn=limit)
        self.assertIn("File too large", done.stderr)
        self.assertEqual(target.read_text(encoding="utf-8"), "old")
        self.assertEqual(list(self.folder.glob("export.json.*")), [])
        self.call("export", "--db", self.db, "-o", target)
        self.assertEqual(json.loads(target.read_bytes())["schema"], "nestbench/1")

    def test_an_export_never_replaces_a_database(self):
        self.measure()
        before = self.db.read_bytes()
        (self.folder / "link").symlink_to(self.db)
        for target in (self.db, "link"):
            with self.subTest(target=target):
                done = self.call("export", "--db", self.db, "-o", target, status=3)
                self.assertIn(f"{target} is a database", done.stderr)
                self.assertEqual(self.db.read_bytes(), before)
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertEqual(list(self.folder.glob("*.??????")), [])

    def test_an_export_through_a_link_keeps_the_link_and_the_mode(self):
        self.measure()
        (self.folder / "other").mkdir()
        target = self.folder / "other/export.json"
        target.write_text("old", encoding="utf-8")
        target.chmod(0o604)
        link = self.folder / "link.json"
        link.symlink_to("other/export.json")
        self.call("export", "--db", self.db, "-o", link)
        self.assertTrue(link.is_symlink())
        self.assertEqual(json.loads(target.read_bytes())["schema"], "nestbench/1")
        self.assertEqual(target.stat().st_mode & 0o777, 0o604)

    def test_an_export_has_the_usual_mode_and_may_go_to_a_device(self):
        self.measure()
        mask = os.umask(0o027)
        try:
            self.call("export", "--db", self.db, "-o", "export.json")
        finally:
            os.umask(mask)
        mode = pathlib.Path(self.folder / "export.json").stat().st_mode & 0o777
        self.assertEqual(mode, 0o640)
        done = self.call("export", "--db", self.db, "-o", "/dev/stdout")
        self.assertEqual(json.loads(done.stdout)["schema"], "nestbench/1")
        done = self.call("export", "--db", self.db, "-o", "none/export.json", status=3)
        self.assertIn("none/export.json: No such file", done.stderr)


if __name__ == "__main__":
    unittest.main()
