/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_baseline.h"

enum { MISMATCH_SIZE = 1024 };

/* The names that a set may have; names of papers would only confuse. */
static int check_name(const struct nb_cli_keeping *asked, const char *name,
		      struct nb_baseline *spec, bool *specified)
{
	*specified = nb_baseline_find(name, spec, NULL) == 0;
	if (!*specified || spec->size)
		return NB_EXIT_FINE;
	nb_baseline_free(spec);
	*specified = false;
	return nb_cli_fail(asked->verb, NB_EXIT_USAGE,
			   "%s is the name of what a paper published: take another one", name);
}

static int refuse_machine(const struct nb_cli_keeping *asked, const struct nb_session *session,
			  const struct nb_baseline *spec, const char *text)
{
	nb_cli_fail(asked->verb, NB_EXIT_FAILED, "session %s is not of %s: %s", session->id,
		    spec->title, text);
	nb_cli_hint("--force takes it all the same, and says so in its provenance");
	return NB_EXIT_FAILED;
}

/* A session that claims to be of such a machine: *forced is what does not fit, if it was forced. */
static int check_machine(const struct nb_cli_keeping *asked, const struct nb_session *session,
			 const struct nb_baseline *spec, char forced[MISMATCH_SIZE])
{
	char text[MISMATCH_SIZE];

	if (nb_cli_fits(spec, &session->machine, text, sizeof(text)))
		return NB_EXIT_FINE;
	if (!asked->force)
		return refuse_machine(asked, session, spec, text);
	nb_base_copy(forced, MISMATCH_SIZE, text);
	return NB_EXIT_FINE;
}

/* What nobody told is at least how it came here. What was forced stays visible for ever. */
static void write_provenance(const struct nb_cli_keeping *asked, const char *origin,
			     const char *forced, char text[NB_STORE_TEXT_SIZE])
{
	char words[2 * NB_STORE_TEXT_SIZE + MISMATCH_SIZE];

	snprintf(words, sizeof(words), "%s%s%s%s", asked->provenance ? asked->provenance : origin,
		 forced[0] ? " [forced: " : "", forced, forced[0] ? "]" : "");
	nb_base_copy(text, NB_STORE_TEXT_SIZE, words);
	/* The bytes of one character stay together. */
	nb_report_cut(text, NB_STORE_TEXT_SIZE, NB_STORE_TEXT_SIZE - 1);
}

static int freeze(const struct nb_cli_keeping *asked, struct nb_store *store,
		  const struct nb_store_freeze *set)
{
	struct nb_error error = { 0 };
	size_t count;
	int result = nb_store_save_baseline(store, set, &count, &error);
	bool wrong = result == -EEXIST || result == -ENOENT || result == -EINVAL;

	if (result == 0) {
		printf("%s: %zu session%s saved; compare with baseline:%s\n", set->name, count,
		       count == 1 ? "" : "s", set->name);
		return NB_EXIT_FINE;
	}
	nb_cli_fail(asked->verb, wrong ? NB_EXIT_USAGE : NB_EXIT_FAILED, "%s", error.text);
	if (result == -EEXIST)
		nb_cli_hint("--replace takes its place");
	return wrong ? NB_EXIT_USAGE : NB_EXIT_FAILED;
}

static int save_checked(const struct nb_cli_keeping *asked, struct nb_store *store,
			const char *name, const char *selector)
{
	struct nb_cli_side side = { 0 };
	struct nb_baseline spec = { 0 };
	char forced[MISMATCH_SIZE] = "", origin[300], provenance[NB_STORE_TEXT_SIZE];
	bool specified = false;
	int status = nb_cli_side_load(asked->verb, asked->database, selector, &side);

	if (status == NB_EXIT_FINE && !side.stored)
		status = nb_cli_fail(asked->verb, NB_EXIT_USAGE,
				     "%s: only sessions of the database can be saved; baseline "
				     "import takes files",
				     selector);
	if (status == NB_EXIT_FINE)
		status = check_name(asked, name, &spec, &specified);
	for (size_t i = 0; status == NB_EXIT_FINE && specified && i < side.count; i++)
		status = check_machine(asked, &side.sessions[i].session, &spec, forced);
	snprintf(origin, sizeof(origin), "%.200s, measured with nestbench", selector);
	write_provenance(asked, origin, forced, provenance);
	if (status == NB_EXIT_FINE)
		status = freeze(asked, store,
				&(struct nb_store_freeze){ .name = name,
							   .provenance = provenance,
							   .selector = selector,
							   .replace = asked->replace });
	nb_baseline_free(&spec);
	nb_cli_side_free(&side);
	return status;
}

int nb_cli_baseline_save(const struct nb_cli_keeping *asked, const char *name, const char *selector)
{
	struct nb_store *store;
	int status;

	if (access(asked->database, F_OK) != 0) {
		nb_cli_fail(asked->verb, NB_EXIT_FAILED, "%s: %s", asked->database,
			    strerror(errno));
		nb_cli_hint("nestbench run measures a first session");
		return NB_EXIT_FAILED;
	}
	store = nb_cli_open_store(asked->verb, asked->database, NB_STORE_WRITE);
	if (!store)
		return NB_EXIT_FAILED;
	status = save_checked(asked, store, name, selector);
	nb_store_close(store);
	return status;
}

static bool is_taken(struct nb_store *store, const char *name)
{
	struct nb_store_entry *sessions;
	size_t count;

	if (nb_store_show_baseline(store, name, &sessions, &count, NULL) < 0)
		return false;
	free(sessions);
	return true;
}

/* Adds the sessions; their ids with commas between are what is frozen then. */
static int add_sessions(const struct nb_cli_keeping *asked, struct nb_store *store,
			const struct nb_cli_records *records, char **ids)
{
	size_t used = 0;

	*ids = calloc(records->count, NB_ULID_SIZE);
	for (size_t i = 0; *ids && i < records->count; i++) {
		const struct nb_record *record = &records->records[i];
		struct nb_error error = { 0 };
		bool added;

		if (nb_store_import(store, record, &added, &error) < 0)
			return nb_cli_fail(asked->verb, NB_EXIT_FAILED, "%s", error.text);
		used += (size_t)sprintf(*ids + used, "%s%s", i > 0 ? "," : "", record->session.id);
	}
	return *ids ? NB_EXIT_FINE : nb_cli_fail(asked->verb, NB_EXIT_FAILED, "out of memory");
}

static int add_and_freeze(const struct nb_cli_keeping *asked, struct nb_store *store,
			  const struct nb_cli_records *records, struct nb_store_freeze *set)
{
	char *ids = NULL;
	int status;

	if (!asked->replace && is_taken(store, set->name)) {
		nb_cli_fail(asked->verb, NB_EXIT_USAGE, "there is a baseline %s already",
			    set->name);
		nb_cli_hint("--as NAME gives this one another name, --replace takes its place");
		return NB_EXIT_USAGE;
	}
	status = add_sessions(asked, store, records, &ids);
	set->selector = ids;
	if (status == NB_EXIT_FINE)
		status = freeze(asked, store, set);
	free(ids);
	return status;
}

static int import_checked(const struct nb_cli_keeping *asked, const char *path,
			  const struct nb_cli_records *records, const char *name)
{
	char forced[MISMATCH_SIZE] = "", origin[300], provenance[NB_STORE_TEXT_SIZE];
	struct nb_baseline spec = { 0 };
	struct nb_store *store;
	bool specified;
	int status = check_name(asked, name, &spec, &specified);

	for (size_t i = 0; status == NB_EXIT_FINE && specified && i < records->count; i++)
		status = check_machine(asked, &records->records[i].session, &spec, forced);
	nb_baseline_free(&spec);
	if (status != NB_EXIT_FINE)
		return status;
	if (records->provenance[0])
		nb_base_copy(origin, sizeof(origin), records->provenance);
	else
		snprintf(origin, sizeof(origin), "imported from %.200s", path);
	write_provenance(asked, origin, forced, provenance);
	store = nb_cli_open_store(asked->verb, asked->database, NB_STORE_WRITE);
	if (!store)
		return NB_EXIT_FAILED;
	status = add_and_freeze(asked, store, records,
				&(struct nb_store_freeze){ .name = name,
							   .provenance = provenance,
							   .replace = asked->replace });
	nb_store_close(store);
	return status;
}

int nb_cli_baseline_import(const struct nb_cli_keeping *asked, const char *path)
{
	struct nb_cli_records records;
	struct nb_error error = { 0 };
	int status;

	if (nb_cli_is_database(path)) {
		nb_cli_fail(asked->verb, NB_EXIT_USAGE, "%s is a database", path);
		nb_cli_hint("nestbench merge adds its sessions, baseline save NAME SELECTOR names "
			    "some of them");
		return NB_EXIT_USAGE;
	}
	if (nb_cli_read_records(path, &records, &error) < 0)
		return nb_cli_fail(asked->verb, NB_EXIT_FAILED, "%s", error.text);
	if (records.kind == NB_CLI_SPEC) {
		status = nb_cli_fail(asked->verb, NB_EXIT_USAGE,
				     "%s is a sound specification (%zu figures), which needs no "
				     "import: nestbench compare %s SESSION",
				     path, records.spec.count, path);
	} else if (!asked->as && !records.name[0]) {
		status = nb_cli_fail(asked->verb, NB_EXIT_USAGE,
				     "a name is needed: --as NAME, such as --as azure-d4s-v5");
	} else {
		status =
			import_checked(asked, path, &records, asked->as ? asked->as : records.name);
	}
	nb_cli_records_free(&records);
	return status;
}
