/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "nestbench/base.h"
#include "nestbench/doctor.h"

enum { ROWS_MAX = 8 };

#define CELL(key) "\"" #key "\": {\"text\": \"" #key " of it\", \"source\": \"s\"},"
#define SOURCES                                                                           \
	"\"sources\": {\"s\": {\"title\": \"T\", \"address\": \"https://e/\", \"date\": " \
	"\"2026-11-21\"}},"
#define ROW(fields)                                                          \
	"{" fields CELL(nesting) CELL(support) CELL(conditions) CELL(enable) \
		CELL(limits) "\"alternative\": null}"
#define TABLE(rows) "{\"schema\": \"nestbench-platforms/1\"," SOURCES "\"rows\": [" rows "]}"

static struct nb_support_table *load(const char *text)
{
	struct nb_support_table *table = NULL;
	struct nb_error error = { 0 };

	if (nb_support_load(&table, text, strlen(text), &error) < 0)
		fail_msg("%s", error.text);
	return table;
}

static void the_embedded_table_opens_and_every_cell_has_its_source(void **state)
{
	struct nb_support_table *table = NULL;
	struct nb_error error = { 0 };

	(void)state;
	assert_int_equal(nb_support_open(&table, &error), 0);
	assert_true(nb_support_count(table) >= 26);
	for (size_t i = 0; i < nb_support_count(table); i++) {
		const struct nb_support_row *row = nb_support_row(table, i);
		const struct nb_support_cell cells[] = { row->nesting,	  row->support,
							 row->conditions, row->enable,
							 row->limits,	  row->alternative };

		for (size_t j = 0; j < sizeof(cells) / sizeof(cells[0]); j++) {
			bool said = cells[j].text[0] && strcmp(cells[j].text, "unknown") != 0;

			assert_int_equal(cells[j].source_title[0] != '\0', said);
			assert_int_equal(cells[j].source_address[0] != '\0', said);
			assert_int_equal(cells[j].date[0] != '\0', said);
		}
		assert_ptr_equal(nb_support_find(table, row->id), row);
		assert_ptr_equal(nb_support_find(table, row->name), row);
	}
	assert_null(nb_support_row(table, nb_support_count(table)));
	nb_support_close(table);
}

static void a_row_is_read_whole(void **state)
{
	struct nb_support_table *table =
		load(TABLE(ROW("\"id\": \"a\", \"name\": \"A b\", \"match\": [\"x\", \"y\"],"
			       "\"commands\": [\"first\", \"second\"],")));
	const struct nb_support_row *row = nb_support_row(table, 0);

	(void)state;
	assert_int_equal(nb_support_count(table), 1);
	assert_string_equal(row->id, "a");
	assert_string_equal(row->name, "A b");
	assert_string_equal(row->match[0], "x");
	assert_string_equal(row->match[1], "y");
	assert_null(row->match[2]);
	assert_string_equal(row->commands[1], "second");
	assert_null(row->commands[2]);
	assert_string_equal(row->limits.text, "limits of it");
	assert_string_equal(row->limits.source_title, "T");
	assert_string_equal(row->limits.source_address, "https://e/");
	assert_string_equal(row->limits.date, "2026-11-21");
	assert_string_equal(row->alternative.text, "");
	assert_string_equal(row->alternative.source_title, "");
	nb_support_close(table);
}

static void a_fault_is_told_with_its_place(void **state)
{
	static const struct {
		const char *text, *told;
	} faults[] = {
		{ "", "line 1: " },
		{ "{\n[", "line 2: " },
		{ "[]", "schema: not \"nestbench-platforms/1\"" },
		{ "{\"schema\": \"nestbench-platforms/2\"}", "schema: not" },
		{ "{\"schema\": \"nestbench-platforms/1\"}", "rows: not a list" },
		{ TABLE(""), "rows: not a list" },
		{ TABLE("{}"), "rows[0].id: not a text" },
		{ TABLE("1"), "rows[0].id: not a text" },
		{ TABLE("{\"id\": \"a\", \"name\": 1}"), "rows[0].name: not a text" },
		{ TABLE(ROW("\"id\": \"a\", \"name\": \"A\", \"match\": \"x\",")),
		  "rows[0].match: not a list" },
		{ TABLE(ROW("\"id\": \"a\", \"name\": \"A\", \"commands\": [\"x\", 1],")),
		  "rows[0].commands: an entry is not a text" },
		{ TABLE(ROW("\"id\": \"a\", \"name\": \"A\", \"instead_of\": [\"1\", \"2\", "
			    "\"3\", \"4\", \"5\", \"6\", \"7\", \"8\"],")),
		  "rows[0].instead_of: too many entries" },
		{ TABLE("{\"id\": \"a\", \"name\": \"A\"}"), "rows[0].nesting: missing" },
		{ TABLE("{\"id\": \"a\", \"name\": \"A\", \"nesting\": \"yes\"}"),
		  "rows[0].nesting: no text" },
		{ TABLE("{\"id\": \"a\", \"name\": \"A\", \"nesting\": {\"text\": \"yes\"}}"),
		  "rows[0].nesting: no source" },
		{ TABLE("{\"id\": \"a\", \"name\": \"A\", \"nesting\": {\"text\": \"unknown\", "
			"\"source\": \"s\"}}"),
		  "rows[0].nesting: unknown, but with a source" },
		{ TABLE("{\"id\": \"a\", \"name\": \"A\", \"nesting\": {\"text\": \"yes\", "
			"\"source\": \"t\"}}"),
		  "rows[0].nesting: its source lacks" },
		{ TABLE(ROW("\"id\": \"a\", \"name\": \"A\",") "," ROW(
			  "\"id\": \"a\", \"name\": \"B\",")),
		  "rows[1].id: told twice" },
		{ TABLE(ROW("\"id\": \"a\", \"id\": \"b\", \"name\": \"A\",")), "line 1: " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct nb_support_table *table = NULL;
		struct nb_error error = { 0 };
		int result =
			nb_support_load(&table, faults[i].text, strlen(faults[i].text), &error);

		assert_int_equal(result, -EBADMSG);
		assert_null(table);
		if (strncmp(error.text, faults[i].told, strlen(faults[i].told)) != 0)
			fail_msg("\"%s\", not \"%s\"", error.text, faults[i].told);
	}
}

static void the_text_need_not_be_terminated_nor_an_error_be_wanted(void **state)
{
	struct nb_support_table *table = NULL;
	char text[] = TABLE(ROW("\"id\": \"a\", \"name\": \"A\",")) "rubbish";

	(void)state;
	assert_int_equal(nb_support_load(&table, text, strlen(text) - strlen("rubbish"), NULL), 0);
	nb_support_close(table);
	assert_int_equal(nb_support_load(&table, text, strlen(text), NULL), -EBADMSG);
	nb_support_close(NULL);
}

static void rows_are_found_by_id_by_name_and_by_the_only_part_that_fits(void **state)
{
	static const struct {
		const char *name, *id;
	} asked[] = {
		{ "azure", "azure" },
		{ "AZURE", "azure" },
		{ "wsl 2", "wsl2" }, /* also a part of another row's name */
		{ "kvm", "kvm" },
		{ "wsl 2 backend", "docker-desktop-wsl2" },
		{ "nutanix", "nutanix-ahv" },
		{ "Hyper-V (AMD)", "hyper-v-amd" },
		{ "vsphere", "esxi" },
		{ "xen", "xen" },
		{ "offload", "docker-offload" },
		{ "non-persistent", "vdi-non-persistent" },
		{ "docker desktop", NULL }, /* several */
		{ "hyper-v", NULL },
		{ "commodore", NULL },
		{ "", NULL },
	};
	struct nb_support_table *table = NULL;

	(void)state;
	assert_int_equal(nb_support_open(&table, NULL), 0);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		const struct nb_support_row *row = nb_support_find(table, asked[i].name);

		if (!asked[i].id != !row || (row && strcmp(row->id, asked[i].id) != 0))
			fail_msg("%s: %s, not %s", asked[i].name, row ? row->id : "none",
				 asked[i].id ? asked[i].id : "none");
	}
	nb_support_close(table);
}

/* The ids of the rows that match the slugs (separated by blanks), likewise. */
static void match(const struct nb_support_table *table, const char *slugs, char ids[256])
{
	const struct nb_support_row *rows[ROWS_MAX];
	struct nb_identity identity = { 0 };
	size_t count = 0;

	for (const char *slug = slugs; *slug; slug += strspn(slug, " ")) {
		size_t length = strcspn(slug, " ");

		assert_true(count < NB_IDENTITY_SLUGS && length < NB_IDENTITY_SLUG_SIZE);
		memcpy(identity.slugs[count++], slug, length);
		slug += length;
	}
	count = nb_support_match(table, &identity, rows, ROWS_MAX);
	ids[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(ids);

		snprintf(ids + length, 256 - length, "%s%s", i > 0 ? " " : "", rows[i]->id);
	}
}

static void the_most_specific_rows_match_and_stand_in_for_the_general_ones(void **state)
{
	static const struct {
		const char *slugs, *ids;
	} machines[] = {
		{ "", "" },
		{ "hardware", "" },
		{ "kvm", "kvm" },
		{ "hyper-v", "hyper-v-intel hyper-v-amd" },
		{ "azure hyper-v", "azure" },
		{ "dev-box azure hyper-v", "dev-box azure" },
		{ "wsl2 hyper-v", "wsl2" },
		{ "wsl1", "wsl1" },
		{ "esxi vmware", "esxi" },
		{ "vmware-workstation vmware", "vmware-workstation vmware-fusion" },
		{ "vmware", "esxi vmware-workstation vmware-fusion" },
		{ "aws kvm", "aws" },
		{ "gcp kvm", "gcp" },
		{ "nutanix-ahv kvm", "nutanix-ahv" },
		{ "rhel kvm", "rhel kvm" },
		{ "xenserver xen", "xenserver" },
		{ "xen", "xen" },
		{ "virtualbox kvm", "virtualbox" },
		{ "qemu-tcg", "qemu-tcg" },
	};
	struct nb_support_table *table = NULL;

	(void)state;
	assert_int_equal(nb_support_open(&table, NULL), 0);
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++) {
		char ids[256];

		match(table, machines[i].slugs, ids);
		assert_string_equal(ids, machines[i].ids);
	}
	nb_support_close(table);
}

static void no_more_rows_match_than_there_is_room_for(void **state)
{
	const struct nb_support_row *rows[2];
	struct nb_identity identity = { .slugs = { "vmware", "hyper-v" } };
	struct nb_support_table *table = NULL;

	(void)state;
	assert_int_equal(nb_support_open(&table, NULL), 0);
	assert_int_equal(nb_support_match(table, &identity, rows, 2), 2);
	assert_string_equal(rows[1]->id, "vmware-workstation");
	assert_int_equal(nb_support_match(table, &identity, rows, 0), 0);
	nb_support_close(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_embedded_table_opens_and_every_cell_has_its_source),
		cmocka_unit_test(a_row_is_read_whole),
		cmocka_unit_test(a_fault_is_told_with_its_place),
		cmocka_unit_test(the_text_need_not_be_terminated_nor_an_error_be_wanted),
		cmocka_unit_test(rows_are_found_by_id_by_name_and_by_the_only_part_that_fits),
		cmocka_unit_test(the_most_specific_rows_match_and_stand_in_for_the_general_ones),
		cmocka_unit_test(no_more_rows_match_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
