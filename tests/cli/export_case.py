# SPDX-License-Identifier: Apache-2.0
"""What the tests of export have in common: sessions with hostile texts, and who reads the files."""

import json
import pathlib
import shutil
import subprocess
import unittest

import forged

# As much of each as a session may hold. Control characters are refused on the way in (test_data*),
# but not in the name of a file that is compared with.
HOSTILE = "<script>alert(\"x\")</script> 'q' \\ `c` |p| @user #1 &amp; ~~s~~"
HOSTILE_FILE = "<b>\n\x01\x1b[31m \"q\" `c` |p| @user #1 ]]> " + 100 * "x" + ".json"


def needs(program: str):
    """Skips a test where the program that reads the format is not there."""
    return unittest.skipUnless(shutil.which(program), f"there is no {program}")


class Case(forged.Case):
    """A test with a forge; no temporary file may stay behind."""

    def tearDown(self):
        self.assertEqual(list(self.folder.glob("*.??????")), [])

    def export(self, format_: str, *arguments, **options) -> str:
        """What export prints."""
        return self.call("export", "--db", self.db, "--format", format_, *arguments,
                         **options).stdout

    def consume(self, *command, text: str = "") -> str:
        """What somebody else's program makes of text; it must be content and silent."""
        done = subprocess.run(
            list(map(str, command)), input=text, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def add_judged(self) -> list[str]:
        """Six sessions before and six after exit.cpuid became slower; the ids of the latter."""
        self.add(6, labels={"when": "before"})
        return self.add(6, {"exit.cpuid": 1.5}, labels={"when": "after"})

    def spoil(self, session: dict) -> dict:
        """The same with hostile texts, and a benchmark that failed."""
        session["session"]["labels"] = {"note": HOSTILE}
        session["session"]["machine"].update(cpu_brand=HOSTILE[:63], kernel=HOSTILE)
        skipped = [result for result in session["results"] if result["outcome"] == "skip"]
        for result in skipped:
            for part in (result, *result["round_data"]):
                part["reason"] = HOSTILE
        for part in (skipped[0], *skipped[0]["round_data"]):
            part["outcome"] = "error"
        return session

    def add_hostile(self) -> dict:
        """Stores such a session; what was stored."""
        session = self.spoil(self.forge.session())
        path = self.folder / "hostile.json"
        path.write_text(json.dumps(session), encoding="utf-8")
        self.call("import", "--db", self.db, path)
        path.unlink()
        return session

    def hostile_base(self) -> pathlib.Path:
        """A session in a file whose name is hostile."""
        path = self.folder / HOSTILE_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.spoil(self.forge.session(0.5))), encoding="utf-8")
        return path
