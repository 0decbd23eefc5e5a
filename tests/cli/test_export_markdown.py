#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""export --format markdown, as GitHub's own renderer shows it (cmark-gfm)."""

import html.parser
import unittest

import export_case

# All of GitHub's extensions, and raw HTML let through: the worst that a text could meet.
RENDER = ("cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough",
          "-e", "tasklist")
OURS = {"h3", "h4", "p", "ul", "li", "strong", "code", "table", "thead", "tbody", "tr", "th", "td",
        "details", "summary"}  # fmt: skip


class Page(html.parser.HTMLParser):
    """The tags of a page, its text, and the cells of its rows."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.text, self.rows = [], "", []
        self.feed(text)
        self.rows = [[cell.strip() for cell in row] for row in self.rows]

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data):
        self.text += data
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


@export_case.needs("cmark-gfm")
class Markdown(export_case.Case):
    def render(self, *arguments) -> Page:
        return Page(self.consume(*RENDER, text=self.export("markdown", *arguments)))

    def test_a_family_is_a_table_and_a_series_a_row(self):
        self.add(1)
        page = self.render()
        self.assertEqual(page.tags.count("table"), 1)
        self.assertEqual(page.rows[0][:3], ["benchmark", "where", "p50"])
        self.assertEqual(len(page.rows), 1 + 6)
        for row in page.rows:
            self.assertEqual(len(row), len(page.rows[0]))

    def test_verdicts_have_their_columns(self):
        self.add_judged()
        page = self.render("label:when=after", "--baseline", "label:when=before")
        self.assertIn("1 regressed", page.text)
        column = page.rows[0].index("verdict")
        verdicts = {(row[0], row[1].split()[0]): row[column] for row in page.rows[1:]}
        self.assertIn("regressed", verdicts["exit.cpuid", "user"])

    def test_hostile_texts_are_shown_as_texts(self):
        self.add_hostile()
        page = self.render("--baseline", self.hostile_base())
        self.assertLessEqual(set(page.tags), OURS)
        # The space of no width is what keeps GitHub from calling the user.
        shown = page.text.replace("\u200b", "")
        self.assertIn("skip: " + export_case.HOSTILE, shown)
        self.assertIn("error: " + export_case.HOSTILE, shown)
        self.assertNotRegex(page.text.split("base ")[0], r"@user|#1")
        for row in page.rows:
            self.assertEqual(len(row), len(page.rows[0]))

    def test_many_rows_are_folded(self):
        self.add(1)
        files = [self.file(machine={"platform": f"platform {i}"})[0] for i in range(5)]
        page = self.render(*files)
        self.assertEqual(page.tags.count("details"), 1)
        self.assertEqual(page.tags.count("table"), 1)
        self.assertEqual(page.rows[0][1], "machine")


if __name__ == "__main__":
    unittest.main()
