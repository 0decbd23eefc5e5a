/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include <sqlite3.h>

#include "store_fixture.h"

/* Databases that are ours by their looks, with content that no nestbench ever wrote. */

static void make(struct fixture *fixture)
{
	struct nb_store *store = NULL;
	struct nb_record record;
	bool added;

	unlink(fixture->path);
	fixture_record(&record, 1, 2, 2, 100);
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	assert_success(fixture, nb_store_import(store, &record, &added, &fixture->error));
	nb_store_close(store);
	nb_record_free(&record);
}

static void execute(struct fixture *fixture, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(fixture->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db,
				      "PRAGMA ignore_check_constraints = ON; "
				      "PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON;",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s: %s", text, sqlite3_errmsg(db));
	sqlite3_close(db);
}

static int load(struct fixture *fixture)
{
	struct nb_record record = { 0 };
	struct nb_store *store;
	int status = nb_store_open(&store, fixture->path, NB_STORE_READ, &fixture->error);

	if (status < 0)
		return status;
	status = nb_store_load(store, NULL, &record, &fixture->error);
	nb_record_free(&record);
	nb_store_close(store);
	return status;
}

static int list(struct fixture *fixture)
{
	struct nb_store_entry *entries = NULL;
	struct nb_store *store;
	size_t count;
	int status = nb_store_open(&store, fixture->path, NB_STORE_READ, &fixture->error);

	if (status < 0)
		return status;
	status = nb_store_list(store, &entries, &count, &fixture->error);
	free(entries);
	nb_store_close(store);
	return status;
}

static const char many_labels[] =
	"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99) "
	"INSERT INTO label SELECT 1, i, 'key', 'value' FROM n";
static const char many_targets[] =
	"WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 9) "
	"INSERT INTO target SELECT 1, i, 'x' || i, '/', 'ext4', '', '', '', '', '', '', 0, 1, 2, 3 "
	"FROM n";
static const char many_exits[] =
	"WITH RECURSIVE n (i) AS (SELECT 9 UNION ALL SELECT i + 1 FROM n WHERE i < 99) "
	"INSERT INTO exit_count SELECT 1, i, 1, 1 FROM n";
static const char *const impossible_values[] = {
	"UPDATE session SET ulid = 'x'",
	"UPDATE session SET ulid = lower(ulid)",
	"UPDATE session SET started = hex(zeroblob(1000000))",
	"UPDATE session SET version = '0.1' || char(0) || 'x'",
	"UPDATE session SET profile = 'a profile that is too long'",
	"UPDATE session SET level = -7",
	"UPDATE session SET level = 65",
	"UPDATE session SET cpu = 1 << 40",
	"UPDATE session SET fifo = 2",
	"UPDATE session SET partial = -1",
	"UPDATE session SET machine = 77",
	"UPDATE machine SET kernel = hex(zeroblob(5000))",
	"UPDATE machine SET cpus = -3",
	"UPDATE machine SET memory_bytes = 9223372036854775807",
	"UPDATE label SET key = hex(randomblob(40))",
	many_labels,
	"UPDATE target SET name = hex(zeroblob(12)) || position",
	"UPDATE target SET path = hex(zeroblob(128))",
	"UPDATE target SET options = 'a' || char(0) || 'b'",
	"UPDATE target SET queue_depth = -2",
	"UPDATE target SET position = position - 9",
	many_targets,
	"UPDATE series SET vantage = 'host'",
	"UPDATE series SET benchmark = hex(zeroblob(24))",
	"UPDATE series SET lower_is_better = 7",
	"UPDATE session_series SET series = series + 99",
	"UPDATE round SET ordinal = ordinal - 5",
	"UPDATE round SET ordinal = ordinal + 1000000",
	"UPDATE round SET outcome = 'OK'",
	"UPDATE round SET outcome = ''",
	"UPDATE round SET outcome = 'skip'",
	"UPDATE round SET reason = hex(zeroblob(112))",
	"UPDATE round SET samples = 1 << 40",
	"UPDATE round SET samples = -2",
	"UPDATE round SET batch = 0",
	"UPDATE round SET tick_hz = 0",
	"UPDATE round SET tick_hz = -2.5",
	"UPDATE round SET p50 = 9e999",
	"UPDATE round SET p50 = -9e999",
	"UPDATE round SET clock = 'sundial'",
	"UPDATE round SET evidence = 'hearsay'",
	"UPDATE round SET ops = 1 << 60",
	"UPDATE round SET histogram = zeroblob(0)",
	"UPDATE round SET histogram = x'00'",
	"UPDATE round SET histogram = cast(x'02' || substr(histogram, 2) AS BLOB)",
	"UPDATE round SET histogram = substr(histogram, 1, length(histogram) - 1)",
	"UPDATE round SET histogram = cast(histogram || x'00' AS BLOB)",
	"UPDATE round SET histogram = zeroblob(100000)",
	"UPDATE round SET histogram = cast(x'01' || substr(histogram, 2) AS BLOB)",
	/* Frames of zstd: one that claims 2^62 bytes, one that ends early. */
	"UPDATE round SET histogram = x'0128b52ffde0000000000000004001000000'",
	"UPDATE round SET histogram = x'0128b52ffd2010'",
	"DELETE FROM guard",
	"UPDATE guard SET tags = -1",
	"UPDATE guard SET tags = 1 << 33",
	"UPDATE guard SET switches = -1",
	"UPDATE guard SET wall_ms = 9e999",
	"UPDATE exit_count SET count = -1",
	"UPDATE exit_count SET kind = 99",
	"UPDATE exit_kind SET name = hex(zeroblob(99)) || id",
	many_exits,
};

static void every_impossible_value_is_refused_with_a_reason(void **state)
{
	struct fixture *fixture = *state;

	make(fixture);
	assert_success(fixture, load(fixture));
	for (size_t i = 0; i < sizeof(impossible_values) / sizeof(impossible_values[0]); i++) {
		make(fixture);
		execute(fixture, impossible_values[i]);
		memset(&fixture->error, 0, sizeof(fixture->error));
		if (load(fixture) != -EBADMSG || !strstr(fixture->error.text, "damaged"))
			fail_msg("%s: %s", impossible_values[i], fixture->error.text);
		(void)list(fixture);
	}
}

/* A table without STRICT may hold anything; so may a view, which must not even be looked at. */
static void tables_that_only_look_like_ours_are_refused(void **state)
{
	static const char *const faults[] = {
		"UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'round'; "
		"PRAGMA writable_schema = RESET; UPDATE round SET p50 = 'fast'",
		"UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'round'; "
		"PRAGMA writable_schema = RESET; UPDATE round SET samples = 'many'",
		"UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'round'; "
		"PRAGMA writable_schema = RESET; UPDATE round SET histogram = 'text'",
		"UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'session'; "
		"PRAGMA writable_schema = RESET; UPDATE session SET seed = 'x'",
		"ALTER TABLE round RENAME TO old; CREATE VIEW round AS SELECT * FROM old",
		"ALTER TABLE round DROP COLUMN batch",
		"DROP TABLE event; DROP TABLE label",
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		make(fixture);
		execute(fixture, faults[i]);
		if (load(fixture) != -EBADMSG)
			fail_msg("%s: %s", faults[i], fixture->error.text);
	}
}

/* SQLite takes them for the same, and a flipped bit is enough to make one of the other. */
static void columns_in_other_cases_are_read(void **state)
{
	make(*state);
	execute(*state, "ALTER TABLE machine RENAME COLUMN cpu_brand TO CPU_Brand");
	assert_success((struct fixture *)*state, load(*state));
}

static void triggers_of_others_do_not_run(void **state)
{
	struct fixture *fixture = *state;
	struct nb_store *store;
	struct nb_record record = { 0 };
	bool added;

	make(fixture);
	execute(fixture, "CREATE TRIGGER t AFTER INSERT ON session BEGIN DELETE FROM guard; END");
	assert_success(fixture,
		       nb_store_open(&store, fixture->path, NB_STORE_WRITE, &fixture->error));
	fixture_session(&record.session, 2);
	assert_success(fixture, nb_store_import(store, &record, &added, &fixture->error));
	nb_store_close(store);
	execute(fixture, "DELETE FROM session WHERE id = 2");
	assert_success(fixture, load(fixture));
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_impossible_value_is_refused_with_a_reason),
		TEST(tables_that_only_look_like_ours_are_refused),
		TEST(columns_in_other_cases_are_read),
		TEST(triggers_of_others_do_not_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
