/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "page_table.h"

/* Texts of a cell that may become a note: its reason, and its verdict's note and provenance. */
enum { NOTES_OF_CELL = 3 };

size_t nb_page_family_rows(const struct nb_view *view, size_t first)
{
	char family[sizeof(view->rows->series.benchmark)];
	char other[sizeof(family)];
	size_t count = 1;

	nb_view_family(&view->rows[first].series, family, sizeof(family));
	for (; first + count < view->row_count; count++) {
		nb_view_family(&view->rows[first + count].series, other, sizeof(other));
		if (strcmp(family, other) != 0)
			break;
	}
	return count;
}

const char *nb_page_family_title(const char *family)
{
	static const struct {
		const char *family, *title;
	} titles[] = {
		{ "exit", "Exits" },
		{ "irq", "Interrupts" },
		{ "exc", "Exceptions" },
		{ "paging", "Paging" },
		{ "io", "Storage and sockets" },
		{ "nested", "Nested virtualization" },
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (strcmp(family, titles[i].family) == 0)
			return titles[i].title;
	return family;
}

bool nb_page_measured(const struct nb_view_cell *cell)
{
	return cell->sessions > 0 && cell->outcome == NB_OK;
}

static void write_legend(FILE *stream)
{
	fputs("<p>One row a series. Times are of one operation, net of the empty one; "
	      "<i>n/a</i> is not known, never zero.</p>\n"
	      "<details><summary>Words and signs of the tables</summary>\n<dl class=\"legend\">\n"
	      "<div><dt>spread</dt><dd>least and largest session, where two to five are too few "
	      "for an interval</dd></div>\n"
	      "<div><dt>p95, p99, p99.9</dt><dd>only from 72, 368 and 3 688 samples on; a column "
	      "that nothing is known for is left out</dd></div>\n"
	      "<div><dt><span class=\"mark verified\">✓ verified</span></dt><dd>KVM counted the "
	      "exits that the benchmark expects</dd></div>\n"
	      "<div><dt><span class=\"mark unverified\">▲ unverified</span></dt><dd>KVM counted "
	      "others: the time is not what the name says</dd></div>\n"
	      "<div><dt><span class=\"mark emulated\">◆ emulated</span></dt><dd>the hypervisor "
	      "interprets this code in software: the time is not the cost of an exit</dd></div>\n"
	      "<div><dt><span class=\"mark disturbed\">! disturbed</span></dt><dd>a guard marked "
	      "more than a fifth of the rounds; they are kept</dd></div>\n"
	      "</dl></details>\n",
	      stream);
}

static void write_title(const struct nb_page_family *family)
{
	FILE *stream = family->out->stream;

	fprintf(stream,
		"<section class=\"family\" id=\"family-%zu\" aria-labelledby=\"family-%zu-h\">\n"
		"<h3 id=\"family-%zu-h\">",
		family->number, family->number, family->number);
	nb_page_text(stream, nb_page_family_title(family->name));
	fputs(" <code>", stream);
	nb_page_text(stream, family->name);
	fputs(".*</code></h3>\n", stream);
}

static int write_family(struct nb_page_family *family, struct nb_error *error)
{
	size_t room = family->count * family->out->view->count * NOTES_OF_CELL + 1;

	family->notes.texts = calloc(room, sizeof(*family->notes.texts));
	if (!family->notes.texts)
		return nb_error_set(error, ENOMEM, "no memory for %zu notes", room);
	write_title(family);
	nb_page_write_family_tables(family);
	nb_page_write_notes(family);
	nb_page_write_reasons(family);
	nb_page_write_plots(family->out, family->name);
	fputs("</section>\n", family->out->stream);
	free(family->notes.texts);
	return 0;
}

static bool has_rows(const struct nb_view *view, const char *name)
{
	char family[sizeof(view->rows->series.benchmark)];

	for (size_t i = 0; i < view->row_count; i++) {
		nb_view_family(&view->rows[i].series, family, sizeof(family));
		if (strcmp(family, name) == 0)
			return true;
	}
	return false;
}

/* Pictures of a family without rows; each family is told where its first picture stands. */
static void write_orphans(const struct nb_page_out *out, size_t number)
{
	const struct nb_page *page = out->page;

	for (size_t i = 0; i < page->plot_count; i++) {
		const char *name = page->plots[i].family;
		struct nb_page_family family = { .out = out, .number = number };
		size_t earlier = 0;

		while (strcmp(page->plots[earlier].family, name) != 0)
			earlier++;
		if (!name[0] || earlier < i || has_rows(out->view, name))
			continue;
		snprintf(family.name, sizeof(family.name), "%s", name);
		write_title(&family);
		nb_page_write_plots(out, name);
		fputs("</section>\n", out->stream);
		number++;
	}
}

int nb_page_write_families(const struct nb_page_out *out, struct nb_error *error)
{
	const struct nb_view *view = out->view;
	size_t number = 1;
	size_t count;

	nb_page_open_section(out->stream, "series", "Series by family");
	if (view->row_count > 0)
		write_legend(out->stream);
	else
		fputs("<p>No series was run.</p>\n", out->stream);
	/* The script puts its search field here. */
	fputs("<div id=\"controls\"></div>\n", out->stream);
	for (size_t first = 0; first < view->row_count; first += count) {
		struct nb_page_family family = { .out = out, .number = number };
		int status;

		number++;
		count = nb_page_family_rows(view, first);
		family.rows = &view->rows[first];
		family.count = count;
		nb_view_family(&family.rows->series, family.name, sizeof(family.name));
		status = write_family(&family, error);
		if (status < 0)
			return status;
	}
	write_orphans(out, number);
	nb_page_write_unpaired(out);
	fputs("</section>\n", out->stream);
	return 0;
}
