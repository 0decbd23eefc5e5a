# SPDX-License-Identifier: Apache-2.0
"""io.* on every kind of file system that the lab can make; its 9p stands in for WSL's /mnt/c."""

import json
import os
import re

import labcase
from nestlab import session, storage

# By target: kind and transport in the session, fs and mode among the parameters of its rows.
TARGETS = {
    "cwd": ("ext4", "", "ext4", "direct"),
    "tmpfs": ("tmpfs", "", "tmpfs", "buffered"),
    "overlay": ("overlay", "", "overlay", "direct"),
    "9p": ("9p", "virtio", "9p-virtio", "guest-direct-remote"),
    "virtiofs": ("virtiofs", "", "virtiofs", "guest-direct-remote"),
}
# What a target rightly refuses, with what the reason must say. Not every kernel keeps what it read
# through a 9p mount with cache=mmap: Debian's 6.1 does not, its 6.12 does.
GOOD_SKIPS = {
    ("io.mmap_fault_cold", "tmpfs"): "page cache does not let go",
    ("io.cache_hit_read", "9p"): "page cache does not keep the file",
    ("io.mmap_fault_warm", "9p"): "page cache does not keep the file",
}
RATIO = re.compile(r"^io\.stat +9p 9p-virtio .* (\d[\d ]*(?:\.\d+)?)x", re.M)


class Storage(labcase.Case):
    """One boot, through the command line."""

    def test_io_runs_on_every_file_system_and_leaves_nothing_there(self):
        output = self.folder / "results"
        done = self.call(
            "amd", "--storage", "--binary", labcase.BINARY, "--output", output,
            "--", "run", "io.*", "--rounds", "1", "--seed", "1",
        )  # fmt: skip
        document = json.loads((output / "session.json").read_text(encoding="utf-8"))
        self.check_targets(document["session"]["targets"])
        for row in document["results"]:
            with self.subTest(benchmark=row["benchmark"], params=row["params"]):
                self.check_io_row(row)
        self.check_every_target_has_the_same(document["results"])
        ratio = RATIO.search(done.stdout)
        self.assertTrue(ratio, done.stdout)
        self.assertGreater(float(ratio[1].replace(" ", "")), 2, "9p asks the host for each stat")
        self.assertEqual((output / "lab" / "left").read_text(encoding="utf-8"), "")

    def targets(self):
        """Those of this machine."""
        served = storage.choose().virtiofsd
        return {name: facts for name, facts in TARGETS.items() if name != "virtiofs" or served}

    def check_targets(self, targets):
        """They are what they were made as."""
        found = {target["name"]: (target["kind"], target["transport"] or "") for target in targets}
        self.assertEqual(found, {name: facts[:2] for name, facts in self.targets().items()})

    def check_io_row(self, row):
        """It was measured, on the file system and in the mode that its target stands for."""
        if row["outcome"] == "skip":
            key = (row["benchmark"], row["params"].get("target"))
            self.assertIn(GOOD_SKIPS.get(key, "a reason that is known to be good"), row["reason"])
            return
        self.assertEqual(row["outcome"], "ok", row["reason"])
        self.assertGreater(row["p50"], 0)
        if "target" not in row["params"]:
            return
        _kind, _transport, kind, mode = TARGETS[row["params"]["target"]]
        self.assertEqual(row["params"]["fs"], kind)
        self.assertEqual(row["params"].get("mode", mode), mode)

    def check_every_target_has_the_same(self, rows):
        """No benchmark is missing on any of them."""
        found = {name: set() for name in self.targets()}
        for row in rows:
            if "target" in row["params"]:
                found[row["params"]["target"]].add(row["benchmark"])
        self.assertIn("io.rand_read_4k_q1", found["cwd"])
        for name, benchmarks in found.items():
            self.assertEqual(benchmarks, found["cwd"], name)


class Arguments(labcase.Case):
    """What needs no boot."""

    def test_other_labs_have_no_storage(self):
        for arguments in (("intel", "--storage"), ("amd", "--storage", "--nested"),
                          ("amd", "--storage", "--deterministic")):  # fmt: skip
            done = self.call(*arguments, "--", "list", status=2)
            self.assertIn("--storage is for amd alone", done.stderr)

    def test_what_stays_in_a_shared_folder_is_named(self):
        for name in ("9p", "virtiofs"):
            (self.folder / name).mkdir()
        self.assertEqual(storage.left_behind(self.folder), "")
        (self.folder / "9p" / "folder").mkdir()
        (self.folder / "virtiofs" / "file").touch()
        self.assertEqual(storage.left_behind(self.folder), "9p/folder\nvirtiofs/file\n")

    def test_without_a_server_there_is_no_virtiofs(self):
        with_it, without = storage.Storage("/bin/virtiofsd"), storage.Storage(None)
        self.assertIn("virtiofs=/nb/virtiofs", with_it.arguments)
        self.assertEqual(
            without.arguments,
            ["--io-path", "tmpfs=/nb/tmpfs", "--io-path", "overlay=/nb/overlay",
             "--io-path", "9p=/nb/9p"],
        )  # fmt: skip
        self.assertEqual(without.helpers, [])
        for name in ("a", "b"):
            (self.folder / name).mkdir()
        self.assertIn("vhost-user-fs-pci", " ".join(with_it.devices(self.folder / "a", 64)))
        self.assertNotIn("vhost-user-fs-pci", " ".join(without.devices(self.folder / "b", 64)))
        self.assertLess(os.stat(self.folder / "b" / "disk").st_blocks * 512, 256 << 20)

    def test_the_kernel_is_one_that_has_9p(self):
        self.assertEqual(session.Wish("amd", [], storage=True).flavour, "full")
        self.assertEqual(session.Wish("amd", []).flavour, "cloud")


if __name__ == "__main__":
    labcase.main("amd", storage=True)
