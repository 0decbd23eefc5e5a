/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli_doctor.h"

struct choices {
	const char *platform, *record, *replay, *imds_address, *db, *kvm_device;
	bool platforms, all, json, redact, no_redact, imds, probe_vmware;
};

static const struct nb_cli_option options[] = {
	{ "platform", 'p', NB_CLI_TEXT, offsetof(struct choices, platform), "NAME",
	  "print who supports nesting on that platform, and how to\n"
	  "switch it on, with sources; looks at nothing here" },
	{ "platforms", 0, NB_CLI_FLAG, offsetof(struct choices, platforms), NULL,
	  "print that for every platform" },
	{ "all", 'a', NB_CLI_FLAG, offsetof(struct choices, all), NULL,
	  "print what is as it should be, too, and every detail" },
	NB_CLI_OPTION_JSON(struct choices),
	{ "redact", 0, NB_CLI_FLAG, offsetof(struct choices, redact), NULL,
	  "take host and user names, serial numbers, UUIDs, MAC and IP\n"
	  "addresses out of what is printed" },
	{ "record", 0, NB_CLI_TEXT, offsetof(struct choices, record), "DIR",
	  "write all that was looked at into a new folder, redacted,\n"
	  "to be sent with a bug report" },
	{ "no-redact", 0, NB_CLI_FLAG, offsetof(struct choices, no_redact), NULL,
	  "leave the recording as it is" },
	{ "replay", 0, NB_CLI_TEXT, offsetof(struct choices, replay), "DIR",
	  "look at a recorded machine instead of this one" },
	{ "imds", 0, NB_CLI_FLAG, offsetof(struct choices, imds), NULL,
	  "ask Azure's instance metadata service for the VM's size and\n"
	  "security type, over the network; 1 s at the most" },
	{ "imds-address", 0, NB_CLI_TEXT, offsetof(struct choices, imds_address), "ADDRESS:PORT",
	  "where it listens (default: 169.254.169.254:80)" },
	{ "probe-vmware", 0, NB_CLI_FLAG, offsetof(struct choices, probe_vmware), NULL,
	  "ask VMware's backdoor port for product and build" },
	NB_CLI_OPTION_DB(struct choices),
	NB_CLI_OPTION_KVM(struct choices),
	NB_CLI_OPTION_HELP,
	NB_CLI_OPTION_END,
};

static int exclude(const char *a, const char *b)
{
	return nb_cli_fail(&nb_cli_doctor, NB_EXIT_USAGE, "%s and %s exclude each other", a, b);
}

/* What can only be asked of this machine, and so not of a recording. */
static const char *live_option(const struct choices *choices)
{
	if (choices->record)
		return "--record";
	if (choices->imds)
		return "--imds";
	if (choices->probe_vmware)
		return "--probe-vmware";
	if (choices->db)
		return "--db";
	return choices->kvm_device ? "--kvm-device" : NULL;
}

/* An option that has nothing to do beside --platform and --platforms; NULL for none. */
static const char *looking_option(const struct choices *choices)
{
	if (choices->replay)
		return "--replay";
	if (choices->redact)
		return "--redact";
	return choices->all ? "--all" : live_option(choices);
}

/* Options that stand in each other's way. */
static int check_pairs(const struct choices *choices)
{
	const char *table = choices->platform ? "--platform" : "--platforms";

	if (choices->platform && choices->platforms)
		return exclude("--platform", "--platforms");
	if ((choices->platform || choices->platforms) && looking_option(choices))
		return exclude(table, looking_option(choices));
	if (choices->replay && live_option(choices))
		return exclude("--replay", live_option(choices));
	if (choices->no_redact && choices->redact)
		return exclude("--redact", "--no-redact");
	return NB_EXIT_FINE;
}

/* Options that say nothing without another one. */
static int check_idle(const struct choices *choices)
{
	if (choices->no_redact && !choices->record)
		return nb_cli_fail(&nb_cli_doctor, NB_EXIT_USAGE, "--no-redact is for --record");
	if (choices->imds_address && !choices->imds)
		return nb_cli_fail(&nb_cli_doctor, NB_EXIT_USAGE, "--imds-address is for --imds");
	if (choices->json && choices->all)
		return nb_cli_fail(&nb_cli_doctor, NB_EXIT_USAGE,
				   "--json prints everything anyway, without --all");
	return NB_EXIT_FINE;
}

/* False, with the exit status, after saying what is wrong. */
static bool take_choices(const struct choices *choices, struct nb_cli_examination *asked,
			 char database[NB_CLI_PATH_SIZE], int *status)
{
	const char *address = choices->imds_address ? choices->imds_address : "169.254.169.254:80";

	*status = NB_EXIT_USAGE;
	asked->kvm_device = choices->kvm_device ? choices->kvm_device : "/dev/kvm";
	asked->imds = choices->imds;
	asked->vmware = choices->probe_vmware;
	asked->record = choices->record;
	asked->record_secrets = choices->no_redact;
	asked->replay = choices->replay;
	asked->redact = choices->redact;
	if (!nb_cli_imds_address(address, &asked->imds_address)) {
		nb_cli_fail(&nb_cli_doctor, NB_EXIT_USAGE,
			    "--imds-address: '%s' is not like 169.254.169.254:80", address);
		return false;
	}
	/* Without a database there are no measured figures, and nothing is wrong. */
	if (choices->db && !nb_cli_database(&nb_cli_doctor, choices->db, database))
		return false;
	if (choices->db || (!choices->replay && nb_cli_default_database(database)))
		asked->database = database;
	if (!choices->db || access(database, F_OK) == 0)
		return true;
	*status = nb_cli_fail(&nb_cli_doctor, NB_EXIT_FAILED, "there is no database %s", database);
	return false;
}

static int verdict_status(enum nb_nesting_verdict verdict)
{
	switch (verdict) {
	case NB_NESTING_YES:
	case NB_NESTING_PARTLY:
		return NB_EXIT_FINE;
	case NB_NESTING_NO:
		return NB_EXIT_NOTHING;
	default:
		return NB_EXIT_UNKNOWN;
	}
}

static int print_report(const struct choices *choices, const struct nb_doctor_report *report)
{
	struct nb_report_style style = nb_cli_style();
	struct nb_error error = { 0 };
	int result = choices->json ? nb_report_doctor_json(stdout, report, &error)
				   : nb_report_doctor(stdout, report, choices->all, &style, &error);

	if (result < 0)
		return nb_cli_fail(&nb_cli_doctor, NB_EXIT_FAILED, "%s", error.text);
	return verdict_status(report->nesting.verdict);
}

static void print_recorded(const struct choices *choices)
{
	fflush(stdout);
	nb_cli_hint("%s", "");
	nb_cli_hint("Recorded in %s, %s.", choices->record,
		    choices->no_redact ? "with all names and numbers in it: do not send it on"
				       : "redacted; look it through before you send it on");
	nb_cli_hint("Next: nestbench doctor --replay %s", choices->record);
}

static int examine(const struct choices *choices)
{
	struct nb_cli_examination asked = { 0 };
	char database[NB_CLI_PATH_SIZE];
	struct nb_doctor_report *report;
	int status;

	if (!take_choices(choices, &asked, database, &status))
		return status;
	report = calloc(1, sizeof(*report));
	if (!report)
		return nb_cli_fail(&nb_cli_doctor, NB_EXIT_FAILED, "out of memory");
	status = nb_cli_examine(&nb_cli_doctor, &asked, report);
	if (status == NB_EXIT_FINE) {
		status = print_report(choices, report);
		if (choices->record && status != NB_EXIT_FAILED)
			print_recorded(choices);
	}
	nb_cli_examined_free(report);
	free(report);
	return status;
}

static int run(int argc, char **argv)
{
	struct choices choices = { 0 };
	struct nb_cli_words words;
	int status;

	if (!nb_cli_parse(&nb_cli_doctor, argc, argv, &choices, &words, &status))
		return status;
	if (words.count > 0)
		return nb_cli_fail(&nb_cli_doctor, NB_EXIT_USAGE, "no argument expected: '%s'",
				   words.words[0]);
	status = check_pairs(&choices);
	if (status == NB_EXIT_FINE)
		status = check_idle(&choices);
	if (status != NB_EXIT_FINE)
		return status;
	if (choices.platform)
		return nb_cli_print_platform(&nb_cli_doctor, choices.platform, choices.json);
	if (choices.platforms)
		return nb_cli_print_platforms(&nb_cli_doctor, choices.json);
	return examine(&choices);
}

const struct nb_cli_verb nb_cli_doctor = {
	.name = "doctor",
	.arguments = "",
	.summary = "what this machine is, whether it can nest, and what to do if not",
	.details =
		"Says what this machine is, whether a VM can run inside it and what to switch on if\n"
		"not, who supports that, how it compares in size with reference VMs, and what would\n"
		"spoil measurements here. Takes less than a second, needs no root, changes nothing\n"
		"and uses no network unless --imds asks it to.\n"
		"Exit status: 0 it can nest, 77 it cannot, 4 unknown.\n",
	.options = options,
	.run = run,
};
