/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TESTS_PAGE_CHECK_H
#define NB_TESTS_PAGE_CHECK_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/page.h"

#include "view_sample.h"

/*
 * A reader of pages that forgives nothing: every tag is closed by its own, every attribute quoted,
 * every reference one of the few that are ours, every byte a printable character, every id there
 * once, every link to an id that is there.
 */

enum { CHECK_DEPTH = 32, CHECK_NAME = 24, CHECK_LINKS = 4000, CHECK_ID = 64 };

struct page_check {
	const char *text; /* what is left */
	char open[CHECK_DEPTH][CHECK_NAME];
	size_t depth;
	char (*ids)[CHECK_ID], (*links)[CHECK_ID];
	size_t id_count, link_count;
};

static inline void check_fail(const struct page_check *check, const char *why)
{
	print_error("%s at \"%.80s\"\n", why, check->text);
	fail();
}

/* Text between tags or in an attribute, up to the byte that ends it. */
static inline void check_text(struct page_check *check, char end)
{
	static const char *const references[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&#39;" };

	while (*check->text && *check->text != end) {
		bool printable, known = *check->text != '&';
		size_t length = nb_base_sequence(check->text, &printable);

		for (size_t i = 0; i < 5 && !known; i++)
			known = strncmp(check->text, references[i], strlen(references[i])) == 0;
		if (!known || *check->text == '<' || (*check->text == '>' && end == '<'))
			check_fail(check, "not escaped");
		if (!printable && *check->text != '\n')
			check_fail(check, "not printable");
		check->text += length;
	}
}

static inline void check_name(struct page_check *check, char name[CHECK_NAME])
{
	size_t length = 0;

	while (isalnum((unsigned char)*check->text) || *check->text == '-') {
		if (length + 1 == CHECK_NAME)
			check_fail(check, "long name");
		name[length++] = *check->text++;
	}
	if (length == 0)
		check_fail(check, "no name");
	name[length] = '\0';
}

static inline void check_keep(struct page_check *check, char (*list)[CHECK_ID], size_t *count,
			      const char *value)
{
	size_t length = strcspn(value, "\"");

	if (length + 1 > CHECK_ID || *count == CHECK_LINKS)
		check_fail(check, "id too long, or too many");
	snprintf(list[(*count)++], CHECK_ID, "%.*s", (int)length, value);
}

static inline void check_attribute(struct page_check *check)
{
	char name[CHECK_NAME];
	const char *value;

	check_name(check, name);
	if (strncmp(check->text, "=\"", 2) != 0)
		check_fail(check, "attribute without quotes");
	check->text += 2;
	value = check->text;
	check_text(check, '"');
	if (strcmp(name, "id") == 0)
		check_keep(check, check->ids, &check->id_count, value);
	if (strcmp(name, "href") == 0 && *value == '#')
		check_keep(check, check->links, &check->link_count, value + 1);
	else if (strcmp(name, "href") == 0 && strncmp(value, "data:,\"", 7) != 0)
		check_fail(check, "link to elsewhere");
	if (strcmp(name, "src") == 0 || strncmp(name, "on", 2) == 0)
		check_fail(check, "attribute that loads or runs");
	check->text++;
}

/* Style and script are ours: nothing in them is looked at but their end. */
static inline void check_raw(struct page_check *check, const char *name)
{
	char end[CHECK_NAME + 4];

	snprintf(end, sizeof(end), "</%s>", name);
	check->text = strstr(check->text, end);
	if (!check->text)
		fail_msg("%s is not closed", name);
}

static inline void check_open(struct page_check *check)
{
	char *name = check->open[check->depth];

	if (check->depth + 1 == CHECK_DEPTH)
		check_fail(check, "too deep");
	check->text++;
	check_name(check, name);
	while (*check->text == ' ') {
		check->text++;
		check_attribute(check);
	}
	if (strncmp(check->text, "/>", 2) == 0) {
		check->text += 2;
		return;
	}
	if (*check->text++ != '>')
		check_fail(check, "tag that does not end");
	check->depth++;
	if (strcmp(name, "style") == 0 || strcmp(name, "script") == 0)
		check_raw(check, name);
}

static inline void check_close(struct page_check *check)
{
	char name[CHECK_NAME];

	check->text += 2;
	check_name(check, name);
	if (check->depth == 0 || strcmp(check->open[--check->depth], name) != 0)
		check_fail(check, "closed what is not open");
	if (*check->text++ != '>')
		check_fail(check, "tag that does not end");
}

static inline size_t check_count(const char (*list)[CHECK_ID], size_t count, const char *id)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += strcmp(list[i], id) == 0;
	return found;
}

static inline void check_ids(const struct page_check *check)
{
	const char(*ids)[CHECK_ID] = (const char(*)[CHECK_ID])check->ids;

	for (size_t i = 0; i < check->id_count; i++)
		if (check_count(ids, check->id_count, ids[i]) != 1)
			fail_msg("id %s is not the only one", ids[i]);
	for (size_t i = 0; i < check->link_count; i++)
		if (check_count(ids, check->id_count, check->links[i]) != 1)
			fail_msg("link to #%s leads nowhere", check->links[i]);
}

static inline void page_assert_sound(const char *text)
{
	static const char doctype[] = "<!DOCTYPE html>\n";
	struct page_check check = {
		.text = text + sizeof(doctype) - 1,
		.ids = calloc(CHECK_LINKS, CHECK_ID),
		.links = calloc(CHECK_LINKS, CHECK_ID),
	};

	assert_true(strncmp(text, doctype, sizeof(doctype) - 1) == 0);
	assert_true(check.ids && check.links);
	while (*check.text) {
		if (strncmp(check.text, "</", 2) == 0)
			check_close(&check);
		else if (*check.text == '<')
			check_open(&check);
		else
			check_text(&check, '<');
	}
	assert_int_equal(check.depth, 0);
	check_ids(&check);
	free(check.ids);
	free(check.links);
}

/*
 * The page as text, which the caller frees; sound already. Not inline: gcc 12 then takes what
 * open_memstream() has put into the local variable for its address, and that for dangling.
 */
static __attribute__((noinline, unused)) char *page_write(const struct nb_page *page)
{
	struct nb_error error = { 0 };
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	if (nb_page_write(stream, page, &error) < 0)
		fail_msg("%s", error.text);
	fclose(stream);
	assert_int_equal(strlen(text), size);
	page_assert_sound(text);
	return text;
}

static inline char *page_of(const struct nb_view *view)
{
	return page_write(
		&(struct nb_page){ .view = view, .generated = "2026-11-21T03:12:05.123Z" });
}

static inline void page_assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("the page lacks \"%s\"", part);
}

static inline void page_assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("the page has \"%s\"", part);
}

/* What the page shows: without its style and its script, which name things that need not be. */
static inline const char *page_body(const char *text)
{
	return strstr(text, "<body>");
}

#endif
