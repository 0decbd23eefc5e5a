#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""baseline: saved, exported, imported, claimed, refused."""

import json
import sys
import unittest

try:
    import jsonschema
except ImportError:
    print("skip: no python3-jsonschema")
    sys.exit(77)

import forged
import nestbench

SCHEMA = json.loads(
    (nestbench.DATA / "nestbench-baseline-1.schema.json").read_text(encoding="utf-8")
)
D4S_V5 = {
    "cpus": 4,
    "topology": "1 socket x 2 cores x 2 threads",
    "memory_bytes": int(15.6 * 2**30),
    "hypervisor": "Microsoft Hv",
    "cpu_brand": "Intel(R) Xeon(R) Platinum 8370C CPU @ 2.80GHz",
    "cloud": "azure",
    "instance": "",
}


class Baseline(forged.Case):
    def baseline(self, *arguments, status=0):
        return self.call("baseline", *arguments, "--db", self.db, status=status)

    def json(self, *arguments):
        tree = json.loads(self.baseline(*arguments).stdout)
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        jsonschema.Draft7Validator(SCHEMA).validate(tree)
        return tree

    def entry(self, name):
        entries = self.json("list", "--json")["baselines"]
        return next((entry for entry in entries if entry["name"] == name), None)

    def test_what_is_saved_is_listed_shown_and_compared_with(self):
        ids = self.add(5, labels={"kernel": "6.1"})
        self.add(5, {"exit.cpuid": 1.3}, labels={"kernel": "6.12"})
        self.baseline("save", "before", "label:kernel=6.1", "--provenance", "the lab, in January")
        entry = self.entry("before")
        self.assertEqual((entry["sessions"], entry["kind"]), (5, None))
        shown = self.json("show", "before", "--json")
        self.assertEqual([s["id"] for s in shown["saved"]["sessions"]], ids)
        self.assertEqual(shown["saved"]["provenance"], "the lab, in January")
        self.assertIn("the lab, in January", self.baseline("show", "before").stdout)
        done = self.call("compare", "baseline:before", "label:kernel=6.12", "--db", self.db)
        self.assertIn("the lab, in January", done.stdout)
        self.assertIn("1 regressed, 1 same", done.stdout)

    def test_a_name_is_given_once(self):
        self.add(2)
        self.baseline("save", "before", "latest")
        done = self.baseline("save", "before", "latest", status=2)
        self.assertIn("--replace", done.stderr)
        self.baseline("save", "before", "latest", "--replace")
        self.baseline("remove", "before")
        self.assertIsNone(self.entry("before"))
        self.assertIn("no baseline before", self.baseline("remove", "before", status=2).stderr)

    def test_names_and_selectors_are_checked(self):
        path, _ = self.file()
        self.add(1)
        self.baseline("save", "Not/A Name", "latest", status=2)
        self.baseline("save", "turtles-2010", "latest", status=2)
        self.baseline("save", "before", "label:a=b", status=2)
        done = self.baseline("save", "before", path, status=2)
        self.assertIn("baseline import takes files", done.stderr)
        self.assertIsNone(self.entry("before"))

    def test_a_set_goes_to_another_database_whole(self):
        ids = self.add(3)
        self.baseline("save", "before", ",".join(ids), "--provenance", "here")
        exported = self.json("export", "before")
        self.assertEqual([s["session"]["id"] for s in exported["sessions"]], ids)
        path = self.folder / "set.json"
        self.baseline("export", "before", "-o", path)
        self.db = self.folder / "other.db"
        self.baseline("import", path)
        self.assertEqual(self.entry("before")["provenance"], "here")
        shown = self.json("show", "before", "--json")
        self.assertEqual([s["id"] for s in shown["saved"]["sessions"]], ids)
        self.assertIn("already", self.baseline("import", path, status=2).stderr)
        self.baseline("import", path, "--as", "twin")
        self.assertEqual(self.json("export", "twin")["sessions"], exported["sessions"])

    def test_a_broken_set_is_refused_whole(self):
        ids = self.add(2)
        self.baseline("save", "before", ",".join(ids))
        tree = self.json("export", "before")
        path = self.folder / "set.json"
        for change, words in (
            (lambda t: t.pop("sessions"), "sessions: missing"),
            (lambda t: t.pop("name"), "name: missing"),
            (lambda t: t.pop("provenance"), "provenance: missing"),
            (lambda t: t["sessions"][1]["session"].pop("id"), "sessions[1]: session.id: missing"),
            (lambda t: t.update(sessions=[1]), "sessions[0]: "),
        ):
            with self.subTest(words=words):
                bad = json.loads(json.dumps(tree))
                change(bad)
                path.write_text(json.dumps(bad), encoding="utf-8")
                self.db = self.folder / "none.db"
                self.assertIn(words, self.baseline("import", path, status=3).stderr)
                self.assertFalse(self.db.exists())

    def test_a_claim_is_checked(self):
        path, identity = self.file(machine=D4S_V5)
        self.baseline("import", path, "--as", "azure-d4s-v5", "--provenance", "in West Europe")
        self.assertEqual(self.entry("azure-d4s-v5")["sessions"], 1)
        self.assertEqual(self.entry("azure-d4s-v5")["figures"], 23)
        shown = self.json("show", "azure-d4s-v5", "--json")
        self.assertEqual(shown["saved"]["sessions"][0]["id"], identity)
        self.assertEqual(shown["builtin"]["title"], "Azure Standard_D4s_v5")
        self.add(1)
        done = self.call("compare", "baseline:azure-d4s-v5", "latest", "--db", self.db)
        self.assertRegex(done.stdout, r"(?m)^This specification or above\? ")
        self.assertRegex(done.stdout, r"(?m)^Measured: 2 indicative")
        self.assertIn("in West Europe", done.stdout)

    def test_a_false_claim_is_refused_with_what_does_not_fit(self):
        for change, words in (
            ({"cpus": 8}, "8 vCPUs instead of 4"),
            ({"memory_bytes": 32 * 2**30}, "32.0 GiB memory instead of 16"),
            ({"memory_bytes": None}, "its memory is not known"),
            ({"hypervisor": "KVMKVMKVM"}, "hypervisor KVMKVMKVM instead of Microsoft Hv"),
            ({"cpu_brand": "AMD EPYC 7763 64-Core Processor"}, "is none of Intel Xeon Platinum"),
            ({"cpu_brand": "Intel(R) Xeon(R) Platinum 8370 CPU"}, "is none of"),
            ({"instance": "Standard_D8s_v5"}, "instance Standard_D8s_v5 instead of"),
        ):
            with self.subTest(words=words):
                path, _ = self.file(machine={**D4S_V5, **change})
                done = self.baseline("import", path, "--as", "azure-d4s-v5", status=3)
                self.assertIn(words, done.stderr)
                self.assertIn("--force", done.stderr)
                self.assertFalse(self.db.exists())

    def test_processors_are_recognised_as_they_call_themselves(self):
        for name, brand in (
            ("azure-d4s-v3", "Intel(R) Xeon(R) CPU E5-2673 v4 @ 2.30GHz"),
            ("azure-d4s-v3", "Intel(R) Xeon(R) Platinum 8272CL CPU @ 2.60GHz"),
            ("azure-d4as-v5", "AMD EPYC 7763v 64-Core Processor"),
            ("azure-d4as-v5", "AMD EPYC 9V74 80-Core Processor"),
            ("azure-d4s-v6", "INTEL(R) XEON(R) PLATINUM 8573C"),
        ):
            with self.subTest(brand=brand):
                path, _ = self.file(machine={**D4S_V5, "cpu_brand": brand})
                self.baseline("import", path, "--as", name, "--replace")

    def test_force_takes_it_and_says_so_for_ever(self):
        path, _ = self.file(machine={**D4S_V5, "cpus": 2})
        self.baseline("import", path, "--as", "azure-d4s-v5", "--force")
        provenance = self.entry("azure-d4s-v5")["provenance"]
        self.assertIn("[forced: 2 vCPUs instead of 4]", provenance)
        self.add(1, machine={"cpus": 2})
        self.baseline("save", "azure-d4s-v5", "latest", "--replace", status=3)

    def test_what_is_no_session_says_what_to_do(self):
        path, _ = self.file()
        self.assertIn("--as NAME", self.baseline("import", path, status=2).stderr)
        self.add(1)
        done = self.baseline("import", self.db, "--as", "x", status=2)
        self.assertIn("nestbench merge", done.stderr)

    def test_what_is_built_in_is_exported_as_it_is_shipped(self):
        shipped = nestbench.DATA.parent.parent / "results" / "baselines"
        for path in sorted(shipped.glob("*.json")):
            with self.subTest(path=path.name):
                self.assertEqual(
                    self.json("export", path.stem), json.loads(path.read_text(encoding="utf-8"))
                )


if __name__ == "__main__":
    unittest.main()
