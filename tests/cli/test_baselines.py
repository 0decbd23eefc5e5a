#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The shipped reference baselines: against their schema, and the format against its words."""

import copy
import json
import re
import sys
import unittest

try:
    import jsonschema
except ImportError:
    print("skip: no python3-jsonschema")
    sys.exit(77)

import nestbench

ROOT = nestbench.DATA.parent.parent
FILES = sorted((ROOT / "results" / "baselines").glob("*.json"))
SCHEMA = json.loads((nestbench.DATA / "baseline.schema.json").read_text(encoding="utf-8"))


def load(name):
    """One shipped baseline."""
    path = ROOT / "results" / "baselines" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def faults(tree):
    """What the schema says against it."""
    validator = jsonschema.Draft7Validator(SCHEMA)
    return [f"{list(e.absolute_path)}: {e.message}" for e in validator.iter_errors(tree)]


def units_of_reader():
    """What the reader in C takes: metric -> units."""
    text = (ROOT / "harness" / "baseline" / "metric.c").read_text(encoding="utf-8")
    return dict(re.findall(r'\{ "([a-z_]+)", "([^"]+)" \}', text))


class Baselines(unittest.TestCase):
    def test_every_shipped_file_follows_the_schema(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)
        self.assertGreaterEqual(len(FILES), 15)
        for path in FILES:
            with self.subTest(path.name):
                tree = json.loads(path.read_text(encoding="utf-8"))
                self.assertEqual(faults(tree), [])
                self.assertEqual(tree["name"], path.stem)

    def test_the_schema_refuses_what_the_reader_refuses(self):
        good = load("azure-d4s-v5")
        self.assertEqual(faults(good), [])
        for change in (
            {"unit": None},
            {"unit": "parsec"},
            {"value": -4},
            {"value": "4"},
            {"value": None},
            {"value": True},
            {"text": "four"},
            {"kind": "guess"},
            {"kind": "derived"},
            {"level": "deep"},
            {"metric": "colour"},
            {"source": None},
            {"source": {"title": "a book"}},
            {"source": {"title": "a book", "address": "on my desk"}},
            {"surprise": 1},
        ):
            bad = copy.deepcopy(good)
            for name, value in change.items():
                if value is None:
                    del bad["figures"][0][name]
                else:
                    bad["figures"][0][name] = value
            with self.subTest(change):
                self.assertNotEqual(faults(bad), [])

    def test_reader_schema_and_readme_know_the_same_metrics(self):
        metrics = units_of_reader()
        figure = SCHEMA["definitions"]["figure"]
        self.assertEqual(figure["properties"]["metric"]["anyOf"][0]["enum"], list(metrics))
        for rule in figure["allOf"]:
            condition = rule["if"]["properties"].get("metric", {})
            for metric in condition.get("enum", ()):
                self.assertEqual(
                    ", ".join(rule["then"]["properties"]["unit"]["enum"]), metrics[metric]
                )
        readme = (ROOT / "results" / "README.md").read_text(encoding="utf-8")
        table = readme.partition("## Metrics")[2]
        rows = re.findall(r"^\| `([a-z_]+)` \| ([^|]+?) \|", table, re.MULTILINE)
        self.assertEqual(dict(rows), metrics)

    def test_no_metric_is_told_twice_of_a_size(self):
        for path in FILES:
            tree = json.loads(path.read_text(encoding="utf-8"))
            metrics = [figure["metric"] for figure in tree["figures"]]
            if tree["kind"] == "size":
                self.assertEqual(len(metrics), len(set(metrics)), path.name)


if __name__ == "__main__":
    unittest.main()
