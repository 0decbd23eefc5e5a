/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/report.h"

#include "page_private.h"

extern const struct nb_embedded nb_page_assets[];

static const char *find_asset(const char *name)
{
	const struct nb_embedded *asset = nb_page_assets;

	while (strcmp(asset->name, name) != 0)
		asset++;
	return asset->text;
}

/* The only script that the page's policy lets run is this one, known by its hash. */
static char *hash_script(const char *script)
{
	uint8_t digest[SHA256_DIGEST_LENGTH];
	SHA2_CTX context;

	SHA256Init(&context);
	SHA256Update(&context, (const uint8_t *)script, strlen(script));
	SHA256Final(digest, &context);
	return nb_report_base64_encode(digest, sizeof(digest));
}

static int write_policy(FILE *stream, struct nb_error *error)
{
	char *hash = hash_script(find_asset("page"));

	if (!hash)
		return nb_error_set(error, ENOMEM, "no memory for the page");
	fprintf(stream,
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; script-src 'sha256-%s'; img-src data:; "
		"base-uri 'none'; form-action 'none'\"/>\n",
		hash);
	free(hash);
	return 0;
}

static void write_title(const struct nb_page_out *out)
{
	fputs("<title>nestbench: ", out->stream);
	nb_page_text_cut(out->stream, out->view->groups[0].title, 80);
	if (out->view->count > 1)
		fprintf(out->stream, " and %zu more", out->view->count - 1);
	fputs("</title>\n", out->stream);
}

static void write_link(FILE *stream, const char *id, const char *title)
{
	fprintf(stream, "<li><a href=\"#%s\">", id);
	nb_page_text(stream, title);
	fputs("</a></li>\n", stream);
}

static void write_family_links(const struct nb_page_out *out)
{
	const struct nb_view *view = out->view;
	size_t count, number = 1;

	for (size_t first = 0; first < view->row_count; first += count) {
		char family[sizeof(view->rows->series.benchmark)];
		char id[32];

		count = nb_page_family_rows(view, first);
		nb_view_family(&view->rows[first].series, family, sizeof(family));
		snprintf(id, sizeof(id), "family-%zu", number++);
		write_link(out->stream, id, nb_page_family_title(family));
	}
}

static void write_navigation(const struct nb_page_out *out)
{
	FILE *stream = out->stream;

	fputs("<nav aria-label=\"Sections\"><ul>\n", stream);
	write_link(stream, "verdict", out->compared ? "Verdict" : "Summary");
	if (nb_page_has_levels(out->view))
		write_link(stream, "tax", "Nesting tax");
	write_family_links(out);
	write_link(stream, "guards", "Guards");
	write_link(stream, "machines", "Machines");
	write_link(stream, "method", "Method");
	write_link(stream, "sessions", "Sessions");
	fputs("</ul></nav>\n", stream);
}

static void write_banner(const struct nb_page_out *out)
{
	char now[NB_TIMESTAMP_SIZE];
	const char *generated = out->page->generated;

	if (!generated) {
		nb_base_timestamp(now);
		generated = now;
	}
	fputs("<header>\n<h1>nestbench report</h1>\n<p class=\"when\">", out->stream);
	nb_page_time(out->stream, generated);
	fputs("</p>\n", out->stream);
	write_navigation(out);
	fputs("</header>\n<main id=\"content\" tabindex=\"-1\">\n", out->stream);
}

int nb_page_write_head(const struct nb_page_out *out, struct nb_error *error)
{
	FILE *stream = out->stream;
	int status;

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n", stream);
	status = write_policy(stream, error);
	if (status < 0)
		return status;
	fputs("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
	      "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
	      "<meta name=\"generator\" content=\"nestbench " NB_VERSION "\"/>\n",
	      stream);
	/* A browser that finds no icon asks the server for one. */
	fputs("<link rel=\"icon\" href=\"data:,\"/>\n", stream);
	write_title(out);
	fprintf(stream, "<style>\n%s%s%s%s</style>\n</head>\n<body>\n", find_asset("style"),
		find_asset("tables"), find_asset("plots"), find_asset("print"));
	fputs("<a class=\"jump\" href=\"#content\">Skip to the verdict</a>\n", stream);
	write_banner(out);
	return 0;
}

void nb_page_write_foot(const struct nb_page_out *out)
{
	fputs("</main>\n<footer><p>Made by nestbench " NB_VERSION
	      ". This file loads nothing; its script only sorts and filters.</p></footer>\n",
	      out->stream);
	/* Nothing may come between the tags and the text: the hash is of every byte. */
	fprintf(out->stream, "<script>%s</script>\n</body>\n</html>\n", find_asset("page"));
}
