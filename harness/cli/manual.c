/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "cli_help.h"

/*
 * roff for the macros of man(7), as groff and mandoc both take them. All text goes through
 * put_text(), so that nothing in it is a command and every hyphen can be copied into a shell.
 */

/* The code point at text, which goes on behind it. */
static uint32_t next_code_point(const char **text)
{
	bool printable;
	size_t length = nb_base_sequence(*text, &printable);
	uint32_t point = (unsigned char)**text;

	if (length > 1) {
		point &= 0xffu >> (length + 1);
		for (size_t i = 1; i < length; i++)
			point = point << 6 | ((unsigned char)(*text)[i] & 0x3f);
	}
	*text += length > 0 ? length : 1;
	return point;
}

static void put_text(FILE *stream, const char *text, size_t length)
{
	static const struct {
		char plain;
		const char *roff;
	} escapes[] = { { '\\', "\\(rs" }, { '-', "\\-" },   { '"', "\\(dq" }, { '\'', "\\(aq" },
			{ '`', "\\(ga" },  { '^', "\\(ha" }, { '~', "\\(ti" } };
	const char *end = text + length;

	/* A line must not begin like a command. */
	if (length > 0 && (*text == '.' || *text == ' '))
		fputs("\\&", stream);
	while (text < end) {
		uint32_t point = next_code_point(&text);
		const char *roff = NULL;

		for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
			if (point == (unsigned char)escapes[i].plain)
				roff = escapes[i].roff;
		if (roff)
			fputs(roff, stream);
		else if (point < 0x80)
			fputc((int)point, stream);
		else
			fprintf(stream, "\\[u%04" PRIX32 "]", point);
	}
}

static void put_font(FILE *stream, char font, const char *text, size_t length)
{
	fprintf(stream, "\\f%c", font);
	put_text(stream, text, length);
	fputs("\\fR", stream);
}

/* Lines of prose, which roff fills. */
static void put_prose(FILE *stream, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		put_text(stream, text, length);
		fputc('\n', stream);
		text += length;
		text += *text == '\n';
	}
}

enum kind { BLANK, PROSE, ROW, MORE, CODE };

/* Details are prose, lists whose rows may go on below, and commands to be typed. */
static enum kind classify(const char *line, enum kind before, bool broken)
{
	struct nb_cli_row row;
	size_t length = strcspn(line, "\n");
	bool goes_on = length > 0 && line[length - 1] == '\\';

	if (length == 0)
		return BLANK;
	if (line[0] != ' ')
		return PROSE;
	if (broken || goes_on)
		return CODE;
	if (nb_cli_read_row(line, &row))
		return ROW;
	return before == ROW || before == MORE ? MORE : CODE;
}

/* What has to stand between lines of two kinds. */
static void put_change(FILE *stream, enum kind before, enum kind kind)
{
	bool apart = before == BLANK || before == PROSE || before == CODE;

	if (before == CODE && kind != CODE)
		fputs(".EE\n", stream);
	if (kind == PROSE && before != PROSE)
		fputs(".PP\n", stream);
	if (kind == ROW)
		fputs(".TP\n", stream);
	if (kind == CODE && before != CODE)
		fputs(apart ? ".PP\n.EX\n" : ".EX\n", stream);
}

static void put_detail(FILE *stream, const char *line, enum kind kind)
{
	struct nb_cli_row row;
	size_t blanks = strspn(line, " ");

	if (kind == ROW && nb_cli_read_row(line, &row)) {
		put_font(stream, 'B', row.term, row.term_length);
		fputc('\n', stream);
		put_text(stream, row.text, row.text_length);
	} else {
		put_text(stream, line + blanks, strcspn(line + blanks, "\n"));
	}
	fputc('\n', stream);
}

static void put_details(FILE *stream, const char *details)
{
	enum kind before = BLANK;
	bool broken = false;

	while (*details) {
		size_t length = strcspn(details, "\n");
		enum kind kind = classify(details, before, broken);

		put_change(stream, before, kind);
		if (kind != BLANK)
			put_detail(stream, details, kind);
		broken = length > 0 && details[length - 1] == '\\';
		before = kind;
		details += length;
		details += *details == '\n';
	}
	if (before == CODE)
		fputs(".EE\n", stream);
}

static void put_option(FILE *stream, const struct nb_cli_option *option)
{
	fputs(".TP\n", stream);
	if (option->letter)
		fprintf(stream, "\\fB\\-%c\\fR, ", option->letter);
	fputs("\\fB\\-\\-", stream);
	put_text(stream, option->name, strlen(option->name));
	fputs("\\fR", stream);
	if (option->argument) {
		fputc(' ', stream);
		put_font(stream, 'I', option->argument, strlen(option->argument));
	}
	fputc('\n', stream);
	put_prose(stream, option->help);
}

static void put_verb(FILE *stream, const struct nb_cli_verb *verb)
{
	fprintf(stream, ".SS %s: ", verb->name);
	put_text(stream, verb->summary, strlen(verb->summary));
	fprintf(stream, "\n\\fBnestbench %s\\fR [\\fIOPTION\\fR...]", verb->name);
	if (verb->arguments[0])
		fputc(' ', stream);
	put_text(stream, verb->arguments, strlen(verb->arguments));
	fputc('\n', stream);
	put_details(stream, verb->details);
	for (const struct nb_cli_option *option = verb->options; option->name; option++)
		put_option(stream, option);
}

static const char head[] =
	".SH NAME\n"
	"nestbench \\- measures what virtualization costs inside this machine\n"
	".SH SYNOPSIS\n"
	"\\fBnestbench\\fR \\fIVERB\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]\n"
	".br\n"
	"\\fBnestbench\\fR \\fIVERB\\fR \\fB\\-\\-help\\fR\n"
	".br\n"
	"\\fBnestbench \\-\\-version\\fR\n"
	".br\n"
	"\\fBnestbench help \\-\\-man\\fR | \\fB\\-\\-completion bash\\fR\n"
	".SH DESCRIPTION\n"
	"nestbench measures what virtualization costs inside a virtual machine, above all what\n"
	"nested virtualization costs there: exits, interrupts, exceptions, page walks and storage.\n"
	"It says whether the machine is good enough, compares it with others, and finds what a\n"
	"change below it made slower.\n"
	"It runs in any Linux of x86\\-64 from 4.18 on. What it measures in a guest of its own\n"
	"needs \\fI/dev/kvm\\fR; the rest does not.\n"
	".PP\n"
	"Without \\fB\\-\\-db\\fR, sessions go to one database of the user.\n"
	"Colour and a line of progress are shown on a terminal only.\n"
	".SH VERBS\n";

static const char tail[] =
	".SH ENVIRONMENT\n"
	".TP\n"
	"\\fBNO_COLOR\\fR\n"
	"If it is set and not empty, nothing is coloured.\n"
	".TP\n"
	"\\fBXDG_DATA_HOME\\fR\n"
	"The folder of the user\\(aqs data; \\fI\\(ti/.local/share\\fR without it.\n"
	".SH FILES\n"
	".TP\n"
	"\\fIresults/nestbench.db\\fR\n"
	"The database, where the working directory is a checkout of nestbench.\n"
	".TP\n"
	"\\fI$XDG_DATA_HOME/nestbench/nestbench.db\\fR\n"
	"The database everywhere else.\n"
	".TP\n"
	"\\fI/dev/kvm\\fR\n"
	"What guests are started with.\n"
	".SH EXAMPLES\n"
	"Can this machine nest, and what is to be switched on?\n"
	".PP\n"
	".EX\n"
	"nestbench doctor\n"
	".EE\n"
	".PP\n"
	"Measure before and after a change, and say what it made slower:\n"
	".PP\n"
	".EX\n"
	"nestbench run \\-\\-label kernel=old\n"
	"nestbench run \\-\\-label kernel=new\n"
	"nestbench compare label:kernel=old label:kernel=new\n"
	".EE\n"
	".SH SEE ALSO\n"
	"\\fBgnuplot\\fR(1)\n";

void nb_cli_print_manual(FILE *stream)
{
	/* No date: the page is the same for everybody who builds this version. */
	fputs(".TH NESTBENCH 1 \"\" \"nestbench " NB_VERSION "\" \"User Commands\"\n", stream);
	fputs(head, stream);
	for (size_t i = 0; nb_cli_verbs[i]; i++)
		put_verb(stream, nb_cli_verbs[i]);
	fputs(".SH EXIT STATUS\n", stream);
	put_prose(stream, nb_cli_statuses);
	fputs(tail, stream);
}
