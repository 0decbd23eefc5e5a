# SPDX-License-Identifier: Apache-2.0
"""What the tests of the lab share."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]
LAB = TOP / "scripts" / "lab" / "lab"
sys.path.insert(0, str(LAB.parent))

# pylint: disable=wrong-import-position
from nestlab import session  # noqa: E402
from nestlab.base import CannotRun  # noqa: E402

BINARY = os.path.abspath(os.environ.get("NB_BINARY", ""))
# Benchmarks that a lab's machine rightly refuses, with what the reason must say.
GOOD_SKIPS = {
    "exit.rdpmc": "performance counters",
    **dict.fromkeys(
        [f"nested.{name}" for name in "vmread vmwrite vmptrld vmclear invept invvpid".split()],
        "an instruction of VMX, and this CPU has SVM",
    ),
    **dict.fromkeys(
        [f"nested.{name}" for name in "vmload vmsave stgi clgi".split()],
        "an instruction of SVM, and this CPU has VMX",
    ),
    "nested.page_violation_below": "huge pages",
}
# Benchmarks whose exits do not come, and whose fault it is.
NOT_INTERCEPTED = {
    "amd": {"exit.xsetbv": "QEMU's SVM lets a guest run it although KVM asks to intercept it"},
    "intel": {},
}
# QEMU leaves the vector of an interrupt that VMRUN injects in exception_index (svm_helper.c). If
# the emulator is asked to look at its timers before the next exit, it takes that for an exception
# still to be delivered (cpu-exec.c, cpu_handle_interrupt), and the interrupt comes twice: one in
# some ten thousand. nestbench is right to call it an error, which one boot may have and not the
# next.
DOUBLED = "interrupts that came once too often: 1 of "
MAY_BE_DOUBLED = {"amd": {"nested.interrupt_forward", "nested.timer"}, "intel": set()}


class Case(unittest.TestCase):
    """Each test has an empty folder; boots of a class share what boot() keeps."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def call(self, *arguments, status=0, **options):
        """Runs the lab's command line; what it printed, once it ended with status."""
        done = subprocess.run(
            [sys.executable, LAB, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
            **options,
        )
        self.assertEqual(done.returncode, status, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def check_exit_rows(self, vendor, document):
        """Every row is ok or a known skip, and KVM's own counters prove those of the guest."""
        rows = [row for row in document["results"] if row["benchmark"].startswith("exit.")]
        for vantage in ("guest", "user"):
            self.assertTrue([row for row in rows if row["vantage"] == vantage], "no rows")
        self.check_rows(vendor, rows)

    def check_nested_rows(self, vendor, document):
        """The same of what the microguest as a hypervisor does to a guest of its own."""
        rows = [row for row in document["results"] if row["benchmark"].startswith("nested.")]
        self.assertGreaterEqual(sum(row["outcome"] == "ok" for row in rows), 30)
        self.check_rows(vendor, rows)

    def check_rows(self, vendor, rows):
        """Each of them."""
        for row in rows:
            with self.subTest(benchmark=row["benchmark"], params=row["params"]):
                self.check_row(vendor, row)

    def check_row(self, vendor, row):
        """One row of a session in the lab."""
        name = row["benchmark"]
        if row["outcome"] == "skip":
            self.assertIn(GOOD_SKIPS.get(name, "a reason that is known to be good"), row["reason"])
            return
        if row["outcome"] == "error" and name in MAY_BE_DOUBLED[vendor]:
            self.assertTrue(row["reason"].startswith(DOUBLED), row["reason"])
            return
        self.assertEqual(row["outcome"], "ok", row["reason"])
        if row["vantage"] == "user":
            self.assertGreater(row["p50"], 0)
            self.assertEqual(row["level"], 1)
            return
        nested = name.startswith("nested.")
        self.assertEqual(row["level"], 3 if nested else 2)
        # What does not exit takes no more than the clock's own error, and may come out below 0.
        if row["evidence"]["expected"] or not nested:
            self.assertGreater(row["p50"], 0)
        evidence = row["evidence"]
        if name in NOT_INTERCEPTED[vendor] and evidence["exits_per_op"] == 0:
            self.assertEqual(evidence["status"], "unverified")
        else:
            self.assertEqual(evidence["status"], "verified", evidence)


def boot(vendor, *arguments, **wishes):
    """Runs nestbench once in the lab; its session's JSON, in which a benchmark may have failed."""
    with tempfile.TemporaryDirectory() as folder:
        wish = session.Wish(vendor, list(arguments), binary=BINARY, output=folder, **wishes)
        found = session.run(wish)
        if found.status not in (0, 3) or not found.session:
            raise AssertionError(f"status {found.status}\n{found.text('stderr')}")
        return json.loads(found.session.read_text(encoding="utf-8"))


def main(*vendors, **wishes):
    """Runs the tests of the calling program; skips all of them where the lab cannot be."""
    if not os.path.isfile(BINARY):
        sys.exit("set NB_BINARY to a static nestbench")
    try:
        for vendor in vendors:
            wish = session.Wish(vendor, [], **wishes)
            session.debian.fetch(flavour=wish.flavour)
            session.need(wish)
    except CannotRun as error:
        print(f"skipped: {error}")
        sys.exit(77)
    unittest.main(module="__main__")
