# SPDX-License-Identifier: Apache-2.0
"""report and plot: one file to look at, and single pictures."""

import html.parser
import os
import re
import shutil
import unittest

import forged

GNUPLOT = shutil.which("gnuplot")
NEEDS_GNUPLOT = unittest.skipUnless(GNUPLOT, "there is no gnuplot")
HOSTILE = "</script><script>alert(1)</script> \"quoted\" 'too' & \\ %s"


class Page(html.parser.HTMLParser):
    """What a page holds, as far as tests ask."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.references, self.ids = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action", "data", "poster"):
                self.references.append(value)
            if name == "id":
                self.ids.append(value)


class Case(forged.Case):
    """With a folder for temporary files, in which nothing may stay."""

    def setUp(self):
        super().setUp()
        self.page = self.folder / "page.html"
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()

    def tearDown(self):
        self.assertEqual(os.listdir(self.temporary), [])
        self.assertEqual([name for name in os.listdir(self.folder) if "XXXXXX" in name], [])

    def environment(self, **extra):
        return {"TMPDIR": str(self.folder / "tmp"), **super().environment(**extra)}

    def report(self, *arguments, status=0, **options):
        """Writes the page; what was said, and the page."""
        done = self.call("report", "--db", self.db, "-o", self.page, *arguments, status=status,
                         **options)
        return done, self.page.read_text(encoding="utf-8") if self.page.exists() else ""


class Report(Case):
    """The page as a file; how it looks is test_browser.py's."""

    def test_a_session_becomes_one_file_that_loads_nothing(self):
        self.add(1)
        done, text = self.report()
        self.assertIn("page.html: 1 session.", done.stderr)
        self.assertEqual(done.stdout, "")
        page = Page(text)
        for reference in page.references:
            self.assertRegex(reference, r"^(#|data:,$)")
        self.assertEqual(len(page.ids), len(set(page.ids)))
        self.assertEqual(page.tags.count("h1"), 1)
        self.assertNotRegex(text, r"url\(\s*['\"]?(?!#)")
        self.assertIn("exit.cpuid", text)
        self.assertIn("No base was named", text)

    def test_a_baseline_brings_verdicts_and_the_largest_change_first(self):
        self.call("event", "add", "moved to another host", "--db", self.db)
        self.add(6, labels={"when": "before"})
        after = self.add(6, {"exit.cpuid": 1.5}, labels={"when": "after"})
        done, text = self.report("label:when=after", "--baseline", "label:when=before")
        self.assertIn("1 regressed", done.stderr)
        for identity in after:
            self.assertIn(identity, text)
        self.assertIn("regressed", text)

    def test_platforms_stand_side_by_side(self):
        self.add(2)
        self.add(2, machine={"platform": "VMwareVMware/cpu 25.1.1/1x4x1/1/tsc"})
        _, text = self.report("label:x=y", status=2)
        self.assertEqual(text, "")
        ids = [line.split()[0] for line in
               self.call("show", "--list", "--db", self.db).stdout.splitlines()[1:]]  # fmt: skip
        _, text = self.report(*ids)
        self.assertRegex(text, r">\s*B\b")

    def test_hostile_labels_are_text(self):
        path, _ = self.file(labels={"note": HOSTILE})
        _, text = self.report(path)
        self.assertNotIn("<script>alert", text)
        self.assertIn("&lt;script&gt;alert", text)

    def test_a_file_that_exists_stays_unless_forced(self):
        self.add(1)
        self.page.write_text("mine", encoding="utf-8")
        done, text = self.report(status=2)
        self.assertEqual(text, "mine")
        self.assertIn("--force", done.stderr)
        _, text = self.report("--force")
        self.assertIn("<!doctype html>", text.lower()[:100])

    def test_what_cannot_be_written_is_said(self):
        self.add(1)
        done = self.call("report", "--db", self.db, "-o", self.folder / "no" / "page.html",
                         status=3)  # fmt: skip
        self.assertIn("No such file or directory", done.stderr)
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = self.call("report", "--db", self.db, "--no-plots", "-o", "-", stdout=full,
                             status=3)  # fmt: skip
        self.assertIn("No space left", done.stderr)

    def test_without_gnuplot_it_is_written_and_says_so(self):
        self.add(1)
        done, text = self.report(extra={"PATH": str(self.temporary)})
        self.assertIn("gnuplot", done.stderr)
        self.assertNotIn("<svg", text)
        self.assertIn("gnuplot", text)
        self.assertIn("exit.cpuid", text)

    def test_no_plots_are_asked_for_and_none_missed(self):
        self.add(1)
        done, text = self.report("--no-plots")
        self.assertNotIn("<svg", text)
        self.assertNotIn("gnuplot", done.stderr)

    @NEEDS_GNUPLOT
    def test_plots_are_in_it_and_it_can_be_sent(self):
        self.add(4)
        self.add(4, 1.2)
        _, text = self.report("latest")
        self.assertGreaterEqual(text.count("<svg"), 2)
        self.assertLess(len(text), 2_000_000)
        self.assertNotIn("<?xml", text)

    def test_files_need_no_database(self):
        path, identity = self.file()
        _, text = self.report(path)
        self.assertIn(identity, text)
        self.assertFalse(self.db.exists())

    def test_a_specification_is_no_session(self):
        done, _ = self.report("baseline:turtles-2010", status=2)
        self.assertTrue(re.search("no baseline|specification", done.stderr), done.stderr)

    def test_sessions_past_the_limit_are_refused_with_advice(self):
        self.add(201, labels={"many": "yes"})
        done, _ = self.report("label:many=yes", status=2)
        self.assertIn("nestbench history", done.stderr)

    def test_wrong_words_end_with_advice(self):
        done, _ = self.report("01ARZ3NDEKTSV4RRFFQ69G5FAV", status=3)
        self.assertIn("nestbench", done.stderr)
        self.add(1)
        done, _ = self.report("--baseline", "nosuch", status=2)
        self.assertIn("baseline list", done.stderr)


class Plot(Case):
    """One plot alone."""

    def test_the_plots_are_listed(self):
        listed = [line.split()[0] for line in self.call("plot").stdout.splitlines()]
        self.assertIn("cdf", listed)
        self.assertIn("forest", listed)

    def test_a_wrong_name_or_ending_is_refused(self):
        self.assertIn("cdf", self.call("plot", "cfd", "-o", "a.svg", status=2).stderr)
        self.assertIn(".svg", self.call("plot", "cdf", "-o", "a.jpg", status=2).stderr)
        self.assertIn(".svg", self.call("plot", "cdf", status=2).stderr)

    def test_data_are_a_table_that_names_its_columns(self):
        self.add(1)
        text = self.call("plot", "cdf", "--db", self.db, "--data").stdout
        self.assertTrue(text.startswith("# "))
        self.assertIn("ns", text)
        self.assertIn("exit.cpuid", text)
        self.assertNotIn("nan\tnan\tnan", text)

    def test_a_plot_of_nothing_is_said(self):
        self.add(1)
        done = self.call("plot", "walk", "--db", self.db, "--data", status=77)
        self.assertIn("walk: ", done.stderr)

    @NEEDS_GNUPLOT
    def test_pictures_are_what_their_names_say(self):
        self.add(1)
        for ending, start in (("svg", b"<?xml"), ("png", b"\x89PNG")):
            path = self.folder / f"picture.{ending}"
            self.call("plot", "cdf", "--db", self.db, "-o", path)
            self.assertTrue(path.read_bytes().startswith(start))
            self.assertIn("--force",
                          self.call("plot", "cdf", "--db", self.db, "-o", path, status=2).stderr)

    @NEEDS_GNUPLOT
    def test_history_knows_the_series_that_is_asked_for(self):
        self.add(6)
        self.add(6, {"exit.cpuid": 1.5})
        text = self.call("plot", "history", "--db", self.db, "--series", "exit.cpuid",
                         "--data").stdout  # fmt: skip
        self.assertIn("exit.cpuid", text)
        self.assertNotIn("exit.null", text)
        self.call("plot", "history", "--db", self.db, "-o", self.folder / "history.svg")


if __name__ == "__main__":
    unittest.main()
