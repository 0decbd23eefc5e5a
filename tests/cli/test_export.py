#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line of export, for all formats; what they hold is told in test_export_*.py."""

import json
import os
import stat
import unittest

import export_case

ONE = ("json", "csv")
VERDICTS = ("openmetrics", "junit", "markdown")
FORMATS = (*ONE, *VERDICTS, "benchfmt", "gbench", "hdr")


class Export(export_case.Case):
    def refuse(self, *arguments):
        """What is said of wrong usage, which prints nothing."""
        done = self.call("export", "--db", self.db, *arguments, status=2)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_every_format_writes_the_latest_session(self):
        self.add(2)
        for name in FORMATS:
            with self.subTest(name):
                self.assertIn("exit", self.export(name))

    def test_a_session_is_named_by_how_its_id_begins(self):
        first, _ = self.add(2)
        for name in FORMATS:
            with self.subTest(name):
                self.assertEqual(self.export(name, first), self.export(name, first[:24]))
                self.assertNotEqual(self.export(name, first), self.export(name))

    def test_json_and_csv_are_of_one_session(self):
        ids = self.add(2)
        for name in ONE:
            said = self.refuse("--format", name, *ids)
            self.assertIn("one session at a time", said)
            self.assertIn("another --format", said)

    def test_the_other_formats_take_several(self):
        self.add_judged()
        for name in set(FORMATS) - set(ONE):
            with self.subTest(name):
                self.assertIn("exit", self.export(name, "label:when=before", "label:when=after"))

    def test_files_and_databases_are_sessions_too(self):
        path, identity = self.file()
        self.add(1)
        self.assertIn(identity, self.export("openmetrics", path))
        self.assertIn('outcome="ok"', self.export("openmetrics", self.db))

    def test_a_baseline_is_for_formats_with_verdicts(self):
        self.add_judged()
        for name in FORMATS:
            words = ("label:when=after", "--baseline", "label:when=before", "--format", name)
            if name in VERDICTS:
                self.assertIn("regressed", self.call("export", "--db", self.db, *words).stdout)
            else:
                self.assertIn("--format openmetrics, junit or markdown", self.refuse(*words))

    def test_a_saved_baseline_is_called_by_its_name(self):
        self.add_judged()
        self.call("baseline", "save", "old", "label:when=before", "--db", self.db)
        text = self.export("openmetrics", "label:when=after", "--baseline", "old")
        self.assertIn('nestbench_base_info{base="baseline:old"} 1', text)

    def test_published_figures_never_gate(self):
        self.add(1)
        text = self.export("junit", "--baseline", "azure-d4s-v5")
        self.assertIn(' failures="0"', text)

    def test_wrong_words_say_what_to_type(self):
        self.add(1)
        self.assertIn("is none of json, csv, openmetrics", self.refuse("--format", "html"))
        self.assertIn("exclude each other", self.refuse("--json", "--format", "junit"))
        self.assertIn("show --list", self.refuse("--format", "junit", "0000"))
        self.refuse("--format", "junit", "--baseline", "nonsense")

    def test_an_output_is_replaced_in_one_step(self):
        self.add(1)
        path = self.folder / "nestbench.prom"
        path.write_text("old", encoding="utf-8")
        path.chmod(0o640)
        before = path.stat().st_ino
        self.assertEqual(self.export("openmetrics", "-o", path), "")
        self.assertNotEqual(path.stat().st_ino, before)
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o640)
        self.assertTrue(path.read_text(encoding="utf-8").endswith("# EOF\n"))

    def test_a_failure_leaves_the_old_output(self):
        self.add(1)
        path = self.folder / "nestbench.prom"
        path.write_text("old", encoding="utf-8")
        self.refuse("--format", "openmetrics", "--baseline", "nonsense", "-o", path)
        self.assertEqual(path.read_text(encoding="utf-8"), "old")
        self.export("openmetrics", "-o", self.folder / "none" / "file.prom", status=3)
        for target in (self.db, "/dev/full"):
            for name in set(FORMATS) - set(ONE):
                self.export(name, "-o", target, status=3)
        self.export("json")

    def test_a_session_of_nothing_but_skips_is_written(self):
        session = self.forge.session()
        session["results"] = [r for r in session["results"] if r["outcome"] == "skip"]
        path = self.folder / "skips.json"
        path.write_text(json.dumps(session), encoding="utf-8")
        self.call("import", "--db", self.db, path)
        for name in FORMATS:
            with self.subTest(name):
                text = self.export(name)
                self.assertNotIn("nan", text.lower().replace("nanosecond", ""))

    def test_a_hostile_session_is_written_in_every_format(self):
        self.add_hostile()
        for name in FORMATS:
            with self.subTest(name):
                self.export(name)

    def test_nothing_is_left_in_the_folder(self):
        self.add(1)
        before = set(os.listdir(self.folder))
        for name in FORMATS:
            self.export(name, "-o", self.folder / f"out-{name}")
        made = {f"out-{name}" for name in FORMATS}
        self.assertEqual(set(os.listdir(self.folder)) - before, made)


if __name__ == "__main__":
    unittest.main()
