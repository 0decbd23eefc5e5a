#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""export --format junit, against the schema and as a reader of XML sees it."""

import pathlib
import subprocess
import unittest
import xml.etree.ElementTree as ET

import export_case
import nestbench

SCHEMA = nestbench.DATA / "junit.xsd"


class JUnit(export_case.Case):
    def read(self, *arguments) -> tuple[ET.Element, pathlib.Path]:
        """The tree and its file."""
        path = self.folder / "junit.xml"
        self.export("junit", "-o", path, *arguments)
        return ET.parse(path).getroot(), path

    def check_counts(self, root: ET.Element):
        """What the heads count is there."""
        for top in (root, *root.iter("testsuite")):
            self.assertEqual(int(top.get("tests")), len(list(top.iter("testcase"))))
            self.assertEqual(int(top.get("failures")), len(list(top.iter("failure"))))
            self.assertEqual(int(top.get("errors")), len(list(top.iter("error"))))
        for suite in root.iter("testsuite"):
            self.assertEqual(int(suite.get("skipped")), len(list(suite.iter("skipped"))))

    @export_case.needs("xmllint")
    def test_everything_follows_the_schema(self):
        self.add_judged()
        self.add_hostile()
        base = self.hostile_base()
        for words in (
            (),
            ("label:when=after", "--baseline", "label:when=before"),
            ("--baseline", base),
            ("--baseline", "azure-d4s-v5"),
            (self.db,),
        ):
            root, path = self.read(*words)
            self.check_counts(root)
            self.consume("xmllint", "--noout", "--schema", SCHEMA, path)

    @export_case.needs("xmllint")
    def test_the_schema_refuses_what_is_wrong(self):
        self.add(1)
        _, path = self.read()
        text = path.read_text(encoding="utf-8")
        for right, wrong in (
            (' tests="', ' tests="-'),
            ("<skipped ", "<jumped "),
            ("<properties>", "<properties/><properties>"),
            (' name="exit.null"', ' name="exit.cpuid"'),
        ):
            self.assertIn(right, text)
            path.write_text(text.replace(right, wrong), encoding="utf-8")
            done = subprocess.run(["xmllint", "--noout", "--schema", str(SCHEMA), str(path)],
                                  capture_output=True, timeout=60, check=False)
            self.assertNotEqual(done.returncode, 0, wrong)

    def test_what_regressed_fails_and_says_by_how_much(self):
        self.add_judged()
        root, _ = self.read("label:when=after", "--baseline", "label:when=before")
        failed = [case for case in root.iter("testcase") if case.find("failure") is not None]
        self.assertEqual([(c.get("classname"), c.get("name")) for c in failed],
                         [("exit.user", "exit.cpuid")])
        message = failed[0].find("failure").get("message")
        self.assertRegex(message, r"^regressed: \+[45]\d\.\d %, ratio 1\.[45]\d*, 95 % CI ")
        self.assertGreater(float(failed[0].get("time")), 0)

    def test_one_session_a_side_never_fails(self):
        self.add(1, labels={"when": "before"})
        self.add(1, {"exit.cpuid": 3})
        root, _ = self.read("--baseline", "label:when=before")
        self.assertEqual(root.get("failures"), "0")
        self.assertIn("indicative: ", "".join(root.itertext()))

    def test_hostile_texts_are_read_back_as_they_were(self):
        self.add_hostile()
        root, _ = self.read()
        self.assertIn(export_case.HOSTILE, {p.get("value") for p in root.iter("property")})
        self.assertEqual({s.get("message") for s in root.iter("skipped")}, {export_case.HOSTILE})
        self.assertEqual([e.get("message") for e in root.iter("error")], [export_case.HOSTILE])


if __name__ == "__main__":
    unittest.main()
