/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nestbench/archive.h"

#include "cli_compare.h"

static const char baseline_prefix[] = "baseline:", label_prefix[] = "label:";

static bool has_prefix(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

void nb_cli_side_free(struct nb_cli_side *side)
{
	nb_store_free_digests(side->sessions, side->count);
	nb_baseline_free(&side->spec);
	*side = (struct nb_cli_side){ 0 };
}

struct nb_compare_group nb_cli_side_group(const struct nb_cli_side *side)
{
	return (struct nb_compare_group){ side->sessions, side->count };
}

/* Takes over what digests own; -ENOMEM. */
static int add_digests(struct nb_cli_side *side, struct nb_digest *digests, size_t count,
		       struct nb_error *error)
{
	struct nb_digest *grown =
		reallocarray(side->sessions, side->count + count + 1, sizeof(*grown));

	if (!grown)
		return nb_error_set(error, ENOMEM, "no memory for %zu sessions", count);
	memcpy(grown + side->count, digests, count * sizeof(*grown));
	side->sessions = grown;
	side->count += count;
	return 0;
}

/* Adds what the store finds; the list itself is ours then. */
static int add_selected(struct nb_store *store, const char *selector, struct nb_cli_side *side,
			struct nb_error *error)
{
	struct nb_digest *digests;
	size_t count;
	int status = nb_store_digests(store, selector, &digests, &count, error);

	if (status < 0)
		return status;
	status = add_digests(side, digests, count, error);
	if (status == 0)
		free(digests);
	else
		nb_store_free_digests(digests, count);
	return status;
}

/* A selector that finds nothing is wrong usage; anything else is a file that failed. */
static int refuse(const struct nb_cli_verb *verb, const char *asked, int result,
		  const struct nb_error *error)
{
	struct nb_baseline known;

	if (result != -ENOENT && result != -EEXIST && result != -EINVAL)
		return nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error->text);
	nb_cli_fail(verb, NB_EXIT_USAGE, "%s", error->text);
	if (nb_baseline_find(asked, &known, NULL) == 0) {
		nb_cli_hint("baseline:%s names the baseline", asked);
		nb_baseline_free(&known);
	} else if (strchr(asked, '/') || strstr(asked, ".json") || strstr(asked, ".db")) {
		nb_cli_hint("nor is there a file of that name");
	} else {
		nb_cli_hint("nestbench show --list shows the sessions and their labels");
	}
	return NB_EXIT_USAGE;
}

static int load_selected(const struct nb_cli_verb *verb, const char *path, const char *asked,
			 struct nb_cli_side *side)
{
	struct nb_store *store = nb_cli_open_store(verb, path, NB_STORE_READ);
	struct nb_error error = { 0 };
	int result;

	if (!store)
		return NB_EXIT_FAILED;
	result = add_selected(store, asked, side, &error);
	nb_store_close(store);
	side->stored = true;
	return result < 0 ? refuse(verb, asked, result, &error) : NB_EXIT_FINE;
}

/* Where the sessions of a saved baseline are from. */
static int read_provenance(struct nb_store *store, const char *name, struct nb_cli_side *side,
			   struct nb_error *error)
{
	struct nb_store_baseline *list;
	size_t count;
	int status = nb_store_list_baselines(store, &list, &count, error);

	if (status < 0)
		return status;
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, name) == 0)
			nb_base_copy(side->provenance, sizeof(side->provenance),
				     list[i].provenance);
	free(list);
	return 0;
}

/* What "baseline save" froze, beside what is built in: neither has to be there. */
static int load_baseline(const struct nb_cli_verb *verb, const char *path, const char *asked,
			 struct nb_cli_side *side)
{
	const char *name = asked + strlen(baseline_prefix);
	struct nb_error unknown = { 0 }, error = { 0 };
	struct nb_store *store;
	int result = -ENOENT;

	side->specified = nb_baseline_find(name, &side->spec, &unknown) == 0;
	if (access(path, F_OK) == 0) {
		store = nb_cli_open_store(verb, path, NB_STORE_READ);
		if (!store)
			return NB_EXIT_FAILED;
		result = add_selected(store, asked, side, &error);
		if (result == 0)
			result = read_provenance(store, name, side, &error);
		nb_store_close(store);
		side->stored = result == 0;
	}
	if (result < 0 && result != -ENOENT && result != -EINVAL)
		return nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error.text);
	if (result == 0 || side->specified)
		return NB_EXIT_FINE;
	nb_cli_fail(verb, NB_EXIT_USAGE, "%s", unknown.text);
	nb_cli_hint("nestbench baseline list shows those that are built in and those saved");
	return NB_EXIT_USAGE;
}

static int visit(void *context, struct nb_store *store, const char *id, struct nb_error *error)
{
	return add_selected(store, id, context, error);
}

static int add_digest(struct nb_cli_side *side, const struct nb_record *record,
		      struct nb_error *error)
{
	struct nb_digest digest;
	int status = nb_digest_make(record, &digest, error);

	if (status < 0)
		return status;
	status = add_digests(side, &digest, 1, error);
	if (status < 0)
		nb_digest_free(&digest);
	return status;
}

static int add_json(const char *path, struct nb_cli_side *side, struct nb_error *error)
{
	struct nb_cli_records records;
	int status = nb_cli_read_records(path, &records, error);

	if (status < 0)
		return status;
	for (size_t i = 0; status == 0 && i < records.count; i++)
		status = add_digest(side, &records.records[i], error);
	if (status == 0 && records.kind == NB_CLI_SPEC) {
		side->specified = true;
		side->spec = records.spec;
		records.spec = (struct nb_baseline){ 0 };
	}
	nb_cli_records_free(&records);
	return status;
}

static int load_file(const struct nb_cli_verb *verb, const char *path, struct nb_cli_side *side)
{
	struct nb_error error = { 0 };
	int status = nb_cli_is_database(path)
			     ? nb_cli_visit_database(path, false, visit, side, &error)
			     : add_json(path, side, &error);

	return status < 0 ? nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error.text) : NB_EXIT_FINE;
}

bool nb_cli_is_file(const char *asked)
{
	struct stat status;

	return strcmp(asked, "latest") != 0 && !nb_base_ulid_valid(asked) &&
	       stat(asked, &status) == 0 && !S_ISDIR(status.st_mode);
}

int nb_cli_side_load(const struct nb_cli_verb *verb, const char *path, const char *asked,
		     struct nb_cli_side *side)
{
	*side = (struct nb_cli_side){ .asked = asked };
	if (has_prefix(asked, baseline_prefix))
		return load_baseline(verb, path, asked, side);
	if (!has_prefix(asked, label_prefix) && nb_cli_is_file(asked))
		return load_file(verb, asked, side);
	return load_selected(verb, path, asked, side);
}
