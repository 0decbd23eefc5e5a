/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "cli_past.h"

void nb_cli_past_free(struct nb_cli_past *past)
{
	nb_history_input_free(&past->input);
	free(past->told);
	free(past->events);
	nb_store_free_timeline(&past->timeline);
	*past = (struct nb_cli_past){ 0 };
}

static int take_events(struct nb_cli_past *past, size_t count, struct nb_error *error)
{
	past->told = calloc(count + 1, sizeof(*past->told));
	if (!past->told)
		return nb_error_set(error, ENOMEM, "no memory for %zu events", count);
	for (size_t i = 0; i < count; i++) {
		nb_base_copy(past->told[i].time, sizeof(past->told[i].time), past->events[i].at);
		past->told[i].text = past->events[i].text;
	}
	past->input.events = past->told;
	past->input.event_count = count;
	return 0;
}

int nb_cli_past_read(struct nb_store *store, struct nb_cli_words patterns,
		     const struct nb_history_choice *choice, struct nb_cli_past *past,
		     struct nb_error *error)
{
	size_t count = 0;
	int status =
		nb_store_history(store, patterns.words, patterns.count, &past->timeline, error);

	if (status == 0)
		status = nb_store_list_events(store, &past->events, &count, error);
	if (status == 0)
		status = nb_history_input_make(&past->timeline, choice, &past->input, error);
	return status == 0 ? take_events(past, count, error) : status;
}
