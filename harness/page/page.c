/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "page_private.h"

void nb_page_open_section(FILE *stream, const char *id, const char *title)
{
	fprintf(stream, "<section id=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">", id, id,
		id);
	nb_page_text(stream, title);
	fputs("</h2>\n", stream);
}

void nb_page_open_table(FILE *stream, const char *classes, const char *caption)
{
	fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", stream);
	nb_page_text(stream, caption);
	fprintf(stream, "\">\n<table class=\"%s\">\n<caption>", classes);
	nb_page_text(stream, caption);
	fputs("</caption>\n", stream);
}

void nb_page_close_table(FILE *stream)
{
	fputs("</tbody></table></div>\n", stream);
}

void nb_page_sides_make(const struct nb_view *view, struct nb_page_sides *sides)
{
	sides->count = 0;
	if (view->base_sessions.count > 0) {
		sides->sides[sides->count].name = "Base";
		sides->sides[sides->count++].group = &view->base_sessions;
	}
	for (size_t i = 0; i < view->count; i++) {
		sides->sides[sides->count].name = view->groups[i].name;
		sides->sides[sides->count++].group = &view->groups[i].digests;
	}
}

void nb_page_write_sides_head(FILE *stream, const struct nb_page_sides *sides, const char *first)
{
	fprintf(stream, "<thead><tr><th scope=\"col\">%s</th>", first);
	for (size_t i = 0; i < sides->count; i++) {
		fputs("<th scope=\"col\">", stream);
		nb_page_text(stream, sides->sides[i].name);
		fputs("</th>", stream);
	}
	fputs("</tr></thead>\n<tbody>\n", stream);
}

static bool any_comparison(const struct nb_view *view)
{
	for (size_t i = 0; i < view->count; i++)
		if (view->groups[i].comparison)
			return true;
	return false;
}

/* Pictures of the first screen stand apart from it, so that it stays one. */
static void write_overview(const struct nb_page_out *out)
{
	if (nb_page_count_plots(out, "") == 0)
		return;
	nb_page_open_section(out->stream, "overview", "Overview");
	nb_page_write_plots(out, "");
	fputs("</section>\n", out->stream);
}

static int write_body(const struct nb_page_out *out, struct nb_error *error)
{
	int status;

	nb_page_write_first(out);
	write_overview(out);
	nb_page_write_levels(out);
	status = nb_page_write_families(out, error);
	if (status < 0)
		return status;
	nb_page_write_history(out);
	nb_page_write_guards(out);
	nb_page_write_differences(out);
	nb_page_write_machines(out);
	nb_page_write_targets(out);
	nb_page_write_method(out);
	nb_page_write_sessions(out);
	return 0;
}

int nb_page_write(FILE *stream, const struct nb_page *page, struct nb_error *error)
{
	const struct nb_view *view = page->view;
	const struct nb_page_out out = {
		.stream = stream,
		.page = page,
		.view = view,
		.options = view->options ? view->options : &nb_compare_defaults,
		.compared = any_comparison(view),
	};
	int status = nb_page_write_head(&out, error);

	if (status == 0)
		status = write_body(&out, error);
	if (status < 0)
		return status;
	nb_page_write_foot(&out);
	return nb_report_finish(stream, error);
}
