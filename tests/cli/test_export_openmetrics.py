#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What Prometheus' own programs make of export --format openmetrics."""

import json
import math
import re
import subprocess
import sys
import unittest

import export_case

# Debian's package is of Debian's python3, which need not be the one that runs the tests.
PYTHONS = (sys.executable, "/usr/bin/python3")
PARSE = """
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = text_string_to_metric_families(sys.stdin.read())
print(json.dumps([[f.name, f.type, f.unit, [[s.name, s.labels, s.value] for s in f.samples]]
                  for f in families]))
"""


def find_parser() -> str | None:
    """A python3 that has the reference parser of OpenMetrics."""
    for python in PYTHONS:
        try:
            done = subprocess.run([python, "-c", "import prometheus_client.openmetrics.parser"],
                                  capture_output=True, timeout=60, check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return python
    return None


PYTHON = find_parser()


class OpenMetrics(export_case.Case):
    def parse(self, text: str) -> dict:
        """Value by name and labels, as the reference parser reads them; none stands twice."""
        samples = {}
        for _, kind, _, lines in json.loads(self.consume(PYTHON, "-c", PARSE, text=text)):
            self.assertEqual(kind, "gauge")
            for name, labels, value in lines:
                key = (name, *sorted(labels.items()))
                self.assertNotIn(key, samples)
                self.assertTrue(math.isfinite(value), key)
                samples[key] = value
        return samples

    @export_case.needs("promtool")
    def test_promtool_has_nothing_to_say(self):
        self.add_judged()
        self.add_hostile()
        base = self.hostile_base()
        for words in (
            (),
            ("label:when=after",),
            ("label:when=after", "--baseline", "label:when=before"),
            ("--baseline", base),
            ("--baseline", "azure-d4s-v5"),
        ):
            text = self.export("openmetrics", *words)
            self.assertEqual(self.consume("promtool", "check", "metrics", text=text), "")

    @export_case.needs("promtool")
    def test_promtool_refuses_a_line_twice(self):
        """That it looks at all."""
        done = subprocess.run(["promtool", "check", "metrics"], input="a{b=\"c} 1\n", text=True,
                              capture_output=True, timeout=60, check=False)
        self.assertNotEqual(done.returncode, 0)

    @unittest.skipUnless(PYTHON, "there is no python3-prometheus-client")
    def test_the_grammar_of_openmetrics_is_kept(self):
        self.add_judged()
        samples = self.parse(
            self.export("openmetrics", "label:when=after", "--baseline", "label:when=before")
        )
        regressed = [
            dict(key[1:])["benchmark"]
            for key, value in samples.items()
            if key[0] == "nestbench_verdict" and ("verdict", "regressed") in key and value == 1
        ]
        self.assertEqual(regressed, ["exit.cpuid"])
        ratio = [value for key, value in samples.items() if key[0] == "nestbench_ratio"]
        self.assertAlmostEqual(max(ratio), 1.5, delta=0.05)

    @unittest.skipUnless(PYTHON, "there is no python3-prometheus-client")
    def test_hostile_texts_come_through_as_they_are(self):
        session = self.add_hostile()
        samples = self.parse(self.export("openmetrics", "--baseline", self.hostile_base()))
        info = [dict(key[1:]) for key in samples if key[0] == "nestbench_session_info"]
        self.assertEqual(info[0]["cpu"], session["session"]["machine"]["cpu_brand"])
        base = [dict(key[1:])["base"] for key in samples if key[0] == "nestbench_base_info"]
        self.assertLess(len(base[0]), 128)
        self.assertNotRegex(base[0], r"[\x00-\x1f]")

    @unittest.skipUnless(PYTHON, "there is no python3-prometheus-client")
    def test_figures_are_those_of_json_in_seconds(self):
        self.add(1)
        results = json.loads(self.export("json"))["results"]
        samples = self.parse(self.export("openmetrics"))
        medians = {
            (labels["benchmark"], labels["vantage"], labels["params"]): value
            for (name, *pairs), value in samples.items()
            for labels in [dict(pairs)]
            if name == "nestbench_latency_median_seconds"
        }
        measured = [result for result in results if result["outcome"] == "ok"]
        self.assertEqual(len(medians), len(measured))
        for result in measured:
            key = (result["benchmark"], result["vantage"], "")
            self.assertAlmostEqual(medians[key] * 1e9 / result["p50"], 1, places=9)

    def test_the_textfile_collector_finds_no_timestamp_and_one_head_each(self):
        self.add_judged()
        text = self.export("openmetrics", "label:when=after", "--baseline", "label:when=before")
        for line in text.splitlines():
            if not line.startswith("#"):
                self.assertRegex(line, r"^nestbench_[a-z0-9_]+(\{.*\})? -?[0-9.e+-]+$")
        heads = re.findall(r"^# TYPE (\S+) gauge$", text, re.MULTILINE)
        self.assertEqual(len(heads), len(set(heads)))
        self.assertEqual(text.count("# HELP "), len(heads))


if __name__ == "__main__":
    unittest.main()
