# SPDX-License-Identifier: Apache-2.0
"""The lab's command line as a person uses it, in QEMU."""

import json
import subprocess

import labcase
from nestlab import session


class Command(labcase.Case):
    """What is printed, what is stored, how it ends."""

    def test_a_run_prints_its_table_and_leaves_its_files(self):
        output = self.folder / "results"
        done = self.call(
            "amd", "--binary", labcase.BINARY, "--output", output,
            "--", "run", "exit.cpuid", "--rounds", "1", "--label", "lab=mine",
        )  # fmt: skip
        self.assertIn("exit, guest, L2", done.stdout)
        self.assertIn("exit, user, L1", done.stdout)
        self.assertEqual(done.stderr.splitlines()[-1], f"lab: files: {output}")
        document = json.loads((output / "session.json").read_text(encoding="utf-8"))
        self.assertEqual(document["session"]["labels"]["lab"], "mine")
        dmesg = (output / "lab" / "dmesg").read_text(encoding="utf-8")
        self.assertIn("Nested Virtualization enabled", dmesg)
        self.assertIn("Run /init", (output / "lab" / "console").read_text(encoding="utf-8"))
        command = [labcase.BINARY, "show", "--db", output / "nestbench" / "nestbench.db", "--json"]
        shown = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        self.assertEqual(shown["session"]["id"], document["session"]["id"])

    def test_a_command_that_fails_gives_its_own_exit_status(self):
        output = self.folder / "results"
        done = self.call(
            "amd", "--binary", labcase.BINARY, "--output", output,
            "--", "show", "--db", "/out/there is none.db", status=3,
        )  # fmt: skip
        self.assertIn("/out/there is none.db", done.stderr)
        self.assertFalse((output / "session.json").exists())

    def test_help_shows_examples(self):
        self.assertIn("scripts/lab/lab amd -- run 'exit.*'", self.call("--help").stdout)


class Arguments(labcase.Case):
    """What "run" gets beside what the user says."""

    def command(self, *arguments, level=1, **wishes):
        wish = session.Wish("amd", list(arguments), **wishes)
        kernel = session.debian.Kernel("p", "v", "6.1.0-cloud", None, None)
        return session.command_in_guest(wish, kernel, level)

    def test_run_gets_level_and_labels(self):
        self.assertEqual(
            self.command("run", "exit.*", "--seed", "1"),
            ["nestbench", "run", "--level", "1", "--label", "lab=amd",
             "--label", "lab_kernel=6.1.0-cloud", "exit.*", "--seed", "1"],
        )  # fmt: skip

    def test_what_the_user_gives_is_not_given_again(self):
        for level in (("--level", "0"), ("--level=0",), ("--lev", "0")):
            self.assertNotIn("1", self.command("run", *level))
        for label in (("--label", "lab=x"), ("--label=lab=x",)):
            self.assertNotIn("lab=amd", self.command("run", *label))

    def test_other_verbs_get_nothing(self):
        self.assertEqual(self.command("list", "exit.*"), ["nestbench", "list", "exit.*"])


if __name__ == "__main__":
    labcase.main("amd")
