/* SPDX-License-Identifier: Apache-2.0 */
#include "store_private.h"

void nb_store_machine_fields(struct nb_walk *walk, struct nb_machine *machine)
{
#define WALK_TEXT(field, size) nb_walk_text(walk, #field, machine->field, size);
#define WALK_NUMBER(field)     nb_walk_count(walk, #field, &machine->field, NB_STORE_COUNT_MAX);
	NB_MACHINE_TEXTS(WALK_TEXT)
	NB_MACHINE_NUMBERS(WALK_NUMBER)
#undef WALK_TEXT
#undef WALK_NUMBER
}

static int find_machine(struct nb_store *store, struct nb_machine *machine, int64_t *row,
			struct nb_error *error)
{
	sqlite3_stmt *statement = nb_store_statement(store, NB_SQL_MACHINE_FIND);
	struct nb_walk walk = { .statement = statement };
	int status;

	nb_store_machine_fields(&walk, machine);
	status = nb_walk_end(&walk, store, "machine", error);
	if (status < 0)
		return status;
	status = nb_store_step(store, statement, "look up the machine", error);
	if (status == 1)
		*row = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return status;
}

/*
 * The environment of a new row: that of the newest row which differs in nothing but the boot, as
 * most boots are like the one before; else its own.
 */
static int add_environment(struct nb_store *store, int64_t row, struct nb_error *error)
{
	static const enum nb_store_sql adds[] = { NB_SQL_ENVIRONMENT_FOUND,
						  NB_SQL_ENVIRONMENT_NEW };
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof(adds) / sizeof(adds[0]); i++) {
		sqlite3_stmt *add = nb_store_statement(store, adds[i]);

		sqlite3_bind_int64(add, 1, row);
		status = nb_store_run(store, add, "store the machine", error);
	}
	return status;
}

int nb_store_machine_row(struct nb_store *store, const struct nb_machine *machine, int64_t *row,
			 struct nb_error *error)
{
	struct nb_machine copy = *machine;
	struct nb_walk walk = { 0 };
	int status = find_machine(store, &copy, row, error);

	if (status != 0)
		return status < 0 ? status : 0;
	walk.statement = nb_store_statement(store, NB_SQL_MACHINE_ADD);
	nb_store_machine_fields(&walk, &copy);
	status = nb_store_run(store, walk.statement, "store the machine", error);
	if (status < 0)
		return status;
	*row = sqlite3_last_insert_rowid(store->db);
	return add_environment(store, *row, error);
}
