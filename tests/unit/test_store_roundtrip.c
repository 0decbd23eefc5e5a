/* SPDX-License-Identifier: Apache-2.0 */
#include <sqlite3.h>

#include "store_fixture.h"

/* One number that a query on the closed file answers with. */
static int64_t query(const struct fixture *fixture, const char *text)
{
	sqlite3_stmt *statement;
	sqlite3 *db;
	int64_t value;

	assert_int_equal(sqlite3_open_v2(fixture->path, &db, SQLITE_OPEN_READONLY, NULL), 0);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &statement, NULL), 0);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return value;
}

static void import(struct fixture *fixture, const struct nb_record *record, bool expected)
{
	struct nb_store *store;
	bool added = !expected;

	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, nb_store_import(store, record, &added, &fixture->error));
	assert_int_equal(added, expected);
	nb_store_close(store);
}

static void load(struct fixture *fixture, const char *selector, struct nb_record *record)
{
	struct nb_store *store;

	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_READ, &fixture->error));
	assert_success(fixture, nb_store_load(store, selector, record, &fixture->error));
	nb_store_close(store);
}

/* As "nestbench run" does it, which is not asked whether it measured what can be measured. */
static void write_rounds(struct fixture *fixture, const struct nb_record *record)
{
	const struct nb_session *session = &record->session;
	struct nb_store *store;

	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, nb_store_begin_session(store, session, &fixture->error));
	for (size_t i = 0; i < record->series[0].count; i++)
		assert_success(fixture,
			       nb_store_add_round(store, session->id, &record->series[0].series, 0,
						  &record->series[0].rounds[i], &fixture->error));
	assert_success(fixture, nb_store_end_session(store, session->id, session->partial, true,
						     &fixture->error));
	nb_store_close(store);
}

static void expect_same(struct fixture *fixture, const struct nb_record *record)
{
	struct nb_record loaded = { 0 };

	load(fixture, record->session.id, &loaded);
	assert_records_equal(record, &loaded);
	nb_record_free(&loaded);
}

static void expect_roundtrip(struct fixture *fixture, struct nb_record *record)
{
	import(fixture, record, true);
	expect_same(fixture, record);
}

static void a_session_comes_back_field_by_field(void **state)
{
	struct nb_record record;

	fixture_record(&record, 1, 7, 5, 600);
	expect_roundtrip(*state, &record);
	nb_record_free(&record);
}

static void append(struct nb_record *record, struct nb_series *series, struct nb_round *round)
{
	assert_int_equal(nb_record_append(record, series, round, NULL), 0);
}

static void fill_text(char *text, size_t size)
{
	memset(text, 'x', size - 1);
	text[size - 1] = '\0';
}

static void unknown_and_extreme_values_come_back(void **state)
{
	struct nb_round round = { .outcome = NB_SKIP, .reason = "r", .batch = -1, .samples = -1 };
	struct nb_record record = { 0 };
	struct nb_series series;

	fixture_session(&record.session, 1);
	fixture_series(&series, 1);
	record.session.seed = UINT64_C(1) << 63;
	record.session.level = NB_LEVEL_UNKNOWN;
	record.session.cpu = -1;
	record.session.partial = true;
	record.session.label_count = NB_LABEL_MAX;
	for (size_t i = 0; i < NB_LABEL_MAX; i++) {
		fill_text(record.session.labels[i].key, sizeof(record.session.labels[i].key));
		fill_text(record.session.labels[i].value, sizeof(record.session.labels[i].value));
	}
	record.session.target_count = NB_TARGET_MAX;
	for (int i = 0; i < NB_TARGET_MAX; i++) {
		struct nb_target *target = &record.session.targets[i];

		*target = record.session.targets[1];
		snprintf(target->name, sizeof(target->name), "path%d", i);
		fill_text(target->path, sizeof(target->path));
		fill_text(target->options, sizeof(target->options));
		target->free_bytes = INT64_MAX;
	}
	fill_text(record.session.machine.mitigations, sizeof(record.session.machine.mitigations));
	round.tick_hz = round.null_ticks = round.min = round.p50 = round.p95 = NAN;
	append(&record, &series, &round);
	round = (struct nb_round){ .ordinal = 1, .outcome = NB_OK, .batch = INT32_MAX };
	round.tick_hz = 1e-300;
	round.min = 0x1.fffffffffffffp1023;
	round.p50 = -0x1p-1074;
	round.max = 0.1;
	round.ops = INT64_C(1) << 48;
	round.kind_count = NB_KIND_MAX;
	for (int i = 0; i < NB_KIND_MAX; i++)
		snprintf(round.kinds[i].name, sizeof(round.kinds[i].name), "kind %d", 99 - i);
	round.kinds[3].count = -1;
	round.guards.tags = UINT32_MAX;
	append(&record, &series, &round);
	round = (struct nb_round){ .ordinal = 2, .outcome = NB_ERROR };
	fill_text(round.reason, sizeof(round.reason));
	append(&record, &series, &round);
	write_rounds(*state, &record);
	expect_same(*state, &record);
	nb_record_free(&record);
}

static void a_large_regular_histogram_is_kept_packed(void **state)
{
	static uint64_t ticks[FIXTURE_SAMPLES_MAX];
	struct nb_round round = { .batch = 1, .tick_hz = 1e9 };
	struct nb_record record = { 0 };
	struct nb_series series;

	/* Every other of 2 000 buckets holds thirty. */
	for (size_t i = 0; i < FIXTURE_SAMPLES_MAX; i++)
		ticks[i] = 2 * (i % 2000) % 2048;
	fixture_session(&record.session, 1);
	fixture_series(&series, 0);
	assert_int_equal(nb_record_fill(&series, ticks, FIXTURE_SAMPLES_MAX, &round, NULL), 0);
	append(&record, &series, &round);
	fixture_round(&round, &series, 1, 600, &((struct fixture *)*state)->random);
	append(&record, &series, &round);
	expect_roundtrip(*state, &record);
	assert_int_equal(query(*state, "SELECT hex(substr(histogram, 1, 1)) = '01' AND "
				       "length(histogram) < 500 FROM round WHERE ordinal = 0"),
			 1);
	assert_int_equal(query(*state, "SELECT hex(substr(histogram, 1, 1)) = '00' "
				       "FROM round WHERE ordinal = 1"),
			 1);
	nb_record_free(&record);
}

static void importing_twice_changes_nothing(void **state)
{
	struct nb_record record, changed, loaded = { 0 };

	fixture_record(&record, 1, 2, 2, 100);
	fixture_record(&changed, 1, 3, 3, 100);
	import(*state, &record, true);
	import(*state, &changed, false);
	load(*state, "latest", &loaded);
	assert_records_equal(&record, &loaded);
	assert_int_equal(query(*state, "SELECT count(*) FROM round"), 4);
	nb_record_free(&record);
	nb_record_free(&changed);
	nb_record_free(&loaded);
}

static void rounds_come_back_in_the_order_of_their_ordinals(void **state)
{
	struct fixture *fixture = *state;
	struct nb_record record = { 0 }, loaded = { 0 };
	struct nb_series series;

	fixture_session(&record.session, 1);
	fixture_series(&series, 0);
	for (int ordinal = 3; ordinal >= 0; ordinal--) {
		struct nb_round round;

		fixture_round(&round, &series, ordinal, 10, &fixture->random);
		append(&record, &series, &round);
	}
	write_rounds(fixture, &record);
	load(fixture, NULL, &loaded);
	for (int i = 0; i < 4; i++)
		assert_rounds_equal(&loaded.series[0].rounds[i], &record.series[0].rounds[3 - i]);
	nb_record_free(&record);
	nb_record_free(&loaded);
}

static void equal_machines_share_a_row(void **state)
{
	struct nb_record record = { 0 };

	for (unsigned number = 0; number < 4; number++) {
		fixture_session(&record.session, number);
		if (number == 3)
			record.session.machine.swap_bytes = 0;
		import(*state, &record, true);
	}
	assert_int_equal(query(*state, "SELECT count(*) FROM machine"), 2);
}

static void the_columns_of_machine_are_those_of_the_struct(void **state)
{
	static const struct {
		const char *name, *type;
	} columns[] = { { "id", "INTEGER" },
#define TEXT(field, size) { #field, "TEXT" },
#define NUMBER(field)	  { #field, "INTEGER" },
			NB_MACHINE_TEXTS(TEXT) NB_MACHINE_NUMBERS(NUMBER)
#undef TEXT
#undef NUMBER
	};
	struct fixture *fixture = *state;
	struct nb_record record = { 0 };
	sqlite3_stmt *statement;
	size_t count = 0;
	sqlite3 *db;

	fixture_session(&record.session, 1);
	import(fixture, &record, true);
	assert_int_equal(sqlite3_open(fixture->path, &db), 0);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA table_info(machine)", -1, &statement, NULL),
			 0);
	for (; sqlite3_step(statement) == SQLITE_ROW; count++) {
		assert_true(count < sizeof(columns) / sizeof(columns[0]));
		assert_string_equal(sqlite3_column_text(statement, 1), columns[count].name);
		assert_string_equal(sqlite3_column_text(statement, 2), columns[count].type);
	}
	assert_int_equal(count, sizeof(columns) / sizeof(columns[0]));
	sqlite3_finalize(statement);
	sqlite3_close(db);
}

static void the_file_is_one_strict_database_of_this_version(void **state)
{
	struct fixture *fixture = *state;
	struct nb_record record = { 0 };
	size_t size;
	char *bytes;

	fixture_session(&record.session, 1);
	import(fixture, &record, true);
	assert_int_equal(fixture_files(fixture), 1);
	/* Not in WAL mode, which would ask for files beside it again. */
	bytes = fixture_read(fixture->path, &size);
	assert_int_equal(bytes[18], 1);
	assert_int_equal(bytes[19], 1);
	free(bytes);
	assert_int_equal(query(fixture, "PRAGMA application_id"), 0x6e737462);
	assert_int_equal(query(fixture, "PRAGMA user_version"), 3);
	assert_int_equal(query(fixture, "SELECT count(*) FROM pragma_table_list WHERE NOT strict "
					"AND name NOT LIKE 'sqlite_%'"),
			 0);
	assert_int_equal(query(fixture, "SELECT count(*) FROM sqlite_schema WHERE name IN "
					"('session', 'machine', 'series', 'round', 'guard', "
					"'baseline', 'verdict', 'event', 'summary')"),
			 9);
}

static void a_standard_session_takes_less_than_a_megabyte(void **state)
{
	struct fixture *fixture = *state;
	struct nb_record record;
	struct stat information;

	fixture_record(&record, 1, 100, 20, 600);
	import(fixture, &record, true);
	nb_record_free(&record);
	assert_int_equal(stat(fixture->path, &information), 0);
	print_message("100 series, 20 rounds of 600 samples: %ld bytes\n",
		      (long)information.st_size);
	assert_true(information.st_size < 1000000);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_session_comes_back_field_by_field),
		TEST(unknown_and_extreme_values_come_back),
		TEST(a_large_regular_histogram_is_kept_packed),
		TEST(importing_twice_changes_nothing),
		TEST(rounds_come_back_in_the_order_of_their_ordinals),
		TEST(equal_machines_share_a_row),
		TEST(the_columns_of_machine_are_those_of_the_struct),
		TEST(the_file_is_one_strict_database_of_this_version),
		TEST(a_standard_session_takes_less_than_a_megabyte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
