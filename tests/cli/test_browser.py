#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of report in a browser: that it loads nothing, works, fits, and can be read."""

import base64
import json
import pathlib
import re
import shutil
import sys
import types
import unittest
import zlib

import browser
import forged

if browser.missing():
    print(f"skip: {browser.missing()}, which show pages")
    sys.exit(77)

GNUPLOT = shutil.which("gnuplot")
NEEDS_GNUPLOT = unittest.skipUnless(GNUPLOT, "there is no gnuplot")
CHECKS = pathlib.Path(__file__).with_name("page_checks.js").read_text(encoding="utf-8")
HOSTILE = "</script><script>alert(1)</script> <img src=x onerror=alert(2)> \"q\" 'q' &amp; \\ %s"
LONG = ("6.12.0-a-KERNEL-with-a-very-long-name " * 5)[:159].strip()
PHONE, DESK = (390, 844), (1280, 800)
# Benchmark, vantage, parameters, and how its time compares with that of exit.cpuid.
SERIES = (
    ("exit.hypercall", "guest", {}, 0.3),
    ("exit.hypercall", "guest", {"ring": "3"}, 0.31),
    ("exit.pio_string_user", "guest", {}, 9),
    ("exit.ioeventfd_mmio", "guest", {"match": "data", "ring": "3"}, 1.4),
    ("irq.ipi", "guest", {"apic": "x2apic", "wait": "halted"}, 2.2),
    ("irq.ipi", "guest", {"apic": "xapic", "wait": "spinning"}, 1.7),
    ("irq.timer_late", "user", {"timer": "timerfd"}, 20),
    ("exc.ud", "guest", {}, 0.2),
    ("exc.ud", "user", {}, 0.9),
    *(("io.rand_read_4k_q1", "user",
       {"engine": "psync", "fs": fs, "mode": "direct", "target": target}, factor)
      for fs, target, factor in (("ext4", "cwd", 10), ("tmpfs", "shm", 0.2))),
    *(("paging.walk_curve", "guest", {"size": size}, factor) for size, factor in
      (("16k", 0.001), ("1m", 0.004), ("16m", 0.02), ("256m", 0.05), ("1g", 0.06))),
)  # fmt: skip


def add_series(pattern: dict) -> None:
    """More series, whatever this machine can measure: all of them are made of exit.cpuid's."""
    results = pattern["results"]
    model = next(one for one in results
                 if one["benchmark"] == "exit.cpuid" and one["vantage"] == "user")  # fmt: skip
    for benchmark, vantage, params, factor in SERIES:
        made = json.loads(json.dumps(model))
        made.update(benchmark=benchmark, vantage=vantage, params=params)
        forged.scale(made, factor)
        if vantage == "guest":
            for part in made["round_data"]:
                part.update(clock="guest-tsc", exits_per_op=1.0, expected=1.0, evidence="verified",
                            by_kind={"exits": part["samples"]})  # fmt: skip
        results.append(made)


class Maker(forged.Case):
    """No test, but what makes the pages that the tests look at."""

    def page(self, name: str, *arguments, **options) -> None:
        """One page of the database."""
        self.call("report", "--db", self.db, "-o", self.folder / f"{name}.html", *arguments,
                  **options)  # fmt: skip

    def add_sides(self) -> None:
        """Sessions before and after a change, with an event between; a guard marks some."""
        self.call("event", "add", "moved to another host", "--at", forged.timestamp(1, 390),
                  "--db", self.db)  # fmt: skip
        self.add(6, labels={"when": "before"})
        self.add(6, {"exit.cpuid": 1.5, "irq.ipi": 0.8, "exc.ud": 1.1}, labels={"when": "after"})

    def add_level(self, level: int, factor: float, **machine) -> list[str]:
        """Sessions of another machine, all of whose texts are hostile, at a level."""
        self.forge.pattern["session"]["level"] = level
        platform = f"VMwareVMware/cpu 25.1.1/{level}x4x1/1/tsc"
        return self.add(2, factor, labels={"note": HOSTILE, "long": LONG[:95]},
                        machine={"platform": platform, **machine})  # fmt: skip

    def make(self) -> None:
        """All pages: one session; one side against the other; machines side by side."""
        add_series(self.forge.pattern)
        self.add_sides()
        self.page("one", "latest")
        sides = ("label:when=after", "--baseline", "label:when=before")
        self.page("sides", *sides)
        self.page("bare", *sides, extra={"PATH": str(self.folder / "nothing")})
        hostile = {"cpu_brand": HOSTILE[:63], "kernel": HOSTILE, "hypervisor": HOSTILE[:23]}
        ids = self.add_level(1, 1.0, **hostile) + self.add_level(2, 12.0, kernel=LONG)
        self.page("machines", *ids, "--baseline", "label:when=before")


PAGES = ("one", "sides", "machines", "bare")
PLOTS = {
    "one": ("cdf", "percentiles", "tail", "walk", "io"),
    "sides": ("forest", "history"),
    "machines": ("forest", "tax"),
}
SHARED = types.SimpleNamespace()


def setUpModule():
    """One browser, and each page once, for all tests."""
    SHARED.maker = Maker()
    unittest.addModuleCleanup(SHARED.maker.doCleanups)
    SHARED.maker.setUp()
    SHARED.maker.make()
    SHARED.server = browser.Server(SHARED.maker.folder)
    unittest.addModuleCleanup(SHARED.server.close)
    SHARED.browser = browser.Browser()
    unittest.addModuleCleanup(SHARED.browser.close)


class Case(unittest.TestCase):
    """A test that looks at pages; each begins at a desk in the light."""

    def setUp(self):
        self.browser = SHARED.browser
        self.browser.resize(*DESK)
        self.browser.show_as("light")

    def open(self, name: str) -> None:
        """Shows a page, with all that is folded unfolded."""
        self.browser.open(SHARED.server.address(f"{name}.html"))
        self.ask("openAll()")

    def ask(self, expression: str, *arguments):
        """The value of an expression of page_checks.js."""
        return self.browser.run(f"{CHECKS}\nreturn {expression};", *arguments)


class Loading(Case):
    """What a page asks the world for."""

    def test_a_page_asks_for_nothing_but_itself_and_complains_of_nothing(self):
        for name in PAGES:
            with self.subTest(page=name):
                SHARED.server.asked.clear()
                address = SHARED.server.address(f"{name}.html")
                self.browser.open(address)
                self.assertEqual(self.browser.requests(), [address])
                self.assertEqual(self.browser.console(), [])
                self.assertEqual(SHARED.server.asked, [f"/{name}.html"])

    def test_it_opens_as_a_file(self):
        address = (SHARED.maker.folder / "sides.html").as_uri()
        self.browser.open(address)
        self.assertEqual(self.browser.requests(), [address])
        self.assertEqual(self.browser.console(), [])
        self.assertGreater(len(self.browser.find("#controls form")), 0)

    def test_hostile_texts_are_shown_as_they_are(self):
        self.open("machines")
        self.assertEqual(len(self.browser.find("script")), 1)
        self.assertEqual(self.browser.find("img"), [])
        text = self.browser.run("return document.body.textContent")
        self.assertGreaterEqual(text.count(HOSTILE), 2)

    def test_without_scripts_every_table_is_there(self):
        self.addCleanup(self.browser.allow_scripts, True)
        self.browser.allow_scripts(False)
        for name in PAGES:
            with self.subTest(page=name):
                self.browser.open(SHARED.server.address(f"{name}.html"))
                self.assertEqual(self.browser.find("#controls form, th button"), [])
                self.assertGreater(len(self.browser.find("table.series tbody tr")), 3)
                self.assertEqual(self.ask("hiddenTables()"), [])

    def test_without_gnuplot_it_says_what_is_missing(self):
        self.open("bare")
        self.assertEqual(self.browser.find("svg, figure"), [])
        self.assertIn("gnuplot", self.browser.run("return document.body.innerText"))
        self.assertGreater(len(self.browser.find("table.series")), 0)


class Looks(Case):
    """What can be measured of how a page looks."""

    def test_nothing_is_wider_than_the_window(self):
        for name in PAGES:
            with self.subTest(page=name):
                self.open(name)
                for width, height in (PHONE, DESK):
                    self.browser.resize(width, height)
                    found, inner = self.browser.run(
                        "return [document.scrollingElement.scrollWidth, innerWidth]")
                    self.assertEqual(inner, width)
                    self.assertLessEqual(found, width)

    def test_text_stands_out_from_what_is_behind_it(self):
        for name in PAGES:
            with self.subTest(page=name):
                self.open(name)
                for looks in (("light",), ("dark",), ("dark", "print")):
                    self.browser.show_as(*looks)
                    found = self.ask("contrast()")
                    self.assertGreater(found["count"], 100)
                    self.assertEqual(found["faults"], [], (name, looks))
                self.browser.show_as("light")

    @NEEDS_GNUPLOT
    def test_plots_are_there_and_named_and_fit(self):
        for name, plots in PLOTS.items():
            with self.subTest(page=name):
                self.open(name)
                for plot in plots:
                    self.assertTrue(self.browser.find(f"figure[id^=plot-{plot}] svg"), plot)
                for svg in self.browser.find("svg"):
                    self.assertEqual(self.browser.role(svg), "image")
                    self.assertGreater(len(self.browser.label(svg)), 4)
                for size in (DESK, PHONE):
                    self.browser.resize(*size)
                    self.assertEqual(self.ask("unfitPictures()"), [])

    @NEEDS_GNUPLOT
    def test_texts_of_plots_keep_off_each_other(self):
        for name in PLOTS:
            with self.subTest(page=name):
                self.open(name)
                self.assertGreater(len(self.browser.find("svg text")), 20)
                self.assertEqual(self.ask("overlaps()"), [])
                self.assertEqual(self.ask("cutTexts()"), [])

    def test_it_is_a_document_with_heads_captions_and_links_that_lead_somewhere(self):
        for name in PAGES:
            with self.subTest(page=name):
                self.open(name)
                for question in ("outline()", "tableFaults()", "referenceFaults()"):
                    self.assertEqual(self.ask(question), [])


class Paper(Case):
    """The page as it is printed."""

    def pages_of(self, name: str) -> list[bytes]:
        """What each printed page draws."""
        self.browser.open(SHARED.server.address(f"{name}.html"))
        printed = self.browser.devtools("Page.printToPDF", preferCSSPageSize=True)
        return list(drawings(base64.b64decode(printed["data"])))

    def test_it_prints_to_pages_none_of_which_is_blank(self):
        for name in PAGES:
            with self.subTest(page=name):
                pages = self.pages_of(name)
                self.assertGreater(len(pages), 1)
                for number, page in enumerate(pages, 1):
                    self.assertRegex(page, rb"T[jJ]\b", f"page {number} has no text")


def drawings(pdf: bytes):
    """The drawing operators of each page of a PDF, in order."""
    parts = {int(number): body for number, body in
             re.findall(rb"(?s)\b(\d+) 0 obj\b(.*?)\bendobj", pdf)}  # fmt: skip

    def walk(number):
        body = parts[number]
        kids = re.search(rb"/Kids \[([^]]*)\]", body)
        if kids:
            for kid in re.findall(rb"(\d+) 0 R", kids[1]):
                yield from walk(int(kid))
        else:
            content = parts[int(re.search(rb"/Contents (\d+) 0 R", body)[1])]
            stream = re.search(rb"(?s)stream\r?\n(.*)endstream", content)[1]
            yield zlib.decompressobj().decompress(stream)

    root = int(re.search(rb"/Type /Catalog[^>]*/Pages (\d+) 0 R", pdf)[1])
    yield from walk(root)


class Tables(Case):
    """Sorting and filtering."""

    def heads(self, name: str) -> list[tuple[str, str]]:
        """Shows a page; the names and buttons of the heads of its first table of series."""
        self.open(name)
        found = self.browser.run("return [...document.querySelector('table.series').tHead"
                                 ".querySelectorAll('button')].map(one => [one.textContent, one])")
        return [(text, button[browser.ELEMENT]) for text, button in found]

    def look(self, index: int) -> list:
        """A column of the first table of series, its order, and how many columns claim one."""
        return self.ask("orderOf(document.querySelector('table.series'), arguments[0])", index)

    def test_a_click_on_a_head_sorts_and_the_third_restores(self):
        heads = dict(self.heads("sides"))
        for name in ("p50", "change", "verdict", "Series"):
            with self.subTest(column=name):
                index = list(heads).index(name)
                before, order, _ = self.look(index)
                self.assertIsNone(order)
                self.assertGreater(len(set(before)), 1)
                for wanted in ("descending", "ascending"):
                    self.browser.click(heads[name])
                    after, order, count = self.look(index)
                    self.assertEqual((order, count), (wanted, 1))
                    self.assertEqual(sorted(map(str, after)), sorted(map(str, before)))
                    if not isinstance(before[0], str):
                        self.assertEqual(after, sorted(before, reverse=wanted == "descending"))
                    self.assertNotEqual(after, before)
                self.browser.click(heads[name])
                self.assertEqual(self.look(index), [before, None, 0])

    def test_the_keyboard_sorts_too(self):
        heads = dict(self.heads("sides"))
        index = list(heads).index("p95")
        self.browser.run("arguments[0].focus()", {browser.ELEMENT: heads["p50"]})
        self.browser.press(browser.TAB)
        focus = self.browser.run("const style = getComputedStyle(document.activeElement);"
                                 "return [document.activeElement.textContent,"
                                 " style.outlineStyle, parseFloat(style.outlineWidth)]")
        self.assertEqual(focus[:2], ["p95", "solid"])
        self.assertGreaterEqual(focus[2], 2)
        self.browser.press(browser.ENTER)
        values, order, _ = self.look(index)
        self.assertEqual((values, order), (sorted(values, reverse=True), "descending"))
        self.browser.press(browser.SPACE)
        values, order, _ = self.look(index)
        self.assertEqual((values, order), (sorted(values), "ascending"))
        self.assertEqual(self.browser.run("return document.activeElement.textContent"), "p95")

    def test_where_machines_stand_side_by_side_each_column_sorts_itself(self):
        heads = self.heads("machines")
        self.assertGreater(len(heads), 6)
        for index, (_, button) in enumerate(heads):
            self.browser.click(button)
            values, order, count = self.look(index)
            self.assertEqual((order, count), ("descending", 1))
            numbers = [value for value in values if not isinstance(value, str)]
            self.assertEqual(numbers, sorted(numbers, reverse=True))
            self.assertEqual(numbers, values[: len(numbers)])

    def status(self) -> str:
        """What the filter says it left."""
        status = "document.querySelector('#controls [role=status]')"
        return self.browser.run(f"return {status}.innerText")

    def choose(self, name: str) -> None:
        """Takes an entry of the filter's list."""
        self.browser.run(
            "const list = document.querySelector('#controls select');"
            "list.value = [...list.options].find(one => one.text === arguments[0]).value;"
            "list.dispatchEvent(new Event('input', {bubbles: true}))", name)  # fmt: skip

    def test_the_filter_leaves_the_rows_that_were_asked_for(self):
        self.open("sides")
        whole = self.ask("shownRows()")
        self.assertEqual(self.status(), f"{len(whole)} rows")
        self.browser.click(self.browser.find("#controls input")[0])
        self.browser.press("IPI halted")
        rows = self.ask("shownRows()")
        self.assertEqual(rows, [row for row in whole if "ipi" in row and "halted" in row])
        self.assertEqual(len(rows), 1)
        self.assertEqual(self.status(), f"1 of {len(whole)} rows")
        self.browser.press("zzz" + browser.ENTER)
        self.assertEqual(self.ask("shownRows()"), [])
        self.assertEqual(self.status(), f"0 of {len(whole)} rows")
        self.assertIn("sides.html", self.browser.run("return location.href"))
        self.assertEqual(self.browser.console(), [])

    def test_the_filter_knows_verdicts(self):
        self.open("sides")
        whole = self.ask("shownRows()")
        self.choose("regressed")
        rows = self.ask("shownRows()")
        self.assertIn("cpuid", "".join(rows))
        self.assertIn("exc.ud", "".join(rows))
        self.assertNotIn("ipi", "".join(rows))
        self.choose("improved")
        self.assertEqual(self.ask("shownRows()"), [row for row in whole if "ipi" in row])
        self.choose("all series")
        self.assertEqual(self.ask("shownRows()"), whole)


if __name__ == "__main__":
    unittest.main()
