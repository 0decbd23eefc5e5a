/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nestbench/baseline_report.h"

#include "cli_baseline.h"

/* The own database if there is one; a missing one is no fault here. */
static int open_existing(const struct nb_cli_keeping *asked, struct nb_store **store)
{
	*store = NULL;
	if (access(asked->database, F_OK) != 0)
		return NB_EXIT_FINE;
	*store = nb_cli_open_store(asked->verb, asked->database, NB_STORE_READ);
	return *store ? NB_EXIT_FINE : NB_EXIT_FAILED;
}

/* Everything that "list" names. */
struct lists {
	struct nb_baseline *specs;
	size_t spec_count;
	struct nb_store_baseline *saved;
	size_t saved_count;
	struct nb_baseline_entry *entries;
	size_t count;
};

static void lists_free(struct lists *lists)
{
	for (size_t i = 0; i < lists->spec_count; i++)
		nb_baseline_free(&lists->specs[i]);
	free(lists->specs);
	free(lists->saved);
	free(lists->entries);
}

static int load_specs(struct lists *lists, struct nb_error *error)
{
	size_t count = nb_baseline_count();

	lists->specs = calloc(count + 1, sizeof(*lists->specs));
	if (!lists->specs)
		return nb_error_set(error, ENOMEM, "no memory for %zu baselines", count);
	while (lists->spec_count < count) {
		int status = nb_baseline_load(lists->spec_count, &lists->specs[lists->spec_count],
					      error);

		if (status < 0)
			return status;
		lists->spec_count++;
	}
	return 0;
}

static void add_saved(struct lists *lists, const struct nb_store_baseline *saved)
{
	struct nb_baseline_entry *entry = NULL;

	for (size_t i = 0; i < lists->spec_count && !entry; i++)
		if (strcmp(lists->specs[i].name, saved->name) == 0)
			entry = &lists->entries[i];
	if (!entry) {
		entry = &lists->entries[lists->count++];
		*entry = (struct nb_baseline_entry){ .name = saved->name, .title = "" };
	}
	entry->sessions = saved->sessions;
	entry->created = saved->created;
	entry->provenance = saved->provenance;
}

static int join(struct lists *lists, struct nb_error *error)
{
	lists->entries =
		calloc(lists->spec_count + lists->saved_count + 1, sizeof(*lists->entries));
	if (!lists->entries)
		return nb_error_set(error, ENOMEM, "no memory for the baselines");
	for (size_t i = 0; i < lists->spec_count; i++)
		lists->entries[lists->count++] =
			(struct nb_baseline_entry){ .name = lists->specs[i].name,
						    .title = lists->specs[i].title,
						    .builtin = true,
						    .size = lists->specs[i].size,
						    .figures = lists->specs[i].count,
						    .created = "",
						    .provenance = "" };
	for (size_t i = 0; i < lists->saved_count; i++)
		add_saved(lists, &lists->saved[i]);
	return 0;
}

int nb_cli_baseline_list(const struct nb_cli_keeping *asked)
{
	struct lists lists = { 0 };
	struct nb_error error = { 0 };
	struct nb_store *store;
	int result;

	if (open_existing(asked, &store) != NB_EXIT_FINE)
		return NB_EXIT_FAILED;
	result = load_specs(&lists, &error);
	if (result == 0 && store)
		result = nb_store_list_baselines(store, &lists.saved, &lists.saved_count, &error);
	if (result == 0)
		result = join(&lists, &error);
	if (result == 0)
		result = asked->json
				 ? nb_report_baselines_json(stdout, lists.entries, lists.count,
							    &error)
				 : nb_report_baselines(stdout, lists.entries, lists.count, &error);
	lists_free(&lists);
	nb_store_close(store);
	return result < 0 ? nb_cli_fail(asked->verb, NB_EXIT_FAILED, "%s", error.text)
			  : NB_EXIT_FINE;
}

/* What "show" found under a name. */
struct found {
	struct nb_baseline spec;
	bool specified;
	struct nb_store_entry *sessions;
	size_t count;
	struct nb_store_baseline saved;
};

static int find_saved(struct nb_store *store, const char *name, struct found *found,
		      struct nb_error *error)
{
	struct nb_store_baseline *list;
	size_t count;
	int result = nb_store_show_baseline(store, name, &found->sessions, &found->count, error);

	if (result < 0)
		return result;
	result = nb_store_list_baselines(store, &list, &count, error);
	for (size_t i = 0; result == 0 && i < count; i++)
		if (strcmp(list[i].name, name) == 0)
			found->saved = list[i];
	if (result == 0)
		free(list);
	return result;
}

static int print_both_json(const char *name, const struct found *found, struct nb_error *error)
{
	const struct nb_session **sessions = calloc(found->count + 1, sizeof(void *));
	struct nb_baseline_saved saved = { .created = found->saved.created,
					   .provenance = found->saved.provenance,
					   .sessions = sessions,
					   .count = found->count };
	int result;

	if (!sessions)
		return nb_error_set(error, ENOMEM, "no memory for %zu sessions", found->count);
	for (size_t i = 0; i < found->count; i++)
		sessions[i] = &found->sessions[i].session;
	result = nb_report_baseline_both_json(stdout, name, found->specified ? &found->spec : NULL,
					      found->count > 0 ? &saved : NULL, error);
	free(sessions);
	return result;
}

static int print_found(const struct nb_cli_keeping *asked, const char *name,
		       const struct found *found)
{
	struct nb_report_style style = nb_cli_style();
	struct nb_error error = { 0 };
	char plain[NB_STORE_TEXT_SIZE];
	int result = 0;

	if (asked->json)
		result = print_both_json(name, found, &error);
	else if (found->specified)
		result = nb_report_baseline(stdout, &found->spec, &style, &error);
	if (result < 0)
		return nb_cli_fail(asked->verb, NB_EXIT_FAILED, "%s", error.text);
	if (asked->json || found->count == 0)
		return NB_EXIT_FINE;
	nb_report_plain(plain, sizeof(plain), found->saved.provenance);
	printf("%s%s: %zu session%s, saved %.10s: %s\n", found->specified ? "\n" : "", name,
	       found->count, found->count == 1 ? "" : "s", found->saved.created, plain);
	return nb_cli_print_entries(asked->verb, found->sessions, found->count);
}

/* A specification that is not built in, to look at before it is used. */
static int show_file(const struct nb_cli_keeping *asked, const char *path)
{
	struct nb_cli_records records;
	struct nb_error error = { 0 };
	struct found found = { 0 };
	int status;

	if (nb_cli_read_records(path, &records, &error) < 0)
		return nb_cli_fail(asked->verb, NB_EXIT_FAILED, "%s", error.text);
	found.spec = records.spec;
	found.specified = records.kind == NB_CLI_SPEC;
	if (found.specified)
		status = print_found(asked, records.spec.name, &found);
	else
		status = nb_cli_fail(asked->verb, NB_EXIT_USAGE,
				     "%s holds sessions: baseline import FILE --as NAME names them",
				     path);
	nb_cli_records_free(&records);
	return status;
}

int nb_cli_baseline_show(const struct nb_cli_keeping *asked, const char *name)
{
	struct nb_error unknown = { 0 }, error = { 0 };
	struct found found = { 0 };
	struct nb_store *store;
	int result = -ENOENT, status;

	if (strpbrk(name, "/.") && access(name, F_OK) == 0)
		return show_file(asked, name);
	if (open_existing(asked, &store) != NB_EXIT_FINE)
		return NB_EXIT_FAILED;
	found.specified = nb_baseline_find(name, &found.spec, &unknown) == 0;
	if (store)
		result = find_saved(store, name, &found, &error);
	nb_store_close(store);
	if (result < 0 && result != -ENOENT) {
		status = nb_cli_fail(asked->verb, NB_EXIT_FAILED, "%s", error.text);
	} else if (result < 0 && !found.specified) {
		status = nb_cli_fail(asked->verb, NB_EXIT_USAGE, "%s", unknown.text);
		nb_cli_hint("nestbench baseline list shows all of them");
	} else {
		status = print_found(asked, name, &found);
	}
	nb_baseline_free(&found.spec);
	free(found.sessions);
	return status;
}

int nb_cli_baseline_remove(const struct nb_cli_keeping *asked, const char *name)
{
	struct nb_error error = { 0 };
	struct nb_store *store;
	int result;

	/* Opening it for writing would make one. */
	store = access(asked->database, F_OK) == 0
			? nb_cli_open_store(asked->verb, asked->database, NB_STORE_WRITE)
			: nb_cli_open_store(asked->verb, asked->database, NB_STORE_READ);
	if (!store)
		return NB_EXIT_FAILED;
	result = nb_store_remove_baseline(store, name, &error);
	nb_store_close(store);
	if (result == 0) {
		printf("%s: removed; its sessions stay\n", name);
		return NB_EXIT_FINE;
	}
	return nb_cli_fail(asked->verb, result == -ENOENT ? NB_EXIT_USAGE : NB_EXIT_FAILED, "%s",
			   error.text);
}
