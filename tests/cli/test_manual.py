#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual page as man, groff and mandoc read it, and completion in a real bash."""

import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

import export_case
import nestbench

# What bash itself does at the key Tab.
SCRIPT = """
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_nestbench
printf '%s\\n' "${COMPREPLY[@]}"
"""


class Case(export_case.Case):
    def setUp(self):
        nestbench.Case.setUp(self)

    def verbs(self) -> list[str]:
        """All of "nestbench --help"."""
        overview = self.call("--help").stdout
        return re.findall(r"^  ([a-z]+)  +\S", overview, re.MULTILINE)

    def options(self, verb: str) -> list[str]:
        """All long and short ones of "nestbench VERB --help"."""
        rows = re.findall(r"^  (?:(-\w), |    )(--[a-z-]+)", self.call(verb, "--help").stdout,
                          re.MULTILINE)
        return [name for row in rows for name in row if name]


class Manual(Case):
    def setUp(self):
        super().setUp()
        self.page = self.folder / "nestbench.1"
        self.page.write_text(self.call("help", "--man").stdout, encoding="utf-8")

    def quiet(self, *command):
        """A program that finds nothing to complain of; what it printed."""
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=60,
                              check=False, env=self.environment(MANWIDTH="100"))
        self.assertEqual((done.returncode, done.stderr), (0, ""), command)
        return done.stdout

    def test_it_is_ascii_and_each_command_is_known(self):
        known = {".TH", ".SH", ".SS", ".PP", ".TP", ".EX", ".EE", ".br"}
        for line in self.page.read_text(encoding="ascii").splitlines():
            self.assertFalse(line.startswith("'"), line)
            if line.startswith("."):
                self.assertIn(line.split()[0], known)

    @export_case.needs("groff")
    def test_groff_has_no_warning(self):
        self.quiet("groff", "-man", "-Tutf8", "-ww", self.page)

    @export_case.needs("mandoc")
    def test_mandoc_has_no_warning_but_that_there_is_no_date(self):
        done = subprocess.run(["mandoc", "-Tlint", "-W", "warning", str(self.page)],
                              capture_output=True, text=True, timeout=60, check=False)
        complaints = [line for line in done.stdout.splitlines() if "missing date" not in line]
        self.assertEqual(complaints, [])

    @export_case.needs("man")
    def test_man_shows_all_that_help_says(self):
        text = self.quiet("man", "--warnings", "-E", "UTF-8", "-P", "cat", "-l", self.page)
        text = re.sub(r"\x1b\[[0-9;]*m|.\x08", "", text)
        # roff divides words at the ends of lines and fills lines with blanks.
        words = re.sub(r"\s+", " ", re.sub(r"\u2010\n\s*", "", text))
        for verb in self.verbs():
            help_ = self.call(verb, "--help").stdout
            self.assertIn(f"nestbench {verb} [OPTION...]", words)
            for line in help_.splitlines()[1:]:
                plain = re.sub(r"\s+", " ", line).strip().rstrip("\\").strip()
                # A row is a term and, somewhere behind it, a text.
                for part in re.split(r"\s{2,}", line.strip().rstrip("\\").strip()):
                    squeezed = re.sub(r"\s+", " ", part)
                    self.assertIn(squeezed, words, f"{verb}: {plain}")


@export_case.needs("bash")
class Completion(Case):
    def setUp(self):
        super().setUp()
        self.script = self.folder / "nestbench.bash"
        self.script.write_text(self.call("help", "--completion", "bash").stdout, encoding="utf-8")

    def complete(self, line: str, word: str = "") -> set[str]:
        """What bash offers for the word behind line, as its key Tab would."""
        words = [nestbench.BINARY, *shlex.split(line), word]
        done = subprocess.run(["bash", "-c", SCRIPT, "bash", str(self.script), *words],
                              capture_output=True, text=True, timeout=60, check=False,
                              cwd=self.folder, env=self.environment())
        self.assertEqual((done.returncode, done.stderr), (0, ""), line)
        return set(done.stdout.splitlines()) - {""}

    def test_verbs_are_offered_first(self):
        self.assertEqual(self.complete(""), {*self.verbs(), "help", "--help", "--version"})
        self.assertEqual(self.complete("", "ex"), {"export"})
        self.assertEqual(self.complete("help", "ex"), {"export"})

    def test_every_verb_has_its_options(self):
        for verb in self.verbs():
            self.assertEqual(self.complete(verb, "-"), set(self.options(verb)), verb)
            self.assertEqual(self.complete(verb, "--he"), {"--help"}, verb)

    def test_a_word_that_is_offered_is_taken(self):
        for profile in self.complete("run --profile"):
            self.call("run", "--profile", profile, "--dry-run", "exit.null")
        self.measure()
        formats = self.complete("export --format")
        self.assertGreater(len(formats), 6)
        for format_ in formats:
            self.call("export", "--db", self.db, "--format", format_)
        for verdict in self.complete("compare --fail-on"):
            done = self.call("compare", "--db", self.db, "--fail-on", verdict, "nowhere", status=2)
            self.assertNotIn("--fail-on", done.stderr)

    def test_verdicts_may_stand_side_by_side(self):
        self.assertEqual(self.complete("compare --fail-on", "regressed,inv"),
                         {"regressed,invalid"})

    def test_benchmarks_are_those_of_list(self):
        self.assertEqual(self.complete("run", "exit.cpu"), {"exit.cpuid"})
        self.assertIn("exit.null", self.complete("list"))
        self.assertEqual(self.complete("show -d", "exit.sysc"), {"exit.syscall"})

    def test_plots_and_actions_come_first_only(self):
        self.assertIn("cdf", self.complete("plot"))
        self.assertNotIn("cdf", self.complete("plot cdf"))
        self.assertEqual(self.complete("baseline", "s"), {"show", "save"})
        self.assertEqual(self.complete("bundle", "v"), {"verify"})

    def test_files_are_offered_where_one_can_stand(self):
        (self.folder / "a file.db").touch()
        (self.folder / "a folder").mkdir()
        self.assertEqual(self.complete("show --db", "a"), {"a file.db", "a folder"})
        self.assertEqual(self.complete("import", "a"), {"a file.db", "a folder"})
        self.assertEqual(self.complete("doctor --record", "a"), {"a folder"})
        self.assertEqual(self.complete("run --rounds"), set())
        # "--db=a" is three words.
        self.assertEqual(self.complete("show --db =", "a"), {"a file.db", "a folder"})
        self.assertIn("a file.db", self.complete("show --db", "="))

    def test_it_is_bound_to_the_command(self):
        done = subprocess.run(["bash", "-c", 'source "$1" && complete -p nestbench', "bash",
                               str(self.script)], capture_output=True, text=True, timeout=60,
                              check=False)
        self.assertEqual(done.stdout, "complete -F _nestbench nestbench\n")

    @export_case.needs("shellcheck")
    def test_shellcheck_is_content(self):
        self.consume("shellcheck", "-s", "bash", self.script)


class Install(unittest.TestCase):
    def test_the_build_made_both(self):
        build = pathlib.Path(nestbench.BINARY).parent
        for name, arguments in (("nestbench.1", ("help", "--man")),
                                ("nestbench.bash", ("help", "--completion", "bash"))):
            with tempfile.TemporaryDirectory() as home:
                done = subprocess.run([nestbench.BINARY, *arguments], capture_output=True,
                                      timeout=60, check=True, env={"HOME": home})
            self.assertEqual((build / name).read_bytes(), done.stdout)


if __name__ == "__main__":
    unittest.main()
