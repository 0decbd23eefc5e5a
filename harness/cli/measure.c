/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "nestbench/digest.h"

#include "cli_private.h"

/* A session under way. */
struct measurement {
	const struct nb_cli_verb *verb;
	const struct nb_run_options *options;
	struct nb_run_catalogue *catalogue;
	struct nb_store *store;
	struct nb_cli_progress progress;
	struct nb_record record;
	bool quiet; /* only what went wrong is printed */
};

/* The round is on disk before anything else is done with it. */
static int on_round(void *context, size_t entry, struct nb_round *round, struct nb_error *error)
{
	struct measurement *measurement = context;
	const struct nb_series *series = &measurement->catalogue->entries[entry].series;
	int status = nb_store_add_round(measurement->store, measurement->record.session.id, series,
					(int)entry, round, error);

	if (status < 0)
		return status;
	return nb_record_append(&measurement->record, series, round, error);
}

static void on_progress(void *context, const struct nb_run_progress *now)
{
	struct measurement *measurement = context;

	nb_cli_progress_show(&measurement->progress, now);
}

/* Rounds came in random order; the table is in the catalogue's. */
static void sort_series(struct nb_record *record, const struct nb_run_catalogue *catalogue)
{
	size_t placed = 0;

	for (size_t i = 0; i < catalogue->count; i++) {
		for (size_t j = placed; j < record->count; j++) {
			struct nb_series_rounds found = record->series[j];

			if (!nb_record_same_series(&found.series, &catalogue->entries[i].series))
				continue;
			record->series[j] = record->series[placed];
			record->series[placed++] = found;
			break;
		}
	}
}

static int print_results(const struct measurement *measurement, bool json)
{
	struct nb_report_style style = nb_cli_style();
	struct nb_error error = { 0 };
	int status = json ? nb_report_json(stdout, &measurement->record, false, &error)
			  : nb_report_table(stdout, &measurement->record, &style, &error);

	if (status < 0)
		return nb_cli_fail(measurement->verb, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

/*
 * 3 where a benchmark failed or the time was over before anything was measured, 77 where nothing
 * could run here.
 */
static int judge(const struct nb_record *record)
{
	bool measured = false;

	for (size_t i = 0; i < record->count; i++) {
		for (size_t j = 0; j < record->series[i].count; j++) {
			if (record->series[i].rounds[j].outcome == NB_ERROR)
				return NB_EXIT_FAILED;
			measured = measured || record->series[i].rounds[j].outcome == NB_OK;
		}
	}
	if (measured)
		return NB_EXIT_FINE;
	return record->session.partial ? NB_EXIT_FAILED : NB_EXIT_NOTHING;
}

static int report_partial(const struct measurement *measurement)
{
	if (*measurement->options->stop)
		return nb_cli_fail(
			measurement->verb, NB_EXIT_FAILED,
			"interrupted: the session is partial, its finished rounds are kept");
	nb_cli_fail(measurement->verb, NB_EXIT_FINE,
		    "out of time (--max-time): the session is partial");
	return NB_EXIT_FINE;
}

/* Runs the session and stores it; *failed is an exit status, 0 for none. */
static void execute(struct measurement *measurement, int *failed)
{
	const struct nb_run_hooks hooks = { .context = measurement,
					    .round_done = on_round,
					    .progress = on_progress };
	struct nb_session *session = &measurement->record.session;
	struct nb_run_summary summary = { .partial = true };
	struct nb_error error = { 0 };
	int status;

	nb_cli_progress_init(&measurement->progress);
	status = nb_run_execute(measurement->options, measurement->catalogue, session, &hooks,
				&summary, &error);
	nb_cli_progress_clear(&measurement->progress);
	if (status < 0)
		*failed = nb_cli_fail(measurement->verb, NB_EXIT_FAILED, "%s", error.text);
	if (summary.written_out && !measurement->quiet)
		nb_cli_hint("a target got all that --dry-run says: what writes there has fewer "
			    "rounds");
	session->partial = status < 0 || summary.partial;
	sort_series(&measurement->record, measurement->catalogue);
	if (nb_store_end_session(measurement->store, session->id, session->partial,
				 nb_record_valid(&measurement->record), &error) < 0 &&
	    *failed == NB_EXIT_FINE)
		*failed = nb_cli_fail(measurement->verb, NB_EXIT_FAILED, "%s", error.text);
}

/* The engine is among the series' parameters; that it is the second best is worth a reason. */
static void tell_engine(const struct measurement *measurement)
{
	const char *why = nb_run_no_uring(measurement->catalogue);

	if (why && !measurement->quiet)
		nb_cli_hint("no io_uring here: %s; threads keep the queues full instead", why);
}

/* Around what is written to disks: nothing of it stays, whatever becomes of the session. */
static int begin_and_execute(struct measurement *measurement, int *failed)
{
	struct nb_session *session = &measurement->record.session;
	struct nb_error error = { 0 };
	int status;

	if (nb_run_session(measurement->options, session, &error) < 0)
		return nb_cli_fail(measurement->verb, NB_EXIT_FAILED, "%s", error.text);
	nb_run_prepare(measurement->catalogue, session);
	tell_engine(measurement);
	status = nb_store_begin_session(measurement->store, session, &error);
	if (status == 0)
		execute(measurement, failed);
	if (nb_run_clean_up(measurement->catalogue, status == 0 ? &error : NULL) < 0 && status == 0)
		*failed = nb_cli_fail(measurement->verb, NB_EXIT_FAILED, "%s", error.text);
	if (status < 0)
		return nb_cli_fail(measurement->verb, NB_EXIT_FAILED, "%s", error.text);
	return NB_EXIT_FINE;
}

static int measure(struct measurement *measurement, const char *database, bool json)
{
	struct nb_session *session = &measurement->record.session;
	int failed = NB_EXIT_FINE;
	int status = begin_and_execute(measurement, &failed);

	if (status != NB_EXIT_FINE)
		return status;
	status = measurement->quiet ? NB_EXIT_FINE : print_results(measurement, json);
	/* Also where the table was lost: then it is the more needed. */
	if (!measurement->quiet)
		nb_cli_print_whereabouts(&measurement->record, database);
	if (status == NB_EXIT_FINE && failed == NB_EXIT_FINE && session->partial)
		failed = report_partial(measurement);
	if (failed != NB_EXIT_FINE || status != NB_EXIT_FINE)
		return NB_EXIT_FAILED;
	return judge(&measurement->record);
}

static int open_and_measure(const struct measurement *asked, const char *database, bool json)
{
	struct nb_run_options stoppable = *asked->options;
	struct measurement measurement = *asked;
	int status;

	measurement.options = &stoppable;
	/* A database that cannot be written is found out before minutes of measuring. */
	measurement.store = nb_cli_open_store(measurement.verb, database, NB_STORE_WRITE);
	if (!measurement.store)
		return NB_EXIT_FAILED;
	stoppable.stop = nb_cli_catch_signals();
	status = measure(&measurement, database, json);
	nb_store_close(measurement.store);
	nb_record_free(&measurement.record);
	return status;
}

int nb_cli_measure(const struct nb_cli_verb *verb, const struct nb_run_options *options,
		   struct nb_run_catalogue *catalogue, const char *database, bool json)
{
	const struct measurement measurement = { .verb = verb,
						 .options = options,
						 .catalogue = catalogue };

	return open_and_measure(&measurement, database, json);
}

int nb_cli_measure_quietly(const struct nb_cli_verb *verb, const struct nb_run_options *options,
			   struct nb_run_catalogue *catalogue, const char *database)
{
	struct measurement measurement = {
		.verb = verb, .options = options, .catalogue = catalogue, .quiet = true
	};

	return open_and_measure(&measurement, database, false);
}
