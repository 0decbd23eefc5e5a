# SPDX-License-Identifier: Apache-2.0
"""Sessions made up for tests of verdicts: one real session, copied with other times and values.

A measured session would differ each time, and a test could not say what must come of it.
"""

import copy
import json
import random

import nestbench

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
VALUES = ("min", "p50", "p95", "p99", "p999", "max")


def ulid(milliseconds, serial):
    """An id of that time; serial tells two of one moment apart."""
    number = milliseconds << 80 | serial
    return "".join(ALPHABET[number >> 5 * (25 - i) & 31] for i in range(26))


def timestamp(day, minute=0):
    """Minute of a day of January 2026."""
    return f"2026-01-{day:02}T{minute // 60:02}:{minute % 60:02}:00.000Z"


def scale(result, factor):
    """All values of a series times factor: its rounds' and the sums'.

    Import compares the values of a round with its samples, which are ticks: a clock that runs
    slower by the same factor makes them fit again.
    """
    for part in (result, *result["round_data"]):
        for name in VALUES:
            if part[name] is not None:
                part[name] *= factor
    for part in result["round_data"]:
        if part["tick_hz"] is not None:
            part["tick_hz"] /= factor
    if result["ci95"]:
        result["ci95"] = [end * factor for end in result["ci95"]]


class Forge:
    """Makes sessions after a pattern, as "nestbench export" printed it."""

    def __init__(self, pattern, seed=1):
        self.pattern = json.loads(pattern)
        self.random = random.Random(seed)
        self.serial = 0
        for result in self.pattern["results"]:
            for part in result["round_data"]:
                part["guards"]["tags"] = []

    def session(self, factor=1.0, deviation=0.005, **changes):
        """One more: each series times factor (a number, or one for each benchmark's name)."""
        made = copy.deepcopy(self.pattern)
        session = made["session"]
        self.serial += 1
        started = changes.get("started", timestamp(1 + self.serial // 24, self.serial % 24 * 60))
        session["id"] = ulid(1767225600000 + self.serial, self.serial)
        session["started"] = started
        session["labels"] = changes.get("labels", {})
        session["machine"].update(changes.get("machine", {}))
        for result in made["results"]:
            own = factor.get(result["benchmark"], 1.0) if isinstance(factor, dict) else factor
            scale(result, own * self.random.lognormvariate(0, deviation))
        return made


class Case(nestbench.Case):
    """A test with a forge and a database that does not exist yet."""

    def setUp(self):
        super().setUp()
        self.measure("--rounds", "6")
        self.pattern = self.call("export", "--db", self.db).stdout
        self.db.unlink()
        self.forge = Forge(self.pattern)

    def file(self, *arguments, **changes):
        """A file with one session; its path and id."""
        session = self.forge.session(*arguments, **changes)
        path = self.folder / f"session{self.forge.serial}.json"
        path.write_text(json.dumps(session), encoding="utf-8")
        return path, session["session"]["id"]

    def add(self, count, *arguments, **changes):
        """Stores so many sessions, an hour between them; their ids."""
        files = [self.file(*arguments, **changes) for _ in range(count)]
        self.call("import", "--db", self.db, *(path for path, _ in files))
        return [identity for _, identity in files]
