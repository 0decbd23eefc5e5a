#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""model: what one more level costs, from sessions made up so that the answer is known."""

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

SCHEMA = json.loads(
    (nestbench.DATA / "nestbench-model-1.schema.json").read_text(encoding="utf-8")
)


class Model(forged.Case):
    """Turtles' numbers: an exit of 1 us at L1, 13 us at L2 (b = 12), and 169 us at L3."""

    def setUp(self):
        super().setUp()
        results = self.forge.pattern["results"]
        self.user = next(
            r for r in results if (r["benchmark"], r["vantage"]) == ("exit.cpuid", "user")
        )

    def result(self, benchmark, vantage, level, wanted, exits=1.0, status="verified"):
        """One series all of whose rounds have the same median, in ns."""
        made = copy.deepcopy(self.user)
        made["round_data"] = made["round_data"][:1] * 6
        made["round_data"] = [copy.deepcopy(part) for part in made["round_data"]]
        forged.scale(made, wanted / made["round_data"][0]["p50"])
        made.update(benchmark=benchmark, vantage=vantage, level=level)
        for ordinal, part in enumerate(made["round_data"]):
            part["ordinal"] = ordinal
            if vantage == "guest":
                part.update(exits_per_op=exits, expected=1.0, evidence=status, ops=1000)
                part["by_kind"] = {"exits": round(1000 * exits), "halt_exits": 1}
        return made

    def session(self, level, user, guests):
        """A file of a session; guests: benchmark, ns and what else result() takes."""
        below = None if level is None else level + 1
        self.forge.pattern["session"]["level"] = level
        self.forge.pattern["results"] = [
            *(self.result(guest[0], "guest", below, *guest[1:]) for guest in guests),
            self.result("exit.cpuid", "user", level, user),
        ]
        return self.file(deviation=0)

    def turtles(self):
        return self.session(
            1,
            1000,
            [
                ("exit.cpuid", 13000),
                ("exit.hypercall", 11000),
                ("exit.invlpg", 30, 0.0),
                ("irq.self_ipi", 26000),
                ("exc.ud", 15000),
                ("exc.pf", 900, 0.0),
                ("exc.gp", 2000, 0.0, "emulated"),
            ],
        )

    def model(self, *arguments, status=0):
        """The JSON of a model."""
        done = self.call("model", *arguments, "--db", self.db, "--json", status=status)
        tree = json.loads(done.stdout)
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        jsonschema.Draft7Validator(SCHEMA).validate(tree)
        return tree

    def text(self, *arguments, status=0):
        return self.call("model", *arguments, "--db", self.db, status=status)

    def row(self, tree, benchmark):
        return next(row for row in tree["rows"] if row["benchmark"] == benchmark)

    def test_one_session_foretells_the_next_level(self):
        path, _ = self.turtles()
        tree = self.model(path)
        self.assertAlmostEqual(tree["fit"]["b"]["value"], 12, places=6)
        self.assertEqual(tree["fit"]["b"]["origin"], "fitted")
        self.assertTrue(tree["fit"]["f_is_b"])
        self.assertIsNone(tree["fit"]["steps"][0]["f"])
        self.assertEqual(tree["target_level"], 3)
        for benchmark, wanted in (
            ("exit.cpuid", 169000),
            ("exit.hypercall", 143000),
            ("exit.invlpg", 30),
            ("irq.self_ipi", 338000),
            ("exc.ud", 195000),
            ("exc.pf", 900),
        ):
            with self.subTest(benchmark=benchmark):
                predicted = self.row(tree, benchmark)["predicted"]
                self.assertAlmostEqual(predicted["value"] / wanted, 1, places=6)
                self.assertEqual(predicted["origin"], "extrapolated")
        self.assertEqual([out["benchmark"] for out in tree["left_out"]], ["exc.gp"])
        self.assertEqual([level["level"] for level in tree["levels"]], [1, 2, 3, 4])
        origins = [level["time"]["origin"] for level in tree["levels"]]
        self.assertEqual(origins, ["measured"] * 2 + ["extrapolated"] * 2)

    def test_it_is_told_to_a_person(self):
        path, _ = self.turtles()
        told = self.text(path).stdout
        for line in (
            r"exit\.cpuid +1\.00 µs .* 13\.0 µs .* 12\.0 ",
            r"b = 12\.0 \(12\.\d+ – 12\.\d+\), fitted: of one operation",
            r"f = b is assumed: .*",
            r"L3 +169 .*169 µs.* extrapolated, both +3\.00 µs",
            r"exit +exit\.hypercall +1\.00 +11\.0 µs .* 143 µs .* times 1 \+ b",
            r"interrupt +irq\.self_ipi +1\.00 +26\.0 µs .* 338 µs .*",
            r"exception +exc\.pf +0\.00 +900 ns .* 900 ns .* stays: it does not exit",
            r"from irq\.self_ipi, measured at L2: 26\.0 µs .*",
            r" *1 Hz +L6 .*",
            r"  1 emulated: software ran them, .*: exc\.gp",
        ):
            self.assertRegex(told, "(?m)^" + line)
        self.assertNotIn("exit.invlpg", told)
        self.assertIn("exit.invlpg", self.text(path, "--all").stdout)
        self.assertNotIn("\033", told)

    def test_a_deep_session_checks_it_and_tells_f(self):
        shallow, _ = self.turtles()
        deep, _ = self.session(
            2, 13000, [("exit.cpuid", 160000), ("exit.hypercall", 300000), ("exc.pf", 900, 0.0)]
        )
        tree = self.model(shallow, deep)
        cpuid = self.row(tree, "exit.cpuid")
        self.assertAlmostEqual(cpuid["error"], 160 / 169 - 1, places=6)
        self.assertFalse(cpuid["covered"])
        self.assertIsNone(self.row(tree, "irq.self_ipi")["found"])
        # N(3) = 1 + f + b + b^2 = 160
        self.assertAlmostEqual(tree["fit"]["steps"][0]["f"]["value"], 3, places=5)
        self.assertFalse(tree["fit"]["f_is_b"])
        told = self.text(shallow, deep).stdout
        self.assertRegex(told, r"(?m)^exit +exit\.cpuid .* -5\.3 % +outside")
        self.assertRegex(told, r"(?m)^f = 3\.00 .*, fitted from exit\.cpuid at L3$")
        self.assertRegex(told, r"(?m)^exit\.cpuid at L2: 13\.0 µs .* in user mode of the deep one$")

    def test_a_bound_that_is_broken_is_flagged(self):
        path, _ = self.session(1, 1000, [("exit.cpuid", 13000), ("exit.wbinvd", 9e6)])
        tree = self.model(path)
        broken = [row["benchmark"] for row in tree["bounds"] if row["broken"]]
        self.assertEqual(broken, ["exit.wbinvd"])
        told = self.text(path).stdout
        self.assertIn("Worst case against the model's bound: 1 of 2 hold, 1 broken", told)
        self.assertRegex(told, r"(?m)^exit\.wbinvd +L2 .* BROKEN$")

    def test_rates_may_be_asked_for(self):
        path, _ = self.turtles()
        depths = self.model(path, "--rate", "250", "-r", "0.5")["depths"]
        self.assertEqual([(d["rate_hz"], d["depth"]) for d in depths], [(250, 3), (0.5, 6)])

    def test_stored_sessions_are_taken_as_show_takes_them(self):
        path, identity = self.turtles()
        self.call("import", "--db", self.db, path)
        whole = self.model()
        self.assertEqual(whole["session"]["id"], identity)
        self.assertEqual(whole, self.model(identity[:8]))
        self.assertEqual(whole, self.model("latest"))
        done = self.text("01ZZZZ", status=2)
        self.assertIn("show --list", done.stderr)
        done = self.text(self.db, status=2)
        self.assertIn("is a database", done.stderr)

    def test_a_level_that_is_not_known_has_to_be_told(self):
        path, _ = self.session(None, 1000, [("exit.cpuid", 13000)])
        done = self.text(path, status=2)
        self.assertIn("--level N", done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(self.model(path, "--level", "1")["target_level"], 3)

    def test_two_sessions_of_one_level_are_no_two_levels(self):
        one, _ = self.turtles()
        two, _ = self.turtles()
        self.assertIn("both of L1", self.text(one, two, status=2).stderr)

    def test_what_cannot_be_fitted_says_what_would_tell(self):
        for level, user, guests, words in (
            (0, 50, [("exit.cpuid", 1000)], "the session is of L0"),
            (1, 1000, [], "the session has no guest"),
            (1, 1000, [("exit.hypercall", 13000)], "no operation was measured both"),
            (1, 1000, [("exit.cpuid", 13000, 0.0, "emulated")], "no operation exits both"),
        ):
            with self.subTest(words=words):
                path, _ = self.session(level, user, guests)
                tree = self.model(path, status=77)
                self.assertIn(words, tree["fit"]["reason"])
                self.assertEqual((tree["fit"]["b"], tree["rows"], tree["depths"]), (None, [], []))
                told = self.text(path, status=77).stdout
                self.assertIn("What one more level costs: unknown\n  " + words, told)
                self.assertIn("what would tell: ", told)

    def test_disturbed_and_partial_sessions_are_named(self):
        path, identity = self.turtles()
        tree = json.loads(path.read_text(encoding="utf-8"))
        tree["session"]["partial"] = True
        for result in tree["results"]:
            for part in result["round_data"][:3]:
                part["guards"]["tags"] = ["steal"]
        path.write_text(json.dumps(tree), encoding="utf-8")
        done = self.text(path, status=3)
        self.assertIn(f"session {identity} is invalid", done.stderr)
        self.assertIn("--include-invalid", done.stderr)
        warnings = self.model(path, "--include-invalid")["warnings"]
        self.assertIn("is invalid", warnings[0])
        self.assertIn("is partial", warnings[1])


if __name__ == "__main__":
    unittest.main()
