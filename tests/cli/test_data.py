#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""JSON and CSV: against the schema, there and back again."""

import csv
import io
import json
import subprocess
import sys
import unittest

try:
    import jsonschema
except ImportError:
    print("skip: no python3-jsonschema")
    sys.exit(77)

import nestbench

SCHEMA = json.loads((nestbench.DATA / "nestbench-1.schema.json").read_text(encoding="utf-8"))


class Data(nestbench.Case):
    def validate(self, text):
        tree = json.loads(text)
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        jsonschema.Draft7Validator(SCHEMA).validate(tree)
        return tree

    def test_what_run_and_show_print_follows_the_schema(self):
        run = self.call(*nestbench.SHORT, "--db", self.db, "--json", "--label", "size=large")
        tree = self.validate(run.stdout)
        self.assertEqual(tree["session"]["labels"], {"size": "large"})
        self.assertEqual(
            [(r["benchmark"], r["vantage"], r["outcome"]) for r in tree["results"]],
            [
                ("exit.null", "guest", "skip"),
                ("exit.null", "guest", "skip"),
                ("exit.cpuid", "guest", "skip"),
                ("exit.cpuid", "guest", "skip"),
                ("exit.null", "user", "ok"),
                ("exit.cpuid", "user", "ok"),
            ],
        )
        show = self.call("show", "--db", self.db, "--json")
        self.assertEqual(self.validate(show.stdout), tree)

    def test_the_schema_refuses_what_is_not_a_session(self):
        tree = self.measure()
        for place, value in (
            (("session", "seed"), -1),
            (("session", "surprise"), 1),
            (("results", 0, "outcome"), "maybe"),
            (("results", 0, "reason"), None),
            (("results", 0, "ci95"), [1]),
        ):
            bad = json.loads(json.dumps(tree))
            target = bad
            for step in place[:-1]:
                target = target[step]
            target[place[-1]] = value
            with self.assertRaises(jsonschema.ValidationError, msg=place):
                self.validate(json.dumps(bad))

    def test_export_import_export_is_the_same_byte_for_byte(self):
        self.measure("--label", "size=large")
        first = self.call("export", "--db", self.db, "-o", "first.json")
        self.assertEqual(first.stdout, "")
        self.validate((self.folder / "first.json").read_text(encoding="utf-8"))
        done = self.call("import", "--db", "other.db", "first.json")
        self.assertRegex(done.stdout, r"^first\.json: session \w{26} added\n$")
        self.call("export", "--db", "other.db", "--output", "second.json")
        self.assertEqual(
            (self.folder / "first.json").read_bytes(), (self.folder / "second.json").read_bytes()
        )
        again = self.call("import", "--db", "other.db", "second.json")
        self.assertRegex(again.stdout, "known already")

    def test_json_is_also_an_option_of_export(self):
        self.measure()
        self.assertEqual(
            self.call("export", "--db", self.db, "--json").stdout,
            self.call("export", "--db", self.db, "--format", "json").stdout,
        )
        done = self.call("export", "--db", self.db, "--json", "--format", "csv", status=2)
        self.assertIn("exclude each other", done.stderr)

    def test_import_knows_byte_order_marks(self):
        self.measure()
        text = self.call("export", "--db", self.db).stdout
        (self.folder / "utf16.json").write_text(text, encoding="utf-16")
        (self.folder / "utf8.json").write_text(text, encoding="utf-8-sig")
        done = self.call("import", "--db", "other.db", "utf16.json", status=3)
        self.assertIn("utf16.json: UTF-16: write it with export -o FILE\n", done.stderr)
        done = self.call("import", "--db", "other.db", "utf8.json")
        self.assertIn(" added\n", done.stdout)

    def test_import_reads_stdin(self):
        self.measure()
        text = self.call("export", "--db", self.db).stdout
        (self.folder / "text").write_text(text, encoding="utf-8")
        with open(self.folder / "text", encoding="utf-8") as stdin:
            done = self.call("import", "--db", "other.db", "--json", "-", stdin=stdin)
        self.assertEqual(json.loads(done.stdout), {"schema": "nestbench/1", "added": 1, "known": 0})

    def test_a_bad_file_does_not_keep_the_others_out(self):
        session = self.measure()["session"]["id"]
        text = self.call("export", "--db", self.db).stdout
        (self.folder / "good.json").write_text(text, encoding="utf-8")
        (self.folder / "bad.json").write_text(
            text.replace('"samples": ', '"samples": "x', 1), encoding="utf-8"
        )
        done = self.call(
            "import", "--db", "other.db", "none", "bad.json", "good.json", status=3
        )
        self.assertEqual(done.stdout, f"good.json: session {session} added\n")
        self.assertIn("import: none: No such file", done.stderr)
        self.assertIn("import: bad.json: line ", done.stderr)

    def test_every_round_is_a_row_of_csv(self):
        tree = self.measure("--label", "note=a, b")
        text = self.call("export", "--db", self.db, "--format", "csv").stdout
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        exported = json.loads(self.call("export", "--db", self.db).stdout)
        medians = [float(row["p50"]) if row["p50"] else None for row in rows]
        rounds = [
            (result["benchmark"], result["vantage"], data["ordinal"], data["p50"])
            for result in exported["results"]
            for data in result["round_data"]
        ]
        self.assertEqual(
            [
                (row["benchmark"], row["vantage"], int(row["round"]), median)
                for row, median in zip(rows, medians)
            ],
            rounds,
        )
        self.assertTrue(all(len(row) == len(rows[0]) and None not in row for row in rows))
        self.assertEqual({row["session"] for row in rows}, {tree["session"]["id"]})
        self.assertEqual({row["labels"] for row in rows}, {"note=a, b"})

    def test_list_and_plan_are_one_object_each(self):
        benchmarks = json.loads(self.call("list", "--json").stdout)["benchmarks"]
        names = {entry["benchmark"] for entry in benchmarks}
        self.assertIn("exit.cpuid", names)
        for entry in benchmarks:
            self.assertEqual(entry["runnable"], entry["reason"] is None, entry)
        plan = json.loads(self.call("run", "--dry-run", "--json", "--seed", "5").stdout)
        self.assertEqual(plan["seed"], 5)
        # What writes to disks is listed, but runs only where it is asked for.
        unasked = [e for e in benchmarks if not e["benchmark"].startswith("io.")]
        self.assertLess(len(unasked), len(benchmarks))
        self.assertEqual(plan["runnable"] + plan["skipped"], len(unasked))
        self.assertEqual(plan["storage"], [])
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_distributions_as_json_hold_the_rounds_of_that_series_only(self):
        self.measure()
        done = self.call(
            "show", "--db", self.db, "--json", "--distribution", "exit.cpuid,user"
        )
        results = self.validate(done.stdout)["results"]
        self.assertEqual(
            [(r["benchmark"], r["vantage"], len(r["round_data"])) for r in results],
            [("exit.cpuid", "user", 2)],
        )

    def test_a_foreign_file_is_told_by_its_place(self):
        self.measure()
        tree = json.loads(self.call("export", "--db", self.db).stdout)
        tree["results"][5]["round_data"][1]["guards"]["stall_us"] = "x"
        done = subprocess.run(
            [nestbench.BINARY, "import", "--db", str(self.db), "-"],
            input=json.dumps(tree),
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(done.returncode, 3)
        self.assertIn("results[5].round_data[1].guards.stall_us: not a number", done.stderr)


if __name__ == "__main__":
    unittest.main()
