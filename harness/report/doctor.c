/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "report_doctor.h"

enum { TEXT_SIZE = 1024, INDENT = 2 };

static const char *subject(const struct nb_doctor_report *report)
{
	if (report->origin[0])
		return "the recorded machine";
	if (report->identity.wsl > 0)
		return "this WSL distribution";
	if (report->identity.hypervisor == NB_HYPERVISOR_NONE ||
	    report->identity.hypervisor == NB_HYPERVISOR_UNKNOWN)
		return "this machine";
	return "this VM";
}

/* Without the word that the sentence around it says already. */
static const char *reason_of(const struct nb_nesting *nesting)
{
	static const char slow[] = "slow: ";

	if (nesting->verdict == NB_NESTING_PARTLY &&
	    strncmp(nesting->reason, slow, sizeof(slow) - 1) == 0)
		return nesting->reason + sizeof(slow) - 1;
	return nesting->reason;
}

/* The one sentence that a person needs. */
static void print_verdict(const struct nb_doctor_page *page, const struct nb_doctor_report *report)
{
	static const struct {
		const char *before, *after;
		enum nb_ink ink;
	} words[] = {
		[NB_NESTING_UNKNOWN] = { "Not known whether ", " can nest", NB_INK_WARN },
		[NB_NESTING_YES] = { "", " can nest", NB_INK_GOOD },
		[NB_NESTING_PARTLY] = { "", " can nest, but slowly", NB_INK_WARN },
		[NB_NESTING_NO] = { "", " cannot nest", NB_INK_BAD },
	};
	enum nb_nesting_verdict verdict = report->nesting.verdict;
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), "%s%s%s%s%s", words[verdict].before, subject(report),
		 words[verdict].after, report->nesting.reason[0] ? ": " : ".",
		 reason_of(&report->nesting));
	if (text[0] == 't')
		text[0] = 'T';
	nb_doctor_page_text(page, words[verdict].ink, 0, INDENT, text);
	if (report->nesting.note[0]) {
		snprintf(text, sizeof(text), "Note: %s", report->nesting.note);
		nb_doctor_page_text(page, NB_INK_PLAIN, 0, INDENT, text);
	}
	if (report->nesting.advice[0]) {
		snprintf(text, sizeof(text), "To do: %s", report->nesting.advice);
		nb_doctor_page_text(page, NB_INK_BOLD, 0, INDENT, text);
	}
}

static void print_machine(struct nb_doctor_page *page, const struct nb_doctor_report *report,
			  bool all)
{
	char title[TEXT_SIZE] = "Machine";

	if (report->origin[0])
		snprintf(title, sizeof(title), "Machine, as recorded in %s", report->origin);
	nb_doctor_page_title(page, title);
	nb_doctor_page_findings(page, report, NB_SECTION_MACHINE, all);
}

static void print_row(struct nb_doctor_page *page, const struct nb_support_row *row, bool all)
{
	char text[TEXT_SIZE];

	fprintf(page->stream, "%*s", INDENT, "");
	nb_doctor_page_text(page, NB_INK_BOLD, INDENT, INDENT, row->name);
	nb_doctor_page_platform(page, row, all);
	if (all)
		return;
	snprintf(text, sizeof(text), "nestbench doctor --platform %s", row->id);
	nb_doctor_page_print(page,
			     &(struct nb_doctor_page_entry){ .label = "sources", .text = text });
}

static const char *no_row(const struct nb_doctor_report *report)
{
	if (report->identity.hypervisor == NB_HYPERVISOR_NONE)
		return "this is hardware: no hypervisor below it has to allow VMs or to support "
		       "them; nestbench doctor --platforms tells of each one that may run here";
	return "unknown: the table has no row for this platform; nestbench doctor --platforms "
	       "prints all it has";
}

/* The closest row whole, the others by name. */
static void print_support(struct nb_doctor_page *page, const struct nb_doctor_report *report,
			  bool all)
{
	char text[TEXT_SIZE];

	nb_doctor_page_title(page, "Support: who supports nesting here, and how to switch it on");
	page->label = 0;
	if (report->row_count == 0)
		nb_doctor_page_print(page, &(struct nb_doctor_page_entry){
						   .label = "", .text = no_row(report) });
	for (size_t i = 0; i < report->row_count && (i == 0 || all); i++)
		print_row(page, report->rows[i], all);
	for (size_t i = 1; i < report->row_count && !all; i++) {
		snprintf(text, sizeof(text), "%s: nestbench doctor --platform %s",
			 report->rows[i]->name, report->rows[i]->id);
		nb_doctor_page_print(
			page, &(struct nb_doctor_page_entry){ .label = "see also", .text = text });
	}
}

static size_t count_settings(const struct nb_doctor_report *report, bool fine)
{
	size_t count = 0;

	for (size_t i = 0; i < report->findings.count; i++) {
		const struct nb_finding *finding = &report->findings.items[i];

		if (finding->section == NB_SECTION_SETTINGS)
			count += fine == (finding->state == NB_STATE_GOOD ||
					  finding->state == NB_STATE_INFO);
	}
	return count;
}

static void print_settings(struct nb_doctor_page *page, const struct nb_doctor_report *report,
			   bool all)
{
	size_t fine = count_settings(report, true);

	nb_doctor_page_title(page, "Settings that spoil measurements here");
	nb_doctor_page_findings(page, report, NB_SECTION_SETTINGS, all);
	if (all)
		return;
	if (count_settings(report, false) == 0)
		fprintf(page->stream, "  none found; ");
	else
		fprintf(page->stream, "  ");
	fprintf(page->stream, "%zu more %s fine: nestbench doctor --all shows them\n", fine,
		fine == 1 ? "is" : "are");
}

static void print_closing(struct nb_doctor_page *page, const struct nb_doctor_report *report)
{
	bool works = report->nesting.verdict == NB_NESTING_YES ||
		     report->nesting.verdict == NB_NESTING_PARTLY;

	if (report->findings.dropped > 0)
		fprintf(page->stream, "\n%zu findings did not fit and are not shown\n",
			report->findings.dropped);
	if (report->origin[0])
		return;
	nb_doctor_page_title(page, "Next");
	if (works)
		fputs("  nestbench run                   measures what nesting costs here\n",
		      page->stream);
	else
		fputs("  nestbench doctor                again, after the change\n"
		      "  nestbench run                   measures what works without nesting\n",
		      page->stream);
	fputs("  nestbench doctor --all          everything that was looked at, and how\n"
	      "  nestbench doctor --record DIR   a redacted copy of it all, for a bug report\n",
	      page->stream);
}

int nb_report_doctor(FILE *stream, const struct nb_doctor_report *report, bool all,
		     const struct nb_report_style *style, struct nb_error *error)
{
	struct nb_doctor_page page = nb_doctor_page_open(stream, style);

	print_verdict(&page, report);
	print_machine(&page, report, all);
	nb_doctor_page_title(&page, "Nesting: what three witnesses say");
	nb_doctor_page_findings(&page, report, NB_SECTION_NESTING, all);
	print_support(&page, report, all);
	nb_doctor_page_fits(&page, report, all);
	nb_doctor_page_title(&page, "Readiness for Docker Desktop and WSL 2");
	nb_doctor_page_findings(&page, report, NB_SECTION_READINESS, all);
	print_settings(&page, report, all);
	print_closing(&page, report);
	return nb_report_finish(stream, error);
}
