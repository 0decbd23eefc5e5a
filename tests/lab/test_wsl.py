# SPDX-License-Identifier: Apache-2.0
"""scripts/wsl: the half that runs in Linux, run for real; of the PowerShell half what can be told
without a PowerShell."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

BINARY = os.path.abspath(os.environ["NB_BINARY"])
WSL = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "wsl"
INSIDE = WSL / "inside.sh"
MEASURE = WSL / "Measure-Wsl.ps1"
# One benchmark that runs everywhere, in user mode.
SHORT = ("exit.null", "--rounds", "2", "--kvm-device", "/nonexistent")
RESULTS = {"doctor.txt", "doctor.json", "table.txt", "session.json", "nestbench.db"}


class Inside(unittest.TestCase):
    """Each test has an empty folder for results and one for what the script leaves behind."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.results = pathlib.Path(folder.name) / "results of a run"
        self.scratch = pathlib.Path(folder.name) / "tmp"
        self.results.mkdir()
        self.scratch.mkdir()

    def inside(self, *arguments):
        """Runs the script the way Measure-Wsl.ps1 does: from sh's standard input."""
        done = subprocess.run(
            ["/bin/sh", "-s", "--", *map(str, arguments)],
            input=INSIDE.read_text(encoding="ascii") + "\r\n",
            env={"PATH": os.environ["PATH"], "TMPDIR": str(self.scratch), "HOME": "/nonexistent"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.assertEqual(list(self.scratch.iterdir()), [], "something was left behind")
        return done

    def test_brings_results_that_import(self):
        done = self.inside(BINARY, self.results, *SHORT)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("exit.null", done.stdout)
        self.assertEqual({path.name for path in self.results.iterdir()}, RESULTS)
        again = self.scratch / "again.db"
        subprocess.run(
            [BINARY, "import", self.results / "session.json", "--db", again], check=True,
            capture_output=True, timeout=60,
        )
        self.assertTrue(again.exists())

    def test_gives_the_exit_status_of_run(self):
        done = self.inside(BINARY, self.results, "no.such", "--kvm-device", "/nonexistent")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("left no results", done.stderr)
        self.assertEqual(list(self.results.iterdir()), [])

    def test_says_what_is_missing(self):
        for arguments, status, words in (
            ((), 2, "usage"),
            ((BINARY,), 2, "usage"),
            (("/no/such/binary", self.results), 3, "no such file: /no/such/binary"),
            ((BINARY, "/no/such/folder"), 3, "no such folder: /no/such/folder"),
            (("C:/Users/me/nestbench", self.results), 2, "is a Windows path"),
        ):
            with self.subTest(arguments=arguments):
                done = self.inside(*arguments)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn(words, done.stderr)


class Measure(unittest.TestCase):
    def setUp(self):
        self.text = MEASURE.read_bytes().decode("ascii")  # PowerShell 5.1 takes no UTF-8

    def test_every_parameter_is_documented_and_the_other_way_round(self):
        documented = set(re.findall(r"^\.PARAMETER (\w+)$", self.text, re.MULTILINE))
        head = self.text[self.text.index("\nparam(") : self.text.index("\n)\n")]
        declared = set(re.findall(r"^    \[[^\]]+\]+\$(\w+) =", head, re.MULTILINE))
        self.assertEqual(documented, declared)
        self.assertIn("SupportsShouldProcess = $true", self.text)

    def test_it_names_the_script_that_runs_inside(self):
        self.assertIn(f"Join-Path $PSScriptRoot '{INSIDE.name}'", self.text)

    def test_brackets_are_closed(self):
        code = re.sub(r"<#.*?#>|'[^']*'|\"[^\"]*\"|#[^\n]*", "", self.text, flags=re.DOTALL)
        for left, right in ("()", "{}", "[]"):
            self.assertEqual(code.count(left), code.count(right), left)


if __name__ == "__main__":
    unittest.main()
