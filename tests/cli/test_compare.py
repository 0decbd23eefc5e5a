#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare: verdicts on sessions made up for it, what may stand on a side, gates, formats."""

import json
import pathlib
import sqlite3
import sys
import unittest

try:
    import jsonschema
except ImportError:
    print("skip: no python3-jsonschema")
    sys.exit(77)

import forged
import nestbench

SCHEMA = json.loads(
    (nestbench.DATA / "nestbench-compare-1.schema.json").read_text(encoding="utf-8")
)
FAST = {"exit.cpuid": 1.2}  # a fifth slower


class Compare(forged.Case):
    def compare(self, base, candidate, *arguments, status=0):
        """The JSON of a comparison."""
        done = self.call(
            "compare", base, candidate, "--db", self.db, "--json", *arguments, status=status
        )
        tree = json.loads(done.stdout)
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        jsonschema.Draft7Validator(SCHEMA).validate(tree)
        return tree

    def text(self, *arguments, status=0):
        return self.call("compare", *arguments, "--db", self.db, status=status)

    def two_groups(self, factor=None, count=6):
        self.add(count, 1.0, labels={"build": "old"})
        self.add(count, factor or FAST, labels={"build": "new"})

    def row(self, tree, benchmark):
        return next(row for row in tree["rows"] if row["benchmark"] == benchmark)

    def test_a_change_is_called_and_the_rest_is_the_same(self):
        self.two_groups()
        tree = self.compare("label:build=old", "label:build=new")
        cpuid, null = self.row(tree, "exit.cpuid"), self.row(tree, "exit.null")
        self.assertEqual((cpuid["verdict"], null["verdict"]), ("regressed", "same"))
        self.assertAlmostEqual(cpuid["ratio"], 1.2, delta=0.02)
        self.assertEqual(cpuid["base_sessions"], 6)
        self.assertFalse(cpuid["indicative"])
        self.assertEqual((tree["verdict"], tree["warnings"]), ("regressed", []))
        self.assertEqual(tree["summary"], "1 regressed, 1 same")

    def test_the_same_numbers_give_the_same_bits(self):
        self.two_groups()
        first = self.compare("label:build=old", "label:build=new")
        self.assertEqual(first, self.compare("label:build=old", "label:build=new"))

    def test_an_improvement_is_called_as_well(self):
        self.two_groups({"exit.cpuid": 0.8})
        self.assertEqual(self.compare("label:build=old", "label:build=new")["verdict"], "improved")

    def test_only_fail_on_changes_the_status(self):
        self.two_groups()
        sides = ("label:build=old", "label:build=new")
        self.text(*sides)
        self.text(*sides, "--fail-on", "regressed,inconclusive", status=1)
        self.text(*sides, "--fail-on", "inconclusive", "--fail-on", "invalid")
        self.text(*sides, "--fail-on", "regressed", "--margin", "30")
        self.text(*reversed(sides), "--fail-on", "regressed")

    def test_too_few_sessions_are_inconclusive_and_say_how_many_more(self):
        self.two_groups({"exit.cpuid": 1.2}, count=2)
        sides = ("label:build=old", "label:build=new")
        done = self.text(*sides, "--fail-on", "inconclusive", status=4)
        self.assertRegex(done.stdout, r"(?m)^\d inconclusive: \d+ more sessions? each would settle")

    def test_one_session_a_side_is_indicative_and_never_gates(self):
        base, candidate = self.add(1)[0], self.add(1, FAST)[0]
        tree = self.compare(base, candidate, "--fail-on", "regressed,inconclusive,invalid")
        self.assertTrue(tree["indicative"])
        self.assertTrue(all(row["indicative"] for row in tree["rows"]))
        self.assertIsNone(self.row(tree, "exit.cpuid")["p_adjusted"])
        done = self.text(base, candidate, "--fail-on", "regressed")
        self.assertIn("one session a side decides nothing", done.stdout)
        self.assertIn("nothing here can fail", done.stderr)

    def test_what_was_not_asked_about_is_a_warning(self):
        for kernel in ("6.1", "6.12"):
            machine = {"kernel": f"{kernel}.0 #1", "microcode": "0x" + kernel[2:]}
            self.add(4, 1.0, labels={"kernel": kernel, "n": kernel}, machine=machine)
        asked = self.compare("label:kernel=6.1", "label:kernel=6.12")
        self.assertEqual(asked["warnings"], ["microcode: 0x1 | 0x12"])
        other = self.compare("label:n=6.1", "label:n=6.12")
        columns = [line.split(":")[0] for line in other["warnings"]]
        self.assertEqual(columns, ["kernel", "microcode"])

    def test_disturbed_sessions_are_named_and_left_out(self):
        ids = self.add(5, 1.0, labels={"build": "old"})
        self.add(5, FAST, labels={"build": "new"})
        with sqlite3.connect(self.db) as database:
            database.execute("UPDATE session SET valid = 0 WHERE ulid = ?", (ids[2],))
        database.close()
        tree = self.compare("label:build=old", "label:build=new")
        self.assertEqual(len(tree["left_out"]), 1)
        self.assertIn(ids[2], tree["left_out"][0])
        self.assertEqual(self.row(tree, "exit.cpuid")["base_sessions"], 4)
        self.assertIn(ids[2], self.text("label:build=old", "label:build=new").stdout)
        kept = self.compare("label:build=old", "label:build=new", "--include-invalid")
        self.assertEqual((kept["left_out"], kept["rows"][0]["base_sessions"]), ([], 5))

    def test_a_side_of_disturbed_sessions_only_is_an_error(self):
        self.two_groups(count=4)
        with sqlite3.connect(self.db) as database:
            database.execute("UPDATE session SET valid = 0")
        database.close()
        done = self.text("label:build=old", "label:build=new", status=3)
        self.assertIn("base side", done.stderr)
        self.assertIn("--include-invalid", done.stderr)

    def test_series_of_one_side_are_listed(self):
        self.add(4, 1.0, labels={"build": "old"})
        self.forge.pattern["results"] = [
            result
            for result in self.forge.pattern["results"]
            if (result["benchmark"], result["vantage"]) != ("exit.cpuid", "user")
        ]
        self.add(4, 1.0, labels={"build": "new"})
        tree = self.compare("label:build=old", "label:build=new")
        only = [row["benchmark"] for row in tree["only_base"] if row["measured"]]
        self.assertEqual((only, len(tree["rows"])), (["exit.cpuid"], 1))
        done = self.text("label:build=old", "label:build=new")
        self.assertRegex(done.stdout, r"(?m)^Only the base has\n  exit\.cpuid \(user")

    def test_nothing_in_common_is_inconclusive_for_a_gate(self):
        self.add(4, 1.0, labels={"build": "old"})
        for result in self.forge.pattern["results"]:
            result["params"]["way"] = "other"
        self.add(4, 1.0, labels={"build": "new"})
        sides = ("label:build=old", "label:build=new")
        tree = self.compare(*sides, "--fail-on", "regressed,inconclusive", status=4)
        self.assertEqual((tree["rows"], tree["verdict"]), ([], "inconclusive"))
        self.text(*sides, "--fail-on", "regressed")

    def test_margins_may_be_told_for_single_series(self):
        self.two_groups()
        margins = self.folder / "margins.txt"
        margins.write_text("* 1\nexit.cpuid* 40  # it varies\n", encoding="utf-8")
        tree = self.compare("label:build=old", "label:build=new", "--margins", margins)
        self.assertEqual(self.row(tree, "exit.cpuid")["margin"], 0.4)
        self.assertEqual(self.row(tree, "exit.null")["margin"], 0.01)
        self.assertEqual(self.row(tree, "exit.cpuid")["verdict"], "same")

    def test_files_are_sides_too(self):
        self.two_groups()
        whole = self.compare("label:build=old", "label:build=new")
        other = self.folder / "other.db"
        self.call("merge", "--db", other, self.db)
        one = self.folder / "session1.json"
        self.assertEqual(len(self.compare(other, "label:build=new")["base"]["sessions"]), 12)
        self.assertEqual(len(self.compare(one, "label:build=new")["base"]["sessions"]), 1)
        # A file is a side without any database, and nothing is made of that.
        self.db.unlink()
        self.assertEqual(self.text(one, other).stderr.count("on both sides"), 1)
        self.assertFalse(self.db.exists())
        self.assertEqual(whole["verdict"], "regressed")

    def test_ids_with_commas_between_are_a_side(self):
        ids = self.add(8)
        tree = self.compare(",".join(ids[:4]), ",".join(ids[4:]))
        self.assertEqual([s["id"] for s in tree["base"]["sessions"]], ids[:4])
        self.assertEqual(tree["verdict"], "same")

    def test_what_is_not_there_is_wrong_usage_with_a_word_on_what_is(self):
        self.add(1, labels={"kernel": "6.1"})
        for asked, words in (
            ("label:kernel=6.2", "kernel=6.1"),
            ("label:kernel", "label:KEY=VALUE"),
            ("01ZZZZ", "show --list"),
            ("baseline:azure-d4s-v", "did you mean"),
            ("azure-d4s-v5", "baseline:azure-d4s-v5"),
            ("none.json", "nor is there a file"),
        ):
            with self.subTest(asked=asked):
                done = self.text(asked, "latest", status=2)
                self.assertEqual(done.stdout, "")
                self.assertIn(words, done.stderr)

    def verdicts(self):
        with sqlite3.connect(self.db) as database:
            rows = database.execute("SELECT base, candidate, verdict, seed FROM verdict").fetchall()
        database.close()
        return rows

    def test_verdicts_are_stored_where_both_sides_are(self):
        self.two_groups()
        self.compare("label:build=old", "label:build=new", "--seed", "7")
        self.assertEqual(
            sorted(self.verdicts()),
            [
                ("label:build=old", "label:build=new", "regressed", 7),
                ("label:build=old", "label:build=new", "same", 7),
            ],
        )
        self.compare(self.folder / "session1.json", "label:build=new")
        self.assertEqual(len(self.verdicts()), 2)

    def test_markdown_is_a_table_and_nothing_in_it_escapes(self):
        self.add(5, 1.0, labels={"build": "old"}, machine={"kernel": "6.1 #1"})
        evil = "6.2 <img src=x> @someone #12 https://x www.y | [a](b) `c`\n# title"
        self.add(5, FAST, labels={"build": "new"}, machine={"kernel": evil})
        done = self.text("label:build=old", "label:build=new", "--markdown")
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "### nestbench: 1 regressed, 1 same")
        self.assertIn("| `exit.cpuid` | user", done.stdout)
        self.assertIn("<details><summary>1 the same</summary>", done.stdout)
        for forbidden in ("<img", "@someone", "#12", "https://", "www.", "[a](b)", "`c`"):
            self.assertNotIn(forbidden, done.stdout)
        self.assertEqual(sum(line.startswith("#") for line in lines), 1)
        tables = [line for line in lines if line.startswith("|")]
        self.assertEqual({line.replace("\\|", "").count("|") for line in tables}, {10})

    def test_many_rows_that_are_the_same_are_only_counted(self):
        pattern = next(
            result
            for result in self.forge.pattern["results"]
            if (result["benchmark"], result["vantage"]) == ("exit.null", "user")
        )
        for number in range(40):
            twin = json.loads(json.dumps(pattern))
            twin["params"] = {"twin": str(number)}
            self.forge.pattern["results"].append(twin)
        self.two_groups()
        short = self.text("label:build=old", "label:build=new").stdout
        self.assertRegex(short, r"(?m)^4[01] rows are the same and not shown \(--all shows them\)$")
        self.assertNotIn("twin=7", short)
        self.assertIn("twin=7", self.text("label:build=old", "label:build=new", "--all").stdout)

    def test_a_specification_is_met_or_not_and_nothing_is_invented(self):
        self.add(1, machine={"cpus": 4, "topology": "1 socket x 2 cores x 2 threads"})
        tree = self.compare("baseline:azure-d4s-v5", "latest", "--fail-on", "regressed")
        rows = {row["metric"]: row for row in tree["size"]["rows"]}
        self.assertEqual((rows["vcpus"]["fit"], rows["disk_iops"]["have"]), ("meets", "unknown"))
        self.assertEqual((tree["rows"], tree["verdict"]), ([], "inconclusive"))
        self.assertTrue(tree["indicative"])
        done = self.text("baseline:azure-d4s-v5", "latest")
        self.assertRegex(done.stdout, r"(?m)^This specification or above\? ")
        self.assertRegex(done.stdout, r"(?m)^Measured: unknown$")
        self.text("baseline:azure-d4s-v5", "latest", "--markdown", status=2)

    def test_sessions_saved_by_a_specifications_name_are_warned_about(self):
        self.add(4, 1.0, labels={"build": "old"}, machine={"kernel": "6.1"})
        ids = self.add(5, 1.0, labels={"build": "new"}, machine={"kernel": "6.12"})
        with sqlite3.connect(self.db) as database:
            database.execute("UPDATE session SET valid = 0 WHERE ulid = ?", (ids[2],))
        database.close()
        sides = ("baseline:azure-d4s-v5", "label:build=new")
        alone = self.compare(*sides)
        self.assertEqual((alone["warnings"], len(alone["left_out"])), ([], 1))
        self.assertIn(ids[2], self.text(*sides).stdout)
        save = ("azure-d4s-v5", "label:build=old", "--force", "--db", self.db)
        self.call("baseline", "save", *save)
        tree = self.compare(*sides)
        self.assertEqual((tree["warnings"], len(tree["left_out"])), (["kernel: 6.1 | 6.12"], 1))
        self.assertIn("kernel: 6.1 | 6.12", self.text(*sides).stdout)

    def test_the_literature_gives_bands_with_their_sources(self):
        self.level_ratio()
        tree = self.compare("baseline:turtles-2010", "latest")
        level = next(row for row in tree["levels"]["rows"] if row["benchmark"] == "exit.cpuid")
        self.assertAlmostEqual(level["ratio"], 9.4, delta=0.5)
        self.assertGreater(len(level["sources"]), 0)
        self.assertTrue(all(source["deeper"]["source"]["address"] for source in level["sources"]))
        self.assertIsNotNone(tree["levels"]["any"])
        done = self.text("baseline:turtles-2010", "latest", "--all")
        self.assertRegex(done.stdout, r"(?m)^exit\.cpuid +L2/L1 +9\.\d+ ")
        self.assertIn("turtles-2010: published", done.stdout)
        rows = self.compare("baseline:pvm-2023", "latest")["rows"]
        self.assertEqual({row["benchmark"] for row in rows}, {"exit.cpuid"})
        self.assertTrue(all(row["provenance"].endswith("VMCS shadowing+EPT") for row in rows))

    def level_ratio(self):
        """A session of an L1 whose guest takes 9.4 times as long for CPUID."""
        results = self.forge.pattern["results"]
        user = next(r for r in results if (r["benchmark"], r["vantage"]) == ("exit.cpuid", "user"))
        guest = json.loads(json.dumps(user))
        guest["vantage"] = "guest"
        forged.scale(guest, 9.4)
        self.forge.pattern["results"] = [
            r for r in results if (r["benchmark"], r["vantage"]) != ("exit.cpuid", "guest")
        ] + [guest]
        self.forge.pattern["session"]["level"] = 1
        for result in self.forge.pattern["results"]:
            result["level"] = 1 if result["vantage"] == "user" else 2
        self.add(1)

    def test_a_specification_of_ones_own_may_be_a_side(self):
        self.add(1)
        own = self.folder / "own.json"
        done = self.call("baseline", "export", "esxi-4c12g", "--db", self.db)
        own.write_text(done.stdout.replace("esxi-4c12g", "own-vm"), encoding="utf-8")
        self.assertEqual(self.compare(own, "latest")["base"]["name"], "own-vm")
        own.write_text(done.stdout.replace('"vCPU"', '"GiB"'), encoding="utf-8")
        failed = self.text(pathlib.Path(own), "latest", status=3)
        self.assertIn('figures[0]: unit "GiB" does not fit vcpus', failed.stderr)


if __name__ == "__main__":
    unittest.main()
