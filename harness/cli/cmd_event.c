/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/archive.h"

#include "cli_private.h"

struct choices {
	const char *db, *at;
	bool json;
};

static const struct nb_cli_option options[] = {
	{ "at", 0, NB_CLI_TEXT, offsetof(struct choices, at), "TIME",
	  "add: when it was (default: now): 2026-11-21,\n"
	  "2026-11-21T03:12 or 2026-11-21T03:12:05+01:00; UTC\n"
	  "where it names no offset" },
	NB_CLI_OPTION_JSON(struct choices),
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

static json_t *event_tree(const struct nb_event *event)
{
	return json_pack("{s:s, s:s, s:s}", "id", event->id, "at", event->at, "text", event->text);
}

static int print_event(const struct nb_event *event, bool json)
{
	char plain[NB_STORE_TEXT_SIZE];

	if (json)
		return nb_cli_print_json(&nb_cli_event,
					 json_pack("{s:s, s:o}", "schema", "nestbench/1", "event",
						   event_tree(event)));
	nb_report_plain(plain, sizeof(plain), event->text);
	printf("%.10s %.5s UTC  %s\n", event->at, event->at + 11, plain);
	return NB_EXIT_FINE;
}

static int add(const struct choices *choices, const char *database, const char *text)
{
	struct nb_store *store = nb_cli_open_store(&nb_cli_event, database, NB_STORE_WRITE);
	struct nb_error error = { 0 };
	struct nb_event event;
	int result;

	if (!store)
		return NB_EXIT_FAILED;
	result = nb_store_add_event(store, choices->at, text, &event, &error);
	nb_store_close(store);
	if (result < 0)
		return nb_cli_fail(&nb_cli_event,
				   result == -EINVAL ? NB_EXIT_USAGE : NB_EXIT_FAILED, "%s",
				   error.text);
	return print_event(&event, choices->json);
}

static int print_events_json(const struct nb_event *events, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, event_tree(&events[i]));
	return nb_cli_print_json(&nb_cli_event,
				 json_pack("{s:s, s:o}", "schema", "nestbench/1", "events", list));
}

static int print_events(const struct nb_event *events, size_t count, bool json)
{
	if (json)
		return print_events_json(events, count);
	for (size_t i = 0; i < count; i++)
		print_event(&events[i], false);
	if (count == 0)
		nb_cli_hint("no events; nestbench event add TEXT tells one");
	return NB_EXIT_FINE;
}

static int list(const struct choices *choices, const char *database)
{
	struct nb_store *store = nb_cli_open_store(&nb_cli_event, database, NB_STORE_READ);
	struct nb_error error = { 0 };
	struct nb_event *events;
	size_t count;
	int result, status;

	if (!store)
		return NB_EXIT_FAILED;
	result = nb_store_list_events(store, &events, &count, &error);
	nb_store_close(store);
	if (result < 0)
		return nb_cli_fail(&nb_cli_event, NB_EXIT_FAILED, "%s", error.text);
	status = print_events(events, count, choices->json);
	free(events);
	return status;
}

static int run(int argc, char **argv)
{
	struct choices choices = { 0 };
	char database[NB_CLI_PATH_SIZE];
	struct nb_cli_words words;
	bool adds, lists;
	int status;

	if (!nb_cli_parse(&nb_cli_event, argc, argv, &choices, &words, &status))
		return status;
	adds = words.count == 2 && strcmp(words.words[0], "add") == 0;
	lists = words.count == 1 && strcmp(words.words[0], "list") == 0;
	if (!adds && !lists) {
		nb_cli_fail(&nb_cli_event, NB_EXIT_USAGE,
			    "write: nestbench event add TEXT, or list");
		nb_cli_hint("such as: nestbench event add \"the host was upgraded\"");
		return NB_EXIT_USAGE;
	}
	if (lists && choices.at)
		return nb_cli_fail(&nb_cli_event, NB_EXIT_USAGE, "--at is for add");
	if (!nb_cli_database(&nb_cli_event, choices.db, database))
		return NB_EXIT_USAGE;
	return adds ? add(&choices, database, words.words[1]) : list(&choices, database);
}

const struct nb_cli_verb nb_cli_event = {
	.name = "event",
	.arguments = "add TEXT|list",
	.summary = "tell what a machine cannot know, such as an upgrade below it",
	.details =
		"Keeps what nestbench cannot see from inside, such as \"the host was upgraded\".\n"
		"history shows it beside the changes that came with it.\n",
	.options = options,
	.run = run,
};
