#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bundle: what is in the archive, that others can read it, that it tells nothing of anybody."""

import csv
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import unittest

import bundle_case

if not shutil.which("zstd"):
    print("skip: no zstd, which tar needs to unpack a bundle")
    sys.exit(77)

FILES = {
    "MANIFEST.sha256", "README.md", "control.tsv", "environment.txt", "kernel.log",
    "module-parameters.txt", "report.html", "reproduce.sh", "sessions.db", "verdicts.json",
}  # fmt: skip
DOCTOR = {"doctor.json", "doctor.txt"}
TARGET = {
    "name": "cwd", "path": "/home/carol/data", "kind": "ext4", "transport": "",
    "options": "rw,credentials=carol", "device": "vda1", "disk": "vda (virtio_blk)",
    "scheduler": "none", "write_cache": "write back", "rotational": 0, "queue_depth": 128,
    "size_bytes": 1 << 30, "free_bytes": 1 << 29,
}  # fmt: skip
BOOTS = ("6d0e1f2a-3b4c-4d5e-8f60-718293a4b5c6", "3f1d4b58-0000-4000-8000-00a0c91e6bf6")
# What nobody but the owner of the machine should read.
PLANTED = (
    "alice", "build7", "carol", "dave", "PHYS-HOST-42", "i-0123456789abcdef0",
    *BOOTS, "0b1f1b52-6c0e-4f3a-9d2e-5a7c3b1d9e10", "10.11.12.13",
    "00:15:5d:aa:bb:cc", "SN-4711-0815",
)  # fmt: skip


def words_of(path: str) -> list[str]:
    try:
        return pathlib.Path(path).read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return []


def own_values() -> set[str]:
    """What this machine is known by: names, addresses and numbers of its own."""
    found = set()
    for path in (
        "/proc/sys/kernel/hostname", "/etc/machine-id", "/proc/sys/kernel/random/boot_id",
        "/sys/class/dmi/id/product_serial", "/sys/class/dmi/id/board_serial",
        "/sys/class/dmi/id/product_uuid",
    ):  # fmt: skip
        found.update(words_of(path)[:1])
    for path in pathlib.Path("/sys/class/net").glob("*/address"):
        mac = words_of(str(path))[:1]
        found.update(mac)
        found.update(word.replace(":", "") for word in mac)
    table = "\n".join(words_of("/proc/net/fib_trie"))
    found.update(re.findall(r"\|--\n([\d.]+)\n/32\nhost\nLOCAL", table))
    for line in pathlib.Path("/etc/passwd").read_text(encoding="utf-8").splitlines():
        fields = line.split(":")
        if 1000 <= int(fields[2]) < 60000:
            found.add(fields[0])
    return {
        value for value in found
        if len(value) > 3 and not value.startswith("127.") and set(value) - set("0:-")
        and value not in ("localhost", "test", "user", "debian", "ubuntu", "admin", "vagrant")
    }  # fmt: skip


class Bundle(bundle_case.Case):
    def files(self, folder):
        return {path for path in folder.rglob("*") if path.is_file()}

    def found_in(self, folder, values):
        """Which of the values stand in which file, whatever the letters' case."""
        return [
            (value, path.relative_to(folder))
            for path in self.files(folder)
            for value in values
            if value.lower().encode() in path.read_bytes().lower()
        ]

    def plant(self, session, number):
        """Secrets in every place of a session that has room for some."""
        session["session"]["labels"].update(
            user="alice",
            host="build7.example.org",
            ticket="of alice, on build7; i-0123456789abcdef0",
            serial="SN-4711-0815",
        )
        session["session"]["targets"] = [TARGET]
        session["session"]["machine"].update(
            host="PHYS-HOST-42",
            boot_id=BOOTS[number % 2],
            kernel_cmdline="root=UUID=0b1f1b52-6c0e-4f3a-9d2e-5a7c3b1d9e10 ip=10.11.12.13 "
            "BOOTIF=00:15:5d:aa:bb:cc init=/home/dave/init serial=SN-4711-0815 user=dave",
        )
        for result in session["results"]:
            if result["outcome"] == "skip":
                for part in (result, *result["round_data"]):
                    part["reason"] = "/home/alice/kvm: not there"
        return session

    def planted(self, count=3):
        """Files of such sessions; of the first, whose labels are enough to tell it is one."""
        paths = []
        for number in range(count):
            path, _ = self.file(labels={"n": str(number)})
            session = self.plant(json.loads(path.read_text(encoding="utf-8")), number)
            path.write_text(json.dumps(session), encoding="utf-8")
            paths.append(path)
        self.call("import", "--db", self.db, *paths)

    def test_it_holds_what_its_readme_says_and_sha256sum_agrees(self):
        folder = self.regressed()
        self.assertTrue(folder.name.startswith("nestbench-01"), folder.name)
        names = {path.name for path in folder.iterdir() if path.is_file()}
        self.assertEqual(names - DOCTOR, FILES)
        bundle_case.run("sha256sum", "--quiet", "-c", "MANIFEST.sha256", cwd=folder)
        readme = (folder / "README.md").read_text(encoding="utf-8")
        for name in (names | {"sessions/", "baseline/"}) - {"README.md"}:
            self.assertIn(f"`{name}`", readme)
        self.assertEqual(len(list((folder / "sessions").iterdir())), 6)
        self.assertEqual(len(list((folder / "baseline").iterdir())), 6)

    def test_verify_says_what_it_computed(self):
        folder = self.regressed()
        count = len(self.files(folder)) - 1
        rows = json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))
        verdicts = len(rows["groups"][0]["comparison"]["rows"])
        done = self.verify()
        self.assertRegex(
            done.stdout,
            rf"\Ax\.tar\.zst: ok: {count} files, \d+ sessions, {verdicts} verdicts recomputed\n\Z",
        )
        tree = json.loads(self.verify("x.tar.zst", "--json").stdout)
        self.assertEqual((tree["ok"], tree["files"], tree["bundle"]), (True, count, folder.name))
        self.assertEqual((tree["verdicts"], tree["exact"]), (verdicts, True))

    def test_what_was_packed_again_by_others_is_still_sound(self):
        self.pack_as_it_is(self.regressed())
        self.assertIn(": ok: ", self.verify("y.tar.zst").stdout)

    def test_the_readme_tells_the_verdict_and_the_series(self):
        readme = (self.regressed() / "README.md").read_text(encoding="utf-8")
        self.assertIn("1 regressed", readme)
        self.assertRegex(readme, r"\| exit\.cpuid \| user \| .* \| regressed \|")
        self.assertIn("selftest aa", readme)
        for line in readme.splitlines():
            if not line.startswith(("|", "-", "**", "Compared")):
                self.assertLessEqual(len(line), 100, line)

    def test_verdicts_page_and_database_are_of_one_mind(self):
        folder = self.regressed()
        sides = ("baseline:old", "label:build=new", "--json")
        here = json.loads(self.call("compare", *sides, "--db", self.db).stdout)
        there = json.loads(self.call("compare", *sides, "--db", folder / "sessions.db").stdout)
        self.assertEqual(here["rows"], there["rows"])
        told = json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))
        rows = {row["benchmark"]: row for row in told["groups"][0]["comparison"]["rows"]}
        for row in here["rows"]:
            self.assertEqual(rows[row["benchmark"]]["verdict"], row["verdict"])
            self.assertEqual(rows[row["benchmark"]]["ratio"], row["ratio"])
        page = (folder / "report.html").read_text(encoding="utf-8")
        self.assertIn("1 regressed", page)

    def test_the_database_has_the_sessions_of_the_json(self):
        folder = self.regressed()
        for path in (*(folder / "sessions").iterdir(), *(folder / "baseline").iterdir()):
            done = self.call("export", path.stem, "--db", folder / "sessions.db")
            self.assertEqual(json.loads(done.stdout), json.loads(path.read_text(encoding="utf-8")))

    def test_controls_are_what_did_not_move(self):
        folder = self.regressed()
        with open(folder / "control.tsv", encoding="utf-8") as file:
            rows = list(csv.DictReader((line for line in file if line[0] != "#"), delimiter="\t"))
        self.assertEqual([row["regressed"] for row in rows], ["exit.cpuid"])
        self.assertEqual((rows[0]["control"], rows[0]["control_vantage"]), ("exit.null", "user"))
        self.assertAlmostEqual(float(rows[0]["ratio"]), 1.0, delta=0.03)

    def test_the_script_measures_what_got_slower_and_nothing_else(self):
        folder = self.regressed()
        text = (folder / "reproduce.sh").read_text(encoding="utf-8")
        commands = re.findall(r"(?m)^\tnestbench run .*$", text)
        self.assertEqual(len(commands), 1, text)
        self.assertRegex(commands[0], r"run 'exit\.cpuid' --profile quick --seed \d+ --label ")
        self.assertRegex(text, r"# exit\.cpuid, user vantage: .* ratio 1\.\d+ \(95 % interval")
        path = os.path.dirname(bundle_case.BINARY) + ":" + os.environ["PATH"]
        for side in ("base", "candidate", "compare"):
            done = subprocess.run(
                ["sh", folder / "reproduce.sh", side],
                cwd=self.folder, env=self.environment(PATH=path, SESSIONS="1"),
                capture_output=True, text=True, timeout=120, check=False,
            )  # fmt: skip
            # What was disturbed, as tests are by one another, is not compared.
            self.assertIn(done.returncode, (0, 3) if side == "compare" else (0,), done.stderr)
        rows = json.loads(
            self.call("show", "--list", "--json", "--db", "reproduce.db").stdout
        )["sessions"]
        self.assertEqual({row["labels"]["side"] for row in rows}, {"base", "candidate"})
        shown = json.loads(self.call("show", "--json", "--db", "reproduce.db").stdout)
        self.assertEqual({row["benchmark"] for row in shown["results"]}, {"exit.cpuid"})
        done = subprocess.run(
            ["sh", folder / "reproduce.sh"], capture_output=True, text=True, check=False
        )
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("usage: ", done.stderr)

    def test_the_recording_can_be_looked_at_again(self):
        self.measure()
        self.bundle()
        folder = self.unpack()
        for name in DOCTOR:
            self.assertTrue((folder / name).is_file())
        told = json.loads((folder / "doctor.json").read_text(encoding="utf-8"))
        status = {"yes": 0, "partly": 0, "no": 77, "unknown": 4}[told["nesting"]["verdict"]]
        done = self.call("doctor", "--replay", folder / "doctor", "--json", status=status)
        self.assertEqual(json.loads(done.stdout)["identity"], told["identity"])

    def test_of_another_machine_there_is_no_recording(self):
        self.add(1, machine={"boot_id": "x", "platform": "ELSEWHERE/cpu 1.2.3"})
        self.bundle()
        folder = self.unpack()
        self.assertFalse((folder / "doctor").exists())
        self.assertFalse((folder / "doctor.json").exists())
        self.assertIn("another machine", (folder / "kernel.log").read_text(encoding="utf-8"))
        self.assertIn("another machine", (folder / "README.md").read_text(encoding="utf-8"))
        self.verify()

    def test_without_a_base_there_is_nothing_to_regress(self):
        self.measure()
        done = self.bundle()
        self.assertIn("No base was named", done.stderr)
        folder = self.unpack()
        self.assertNotIn("baseline/", (folder / "README.md").read_text(encoding="utf-8"))
        self.assertRegex(
            (folder / "reproduce.sh").read_text(encoding="utf-8"),
            r"\tnestbench run 'exit\.\*' --profile",
        )
        self.assertIn(" 0 verdicts recomputed", self.verify().stdout)

    def test_one_session_a_side_is_indicative_and_reproduced_all_the_same(self):
        base = self.add(1)[0]
        candidate = self.add(1, {"exit.cpuid": 2.0})[0]
        self.bundle(candidate, "--baseline", base)
        folder = self.unpack()
        self.assertIn("Indicative only", (folder / "README.md").read_text(encoding="utf-8"))
        self.assertIn("; indicative only", (folder / "reproduce.sh").read_text(encoding="utf-8"))
        self.verify()

    def test_the_base_may_be_figures_of_others(self):
        self.measure()
        for base in ("turtles-2010", "azure-d4s-v5"):
            with self.subTest(base):
                self.bundle("--baseline", base, "--force")
                folder = self.unpack()
                self.assertTrue((folder / "baseline" / f"{base}.json").is_file())
                self.verify()

    def test_the_base_may_be_a_file(self):
        sessions = [self.file(1.0)[0] for _ in range(2)]
        self.call("baseline", "export", "turtles-2010", "-o", "spec.json")
        self.add(2, bundle_case.SLOWER)
        for base in (sessions[0].name, "spec.json"):
            with self.subTest(base):
                self.bundle("--baseline", base, "--force")
                self.verify()
                self.assertEqual(len(list((self.unpack() / "baseline").iterdir())), 1)

    def test_machines_stand_side_by_side(self):
        self.add(2, machine={"platform": "A/cpu 1.2.3", "cpu_brand": "One"})
        self.add(2, machine={"platform": "B/cpu 1.2.3", "cpu_brand": "Two"})
        self.bundle(self.db)
        readme = (self.unpack() / "README.md").read_text(encoding="utf-8")
        self.assertRegex(readme, r"(?s)\*\*Group A: .*\| CPU \| One \|.*\*\*Group B: .*Two")
        self.verify()

    def test_a_session_may_be_base_and_candidate(self):
        self.two_groups(count=3)
        self.bundle("label:build=new", "label:build=old", "--baseline", "old")
        self.verify()

    def test_an_archive_may_go_to_a_pipe(self):
        self.measure()
        with open(self.folder / "z.tar.zst", "wb") as file:
            self.call("bundle", "--db", self.db, "--no-plots", "-o", "-", stdout=file)
        self.verify("z.tar.zst")

    def test_the_default_name_is_that_of_the_newest_session(self):
        newest = self.add(2)[1]
        done = self.call("bundle", "label:none=x", "--db", self.db, "--no-plots", status=2)
        self.assertIn("none=x", done.stderr)
        self.call("bundle", self.db, "--db", self.db, "--no-plots")
        name = f"nestbench-{newest}.tar.zst"
        self.verify(name)
        self.assertIn(f"{name} exists", self.call("bundle", "--db", self.db, status=2).stderr)

    def test_nothing_tells_whose_machine_it_was(self):
        self.planted()
        self.bundle(self.db, "--baseline", "label:host=build7.example.org")
        folder = self.unpack()
        self.assertEqual(self.found_in(folder, PLANTED), [])
        self.verify()
        text = (folder / "environment.txt").read_text(encoding="utf-8")
        for word in ("<boot-1>", "<boot-2>", "<user-", "<physical-host-1>", "/home/<user-"):
            self.assertIn(word, text)
        self.assertIn("label:host=<host-1>", (folder / "verdicts.json").read_text(encoding="utf-8"))

    def test_nothing_tells_of_this_machine(self):
        self.measure("--label", "n=1")
        self.measure("--label", "n=2")
        self.bundle("label:n=2", "--baseline", "label:n=1")
        values = own_values()
        self.assertTrue(values)
        self.assertEqual(self.found_in(self.unpack(), values), [])
        self.verify()

    def test_with_no_redact_everything_stays(self):
        self.planted(1)
        done = self.bundle(self.db, "--no-redact")
        self.assertIn("Nothing was taken out", done.stderr)
        folder = self.unpack()
        found = {value for value, _ in self.found_in(folder, PLANTED)}
        # Only every second session has the second boot's id.
        self.assertEqual(set(PLANTED) - found, {BOOTS[1]})
        self.assertIn("`--no-redact`", (folder / "README.md").read_text(encoding="utf-8"))
        self.verify()

    def test_a_label_whose_name_is_a_secret_loses_it(self):
        path, _ = self.file(labels={"user": "mallory", "mallory": "1"})
        self.call("import", "--db", self.db, path)
        self.bundle()
        self.assertEqual(self.found_in(self.unpack(), ["mallory"]), [])
        self.verify()

    def test_more_names_than_can_be_kept_in_mind_are_refused(self):
        for part in range(6):
            labels = [{"user": f"person{part}x{number}"} for number in range(30)]
            paths = [self.file(labels=label)[0] for label in labels]
            self.call("import", "--db", self.db, *paths)
        done = self.bundle(self.db, status=3)
        self.assertIn("bundle fewer of them", done.stderr)

    def test_hostile_texts_break_neither_script_nor_table_nor_page(self):
        evil = "'; touch evil; `touch evil` $(touch evil) | <script>alert(1)</script> ]( \\"
        machine = {"cpu_brand": evil[:60], "kernel": evil, "host": evil[:90]}
        path, _ = self.file(labels={"note": evil[:90]}, machine=machine)
        self.call("import", "--db", self.db, path)
        self.bundle()
        folder = self.unpack()
        self.verify()
        readme = (folder / "README.md").read_text(encoding="utf-8")
        self.assertNotIn("<script>", readme)
        self.assertNotIn("<script>alert", (folder / "report.html").read_text(encoding="utf-8"))
        for line in (folder / "reproduce.sh").read_text(encoding="utf-8").splitlines():
            if not line.lstrip().startswith("#"):
                self.assertNotIn("evil", line)
        bundle_case.run("sh", "-n", folder / "reproduce.sh")

    def test_the_database_has_no_page_of_before(self):
        folder = self.regressed()
        with sqlite3.connect(folder / "sessions.db") as database:
            (free,) = database.execute("PRAGMA freelist_count").fetchone()
            (mode,) = database.execute("PRAGMA journal_mode").fetchone()
        database.close()
        self.assertEqual((free, mode), (0, "delete"))


if __name__ == "__main__":
    unittest.main()
