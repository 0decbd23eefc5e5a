/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/baseline_report.h"

#include "cli_bundle.h"

/* One bundle on its way into its file. */
struct packing {
	struct nb_cli_bundle *bundle;
	const struct nb_cli_view *view;
	const volatile sig_atomic_t *stop;
	struct nb_bundle_writer *writer;
	char folder[NB_CLI_FOLDER_SIZE]; /* for what the store and the recording write */
	bool plots;
	char note[320]; /* what the page lacks */
};

/* What writes one file from a context of its own. */
typedef int (*text_maker)(FILE *stream, const void *context, struct nb_error *error);

static int add_made(struct packing *packing, const char *name, text_maker make, const void *context,
		    struct nb_error *error)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream;
	int status;

	if (*packing->stop)
		return nb_error_set(error, EINTR, "interrupted: there is no bundle");
	stream = open_memstream(&text, &size);
	if (!stream)
		return nb_error_set(error, ENOMEM, "%s: no memory", name);
	status = make(stream, context, error);
	if (fclose(stream) != 0 && status == 0)
		status = nb_error_set(error, ENOMEM, "%s: no memory", name);
	if (status == 0)
		status = nb_bundle_add(packing->writer, name, text, size, error);
	free(text);
	return status;
}

static int make_session(FILE *stream, const void *context, struct nb_error *error)
{
	return nb_report_json(stream, context, true, error);
}

static int make_figures(FILE *stream, const void *context, struct nb_error *error)
{
	return nb_report_baseline_json(stream, context, error);
}

static int make_page(FILE *stream, const void *context, struct nb_error *error)
{
	/* The only one that tells something back. */
	struct packing *packing = *(struct packing *const *)context;

	return nb_cli_page_write(stream, packing->view, packing->plots, packing->note,
				 sizeof(packing->note), error);
}

struct part {
	const char *name;
	nb_cli_bundle_part write;
	bool executable;
};

struct part_of_bundle {
	const struct part *part;
	const struct nb_cli_bundle *bundle;
};

static int make_part(FILE *stream, const void *context, struct nb_error *error)
{
	const struct part_of_bundle *wanted = context;

	return wanted->part->write(stream, wanted->bundle, error);
}

static int add_session(struct packing *packing, const char *folder, const struct nb_record *record,
		       struct nb_error *error)
{
	char name[NB_BUNDLE_NAME_SIZE];

	snprintf(name, sizeof(name), "%s/%s.json", folder, record->session.id);
	return add_made(packing, name, make_session, record, error);
}

static int add_figures(struct packing *packing, const struct nb_baseline *figures,
		       struct nb_error *error)
{
	char name[NB_BUNDLE_NAME_SIZE];

	snprintf(name, sizeof(name), "baseline/%s.json", figures->name);
	return add_made(packing, name, make_figures, figures, error);
}

static int add_sessions(struct packing *packing, struct nb_error *error)
{
	const struct nb_cli_bundle *bundle = packing->bundle;
	int status = 0;

	for (size_t i = 0; i < bundle->view->count; i++) {
		const struct nb_view_group *group = &bundle->view->groups[i];

		for (size_t j = 0; status == 0 && j < group->count; j++)
			status = add_session(packing, "sessions", group->records[j], error);
	}
	for (size_t i = 0; status == 0 && i < bundle->base_count; i++)
		status = add_session(packing, "baseline", &bundle->base[i], error);
	if (status == 0 && bundle->figures)
		status = add_figures(packing, bundle->figures, error);
	return status;
}

static int add_database(struct packing *packing, struct nb_error *error)
{
	char path[NB_CLI_PATH_SIZE];
	char *bytes = NULL;
	size_t size = 0;
	int status;

	snprintf(path, sizeof(path), "%s/sessions.db", packing->folder);
	status = nb_cli_bundle_extract(path, packing->bundle, error);
	if (status == 0)
		status = nb_cli_read_file(path, &bytes, &size, error);
	if (status < 0)
		return status;
	status = nb_bundle_add(packing->writer, "sessions.db", bytes, size, error);
	free(bytes);
	return status;
}

static int add_verdicts(struct packing *packing, struct nb_error *error)
{
	char *text = NULL;
	size_t size = 0;
	int status = nb_bundle_verdicts(packing->bundle->view, &text, &size, error);

	if (status == 0)
		status = nb_bundle_add(packing->writer, "verdicts.json", text, size, error);
	free(text);
	return status;
}

static int add_parts(struct packing *packing, struct nb_error *error)
{
	static const struct part parts[] = {
		{ "README.md", nb_cli_bundle_readme, false },
		{ "reproduce.sh", nb_cli_bundle_reproduce, true },
		{ "control.tsv", nb_cli_bundle_controls, false },
		{ "environment.txt", nb_cli_bundle_environment, false },
		{ "module-parameters.txt", nb_cli_bundle_modules, false },
		{ "kernel.log", nb_cli_bundle_kernel_log, false },
	};
	int status = 0;

	for (size_t i = 0; status == 0 && i < sizeof(parts) / sizeof(parts[0]); i++) {
		const struct part_of_bundle wanted = { &parts[i], packing->bundle };

		if (parts[i].executable)
			nb_bundle_executable(packing->writer);
		status = add_made(packing, parts[i].name, make_part, &wanted, error);
	}
	return status;
}

/* README.md tells what came of the database and the recording: it is written after them. */
static int add_all(struct packing *packing, struct nb_error *error)
{
	struct packing *const self = packing;
	int status = add_verdicts(packing, error);

	if (status == 0)
		status = add_sessions(packing, error);
	if (status == 0)
		status = add_database(packing, error);
	if (status == 0 && packing->bundle->here != NB_CLI_ELSEWHERE)
		status = nb_cli_bundle_doctor(packing->writer, packing->folder, packing->bundle,
					      error);
	if (status == 0)
		status = add_parts(packing, error);
	if (status == 0)
		status = add_made(packing, "report.html", make_page, &self, error);
	return status;
}

static int pack(struct packing *packing, FILE *stream, struct nb_error *error)
{
	int status = nb_bundle_create(&packing->writer, stream, packing->bundle->name, error);

	if (status < 0)
		return status;
	status = add_all(packing, error);
	if (status == 0 && *packing->stop)
		status = nb_error_set(error, EINTR, "interrupted: there is no bundle");
	if (status == 0)
		return nb_bundle_finish(packing->writer, error);
	nb_bundle_abandon(packing->writer);
	return status;
}

static int pack_into(struct packing *packing, const char *path, struct nb_error *error)
{
	struct nb_cli_output output;
	int status = nb_cli_output_open(&output, path, error);

	if (status < 0)
		return status;
	status = pack(packing, output.stream, error);
	if (status == 0)
		return nb_cli_output_commit(&output, path, error);
	nb_cli_output_abandon(&output);
	return status;
}

int nb_cli_bundle_make(struct nb_cli_bundle *bundle, const struct nb_cli_view *view, bool plots,
		       const char *path, struct nb_error *error)
{
	struct packing *packing = calloc(1, sizeof(*packing));
	int status;

	if (!packing)
		return nb_error_set(error, ENOMEM, "no memory for a bundle");
	packing->bundle = bundle;
	packing->view = view;
	packing->plots = plots;
	packing->stop = nb_cli_catch_signals();
	nb_base_timestamp(bundle->packed);
	status = nb_cli_folder_make(packing->folder, error);
	if (status == 0)
		status = pack_into(packing, path, error);
	nb_cli_folder_remove(packing->folder);
	nb_base_copy(bundle->note, sizeof(bundle->note), packing->note);
	free(packing);
	return status;
}
