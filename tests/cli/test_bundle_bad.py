#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bundle verify refuses what is not as it was packed, and says what and where; bundle that cannot
write leaves nothing behind."""

import io
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import time
import unittest

import bundle_case

if not shutil.which("zstd"):
    print("skip: no zstd, which tar needs to pack a bundle again")
    sys.exit(77)


def row_of(tree, benchmark):
    """The row of verdicts.json with that benchmark."""
    return next(
        row for row in tree["groups"][0]["comparison"]["rows"] if row["benchmark"] == benchmark
    )


class Verify(bundle_case.Case):
    def first(self, folder, part="sessions"):
        return sorted((folder / part).iterdir())[0]

    def archive(self, *members, name="y.tar.zst", form=tarfile.PAX_FORMAT):
        """An archive of (TarInfo, bytes), as nobody's tar would make it."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=form) as tar:
            for info, content in members:
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        with open(self.folder / name, "wb") as file:
            bundle_case.run("zstd", "-q", "-c", input=buffer.getvalue(), stdout=file)
        return name

    def test_a_flipped_byte_is_seen_wherever_it_is(self):
        self.regressed()
        whole = (self.folder / "x.tar.zst").read_bytes()
        chosen = random.Random(1)
        for place in [0, len(whole) - 1, *(chosen.randrange(len(whole)) for _ in range(12))]:
            with self.subTest(place):
                flipped = bytearray(whole)
                flipped[place] ^= 1 << chosen.randrange(8)
                (self.folder / "y.tar.zst").write_bytes(flipped)
                self.refused("y.tar.zst", "y.tar.zst")

    def test_a_cut_archive_is_refused(self):
        self.regressed()
        whole = (self.folder / "x.tar.zst").read_bytes()
        for size in (1, 4, 1000, len(whole) // 2, len(whole) - 100):
            with self.subTest(size):
                (self.folder / "y.tar.zst").write_bytes(whole[:size])
                self.refused("y.tar.zst")

    def test_a_missing_file_is_named(self):
        folder = self.regressed()
        self.first(folder).unlink()
        name = self.pack_as_it_is(folder)
        self.refused(name, "sessions/", "MANIFEST.sha256")

    def test_a_file_that_is_missing_in_the_manifest_too_is_named(self):
        for part in ("sessions", "baseline"):
            with self.subTest(part):
                folder = self.regressed("--force") if part == "sessions" else self.unpack()
                gone = self.first(folder, part)
                gone.unlink()
                self.refused(self.pack(folder), f"{part}/{gone.name}")
        for name in ("verdicts.json", "sessions.db"):
            with self.subTest(name):
                folder = self.unpack()
                (folder / name).unlink()
                self.refused(self.pack(folder), name)

    def test_a_file_that_was_added_is_named(self):
        folder = self.regressed()
        (folder / "extra.txt").write_text("more", encoding="utf-8")
        self.refused(self.pack_as_it_is(folder), "extra.txt")

    def test_a_changed_file_is_named(self):
        folder = self.regressed()
        with open(folder / "README.md", "a", encoding="utf-8") as file:
            file.write("All is well.\n")
        self.refused(self.pack_as_it_is(folder), "README.md")

    def test_an_edited_verdict_is_named_although_the_manifest_fits(self):
        folder = self.regressed()

        def pretend(tree):
            row_of(tree, "exit.cpuid")["verdict"] = "same"

        bundle_case.edit(folder / "verdicts.json", pretend)
        self.refused(self.pack(folder), "verdicts.json", "exit.cpuid", "regressed")

    def test_an_edited_number_of_a_verdict_is_named(self):
        folder = self.regressed()
        for field, change in (("ratio", 1e-6), ("p_adjusted", 0.5), ("mde", 0.01)):
            with self.subTest(field):
                folder = self.unpack()
                bundle_case.edit(
                    folder / "verdicts.json",
                    lambda tree, field=field, change=change: row_of(tree, "exit.cpuid").update(
                        {field: row_of(tree, "exit.cpuid")[field] * (1 + change)}
                    ),
                )
                self.refused(self.pack(folder), "verdicts.json", "exit.cpuid", field)

    def test_another_last_digit_is_rounding_and_said_so(self):
        folder = self.regressed()

        def nudge(tree):
            row_of(tree, "exit.cpuid")["ratio"] *= 1 + 1e-14

        bundle_case.edit(folder / "verdicts.json", nudge)
        done = self.verify(self.pack(folder))
        self.assertIn("their last digits differ", done.stdout)
        self.assertFalse(json.loads(self.verify("y.tar.zst", "--json").stdout)["exact"])

    def test_edited_options_give_other_verdicts(self):
        folder = self.regressed()
        bundle_case.edit(
            folder / "verdicts.json", lambda tree: tree["options"].update(margin=0.5)
        )
        self.refused(self.pack(folder), "verdicts.json")

    def test_an_edited_round_contradicts_its_distribution(self):
        folder = self.regressed()

        def faster(tree):
            measured = next(result for result in tree["results"] if result["p50"])
            measured["round_data"][0]["p50"] *= 0.5

        bundle_case.edit(self.first(folder), faster)
        self.refused(self.pack(folder), f"sessions/{self.first(folder).name}")

    def test_a_session_with_another_clock_gives_other_verdicts(self):
        folder = self.regressed()
        path = self.first(folder)
        session = json.loads(path.read_text(encoding="utf-8"))
        for result in session["results"]:
            bundle_case.forged.scale(result, 0.7)
        path.write_text(json.dumps(session), encoding="utf-8")
        self.refused(self.pack(folder), "verdicts.json")

    def test_a_database_with_other_numbers_is_refused(self):
        for statement in (
            "UPDATE session SET seed = seed + 1 WHERE id = 1",
            "UPDATE round SET null_ticks = null_ticks + 1 WHERE outcome = 'ok'",
            "UPDATE label SET value = 'other' WHERE session = 1",
            "DELETE FROM guard WHERE round = 1",
            "UPDATE machine SET kernel = 'other'",
        ):
            with self.subTest(statement):
                folder = self.unpack() if (self.folder / "x.tar.zst").exists() else self.regressed()
                with sqlite3.connect(folder / "sessions.db") as database:
                    database.execute(statement)
                database.close()
                self.refused(self.pack(folder), "sessions.db")

    def test_a_database_that_is_another_one_is_refused(self):
        folder = self.regressed()
        for content in (b"", b"nonsense", b"SQLite format 3\0" + bytes(200)):
            with self.subTest(content):
                (folder / "sessions.db").write_bytes(content)
                self.refused(self.pack(folder), "sessions.db")
        # That of a bundle without redaction: the sessions have the same names and other texts.
        (folder / "sessions.db").write_bytes(self.db.read_bytes())
        self.refused(self.pack(folder), "sessions.db")

    def test_a_session_that_is_in_the_database_alone_is_refused(self):
        folder = self.regressed()
        path, other = self.file()
        self.call("import", "--db", folder / "sessions.db", path)
        self.refused(self.pack(folder), "sessions.db", other)

    def test_a_database_of_an_older_nestbench_would_be_brought_up_to_date(self):
        folder = self.regressed()
        before = (folder / "sessions.db").read_bytes()
        self.verify(self.pack(folder))
        self.assertEqual((folder / "sessions.db").read_bytes(), before)

    def test_what_is_no_bundle_is_called_none(self):
        self.measure()
        self.call("export", "--db", self.db, "-o", "session.json")
        (self.folder / "text.tar.zst").write_text("no archive", encoding="utf-8")
        (self.folder / "empty.tar.zst").write_bytes(b"")
        (self.folder / "random.tar.zst").write_bytes(random.Random(1).randbytes(100000))
        bundle_case.run("tar", "-czf", self.folder / "a.tar.gz", "-C", self.folder, "text.tar.zst")
        bundle_case.run("tar", "-cf", self.folder / "a.tar", "-C", self.folder, "text.tar.zst")
        for name in (
            "text.tar.zst", "empty.tar.zst", "random.tar.zst", "session.json", "test.db",
            "a.tar.gz", "a.tar", "missing.tar.zst", ".", "/dev/null",
        ):  # fmt: skip
            with self.subTest(name):
                self.refused(name, name)

    def test_names_that_lead_out_are_refused(self):
        for name in ("b/../../evil", "/evil", "../evil", "b/./c", "b//c", "b/a\nb", "b/\x1b[2J"):
            with self.subTest(name):
                text = self.refused(self.archive((tarfile.TarInfo(name), b"x")))
                self.assertNotIn("\x1b", text)
        self.assertFalse((self.folder.parent / "evil").exists())

    def test_what_is_no_file_is_refused(self):
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            with self.subTest(kind):
                info = tarfile.TarInfo("b/link")
                info.type = kind
                info.linkname = "/etc/passwd"
                self.refused(self.archive((info, b"")), "link")

    def test_a_name_twice_and_two_folders_are_refused(self):
        twice = [(tarfile.TarInfo("b/a"), b"1"), (tarfile.TarInfo("b/a"), b"2")]
        self.refused(self.archive(*twice), "a")
        self.refused(self.archive((tarfile.TarInfo("b/a"), b"1"), (tarfile.TarInfo("c/a"), b"2")))

    def test_a_bomb_is_not_unpacked(self):
        with open(self.folder / "zeros", "wb") as file:
            file.truncate(3 << 30)
        folder = self.folder / "b"
        folder.mkdir()
        (self.folder / "zeros").rename(folder / "zeros")
        self.pack_as_it_is(folder)
        self.assertLess((self.folder / "y.tar.zst").stat().st_size, 1 << 20)
        self.refused("y.tar.zst", "zeros")

    def test_json_says_it_too(self):
        (self.folder / "text.tar.zst").write_text("no archive", encoding="utf-8")
        done = self.verify("text.tar.zst", "--json", status=3)
        tree = json.loads(done.stdout)
        self.assertFalse(tree["ok"])
        self.assertIn("no bundle", tree["fault"])
        self.assertEqual(tree["file"], "text.tar.zst")

    def test_a_name_that_is_no_text_is_no_trouble_for_json(self):
        name = os.fsdecode(b"\xff\x1b[2J.tar.zst")
        (self.folder / name).write_text("no archive", encoding="utf-8")
        done = self.verify(name, "--json", status=3)
        self.assertEqual(json.loads(done.stdout)["file"], "??[2J.tar.zst")
        self.assertNotIn("\x1b", done.stderr)

    def test_a_folder_for_temporary_files_is_needed(self):
        self.measure()
        self.bundle()
        where = {"TMPDIR": str(self.folder / "nowhere")}
        done = self.call("bundle", "verify", "x.tar.zst", status=3, extra=where)
        self.assertIn("nowhere", done.stderr)
        done = self.bundle("--force", status=3, extra=where)
        self.assertIn("nowhere", done.stderr)


class Output(bundle_case.Case):
    """What is there stays, and what did not become whole goes."""

    def test_a_file_that_exists_is_kept(self):
        self.measure()
        (self.folder / "x.tar.zst").write_text("mine", encoding="utf-8")
        done = self.bundle(status=2)
        self.assertEqual(
            done.stderr,
            "nestbench: bundle: x.tar.zst exists\n"
            "name another file, or add --force to replace it\n",
        )
        self.assertEqual((self.folder / "x.tar.zst").read_text(encoding="utf-8"), "mine")
        self.bundle("--force")
        self.verify()

    def test_where_nothing_can_be_written_is_said(self):
        self.measure()
        for path in ("missing/x.tar.zst", "/proc/x.tar.zst", "/dev/full", "."):
            with self.subTest(path):
                done = self.call(
                    "bundle", "--db", self.db, "--no-plots", "--force", "-o", path, status=3
                )
                self.assertIn("nestbench: bundle: ", done.stderr)
                self.assert_clean()

    def test_a_database_is_never_replaced(self):
        self.measure()
        before = self.db.read_bytes()
        done = self.call(
            "bundle", "--db", self.db, "--no-plots", "--force", "-o", self.db, status=3
        )
        self.assertIn("is a database", done.stderr)
        self.assertEqual(self.db.read_bytes(), before)

    def test_a_full_disk_leaves_what_was_there(self):
        self.measure()
        (self.folder / "x.tar.zst").write_text("mine", encoding="utf-8")
        for limit in (1000, 20000, 60000):
            with self.subTest(limit):
                self.bundle(
                    "--force", status=3,
                    preexec_fn=lambda limit=limit: resource.setrlimit(
                        resource.RLIMIT_FSIZE, (limit, limit)
                    ),
                )  # fmt: skip
                self.assertEqual((self.folder / "x.tar.zst").read_text(encoding="utf-8"), "mine")

    def test_whoever_interrupts_leaves_nothing_behind(self):
        self.measure()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for delay in (0.02, 0.1, 0.2, 0.3, 0.4, 0.6):
                process = self.start(
                    "bundle", "--db", self.db, "--no-plots", "-o", "x.tar.zst",
                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                )  # fmt: skip
                time.sleep(delay)
                process.send_signal(number)
                _, said = process.communicate(timeout=60)
                self.assert_clean()
                if process.returncode == 0:
                    self.verify()
                    (self.folder / "x.tar.zst").unlink()
                else:
                    self.assertIn(process.returncode, (3, -number), said)
                    self.assertFalse((self.folder / "x.tar.zst").exists())

    def test_wrong_words_are_wrong_usage(self):
        self.measure()
        for words, said in (
            (("01ZZZZ",), "show --list"),
            (("--json",), "--json is for verify only"),
            (("verify",), "verify needs a FILE"),
            (("verify", "a", "b"), "verify takes one FILE"),
            (("verify", "a", "--force"), "--force is for making a bundle"),
            (("verify", "a", "--no-redact"), "--no-redact is for making a bundle"),
            (("verify", "a", "-o", "b"), "--output is for making a bundle"),
            (("--baseline", "nosuch"), "baseline list"),
            (("turtles-2010",), "baseline:turtles-2010 names the baseline"),
            (("baseline:turtles-2010",), "--baseline names it"),
            (("--no-plot", "--reduct"), "nearest: --no-redact"),
        ):
            with self.subTest(words):
                database = () if "verify" in words else ("--db", self.db)
                done = self.call("bundle", *words, *database, status=2)
                self.assertIn(said, done.stderr)
                self.assertEqual(done.stdout, "")
        self.assertEqual(os.listdir(self.temporary), [])


if __name__ == "__main__":
    unittest.main()
