#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""history, event and selftest: changes of sessions made up for it, and what came with them."""

import json
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
    (nestbench.DATA / "nestbench-history-1.schema.json").read_text(encoding="utf-8")
)
OLD, NEW = {"kernel": "6.1.192 #1 SMP"}, {"kernel": "6.12.113 #1 SMP"}


class History(forged.Case):
    def upgrade(self):
        """Twelve sessions of one kernel, then ten of another, on which CPUID takes longer."""
        return self.add(12, 1.0, machine=OLD) + self.add(10, {"exit.cpuid": 1.15}, machine=NEW)

    def history(self, *arguments, status=0):
        done = self.call("history", *arguments, "--db", self.db, "--json", status=status)
        tree = json.loads(done.stdout)
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        jsonschema.Draft7Validator(SCHEMA).validate(tree)
        return tree

    def text(self, *arguments, status=0):
        return self.call("history", *arguments, "--db", self.db, status=status)

    def test_a_change_is_found_with_what_came_with_it(self):
        ids = self.upgrade()
        self.call("event", "add", "host upgraded", "--at", "2026-01-01T12:30", "--db", self.db)
        self.call("event", "add", "long ago", "--at", "2025-01-01", "--db", self.db)
        series = self.history("exit.cpuid")["series"][0]
        self.assertEqual([point["session"] for point in series["points"]], ids)
        change = series["changes"][0]
        self.assertEqual(len(series["changes"]), 1)
        self.assertEqual((change["before"], change["after"]), (ids[11], ids[12]))
        self.assertAlmostEqual(change["ratio"], 1.15, delta=0.02)
        self.assertEqual(change["verdict"], "regressed")
        self.assertEqual(change["differences"], ["kernel: 6.1.192 #1 SMP | 6.12.113 #1 SMP"])
        self.assertEqual([event["text"] for event in change["events"]], ["host upgraded"])

    def test_it_is_told_to_a_person(self):
        self.upgrade()
        self.call("event", "add", "host upgraded", "--at", "2026-01-01T12:30", "--db", self.db)
        lines = self.text("exit.cpuid").stdout.splitlines()
        self.assertRegex(lines[0], r"^exit\.cpuid, user.*: 22 sessions, lower is better$")
        self.assertRegex(lines[1], r"^_[_.]{11}[#*]{10}$")
        self.assertEqual(sum(line.startswith("00") for line in lines), 0)
        self.assertIn("2 older sessions are not shown (--all shows them)", lines)
        self.assertIn("    kernel: 6.1.192 #1 SMP -> 6.12.113 #1 SMP", lines)
        self.assertIn("    event 2026-01-01 12:30: host upgraded", lines)
        self.assertRegex(lines[-1], r"^1 change in 1 series: 1 regressed")
        self.assertNotIn("not shown", self.text("exit.cpuid", "--all").stdout)

    def test_what_stays_has_no_change(self):
        self.upgrade()
        self.assertEqual(self.history("exit.null")["series"][0]["changes"], [])

    def test_only_fail_on_changes_the_status(self):
        self.upgrade()
        self.history("exit.cpuid")
        self.history("exit.cpuid", "--fail-on", "regressed", status=1)
        self.history("exit.null", "--fail-on", "regressed")
        self.history("exit.cpuid", "--fail-on", "regressed", "--margin", "30")
        # Once it is mended nothing fails any more.
        self.add(10, {"exit.cpuid": 0.7}, machine=NEW)
        tree = self.history("exit.cpuid", "--fail-on", "regressed")
        self.assertEqual([c["verdict"] for c in tree["series"][0]["changes"]][-1], "improved")

    def test_a_change_within_the_margin_mends_nothing(self):
        self.add(12, 1.0, 0.001)
        self.add(10, {"exit.cpuid": 1.2}, 0.001)
        self.add(10, {"exit.cpuid": 1.22}, 0.001)
        tree = self.history("exit.cpuid", "--fail-on", "regressed", status=1)
        verdicts = [change["verdict"] for change in tree["series"][0]["changes"]]
        self.assertEqual(verdicts, ["regressed", "same"])

    def test_values_of_other_batches_are_no_change(self):
        ids = self.add(12) + self.add(6, {"exit.cpuid": 0.5})
        with sqlite3.connect(self.db) as database:
            for ulid in ids[12:]:
                database.execute(
                    "UPDATE summary SET batch = 7 WHERE session ="
                    " (SELECT id FROM session WHERE ulid = ?)",
                    (ulid,),
                )
        database.close()
        series = self.history("exit.cpuid")["series"][0]
        self.assertEqual((len(series["points"]), series["other_batch"]), (12, 6))
        self.assertEqual(series["changes"], [])
        self.assertIn("left out: 6 timed in other batches", self.text("exit.cpuid").stdout)

    def test_many_series_have_a_line_each(self):
        for number in range(4):
            twin = json.loads(json.dumps(self.forge.pattern["results"][-1]))
            twin["params"] = {"twin": str(number)}
            self.forge.pattern["results"].append(twin)
        self.upgrade()
        done = self.text("exit.*")
        self.assertRegex(done.stdout, r"(?m)^benchmark +where +sessions +p50 over time ")
        self.assertRegex(done.stdout, r"(?m)^exit\.cpuid twin=2 +user.* 1, last regressed$")
        self.assertNotIn("started (UTC)", done.stdout)

    def test_few_sessions_are_said_to_be_too_few(self):
        self.add(4)
        self.assertIn("too few sessions to find any (10 at least)", self.text("exit.cpuid").stdout)

    def test_disturbed_sessions_are_left_out_and_counted(self):
        ids = self.add(8)
        with sqlite3.connect(self.db) as database:
            database.execute("UPDATE session SET valid = 0 WHERE ulid = ?", (ids[3],))
        database.close()
        series = self.history("exit.cpuid")["series"][0]
        self.assertEqual((len(series["points"]), series["disturbed"]), (7, 1))
        self.assertIn("left out: 1 disturbed", self.text("exit.cpuid").stdout)
        kept = self.history("exit.cpuid", "--include-invalid")["series"][0]
        self.assertEqual((len(kept["points"]), kept["disturbed"]), (8, 0))

    def test_labels_tell_machines_apart(self):
        self.add(6, 1.0, labels={"vm": "a"})
        self.add(6, 2.0, labels={"vm": "b"})
        self.assertEqual(len(self.history("exit.cpuid")["series"][0]["changes"]), 1)
        one = self.history("exit.cpuid", "--label", "vm=a")["series"][0]
        self.assertEqual((len(one["points"]), one["changes"]), (6, []))
        done = self.text("exit.cpuid", "--label", "vm=c", status=2)
        self.assertIn("no session with that label", done.stderr)

    def test_levels_are_series_of_their_own(self):
        self.add(3)
        for result in self.forge.pattern["results"]:
            result["level"] = 1
        self.forge.pattern["session"]["level"] = 1
        self.add(3)
        levels = {s["level"]: len(s["points"]) for s in self.history("exit.cpuid")["series"]}
        self.assertEqual(sorted(levels.values()), [3, 3])
        self.assertIn(1, levels)

    def test_a_series_that_is_not_there_is_wrong_usage(self):
        self.add(1)
        done = self.text("exit.cpuidd", status=2)
        self.assertIn("exit.cpuid", done.stderr)

    def test_the_scorecard_of_stored_sessions(self):
        self.add(12, labels={"selftest": "aa"})
        done = self.call("selftest", "aa", "label:selftest=aa", "--json", "--db", self.db)
        card = json.loads(done.stdout)
        self.assertEqual((card["sessions"], len(card["rows"])), (12, 2))
        for row in card["rows"]:
            self.assertLess(row["spread"], 0.02)
            self.assertEqual(sorted(row["detectable"], key=int), ["1", "5", "10", "20"])
            self.assertGreater(row["detectable"]["5"], row["detectable"]["20"])
        self.assertLessEqual(card["alarms"], card["compared"] // 50)
        only = self.call("selftest", "aa", "label:selftest=aa", "exit.null", "--db", self.db)
        self.assertIn("exit.null", only.stdout)
        self.assertNotIn("exit.cpuid", only.stdout)
        self.assertRegex(only.stdout, r"(?m)^False alarms: \d+ in \d+ comparisons")
        self.assertNotIn("Halves of so few", only.stdout)
        none = ("selftest", "aa", "label:selftest=aa", "nothing", "--db", self.db)
        self.assertIn("measured such a benchmark", self.call(*none, status=2).stderr)

    def test_halves_that_get_no_verdict_are_said_to(self):
        ids = self.add(6)
        done = self.call("selftest", "aa", ",".join(ids), "--db", self.db)
        self.assertIn("that takes 8 sessions", done.stdout)

    def test_too_few_sessions_make_no_scorecard(self):
        ids = self.add(3)
        done = self.call("selftest", "aa", ",".join(ids), "--db", self.db, status=3)
        self.assertEqual(done.stdout, "")

    def test_the_selftest_measures_what_is_missing_and_nothing_twice(self):
        options = ("exit.null", "--rounds", "1", "--sessions", "4", "--kvm-device", "/nonexistent")
        # One round is easily disturbed, and then the session with it.
        command = ("selftest", "aa", *options, "--include-invalid", "--db", self.db, "--json")
        first = self.call(*command)
        self.assertIn("session 4 of 4", first.stderr)
        listed = json.loads(self.call("show", "--list", "--json", "--db", self.db).stdout)
        self.assertEqual(len(listed["sessions"]), 4)
        self.assertEqual({s["labels"]["selftest"] for s in listed["sessions"]}, {"aa"})
        again = self.call(*command)
        self.assertEqual((again.stdout, again.stderr), (first.stdout, ""))


if __name__ == "__main__":
    unittest.main()
