# SPDX-License-Identifier: Apache-2.0
"""Sums up one ctest run.

usage: tally.py NAME JUNIT.XML

Prints "PASSED FAILED SKIPPED" and below it one line for each test that did not pass, and for
each single case that a test program skipped, with its reason. A file that is missing or holds no
test counts as one failure: a run that tested nothing has not passed.
"""

import re
import sys
import xml.etree.ElementTree as xml

WORDS = ("passed", "failed", "skipped")


def output(case):
    return case.findtext("system-out") or ""


def reason(case):
    """A test that skips says why in its last line."""
    text = output(case).strip()
    return text.split("\n")[-1] if text else "no reason given"


def skipped_parts(case):
    """The single cases that cmocka skipped inside a program that ran; it names each twice."""
    return dict.fromkeys(re.findall(r"^\[  SKIPPED \] (?!\d)(\w+)", output(case), re.M))


def judge(case):
    """Gives (0 passed, 1 failed, 2 skipped; why). ctest also files a program that it could not
    find under "skipped"; only what the test itself asked for is a skip."""
    skipped = case.find("skipped")
    failure = case.find("failure")
    if skipped is not None and skipped.get("message", "").startswith("SKIP_"):
        return 2, reason(case)
    if skipped is not None or failure is not None:
        return 1, (skipped if failure is None else failure).get("message") or "failed"
    return (0, "") if case.get("status") == "run" else (1, case.get("status"))


def main(name, path):
    counts, notes = [0, 0, 0], []
    try:
        cases = xml.parse(path).getroot().findall(".//testcase")
    except (OSError, xml.ParseError) as error:
        cases = []
        notes.append(f"failed: {name}: {error}")
    for case in cases:
        verdict, why = judge(case)
        counts[verdict] += 1
        where = f"{name}: {case.get('name')}"
        if verdict:
            notes.append(f"{WORDS[verdict]}: {where}: {why}")
        else:
            notes += [f"skipped in part: {where}: {part}" for part in skipped_parts(case)]
    if not cases:
        counts[1] += 1
        notes.append(f"failed: {name}: no test ran")
    print(*counts)
    print(*notes, sep="\n", end="\n" if notes else "")


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
