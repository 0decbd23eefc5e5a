#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""io.* on file systems that work."""

import json
import os
import pathlib
import subprocess
import unittest

import nestbench
from io_case import Case, FILE, MIB, refuse_io_uring, tree_of


class Plan(Case):
    def test_without_a_pattern_nothing_is_written(self):
        plan = self.plan()
        self.assertEqual(plan["storage"], [])
        self.assertFalse([p for p in plan["plan"] if p["benchmark"].startswith("io.")])
        self.call("run", "exit.null", "--rounds", "1", "--db", self.db, cwd=self.work)
        self.assertEqual(list(self.work.iterdir()), [])

    def test_the_dry_run_says_where_and_how_much(self):
        plan = self.plan("io.*", "--io-path", f"other={self.folder}")
        places = {place["target"]: place for place in plan["storage"]}
        self.assertEqual(list(places), ["cwd", "other"])
        self.assertEqual(places["cwd"]["path"], str(self.work.resolve()))
        self.assertEqual(places["cwd"]["file_bytes"], FILE)
        self.assertEqual(places["cwd"]["written_bytes_max"], 256 * MIB)
        self.assertGreaterEqual(places["other"]["series"], 27)
        text = self.call("run", "io.*", "-n", cwd=self.work).stdout
        self.assertRegex(text, r"(?m)^cwd +/.* 32 MiB +256 MiB$")
        self.assertEqual(list(self.work.iterdir()), [])

    def test_list_shows_them_with_their_targets(self):
        listed = self.call("list", "io.*", cwd=self.work).stdout
        self.assertRegex(listed, r"(?m)^io\.rand_read_4k_q32 +user +fs=[a-z0-9-]+,target=cwd ")

    def test_a_path_that_is_none_is_wrong_usage(self):
        (self.folder / "file").touch()
        (self.folder / "new\nline").mkdir()
        deep = self.folder / ("x" * 200)
        (deep / ("y" * 200)).mkdir(parents=True)
        for path, said in (
            ("/nonexistent", "/nonexistent: No such file or directory"),
            ("file", "file is not a folder"),
            ("", "the path is empty"),
            ("x=", "the path is empty"),
            ("C=/", "a NAME is 1 to 20 of a-z, 0-9 and '-'"),
            ("aaaaaaaaaaaaaaaaaaaaa=/", "a NAME is 1 to 20 of"),
            ("new\nline", "UTF-8 without control characters"),
            (f"{deep}/{'y' * 200}", "more than 255 bytes"),
        ):
            with self.subTest(path=path):
                self.assertIn(said, self.refused("--io-path", path))

    def test_names_and_folders_of_targets_are_different(self):
        paths = [self.folder / f"path{i}" for i in range(9)]
        for path in paths:
            path.mkdir()
        one, two = paths[:2]
        for arguments, said in (
            (("--io-path", f"a={one}", "--io-path", f"a={two}"), "two targets have the name a"),
            (("--io-path", f"a={one}", "--io-path", f"b={one}"), "a and b are the same folder"),
            (("--io-path", f"cwd={one}"), "two targets have the name cwd"),
            ([word for path in paths for word in ("--io-path", path)], "more than 8 targets"),
        ):
            with self.subTest(said=said):
                self.assertIn(said, self.refused(*arguments))

    def test_a_folder_is_measured_once_and_by_the_name_that_the_user_gave(self):
        (self.folder / "link").symlink_to(self.work)
        for arguments, names in (
            (("--io-path", "."), ["cwd"]),
            (("--io-path", self.folder / "link"), ["cwd"]),
            (("--io-path", "mine=."), ["mine"]),
            (("--io-path", f"fast={self.folder}/link/../work//"), ["fast"]),
            (("--io-path", "/", "--io-path", "/"), ["cwd", "path1"]),
        ):
            with self.subTest(arguments=arguments):
                places = self.plan("io.stat", *arguments)["storage"]
                self.assertEqual([place["target"] for place in places], names)

    def test_a_working_directory_that_is_gone_is_a_skip_with_the_reason(self):
        (self.folder / "new\nline").mkdir()
        done = self.run_io("io.stat", status=77, cwd=self.folder / "new\nline")
        self.assertIn("the working directory cannot be used", done.stdout)
        script = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" run io.stat -n'
        gone = subprocess.run(
            ["sh", "-c", script, nestbench.BINARY],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(gone.returncode, 77, gone.stderr)
        self.assertIn("cannot be used: .: No such file or directory", gone.stdout)

    def test_a_rate_is_a_sensible_number(self):
        for rate in ("0", "9", "-5", "1e3", "fast", "", "1000001", "99999999999999999999"):
            with self.subTest(rate=rate):
                self.assertIn(
                    "is not a whole number from 10 to 1000000", self.refused(f"--io-rate={rate}")
                )


class Measured(Case):
    def test_file_systems_stand_side_by_side_and_nothing_stays(self):
        tmpfs = self.mount("tmpfs", "memory", "size=300m")
        for name in ("lower", "upper", "work"):
            (tmpfs / name).mkdir()
        layers = f"lowerdir={tmpfs}/lower,upperdir={tmpfs}/upper,workdir={tmpfs}/work"
        overlay = self.mount("overlay", "layers", layers)
        tree = self.tree("io.*", "--io-path", f"ram={tmpfs}", "--io-path", f"over={overlay}")
        targets = {target["name"]: target for target in tree["session"]["targets"]}
        self.assertEqual(list(targets), ["cwd", "ram", "over"])
        self.assertEqual(targets["over"]["kind"], "overlay")
        self.assertEqual(targets["ram"]["path"], str(tmpfs))
        found = {(r["benchmark"], r["params"].get("target")): r for r in tree["results"]}
        self.assertNotIn("error", {r["outcome"] for r in tree["results"]})
        params = found["io.rand_read_4k_q1", "ram"]["params"]
        expected = {"engine": "psync", "fs": "tmpfs", "mode": "buffered", "target": "ram"}
        self.assertEqual(params, expected)
        queued = found["io.rand_read_4k_q32", "over"]["params"]
        self.assertIn(queued["engine"], ("uring", "threads"))
        self.assertEqual(found["io.stat", "over"]["params"], {"fs": "overlay", "target": "over"})
        kinds = found["io.seq_write_1m", "ram"]["evidence"]["by_kind"]
        self.assertEqual(kinds["bytes"], found["io.seq_write_1m", "ram"]["samples"] * MIB)
        self.assertGreater(kinds["wall_ns"], 0)
        cold = found["io.mmap_fault_cold", "ram"]
        self.assertEqual(cold["outcome"], "skip")
        self.assertIn("does not let go of the file", cold["reason"])
        self.assert_clean(self.work, tmpfs, overlay)
        self.assertEqual(list((tmpfs / "upper").iterdir()), [])

    def test_odd_names_of_folders_are_fine(self):
        spaces = self.folder / "with spaces, 'quotes' and \\ and =" / "ümlaut-文件"
        spaces.mkdir(parents=True)
        long = self.folder / ("x" * (255 - len(str(self.folder)) - 1))
        long.mkdir()
        tree = self.tree("io.stat", "--io-path", spaces, "--io-path", long)
        paths = [target["path"] for target in tree["session"]["targets"]]
        self.assertEqual(paths, [str(self.work), str(spaces), str(long)])
        self.assertEqual([r["outcome"] for r in tree["results"]], ["ok"] * 3)
        self.assert_clean(spaces, long)

    def test_what_a_user_has_there_stays_as_it_is(self):
        marked = self.work / ".nestbench-01M7YW7GEZKTWFEHFB5KGW745W"
        for folder in (marked, self.work / ".nestbench-x", self.work / "tree-00"):
            folder.mkdir()
            for name in ("data", ".nestbench-workspace", "file-00"):
                (folder / name).write_text(f"mine: {name}", encoding="utf-8")
        for name in ("data", ".nestbench-workspace", "thousand", "tree-done", "-rf"):
            (self.work / name).write_text(name, encoding="utf-8")
        (self.work / ".nestbench-link").symlink_to("/nonexistent")
        before = tree_of(self.work)
        self.run_io("io.[rtuc]*")
        self.assertEqual(tree_of(self.work), before)

    def test_a_rate_is_kept(self):
        tree = self.tree("io.rand_*", "--io-rate", "500")
        self.assertEqual(len(tree["results"]), 4)
        for result in tree["results"]:
            with self.subTest(result["benchmark"]):
                self.assertEqual(result["outcome"], "ok")
                # The first I/O of each of a round's four blocks need not have waited.
                most = 500 * result["samples"] / (result["samples"] - 4)
                self.assertLessEqual(result["io"]["per_second"], 1.01 * most)

    def test_without_io_uring_threads_do_it_and_it_says_why(self):
        done = self.run_io("io.rand_read_4k_q32", "--json", preexec_fn=refuse_io_uring)
        result = json.loads(done.stdout)["results"][0]
        self.assertEqual((result["outcome"], result["params"]["engine"]), ("ok", "threads"))
        self.assertIn("no io_uring here: ", done.stderr)
        self.assertIn("EPERM", done.stderr)

    def test_no_more_is_written_than_the_dry_run_says(self):
        memory = self.mount("tmpfs", "backing", "size=500m")
        disk = self.mount_ext4(300, "disk", memory)
        device = os.path.basename(
            subprocess.run(
                ["findmnt", "-no", "SOURCE", disk], capture_output=True, text=True, check=True
            ).stdout.strip()
        )

        def written():
            os.sync()
            line = pathlib.Path(f"/sys/block/{device}/stat").read_text(encoding="ascii")
            return int(line.split()[6]) * 512

        before = written()
        done = self.run_io("io.seq_write_1m", "io.rewrite", "--rounds", "30", cwd=disk)
        self.assertLessEqual(written() - before, 256 * MIB)
        self.assertGreater(written() - before, 128 * MIB)
        self.assertIn("a target got all that --dry-run says", done.stderr)
        self.assertNotIn("partial", done.stderr + done.stdout)


if __name__ == "__main__":
    unittest.main()
