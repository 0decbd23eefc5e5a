/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "cli_bundle.h"

enum { CHANGES = 10, TEXT_SIZE = 512, CELL_SIZE = 48 };

void nb_cli_markdown(FILE *stream, const char *text)
{
	char plain[2 * TEXT_SIZE];

	nb_report_plain(plain, sizeof(plain), text);
	for (const char *at = plain; *at; at++) {
		if (strchr("\\`*_[]<>#|~", *at))
			fputc('\\', stream);
		fputc(*at, stream);
	}
}

static void format_value(double value, const char *unit, char text[CELL_SIZE])
{
	if (strcmp(unit, "ns") == 0)
		nb_report_duration(text, CELL_SIZE, value);
	else if (isfinite(value))
		snprintf(text, CELL_SIZE, "%.4g %s", value, unit);
	else
		nb_base_copy(text, CELL_SIZE, "n/a");
}

static void put_cell(FILE *stream, const char *text)
{
	fputs(" ", stream);
	nb_cli_markdown(stream, text);
	fputs(" |", stream);
}

static void put_change(FILE *stream, const struct nb_view *view,
		       const struct nb_view_change *change)
{
	const struct nb_compare_row *row = change->row->cells[change->group].verdict;
	char name[TEXT_SIZE], cell[CELL_SIZE];

	nb_cli_series_text(&row->series, name, sizeof(name));
	fputs("|", stream);
	put_cell(stream, name);
	put_cell(stream, nb_record_vantage_name(row->series.vantage));
	if (view->count > 1)
		put_cell(stream, view->groups[change->group].name);
	format_value(row->base.p50, row->series.unit, cell);
	put_cell(stream, cell);
	format_value(row->candidate.p50, row->series.unit, cell);
	put_cell(stream, cell);
	snprintf(cell, sizeof(cell), "%.3f (%.3f to %.3f)", row->ratio, row->low, row->high);
	put_cell(stream, cell);
	put_cell(stream, nb_verdict_name(row->verdict));
	fputc('\n', stream);
}

static void put_changes(FILE *stream, const struct nb_view *view)
{
	struct nb_view_change changes[CHANGES];
	size_t count = nb_view_changes(view, changes, CHANGES);

	if (count == 0)
		return;
	fprintf(stream,
		"\nThe %s, with the 95 %% interval of the ratio:\n\n"
		"| series | vantage |%s base | candidate | ratio | verdict |\n"
		"|---|---|%s---|---|---|---|\n",
		count < CHANGES ? "changes" : "ten largest changes",
		view->count > 1 ? " group |" : "", view->count > 1 ? "---|" : "");
	for (size_t i = 0; i < count; i++)
		put_change(stream, view, &changes[i]);
	fputs("\nA vantage is where the operation ran: *user* is this system's user mode, *guest*\n"
	      "a minimal VM started through /dev/kvm, one level deeper. The unit of comparison is a\n"
	      "session's median; `report.html` has every series.\n",
	      stream);
}

static void put_findings(FILE *stream, const struct nb_cli_bundle *bundle)
{
	char sentence[2 * TEXT_SIZE];

	nb_view_sentence(bundle->view, sentence, sizeof(sentence));
	fputs("## What was found\n\n**", stream);
	nb_cli_markdown(stream, sentence);
	fputs("**\n", stream);
	put_changes(stream, bundle->view);
	fputc('\n', stream);
}

/* Names what the others are filed under, so that the reader knows which of them are there. */
static void put_contents(FILE *stream, const struct nb_cli_bundle *bundle)
{
	fputs("## What is in here\n\n| file | what it is |\n|---|---|\n"
	      "| `report.html` | everything on one page: open it in a browser |\n"
	      "| `verdicts.json` | every verdict with the options it was computed with |\n"
	      "| `sessions/` | the sessions, whole: every round with its distribution |\n",
	      stream);
	if (bundle->base_count > 0)
		fputs("| `baseline/` | the sessions they were compared with, likewise |\n", stream);
	if (bundle->figures)
		fputs("| `baseline/` | the figures they were compared with, and their sources |\n",
		      stream);
	fputs("| `sessions.db` | the same sessions as a SQLite file, for `--db` of nestbench |\n"
	      "| `control.tsv` | series that did not move, beside those that did |\n"
	      "| `reproduce.sh` | the smallest commands that show it again |\n"
	      "| `environment.txt` | machine, kernel and conditions of each session |\n",
	      stream);
	if (bundle->here != NB_CLI_ELSEWHERE)
		fputs("| `doctor.txt`, `doctor.json` | what nestbench makes of the machine |\n"
		      "| `doctor/` | what it looked at; `nestbench doctor --replay doctor` looks "
		      "again |\n",
		      stream);
	fputs("| `kernel.log` | lines of the kernel's log on KVM, TSC and clock sources |\n"
	      "| `module-parameters.txt` | parameters of the KVM modules |\n"
	      "| `MANIFEST.sha256` | digests of all of these |\n\n",
	      stream);
	if (bundle->baseline[0])
		fprintf(stream,
			"In `sessions.db` the base is saved as `baseline:%s`:\n\n"
			"    nestbench compare baseline:%s %s --db sessions.db\n\n",
			bundle->baseline, bundle->baseline, bundle->newest->id);
}

static void put_check(FILE *stream)
{
	fputs("## How to check it\n\n"
	      "    sha256sum -c MANIFEST.sha256\n\n"
	      "says whether the files are as they were packed. With nestbench\n\n"
	      "    nestbench bundle verify FILE.tar.zst\n\n"
	      "checks that, too, and computes every verdict again from the sessions, offline.\n"
	      "An edited number, verdict or session is named.\n\n",
	      stream);
}

static void put_reproduce(FILE *stream, const struct nb_cli_bundle *bundle)
{
	fputs("## How to see it again\n\n", stream);
	if (bundle->view->base)
		fputs("`reproduce.sh` measures what got slower, and nothing else where something "
		      "did:\n\n"
		      "    ./reproduce.sh base        # on the system as it was\n"
		      "    ./reproduce.sh candidate   # on the one that got slower\n"
		      "    ./reproduce.sh compare\n\n",
		      stream);
	else
		fputs("`./reproduce.sh candidate` measures everything in here again.\n\n", stream);
	fprintf(stream,
		"Each benchmark is one small file in nestbench's `bench/`. The sessions here were "
		"measured\nwith version %s.\n\n",
		bundle->newest->version);
}

static void put_redaction(FILE *stream, const struct nb_cli_bundle *bundle)
{
	fputs("## What was taken out\n\n", stream);
	if (bundle->redactor)
		fputs("Host, user and instance names, serial numbers, UUIDs, MAC and IP addresses are\n"
		      "replaced by words in angle brackets, in every file. The same number means the\n"
		      "same one: two sessions of `<boot-1>` are of one boot. The verdicts were "
		      "computed from\nwhat is left.\n",
		      stream);
	else
		fputs("Nothing (`--no-redact`): host and user names, serial numbers, UUIDs and "
		      "addresses are in\nhere as they were found. Do not send it on without "
		      "thought.\n",
		      stream);
}

static void put_introduction(FILE *stream, const struct nb_cli_bundle *bundle)
{
	fprintf(stream,
		"# %s\n\n"
		"Measurements of what virtualization costs inside a virtual machine, above all of\n"
		"nested virtualization, made with nestbench %s and packed on %.10s. Each number is\n"
		"here with the samples behind it, the proof of what was timed, and the command that\n"
		"measures it again. For the engineer who looks into it.\n\n",
		bundle->name, bundle->newest->version, bundle->packed);
}

int nb_cli_bundle_readme(FILE *stream, const struct nb_cli_bundle *bundle, struct nb_error *error)
{
	(void)error;
	put_introduction(stream, bundle);
	put_findings(stream, bundle);
	nb_cli_readme_machines(stream, bundle);
	put_contents(stream, bundle);
	put_check(stream);
	put_reproduce(stream, bundle);
	nb_cli_readme_trust(stream, bundle);
	put_redaction(stream, bundle);
	return 0;
}
