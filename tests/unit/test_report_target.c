/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report_sample.h"

/* Targets of a session: as JSON, and in the table's header. */

static const struct nb_target targets[] = {
	{ .name = "cwd",
	  .path = "/srv/\xc3\xa9",
	  .kind = "ext4",
	  .options = "rw,relatime",
	  .device = "vda1",
	  .disk = "vda (virtio_blk)",
	  .scheduler = "mq-deadline",
	  .write_cache = "write back",
	  .rotational = 1,
	  .queue_depth = 256,
	  .size_bytes = INT64_C(42949672960),
	  .free_bytes = INT64_C(10737418240) },
	{ .name = "c",
	  .path = "/mnt/c",
	  .kind = "9p",
	  .transport = "fd",
	  .options = "rw,aname=drvfs;path=C:\\;uid=1000",
	  .rotational = -1,
	  .queue_depth = -1,
	  .size_bytes = -1,
	  .free_bytes = -1 },
};

static int setup(void **state)
{
	struct nb_record *record;

	if (sample_setup(state) < 0)
		return -1;
	record = *state;
	memcpy(record->session.targets, targets, sizeof(targets));
	record->session.target_count = 2;
	return 0;
}

static void assert_same_targets(const struct nb_session *a, const struct nb_session *b)
{
	assert_int_equal(a->target_count, b->target_count);
	for (size_t i = 0; i < a->target_count; i++) {
#define SAME(field, size) assert_string_equal(a->targets[i].field, b->targets[i].field);
		NB_TARGET_TEXTS(SAME)
#undef SAME
#define SAME(field) assert_true(a->targets[i].field == b->targets[i].field);
		NB_TARGET_NUMBERS(SAME)
#undef SAME
	}
}

static void targets_are_read_back_field_by_field(void **state)
{
	struct nb_record *record = *state;
	struct nb_record read = { 0 };
	struct nb_error error = { 0 };
	char *text = sample_json(record, true);
	char *again;

	if (sample_read(text, &read, &error) < 0)
		fail_msg("%s", error.text);
	assert_same_targets(&record->session, &read.session);
	again = sample_json(&read, true);
	assert_string_equal(text, again);
	free(text);
	free(again);
	nb_record_free(&read);
}

static void a_target_reads_as_it_should(void **state)
{
	static const char expected[] = "    \"name\": \"c\",\n"
				       "    \"path\": \"/mnt/c\",\n"
				       "    \"kind\": \"9p\",\n"
				       "    \"transport\": \"fd\",\n"
				       "    \"options\": \"rw,aname=drvfs;path=C:\\\\;uid=1000\",\n"
				       "    \"device\": \"\",\n"
				       "    \"disk\": \"\",\n"
				       "    \"scheduler\": \"\",\n"
				       "    \"write_cache\": \"\",\n"
				       "    \"rotational\": null,\n"
				       "    \"queue_depth\": null,\n"
				       "    \"size_bytes\": null,\n"
				       "    \"free_bytes\": null\n";
	char *text = sample_json(*state, false);

	if (!strstr(text, expected))
		fail_msg("%s", strstr(text, "\"targets\""));
	assert_non_null(strstr(text, "\"free_bytes\": 10737418240"));
	free(text);
}

/* As every export was before there were targets. */
static void a_session_without_targets_has_none(void **state)
{
	struct nb_record *record = *state;
	struct nb_record read = { .session.target_count = 7 };
	char *text, *older;

	record->session.target_count = 0;
	text = sample_json(record, true);
	assert_non_null(strstr(text, "\"targets\": []"));
	older = sample_replaced(text, "  \"targets\": [],\n", "");
	assert_int_equal(sample_read(older, &read, NULL), 0);
	assert_int_equal(read.session.target_count, 0);
	free(text);
	free(older);
	nb_record_free(&read);
}

static const struct {
	const char *what, *by, *fault;
} faults[] = {
	{ "\"targets\": [", "\"targets\": null, \"x\": [", "session.targets: not an array" },
	{ "\"targets\": [", "\"targets\": {}, \"x\": [", "session.targets: not an array" },
	{ "\"targets\": [", "\"targets\": [7,", "session.targets[0].: not an object" },
	{ "\"targets\": [", "\"targets\": [{},", "session.targets[0].name: missing" },
	{ "\"targets\": [", "\"targets\": [1,2,3,4,5,6,7,", "session.targets: more than 8" },
	{ "\"name\": \"c\"", "\"name\": \"cwd\"", "session.targets[1].name: \"cwd\" a second" },
	{ "\"name\": \"c\"", "\"name\": \"c=\"", "session.targets[1].name: not of a-z" },
	{ "\"name\": \"c\"", "\"name\": \"123456789012345678901234\"",
	  "session.targets[1].name: longer than 23 bytes" },
	{ "\"path\": \"/mnt/c", "\"path\": \"mnt/c", "session.targets[1].path: not absolute" },
	{ "\"path\": \"/mnt/c", "\"path\": \"/\\u001b[2J", "session.targets[1].path: " },
	{ "\"kind\": \"9p\"", "\"kind\": null", "session.targets[1].kind: not a string" },
	{ "\"kind\": \"9p\"", "\"kind\": \"9P\"", "session.targets[1].kind: not of a-z" },
	{ "\"transport\": \"fd\"", "\"transport\": \"f,d\"", "session.targets[1].transport: " },
	{ "aname=drvfs", "\\n", "session.targets[1].options: not plain text" },
	{ "\"vda1\"", "\"\\u202e\"", "session.targets[0].device: not plain text" },
	{ "\"rotational\": 1", "\"rotational\": 2", "session.targets[0].rotational: out of" },
	{ "\"rotational\": 1", "\"rotational\": true", "session.targets[0].rotational: not an" },
	{ "\"queue_depth\": 256", "\"queue_depth\": -1", "session.targets[0].queue_depth: not in" },
	{ "\"free_bytes\": 10737418240", "\"free_bytes\": 9007199254740992",
	  "session.targets[0].free_bytes: not in" },
	{ "\"free_bytes\": 10737418240", "\"free_bytes\": 1e9",
	  "session.targets[0].free_bytes: not an integer" },
	{ "   \"free_bytes\": 10737418240", "   \"x\": 1",
	  "session.targets[0].free_bytes: missing" },
};

static void every_fault_is_refused_with_its_place(void **state)
{
	char *text = sample_json(*state, true);

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct nb_record read = { 0 };
		struct nb_error error = { 0 };
		char *bad = sample_replaced(text, faults[i].what, faults[i].by);

		if (sample_read(bad, &read, &error) != -EBADMSG)
			fail_msg("case %zu is read: %s", i, faults[i].by);
		if (strncmp(error.text, faults[i].fault, strlen(faults[i].fault)) != 0)
			fail_msg("case %zu: not \"%s\" but \"%s\"", i, faults[i].fault, error.text);
		assert_null(read.series);
		free(bad);
	}
	free(text);
}

static void append(struct nb_record *record, const char *params)
{
	struct nb_series series = sample_series("io.create", NB_USER, params);

	sample_append(record, &series, sample_round(0, 3000, 0));
}

static void the_table_has_a_line_for_each_target(void **state)
{
	struct nb_record *record = *state;
	char *text;

	append(record, "engine=psync,fs=ext4,target=cwd");
	append(record, "engine=psync,fs=ext4,mode=direct,target=cwd");
	append(record, "engine=psync,fs=9p-fd,mode=guest-direct-remote,target=c");
	text = sample_table(record, false, 0);
	if (!strstr(text, "\nLabels      size=D4s_v5, large\n"
			  "Targets     cwd: ext4 on vda1 of vda (virtio_blk), direct I/O, "
			  "scheduler mq-deadline, write back, rotational, 10.0 of 40.0 GiB free, "
			  "/srv/\xc3\xa9\n"
			  "            c: 9p over fd, direct I/O as far as the server's cache, "
			  "/mnt/c\n\n"))
		fail_msg("%s", text);
	free(text);
}

static void a_line_of_a_target_says_what_is_known(void **state)
{
	struct nb_record *record = *state;
	struct nb_target *target = record->session.targets;
	char *text;

	record->session.target_count = 1;
	nb_base_copy(target->device, sizeof(target->device), "vda");
	target->rotational = 0;
	target->scheduler[0] = '\0';
	target->free_bytes = -1;
	append(record, "mode=buffered,target=cwd");
	text = sample_table(record, false, 0);
	assert_non_null(strstr(text, "Targets     cwd: ext4 on vda (virtio_blk), no direct I/O, "
				     "write back, /srv/\xc3\xa9\n"));
	free(text);
	target->disk[0] = '\0';
	nb_base_copy(target->path, sizeof(target->path), "/\033[2J");
	text = sample_table(record, false, 60);
	assert_non_null(
		strstr(text, "Targets     cwd: ext4 on vda, no direct I/O, write back, /?"));
	assert_null(strchr(text, '\033'));
	free(text);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, sample_teardown)
	const struct CMUnitTest tests[] = {
		TEST(targets_are_read_back_field_by_field),
		TEST(a_target_reads_as_it_should),
		TEST(a_session_without_targets_has_none),
		TEST(every_fault_is_refused_with_its_place),
		TEST(the_table_has_a_line_for_each_target),
		TEST(a_line_of_a_target_says_what_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
