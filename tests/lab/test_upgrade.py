# SPDX-License-Identifier: Apache-2.0
"""A real hypervisor upgrade, Debian's kernel 6.1 to 6.12, as compare and history see it."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import labcase
from nestlab import session

UPGRADE = labcase.LAB.parent / "upgrade"
KERNELS = ("6.1", "6.12")
RUN = ("run", "exit.null", "exit.cpuid", "--rounds", "1")
# As many as a change point needs: fewer can be dealt in too few ways for a p of 0.01.
SESSIONS = 5
# Four against five can be significant (2 of 126 ways).
AGAIN = 4


class Upgrade(unittest.TestCase):
    """Sessions of both kernels, and some more of the newer one, in deterministic mode."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.db = cls.folder / "upgrade.db"
        done = subprocess.run(
            [sys.executable, UPGRADE, "--sessions", str(SESSIONS), "--db", cls.db,
             "--binary", labcase.BINARY, "--", *RUN],
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        cls.old, cls.new = cls.kernels()
        for seed in range(SESSIONS + 1, SESSIONS + 1 + AGAIN):
            cls.measure_again(seed)

    @classmethod
    def measure_again(cls, seed):
        """One more session of the newer kernel, labelled again=yes."""
        with tempfile.TemporaryDirectory(dir=cls.folder) as output:
            wish = session.Wish(
                "amd", [*RUN, "--seed", str(seed), "--label", "again=yes"], kernel=KERNELS[1],
                deterministic=True, binary=labcase.BINARY, output=output,
            )  # fmt: skip
            found = session.run(wish)
            session.merge(labcase.BINARY, cls.db, found.databases)

    @classmethod
    def kernels(cls):
        """Values of the label kernel, older sessions first."""
        listed = cls.nestbench("show", "--list", "--json")["sessions"]
        labels = [entry["labels"]["kernel"] for entry in reversed(listed)]
        return list(dict.fromkeys(labels))

    @classmethod
    def nestbench(cls, *arguments):
        """What nestbench says of the database, in JSON."""
        command = [labcase.BINARY, *arguments, "--db", cls.db]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        return json.loads(done.stdout)

    def verdicts(self, base, candidate):
        """{(benchmark, vantage, parameters): row} of a comparison."""
        rows = self.nestbench("compare", base, candidate, "--json")["rows"]
        self.assertGreater(len(rows), 3)
        return {
            (row["benchmark"], row["vantage"], *sorted(row["params"].items())): row for row in rows
        }

    def test_a_kernel_against_itself_has_not_changed(self):
        rows = self.verdicts(f"label:kernel={self.new}", "label:again=yes")
        self.assertEqual({row["verdict"] for row in rows.values()}, {"same"})

    def test_verdicts_agree_with_what_was_measured(self):
        rows = self.verdicts(f"label:kernel={self.old}", f"label:kernel={self.new}")
        for name, row in rows.items():
            with self.subTest(row=name):
                change = row["cand_p50"] / row["base_p50"] - 1
                self.assertAlmostEqual(row["ratio"] - 1, change, delta=0.001)
                # Boots repeat to a thousandth, so what is beyond the margin is known to be.
                expected = "same" if abs(change) <= 0.03 else "regressed"
                self.assertEqual(row["verdict"], expected if change > -0.03 else "improved")
        exits = rows[("exit.cpuid", "guest")]
        self.assertNotEqual(exits["verdict"], "same", "6.12 takes another path than 6.1")

    def test_history_names_the_kernel(self):
        found = self.nestbench("history", "exit.cpuid", "--json")["series"]
        guest = [series for series in found if series["vantage"] == "guest"]
        self.assertTrue(guest)
        for series in guest:
            self.assertEqual(len(series["changes"]), 1, series)
            kernels = [
                text for text in series["changes"][0]["differences"] if text.startswith("kernel:")
            ]
            self.assertEqual(len(kernels), 1, series)
            self.assertRegex(kernels[0], r"6\.1\..*6\.12\.")


def both_kernels_are_offered():
    """Without Debian's security updates apt knows 6.1 only."""
    offered = [offer.version for offer in session.debian.versions()]
    return all(any(version.startswith(f"{wanted}.") for version in offered) for wanted in KERNELS)


if __name__ == "__main__":
    if shutil.which("apt-cache") and not both_kernels_are_offered():
        print(f"skipped: apt offers not both of Debian's cloud kernels {' and '.join(KERNELS)}")
        sys.exit(77)
    labcase.main("amd")
