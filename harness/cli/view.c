/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_view.h"

/* Sessions as they come; an id that is there already is passed over. */
struct records {
	struct nb_record *list;
	size_t count;
};

static void free_records(struct records *records)
{
	for (size_t i = 0; i < records->count; i++)
		nb_record_free(&records->list[i]);
	free(records->list);
	*records = (struct records){ 0 };
}

static bool is_there(const struct records *records, const char *id)
{
	for (size_t i = 0; i < records->count; i++)
		if (strcmp(records->list[i].session.id, id) == 0)
			return true;
	return false;
}

/* Takes over *record, or frees it. */
static int add(struct records *records, struct nb_record *record, struct nb_error *error)
{
	struct nb_record *grown = NULL;
	int status = nb_view_limit(records->count + 1, error);

	if (status == 0 && !is_there(records, record->session.id)) {
		grown = reallocarray(records->list, records->count + 1, sizeof(*grown));
		if (!grown)
			status = nb_error_set(error, ENOMEM, "no memory for a session");
	}
	if (!grown) {
		nb_record_free(record);
		return status;
	}
	records->list = grown;
	grown[records->count++] = *record;
	*record = (struct nb_record){ 0 };
	return 0;
}

static int add_stored(void *records, struct nb_store *store, const char *id, struct nb_error *error)
{
	struct nb_record record = { 0 };
	int status = nb_store_load(store, id, &record, error);

	return status < 0 ? status : add(records, &record, error);
}

static int add_document(const char *path, struct records *records, struct nb_error *error)
{
	struct nb_cli_records read;
	int status = nb_cli_read_records(path, &read, error);

	if (status < 0)
		return status;
	for (size_t i = 0; status == 0 && i < read.count; i++)
		status = add(records, &read.records[i], error);
	nb_cli_records_free(&read);
	return status;
}

static int add_file(const struct nb_cli_verb *verb, const char *path, struct records *records)
{
	struct nb_error error = { 0 };
	int status = nb_cli_is_database(path)
			     ? nb_cli_visit_database(path, true, add_stored, records, &error)
			     : add_document(path, records, &error);

	return status < 0 ? nb_cli_fail(verb, NB_EXIT_FAILED, "%s", error.text) : NB_EXIT_FINE;
}

/* The sessions of a side that is in the database, whole. */
static int add_side(const struct nb_cli_view_request *request, const struct nb_cli_side *side,
		    struct records *records)
{
	struct nb_error error = { 0 };
	struct nb_store *store;
	int status = nb_view_limit(records->count + side->count, &error);

	if (status < 0)
		return nb_cli_fail(request->verb, NB_EXIT_USAGE, "%s", error.text);
	store = nb_cli_open_store(request->verb, request->database, NB_STORE_READ);
	if (!store)
		return NB_EXIT_FAILED;
	for (size_t i = 0; status == 0 && i < side->count; i++)
		status = add_stored(records, store, side->sessions[i].session.id, &error);
	nb_store_close(store);
	if (status < 0)
		return nb_cli_fail(request->verb, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

static int add_word(const struct nb_cli_view_request *request, const char *word,
		    struct records *records)
{
	struct nb_cli_side side;
	int status;

	if (nb_cli_is_file(word))
		return add_file(request->verb, word, records);
	status = nb_cli_side_load(request->verb, request->database, word, &side);
	if (status == NB_EXIT_FINE && side.count == 0)
		status = nb_cli_fail(request->verb, NB_EXIT_USAGE,
				     "%s is a specification without sessions: --baseline names it",
				     word);
	if (status == NB_EXIT_FINE)
		status = add_side(request, &side, records);
	nb_cli_side_free(&side);
	return status;
}

static int add_words(const struct nb_cli_view_request *request, struct records *records)
{
	int status = NB_EXIT_FINE;

	if (request->words.count == 0)
		return add_word(request, "latest", records);
	for (size_t i = 0; status == NB_EXIT_FINE && i < request->words.count; i++)
		status = add_word(request, request->words.words[i], records);
	return status;
}

/* What compare takes as a side stays as it is; any other word is a baseline's name. */
static bool is_side(const char *word)
{
	return strchr(word, ':') || strcmp(word, "latest") == 0 || nb_base_ulid_valid(word) ||
	       nb_cli_is_file(word);
}

static int load_base(const struct nb_cli_view_request *request, struct nb_cli_view *view)
{
	struct records records = { 0 };
	int status;

	if (!request->base)
		return NB_EXIT_FINE;
	if ((size_t)snprintf(view->base_name, sizeof(view->base_name), "%s%s",
			     is_side(request->base) ? "" : "baseline:", request->base) >=
	    sizeof(view->base_name))
		return nb_cli_fail(request->verb, NB_EXIT_USAGE,
				   "--baseline: the name is too long");
	status = nb_cli_side_load(request->verb, request->database, view->base_name, &view->base);
	if (status != NB_EXIT_FINE || !request->whole_base || view->base.count == 0)
		return status;
	if (nb_cli_is_file(view->base_name))
		status = add_file(request->verb, view->base_name, &records);
	else
		status = add_side(request, &view->base, &records);
	view->base_records = records.list;
	view->base_count = records.count;
	return status;
}

int nb_cli_view_load(const struct nb_cli_view_request *request, struct nb_cli_view *view)
{
	struct records records = { 0 };
	int status = add_words(request, &records);

	view->options = nb_compare_defaults;
	view->records = records.list;
	view->count = records.count;
	return status == NB_EXIT_FINE ? load_base(request, view) : status;
}

/* Whole records may have been changed since: what is compared is made of them. */
static int digest_base(struct nb_cli_view *view, struct nb_error *error)
{
	struct nb_digest *digests;
	int status = 0;

	if (view->base_count == 0)
		return 0;
	digests = calloc(view->base_count, sizeof(*digests));
	if (!digests)
		return nb_error_set(error, ENOMEM, "no memory for the base");
	for (size_t i = 0; status == 0 && i < view->base_count; i++)
		status = nb_digest_make(&view->base_records[i], &digests[i], error);
	nb_store_free_digests(view->base.sessions, view->base.count);
	view->base.sessions = digests;
	view->base.count = view->base_count;
	return status;
}

static int make(struct nb_cli_view *view, struct nb_error *error)
{
	struct nb_cli_side *base = &view->base;
	struct nb_view_sources sources = { .records = view->records,
					   .count = view->count,
					   .base = base->asked,
					   .base_provenance = base->provenance,
					   .options = &view->options };
	int status = digest_base(view, error);

	if (status < 0)
		return status;
	sources.base_sessions = nb_cli_side_group(base);
	if (base->count == 0 && base->specified)
		sources.figures = &base->spec;
	return nb_view_make(&sources, &view->view, error);
}

int nb_cli_view_make(const struct nb_cli_view_request *request, struct nb_cli_view *view)
{
	struct nb_error error = { 0 };
	int status = make(view, &error);

	if (status == -E2BIG || status == -ENODATA)
		return nb_cli_fail(request->verb, NB_EXIT_USAGE, "%s", error.text);
	if (status < 0)
		return nb_cli_fail(request->verb, NB_EXIT_FAILED, "%s", error.text);
	return request->past ? nb_cli_view_remember(request, view) : NB_EXIT_FINE;
}

void nb_cli_view_free(struct nb_cli_view *view)
{
	struct records records, base;

	if (!view)
		return;
	records = (struct records){ view->records, view->count };
	base = (struct records){ view->base_records, view->base_count };
	nb_view_free(&view->view);
	nb_history_free(&view->history);
	nb_cli_past_free(&view->past);
	nb_cli_side_free(&view->base);
	free_records(&records);
	free_records(&base);
	free(view);
}
