#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Recorded machines: doctor must say of each what its expect.json says."""

import json
import pathlib
import shutil
import unittest

import nestbench

MACHINES = nestbench.DATA / "machines"
# The platforms that detection promises to know; there may be more recordings than these.
PROMISED = 20
STATUS = {"yes": 0, "partly": 0, "no": 77, "unknown": 4}


def machines() -> list[pathlib.Path]:
    """Folders of recordings, in the order of the alphabet."""
    return sorted(folder for folder in MACHINES.iterdir() if folder.is_dir())


def told(tree: dict) -> dict:
    """What expect.json is about, out of doctor's JSON."""
    identity = tree["identity"]
    support = [row["id"] for row in tree["support"]]
    return {
        "hypervisor": identity["hypervisor"],
        "slug": identity["slugs"][0] if identity["slugs"] else None,
        "hidden": identity["hidden"],
        "conflict": identity["conflict"],
        "cloud": identity["cloud"],
        "wsl": identity["wsl"],
        "level": identity["level"],
        "container": identity["container"],
        "nesting": tree["nesting"]["verdict"],
        "support": support[0] if support else None,
    }


class Machines(nestbench.Case):
    def replay(self, folder: pathlib.Path, status: int) -> dict:
        """Doctor's JSON of a recording; it must end with the status."""
        done = self.call("doctor", "--replay", folder, "--json", status=status)
        self.assertEqual(done.stderr, "", folder.name)
        tree = json.loads(done.stdout)
        self.assertEqual(tree["schema"], "nestbench/1")
        return tree

    def copy(self, name: str) -> pathlib.Path:
        """A recording that may be spoilt."""
        target = self.folder / name
        shutil.copytree(MACHINES / name, target)
        return target

    def test_there_are_as_many_as_were_promised_and_each_says_where_it_is_from(self):
        self.assertGreaterEqual(len(machines()), PROMISED)
        for folder in machines():
            with self.subTest(machine=folder.name):
                text = (folder / "README.md").read_text(encoding="utf-8")
                self.assertRegex(text, "(?i)recorded|composed from documentation")

    def test_doctor_says_of_each_what_is_expected(self):
        for folder in machines():
            with self.subTest(machine=folder.name):
                expect = json.loads((folder / "expect.json").read_text(encoding="utf-8"))
                findings = expect.pop("findings", {})
                status = expect.pop("status")
                self.assertEqual(status, STATUS[expect["nesting"]])
                tree = self.replay(folder, status)
                self.assertEqual(told(tree), expect)
                values = {entry["key"]: entry["value"] for entry in tree["findings"]}
                self.assertEqual({key: values.get(key) for key in findings}, findings)

    def test_who_cannot_nest_is_told_what_to_do(self):
        for folder in machines():
            with self.subTest(machine=folder.name):
                expect = json.loads((folder / "expect.json").read_text(encoding="utf-8"))
                nesting = self.replay(folder, expect["status"])["nesting"]
                self.assertTrue(nesting["reason"])
                if expect["nesting"] == "no":
                    self.assertTrue(nesting["advice"])

    def test_every_machine_prints_a_page_for_a_person(self):
        for folder in machines():
            with self.subTest(machine=folder.name):
                expect = json.loads((folder / "expect.json").read_text(encoding="utf-8"))
                done = self.call("doctor", "--replay", folder, status=expect["status"])
                self.assertTrue(done.stdout.isascii(), done.stdout)
                self.assertNotIn("\033", done.stdout)

    def test_a_recording_without_cpuid_is_known_by_its_firmware(self):
        folder = self.copy("kvm-amd-flat")
        (folder / "cpuid.raw").unlink()
        identity = self.replay(folder, 77)["identity"]
        self.assertEqual(identity["hypervisor"], "kvm")

    def test_an_empty_recording_is_unknown_and_no_crash(self):
        folder = self.folder / "empty"
        folder.mkdir()
        tree = self.replay(folder, STATUS["unknown"])
        self.assertEqual(tree["nesting"]["verdict"], "unknown")
        self.assertTrue(tree["nesting"]["reason"])
        self.assertEqual(tree["support"], [])

    def test_rubbish_in_any_file_is_survived(self):
        folder = self.copy("wsl2-6.6-mirrored")
        rubbish = bytes(range(256)) * 4096
        for path in folder.rglob("*"):
            if path.is_file() and path.name != "cpuid.raw":
                path.write_bytes(rubbish)
        tree = self.replay(folder, STATUS["yes"])
        # WSL by the mere presence of WSLInterop, and vmx by CPUID, which was left as it is.
        self.assertEqual(told(tree)["slug"], "wsl2")
        self.assertIn("no VM was tried", tree["nesting"]["reason"])

    def test_a_cpuid_dump_that_is_none_is_told_by_its_line(self):
        folder = self.copy("bare-intel")
        (folder / "cpuid.raw").write_text("CPU:\n   hello\n", encoding="ascii")
        done = self.call("doctor", "--replay", folder, status=3)
        self.assertRegex(done.stderr, "cpuid.raw: line 2")


if __name__ == "__main__":
    unittest.main()
