/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/baseline_report.h"

#include "cli_bundle.h"

/*
 * All texts that sessions and base brought along, before anything is made of them: what is judged,
 * drawn and packed is the same then, and whoever gets it can compute it again.
 */

static int learn(struct nb_cli_secrets *secrets, const struct nb_cli_view *view,
		 struct nb_error *error)
{
	struct nb_world world;

	nb_world_live(&world, NULL, 0);
	nb_cli_secrets_init(secrets, &world);
	for (size_t i = 0; i < view->count; i++)
		nb_cli_secrets_learn(secrets, &view->records[i]);
	for (size_t i = 0; i < view->base_count; i++)
		nb_cli_secrets_learn(secrets, &view->base_records[i]);
	if (secrets->full)
		return nb_error_set(error, E2BIG,
				    "more than %d names of hosts, users and instances to take out "
				    "of these sessions: bundle fewer of them",
				    NB_REDACT_SECRETS_MAX);
	for (size_t i = 0; i < view->count; i++)
		nb_cli_secrets_learn_boot(secrets, &view->records[i]);
	for (size_t i = 0; i < view->base_count; i++)
		nb_cli_secrets_learn_boot(secrets, &view->base_records[i]);
	return 0;
}

static int write_figures(const struct nb_baseline *figures, char **text, size_t *size,
			 struct nb_error *error)
{
	FILE *stream = open_memstream(text, size);
	int status;

	if (!stream)
		return nb_error_set(error, ENOMEM, "no memory for the base");
	status = nb_report_baseline_json(stream, figures, error);
	if (fclose(stream) != 0 && status == 0)
		status = nb_error_set(error, ENOMEM, "no memory for the base");
	return status;
}

/* Figures that are built in are public; those of a file are as private as a session. */
static int redact_figures(const struct nb_redactor *redactor, struct nb_cli_side *base,
			  struct nb_error *error)
{
	struct nb_baseline redacted = { 0 };
	char *text = NULL;
	size_t size = 0;
	int status;

	if (!base->specified || strncmp(base->asked, "baseline:", strlen("baseline:")) == 0)
		return 0;
	status = write_figures(&base->spec, &text, &size, error);
	if (status == 0)
		status = nb_cli_redact_bytes(redactor, &text, &size, error);
	if (status == 0)
		status = nb_baseline_parse(text, size, &redacted, error);
	free(text);
	if (status < 0)
		return status;
	nb_baseline_free(&base->spec);
	base->spec = redacted;
	return 0;
}

int nb_cli_conceal(struct nb_cli_secrets *secrets, struct nb_cli_view *view, struct nb_error *error)
{
	int status = learn(secrets, view, error);

	if (status == 0)
		status = redact_figures(&secrets->redactor, &view->base, error);
	if (status < 0)
		return status;
	for (size_t i = 0; i < view->count; i++)
		nb_cli_redact_record(&secrets->redactor, &view->records[i]);
	for (size_t i = 0; i < view->base_count; i++)
		nb_cli_redact_record(&secrets->redactor, &view->base_records[i]);
	nb_cli_redact_text(&secrets->redactor, view->base_name, sizeof(view->base_name));
	nb_cli_redact_text(&secrets->redactor, view->base.provenance,
			   sizeof(view->base.provenance));
	return 0;
}
