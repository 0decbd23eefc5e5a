/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "cli_bundle.h"

/* The parts of README.md that tell of machines, sessions and how far the numbers go. */

static void put_fact(FILE *stream, const char *name, const char *text)
{
	if (!text[0])
		return;
	fprintf(stream, "| %s | ", name);
	nb_cli_markdown(stream, text);
	fputs(" |\n", stream);
}

/* What an engineer asks first; environment.txt has the rest. */
static void put_machine(FILE *stream, const struct nb_session *session)
{
	const struct nb_machine *machine = &session->machine;
	char text[200];

	fputs("| | |\n|---|---|\n", stream);
	put_fact(stream, "CPU", machine->cpu_brand);
	put_fact(stream, "topology", machine->topology);
	snprintf(text, sizeof(text), "%.1f GiB", (double)machine->memory_bytes / 0x1p30);
	put_fact(stream, "memory", machine->memory_bytes < 0 ? "" : text);
	put_fact(stream, "microcode", machine->microcode);
	put_fact(stream, "hypervisor", machine->hypervisor);
	put_fact(stream, "its version", machine->hypervisor_version);
	put_fact(stream, "cloud", machine->cloud);
	put_fact(stream, "size and image", machine->instance);
	snprintf(text, sizeof(text), "%s %s", machine->dmi_vendor, machine->dmi_product);
	put_fact(stream, "product", machine->dmi_vendor[0] ? text : "");
	snprintf(text, sizeof(text), "L%d", session->level);
	put_fact(stream, "level of this system", session->level < 0 ? "unknown" : text);
	put_fact(stream, "system", machine->os);
	put_fact(stream, "kernel", machine->kernel);
	put_fact(stream, "KVM module", machine->kvm_module);
	put_fact(stream, "clock source", machine->clocksource);
	put_fact(stream, "platform key", machine->platform);
	fputc('\n', stream);
}

static void put_session(FILE *stream, const struct nb_session *session, const char *state)
{
	fprintf(stream, "- `%s`, %.16s UTC, %s, seed %" PRIu64 "%s", session->id, session->started,
		session->profile, session->seed, state);
	for (size_t i = 0; i < session->label_count; i++) {
		fputs(i == 0 ? "; " : ", ", stream);
		nb_cli_markdown(stream, session->labels[i].key);
		fputc('=', stream);
		nb_cli_markdown(stream, session->labels[i].value);
	}
	fputc('\n', stream);
}

static const char *state_of(const struct nb_session *session, bool valid)
{
	if (!valid)
		return session->partial ? ", partial and disturbed" : ", disturbed";
	return session->partial ? ", partial" : "";
}

static void put_group(FILE *stream, const struct nb_view_group *group, bool only)
{
	fputs(only ? "**" : "**Group ", stream);
	if (!only)
		fprintf(stream, "%s: ", group->name);
	nb_cli_markdown(stream, group->title);
	fputs("**\n\n", stream);
	put_machine(stream, &group->records[group->count - 1]->session);
	for (size_t i = 0; i < group->count; i++) {
		const struct nb_record *record = group->records[i];

		put_session(stream, &record->session,
			    state_of(&record->session, nb_record_valid(record)));
	}
	fputc('\n', stream);
}

static void put_base(FILE *stream, const struct nb_cli_bundle *bundle)
{
	fputs("Compared with **", stream);
	nb_cli_markdown(stream, bundle->view->base);
	fputs("**", stream);
	if (bundle->view->base_provenance && bundle->view->base_provenance[0]) {
		fputs(": ", stream);
		nb_cli_markdown(stream, bundle->view->base_provenance);
	}
	fputs("\n\n", stream);
	for (size_t i = 0; i < bundle->base_count; i++) {
		const struct nb_record *record = &bundle->base[i];

		put_session(stream, &record->session,
			    state_of(&record->session, nb_record_valid(record)));
	}
	if (bundle->base_count > 0)
		fputc('\n', stream);
}

void nb_cli_readme_machines(FILE *stream, const struct nb_cli_bundle *bundle)
{
	fputs("## The machine\n\n", stream);
	for (size_t i = 0; i < bundle->view->count; i++)
		put_group(stream, &bundle->view->groups[i], bundle->view->count == 1);
	if (bundle->view->base)
		put_base(stream, bundle);
	if (bundle->here == NB_CLI_ELSEWHERE)
		fputs("The bundle was packed on another machine, so that there is no recording and no\n"
		      "kernel log of the measured one.\n\n",
		      stream);
	else if (bundle->here == NB_CLI_SAME_KIND)
		fputs("The recording in `doctor/` and `kernel.log` are of a later boot of such a "
		      "machine\n(the same platform key).\n\n",
		      stream);
	if (bundle->left_out > 0)
		fprintf(stream,
			"%zu files of the recording have names that an archive for every system "
			"cannot hold,\nand were left out.\n\n",
			bundle->left_out);
}

static size_t count_verdicts(const struct nb_view *view, enum nb_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < view->count; i++)
		count += view->groups[i].comparison ? view->groups[i].comparison->verdicts[verdict]
						    : 0;
	return count;
}

static bool is_indicative(const struct nb_view *view)
{
	for (size_t i = 0; i < view->count; i++)
		if (view->groups[i].comparison && view->groups[i].comparison->indicative)
			return true;
	return false;
}

void nb_cli_readme_trust(FILE *stream, const struct nb_cli_bundle *bundle)
{
	const struct nb_view *view = bundle->view;

	fputs("## How far to trust it\n\n"
	      "- False alarms (A/A rate) on this machine: unknown; `nestbench selftest aa` measures\n"
	      "  how often a change is called between sessions of one and the same machine.\n",
	      stream);
	if (view->base)
		fprintf(stream,
			"- %zu series did not move (verdict *same*). Those nearest in kind to what did "
			"are in\n  `control.tsv`: a change of the whole machine would have moved them, "
			"too.\n",
			count_verdicts(view, NB_SAME));
	if (is_indicative(view))
		fputs("- Indicative only: one session a side, or published figures, give a ratio and "
		      "no verdict.\n",
		      stream);
	fputs("- Evidence: KVM's own counters say for each benchmark how often the guest left; where\n"
	      "  they do not fit, the series is marked *unverified*, and *emulated* where the\n"
	      "  hypervisor runs the guest's kernel mode in software.\n"
	      "- Rounds that were disturbed (stolen time, migration, clock trouble) are marked; a\n"
	      "  session with more than 20 % of them is *disturbed* and counts for no verdict.\n\n",
	      stream);
}
