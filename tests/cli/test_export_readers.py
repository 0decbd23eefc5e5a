#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""export --format benchfmt, gbench and hdr, as the programs see them that they are written for."""

import base64
import json
import math
import pathlib
import re
import shutil
import struct
import subprocess
import unittest
import zlib

import export_case

# Debian's own interpreter, which has Debian's scipy, and its packages' places.
PYTHON = "/usr/bin/python3"
COMPARE = pathlib.Path("/usr/share/benchmark/compare.py")
HDR_JAR = pathlib.Path("/usr/share/java/hdrhistogram.jar")


def has_compare() -> bool:
    """google-benchmark's compare.py is there, and what it needs."""
    if not COMPARE.exists() or not shutil.which(PYTHON):
        return False
    done = subprocess.run([PYTHON, "-c", "import scipy.stats"], capture_output=True, check=False)
    return done.returncode == 0


def has_hdr() -> bool:
    """Java and its HdrHistogram are there."""
    return HDR_JAR.exists() and shutil.which("java") is not None


class Case(export_case.Case):
    """With the same sessions as JSON."""

    def results(self, session: str) -> list[dict]:
        """The results of a session that were measured."""
        text = self.call("export", "--db", self.db, session).stdout
        return [r for r in json.loads(text)["results"] if r["outcome"] == "ok"]

    def rounds(self, session: str, benchmark: str) -> list[dict]:
        """The rounds of one benchmark in user mode."""
        for result in self.results(session):
            if (result["benchmark"], result["vantage"]) == (benchmark, "user"):
                return result["round_data"]
        raise AssertionError(f"no {benchmark} in {session}")


# Proposal 14313: what is neither of these is no part of the format and passed over by readers.
CONFIGURATION = re.compile(r"([a-z][^\sA-Z:]*):(?:[ \t]+(.+))?")
UNIT = re.compile(r"Unit (\S+)((?: [a-z]+=\S+)+)")
BENCHMARK = re.compile(r"(Benchmark(?![a-z])\S*)((?:[ \t]+\S+)+)")
NAME = re.compile(r"Benchmark[A-Z0-9][^/]*(/[^/=]+)(/[a-z0-9._-]+=[^/]+)*-1")


class Benchfmt(Case):
    def parse(self, text: str) -> list[tuple[dict, str, dict]]:
        """Configuration, name and values by unit of each line, by the letter of the proposal."""
        configuration, lines = {}, []
        for line in text.splitlines():
            if match := BENCHMARK.fullmatch(line):
                count, *pairs = match[2].split()
                self.assertGreaterEqual(int(count), 1)
                self.assertEqual(len(pairs) % 2, 0, line)
                self.assertRegex(match[1], NAME)
                values = dict(zip(pairs[1::2], map(float, pairs[::2])))
                self.assertTrue(values and all(map(math.isfinite, values.values())), line)
                self.assertEqual(len(values), len(pairs) / 2, line)
                lines.append((dict(configuration), match[1], values))
            elif match := CONFIGURATION.fullmatch(line):
                configuration[match[1]] = match[2]
            elif not UNIT.fullmatch(line):
                self.assertRegex(line, "^# ")
        return lines

    def test_every_round_is_there(self):
        session, = self.add(1)
        lines = self.parse(self.export("benchfmt"))
        expected = sum(len(result["round_data"]) for result in self.results(session))
        self.assertEqual(len(lines), expected)
        own = [values["ns/op"] for _, name, values in lines if "/cpuid/vantage=user/" in name]
        rounds = [part["p50"] for part in self.rounds(session, "exit.cpuid")]
        self.assertEqual(len(own), len(rounds))
        for value, round_ in zip(own, rounds):
            self.assertAlmostEqual(value / round_, 1, places=7)

    def test_sessions_of_one_machine_are_one_table(self):
        self.add_judged()
        text = self.export("benchfmt", "label:when=before", "label:when=after")
        lines = self.parse(text)
        self.assertEqual(len({json.dumps(configuration) for configuration, _, _ in lines}), 1)
        self.assertEqual(lines[0][0]["goos"], "linux")
        self.assertEqual(text.count("\n# session "), 12)

    def test_hostile_texts_break_no_line(self):
        self.add_hostile()
        for configuration, name, _ in self.parse(self.export("benchfmt")):
            self.assertEqual(set(configuration), {"goos", "goarch", "pkg", "cpu", "hypervisor"})
            self.assertTrue(name.isascii())

    @export_case.needs("benchstat")
    def test_benchstat_finds_the_change(self):
        self.add_judged()
        files = [self.folder / "before.txt", self.folder / "after.txt"]
        for file in files:
            self.export("benchfmt", "-o", file, f"label:when={file.stem}")
        table = self.consume("benchstat", *files)
        row = next(line for line in table.splitlines() if "Exit/cpuid/vantage=user" in line)
        self.assertRegex(row, r"\+[45]\d\.\d+%")


@unittest.skipUnless(has_compare(), "there is no compare.py of google-benchmark with scipy")
class Gbench(Case):
    def compare(self, *words) -> list[dict]:
        """What compare.py makes of it."""
        dump = self.folder / "differences.json"
        self.consume(PYTHON, "-B", COMPARE, "--no-color", "-d", dump, *words)
        return json.loads(dump.read_text(encoding="utf-8"))

    def difference(self, report: list[dict], name: str) -> dict:
        """The row of that name."""
        return next(row for row in report if row["name"].startswith(name))

    def test_compare_finds_the_change(self):
        self.add_judged()
        files = [self.folder / "before.json", self.folder / "after.json"]
        for file in files:
            self.export("gbench", "-o", file, f"label:when={file.stem}")
        report = self.compare("benchmarks", *files)
        slower = self.difference(report, "exit.cpuid/user")
        self.assertEqual(slower["utest"]["nr_of_repetitions"], 36)
        self.assertTrue(slower["utest"]["have_optimal_repetitions"])
        # The rounds are those of a real session: how small depends on how far apart they lie.
        self.assertLess(slower["utest"]["time_pvalue"], 0.01)
        for aggregate in ("mean", "median"):
            change = next(row for row in report if row["aggregate_name"] == aggregate and
                          row["name"].startswith("exit.cpuid/user"))
            self.assertAlmostEqual(change["measurements"][0]["time"], 0.5, delta=0.1)

    def test_it_can_be_compared_with_itself(self):
        self.add(2)
        self.add_hostile()
        file = self.folder / "all.json"
        self.export("gbench", "-o", file)
        report = self.compare("benchmarks", file, file)
        self.assertTrue(report)
        for row in report:
            for measurement in row["measurements"]:
                self.assertEqual(measurement["time"], 0)

    def test_a_benchmark_that_was_skipped_on_one_side_is_passed_over(self):
        self.add(1, labels={"when": "before"})
        path, _ = self.file(labels={"when": "after"})
        session = json.loads(path.read_text(encoding="utf-8"))
        skipped = next(r for r in session["results"]
                       if r["outcome"] == "skip" and r["benchmark"] == "exit.cpuid")
        session["results"] = [r for r in session["results"] if r["benchmark"] == "exit.null"]
        session["results"].append({**skipped, "vantage": "user"})
        path.write_text(json.dumps(session), encoding="utf-8")
        self.call("import", "--db", self.db, path)
        files = [self.folder / "before.json", self.folder / "after.json"]
        for file in files:
            self.export("gbench", "-o", file, f"label:when={file.stem}")
        names = {row["name"] for row in self.compare("benchmarks", *files)}
        self.assertTrue(any(name.startswith("exit.null/user") for name in names))
        self.assertFalse(any(name.startswith("exit.cpuid/user") for name in names))


class Histogram:
    """One interval of a log, decoded as the format is described; counts by index."""

    def __init__(self, line: str):
        tag, start, length, largest, text = line.split(",")
        self.tag = tag.removeprefix("Tag=")
        self.start, self.length, self.largest = float(start), float(length), float(largest)
        packed = base64.b64decode(text, validate=True)
        cookie, size = struct.unpack(">II", packed[:8])
        assert cookie == 0x1c849314 and size == len(packed) - 8
        plain = zlib.decompress(packed[8:])
        cookie, size, offset, digits, low, high, ratio = struct.unpack(">IIIIQQd", plain[:40])
        assert (cookie, offset, digits, low, ratio) == (0x1c849313, 0, 3, 1, 1.0)
        assert size == len(plain) - 40 and high >= 2
        self.counts = dict(self.words(plain[40:]))

    @staticmethod
    def words(payload: bytes):
        """Index and count of all counters that are not empty."""
        index = place = 0
        while place < len(payload):
            value = shift = 0
            while True:
                byte = payload[place]
                place += 1
                value |= (byte if shift == 56 else byte & 127) << shift
                shift += 7
                if byte < 128 or shift > 56:
                    break
            number = value >> 1 ^ -(value & 1)
            if number > 0:
                yield index, number
            index += max(1, -number)

    @staticmethod
    def highest(index: int) -> int:
        """The highest of the values that an index stands for."""
        shift = max(0, (index >> 10) - 1)
        return ((index - (shift << 10)) + 1 << shift) - 1

    def total(self) -> int:
        return sum(self.counts.values())

    def at_rank(self, rank: int) -> int:
        """The value of the rank-th sample, from 1."""
        for index, count in self.counts.items():
            rank -= count
            if rank <= 0:
                return self.highest(index)
        raise AssertionError("no such rank")


class Hdr(Case):
    def intervals(self, text: str) -> list[Histogram]:
        lines = [line for line in text.splitlines() if not line.startswith(("#", '"'))]
        self.assertTrue(text.startswith("#[Histogram log format version 1.3]\n"))
        self.assertTrue(all(line.startswith("Tag=") and " " not in line for line in lines))
        return [Histogram(line) for line in lines]

    def assert_within(self, value: float, low: float, high: float):
        """Both histograms have steps of 0.1 %, and nanoseconds are whole here."""
        self.assertGreaterEqual(value, low * 0.998 - 1)
        self.assertLessEqual(value, high * 1.002 + 1)

    def test_every_round_is_there_with_its_samples(self):
        session, = self.add(1)
        intervals = [i for i in self.intervals(self.export("hdr")) if i.tag == "exit.cpuid;user"]
        rounds = self.rounds(session, "exit.cpuid")
        self.assertEqual(len(intervals), len(rounds))
        for interval, part in zip(intervals, rounds):
            self.assertEqual(interval.total(), part["samples"])
            self.assert_within(part["min"], interval.at_rank(1), interval.at_rank(1))
            self.assert_within(part["max"], interval.at_rank(part["samples"]),
                               interval.at_rank(part["samples"]))
            self.assert_within(part["max"], interval.largest * 1e6, interval.largest * 1e6)
            for name, q in (("p50", 0.5), ("p99", 0.99)):
                rank = 1 + q * (part["samples"] - 1)
                if part[name] is not None:
                    self.assert_within(part[name], interval.at_rank(math.floor(rank)),
                                       interval.at_rank(math.ceil(rank)))

    def test_intervals_follow_one_another(self):
        self.add(2)
        intervals = self.intervals(self.export("hdr", self.db))
        starts = [interval.start for interval in intervals]
        self.assertEqual(starts, sorted(starts))
        self.assertTrue(all(interval.length > 0 for interval in intervals))

    def test_hostile_texts_break_no_line(self):
        self.add_hostile()
        self.assertTrue(self.intervals(self.export("hdr")))

    def percentiles(self, log: pathlib.Path, tag: str) -> list[tuple[float, float, int]]:
        """Value, quantile and count of samples up to it, as HdrHistogram's own program sees it."""
        table = self.consume("java", "-cp", HDR_JAR, "org.HdrHistogram.HistogramLogProcessor",
                             "-i", log, "-tag", tag, "-csv", "-outputValueUnitRatio", "1")
        rows = [line.split(",") for line in table.splitlines() if re.match(r"\d", line)]
        return [(float(value), float(q), int(count)) for value, q, count, *_ in rows]

    @unittest.skipUnless(has_hdr(), "there is no HdrHistogram for Java")
    def test_hdrhistogram_reads_the_same(self):
        self.add(2)
        log = self.folder / "all.hlog"
        self.export("hdr", "-o", log, self.db)
        intervals = self.intervals(log.read_text(encoding="utf-8"))
        for tag in ("exit.cpuid;user", "exit.null;user"):
            merged: dict[int, int] = {}
            for interval in (i for i in intervals if i.tag == tag):
                for index, count in interval.counts.items():
                    merged[index] = merged.get(index, 0) + count
            rows = self.percentiles(log, tag)
            self.assertGreater(len(rows), 3)
            self.assertEqual(rows[-1][2], sum(merged.values()))
            self.assertEqual(rows[-1][0], Histogram.highest(max(merged)))
            for value, _, count in rows:
                below = sum(n for index, n in merged.items() if Histogram.highest(index) <= value)
                self.assertEqual(count, below)


if __name__ == "__main__":
    unittest.main()
