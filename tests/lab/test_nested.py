# SPDX-License-Identifier: Apache-2.0
"""A hypervisor in a hypervisor in an emulator: rows of L1, L2 and L3."""

import json
import subprocess

import labcase


class Nested(labcase.Case):
    """One boot of both levels, through the command line."""

    def test_rows_of_three_levels_are_in_one_database(self):
        output = self.folder / "results"
        done = self.call(
            "amd", "--nested", "--binary", labcase.BINARY, "--output", output,
            "--", "run", "exit.cpuid", "--rounds", "1",
        )  # fmt: skip
        for heading in ("exit, user, L1", "exit, guest, L2", "exit, user, L2", "exit, guest, L3"):
            self.assertIn(heading, done.stdout)
        self.assertEqual(self.levels(output / "session.json"), {1, 2})
        self.assertEqual(self.levels(output / "nested" / "session.json"), {2, 3})
        self.assertEqual(self.sessions(output / "nestbench" / "nestbench.db"), 2)

    def levels(self, path):
        """The levels of the rows of a session; each was measured, those of a guest proved."""
        rows = json.loads(path.read_text(encoding="utf-8"))["results"]
        for row in rows:
            self.assertEqual(row["outcome"], "ok", row)
            if row["vantage"] == "guest":
                self.assertEqual(row["evidence"]["status"], "verified", row)
        return {row["level"] for row in rows}

    def sessions(self, db):
        """How many sessions a database has."""
        command = [labcase.BINARY, "show", "--list", "--json", "--db", db]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return len(json.loads(done.stdout)["sessions"])


if __name__ == "__main__":
    labcase.main("amd")
