/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nestbench/platform.h"

#include "cli_bundle.h"
#include "cli_doctor.h"

enum nb_cli_here nb_cli_bundle_here(const struct nb_session *newest)
{
	struct nb_machine machine = { 0 };
	struct nb_error error = { 0 };
	struct nb_world world;

	nb_world_live(&world, NULL, 0);
	if (nb_platform_read(&machine, &world, newest->level, &error) < 0)
		return NB_CLI_ELSEWHERE;
	if (machine.boot_id[0] && strcmp(machine.boot_id, newest->machine.boot_id) == 0)
		return NB_CLI_SAME_BOOT;
	return strcmp(machine.platform, newest->machine.platform) == 0 ? NB_CLI_SAME_KIND
								       : NB_CLI_ELSEWHERE;
}

/* What the files of the recording are added with. */
struct recording {
	struct nb_bundle_writer *writer;
	struct nb_cli_bundle *bundle;
};

/* -EINVAL: a name that archives cannot hold, which the recording can do without. */
static int add_file(void *context, const char *path, const char *name, struct nb_error *error)
{
	const struct recording *recording = context;
	char whole[NB_CLI_PATH_SIZE];
	struct nb_error refused = { 0 };
	char *bytes;
	size_t size;
	int status = nb_cli_read_file(path, &bytes, &size, error);

	if (status < 0)
		return status;
	/* The recording knew this machine's secrets; the sessions may have told more. */
	if (recording->bundle->redactor && strcmp(name, "cpuid.raw") != 0)
		status = nb_cli_redact_bytes(recording->bundle->redactor, &bytes, &size, error);
	snprintf(whole, sizeof(whole), "doctor/%s", name);
	if (status == 0)
		status = nb_bundle_add(recording->writer, whole, bytes, size, &refused);
	free(bytes);
	if (status == -EINVAL) {
		recording->bundle->left_out++;
		return 0;
	}
	return refused.code ? nb_error_set(error, refused.code, "%s", refused.text) : status;
}

static int write_json(FILE *stream, const struct nb_doctor_report *report, struct nb_error *error)
{
	return nb_report_doctor_json(stream, report, error);
}

static int write_text(FILE *stream, const struct nb_doctor_report *report, struct nb_error *error)
{
	static const struct nb_report_style plain;

	return nb_report_doctor(stream, report, true, &plain, error);
}

static int add_report(struct nb_bundle_writer *writer, const char *name,
		      const struct nb_doctor_report *report,
		      int (*write)(FILE *, const struct nb_doctor_report *, struct nb_error *),
		      struct nb_error *error)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	int status;

	if (!stream)
		return nb_error_set(error, ENOMEM, "%s: no memory", name);
	status = write(stream, report, error);
	if (fclose(stream) != 0 && status == 0)
		status = nb_error_set(error, ENOMEM, "%s: no memory", name);
	if (status == 0)
		status = nb_bundle_add(writer, name, text, size, error);
	free(text);
	return status;
}

static int add_reports(struct nb_bundle_writer *writer, const struct nb_cli_bundle *bundle,
		       struct nb_doctor_report *report, struct nb_error *error)
{
	int status;

	if (bundle->redactor)
		nb_cli_redact_report(bundle->redactor, report);
	status = add_report(writer, "doctor.txt", report, write_text, error);
	return status < 0 ? status : add_report(writer, "doctor.json", report, write_json, error);
}

int nb_cli_bundle_doctor(struct nb_bundle_writer *writer, const char *folder,
			 struct nb_cli_bundle *bundle, struct nb_error *error)
{
	struct nb_doctor_report *report = calloc(1, sizeof(*report));
	struct recording recording = { writer, bundle };
	char path[NB_CLI_PATH_SIZE];
	struct nb_cli_examination asked = {
		.kvm_device = "/dev/kvm",
		.record = path,
		.record_secrets = !bundle->redactor,
	};
	int status = 0;

	if (!report)
		return nb_error_set(error, ENOMEM, "no memory to look at the machine");
	snprintf(path, sizeof(path), "%s/doctor", folder);
	if (nb_cli_examine(&nb_cli_bundle, &asked, report) != NB_EXIT_FINE)
		status = nb_error_set(error, EIO, "the machine could not be recorded");
	if (status == 0)
		status = nb_cli_folder_each(path, add_file, &recording, error);
	if (status == 0)
		status = add_reports(writer, bundle, report, error);
	nb_cli_examined_free(report);
	free(report);
	return status;
}
