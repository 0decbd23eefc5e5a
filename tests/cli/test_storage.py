#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""io.*: what is said before, two kinds of file system side by side, and the way there and back."""

import copy
import json
import sys
import unittest

try:
    import jsonschema
except ImportError:
    print("skip: no python3-jsonschema")
    sys.exit(77)

import forged
import nestbench

SCHEMA = json.loads((nestbench.DATA / "nestbench-1.schema.json").read_text(encoding="utf-8"))
EXT4 = {"fs": "ext4", "target": "cwd"}
NINE = {"fs": "9p-fd", "target": "c"}
DIRECT = {"engine": "psync", "mode": "direct"}
REMOTE = {"engine": "psync", "mode": "guest-direct-remote"}
# Benchmark, where, and how many times as long as the pattern's syscall it takes.
SERIES = (
    ("io.rand_read_4k_q1", EXT4 | DIRECT, 100),
    ("io.rand_read_4k_q1", NINE | REMOTE, 400),
    ("io.stat", EXT4, 1),
    ("io.stat", NINE, 800),
)


def target(name, path, kind, transport, disk):
    """A target as a session has it, with little known."""
    texts = {"name": name, "path": path, "kind": kind, "transport": transport, "disk": disk}
    texts |= {"options": "rw", "device": "", "scheduler": "", "write_cache": ""}
    return texts | dict.fromkeys(("rotational", "queue_depth", "size_bytes", "free_bytes"))


def forge(pattern):
    """A session in WSL: series of the pattern's system call, under other names and slower."""
    tree = json.loads(pattern)
    tree["session"]["id"] = forged.ulid(1767225600000, 1)
    tree["session"]["targets"] = [
        target("cwd", "/srv", "ext4", "", "sdc (hv_storvsc)"),
        target("c", "/mnt/c", "9p", "fd", ""),
    ]
    syscall = next(r for r in tree["results"] if r["benchmark"] == "exit.syscall")
    tree["results"] = []
    for benchmark, params, factor in SERIES:
        result = copy.deepcopy(syscall)
        result |= {"benchmark": benchmark, "params": dict(sorted(params.items()))}
        forged.scale(result, factor)
        for part in result["round_data"]:
            part["ops"] = 1000
            part["by_kind"] = {"wall_ns": 100_000_000, "cpu_ns": 5_000_000, "switches": 2000}
            part["guards"]["tags"] = []
        tree["results"].append(result)
    return tree


class Storage(nestbench.Case):
    def validate(self, text):
        tree = json.loads(text)
        jsonschema.Draft7Validator(SCHEMA).validate(tree)
        return tree

    def measure_forged(self):
        """A database with the forged session in it."""
        run = ("run", "exit.syscall", "--rounds", "6", "--db", "pattern.db")
        self.call(*run, "--kvm-device", "/nonexistent")
        pattern = self.call("export", "--db", "pattern.db").stdout
        (self.folder / "wsl.json").write_text(json.dumps(forge(pattern)), encoding="utf-8")
        self.call("import", "--db", self.db, "wsl.json")

    def test_ext4_stands_beside_9p_with_the_ratio(self):
        self.measure_forged()
        shown = self.call("show", "--db", self.db).stdout
        self.assertRegex(shown, r"(?m)^benchmark +where +p50 .* rate +CPU/op +sw/op +x cwd$")
        self.assertRegex(shown, r"(?m)^io\.rand_read_4k_q1 +cwd ext4 direct .* 10 000/s .* 1x\b")
        self.assertRegex(shown, r"(?m)^io\.rand_read_4k_q1 +c 9p-fd direct-remote .* 4\.00x\*")
        self.assertRegex(shown, r"(?m)^io\.stat +c 9p-fd .* - +5\.00 µs +2\.00 +800x")
        self.assertRegex(shown, r"(?m)^direct-remote +.*not comparable with direct$")
        names = [line.split()[0] for line in shown.splitlines() if line.startswith("io.")]
        self.assertEqual(names, [name for name, _, _ in SERIES])

    def test_what_is_exported_comes_back(self):
        self.measure_forged()
        first = self.call("export", "--db", self.db).stdout
        tree = self.validate(first)
        self.assertEqual(
            tree["results"][0]["io"],
            {
                "per_second": 10000.0,
                "bytes_per_second": None,
                "cpu_ns_per_op": 5000.0,
                "switches_per_op": 2.0,
                "interrupts_per_op": None,
            },
        )
        self.assertIsNone(tree["results"][2]["io"]["per_second"])
        (self.folder / "first.json").write_text(first, encoding="utf-8")
        self.call("import", "--db", "other.db", "first.json")
        self.assertEqual(self.call("export", "--db", "other.db").stdout, first)

    def test_a_dry_run_says_where_and_how_much_will_be_written(self):
        (self.folder / "disk").mkdir()
        run = ("run", "io.stat", "io.unlink", "--io-path", "disk", "--dry-run")
        lines = self.call(*run).stdout.splitlines()
        start = lines.index(
            "io.* writes into a new folder .nestbench-... of each target, "
            "and removes it at the end:"
        )
        self.assertRegex(
            lines[start + 1], r"^target +folder +file system +series +data file +writes at most$"
        )
        self.assertRegex(lines[start + 2], rf"^cwd +{self.folder} +.* 2 +\d+ MiB +\d+ MiB$")
        self.assertRegex(
            lines[start + 3], rf"^path1 +{self.folder}/disk +.* 2 +\d+ MiB +\d+ MiB$"
        )
        plan = json.loads(self.call(*run, "--json").stdout)
        self.assertEqual([place["target"] for place in plan["storage"]], ["cwd", "path1"])
        self.assertEqual(list(self.folder.rglob(".nestbench-*")), [])

    def test_what_is_measured_here_follows_the_schema(self):
        run = ("run", "io.stat", "io.unix_pingpong", "--rounds", "1", "--db", self.db, "--json")
        tree = self.validate(self.call(*run).stdout)
        figures = {result["benchmark"]: result["io"] for result in tree["results"]}
        self.assertGreater(figures["io.stat"]["cpu_ns_per_op"], 0)
        self.assertIsNone(figures["io.unix_pingpong"])
        self.assertEqual(list(self.folder.rglob(".nestbench-*")), [])


if __name__ == "__main__":
    unittest.main()
