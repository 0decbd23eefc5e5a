/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "report_table.h"

enum { LABEL_WIDTH = 12, LINE_SIZE = 512 };

/* The lines of conditions grow in a buffer each: a fact that is not known leaves no trace. */
static void __attribute__((format(printf, 2, 3))) add(char line[LINE_SIZE], const char *format, ...)
{
	char text[LINE_SIZE];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	nb_report_join(line, LINE_SIZE, ", ", text);
}

static void print_line(const struct nb_table *table, const char *label, const char *line)
{
	char text[LINE_SIZE];
	int width = table->style->width;

	nb_report_plain(text, sizeof(text), line);
	if (width > LABEL_WIDTH)
		nb_report_cut(text, sizeof(text), (size_t)(width - LABEL_WIDTH));
	if (text[0])
		fprintf(table->stream, "%-*s%s\n", LABEL_WIDTH, label, text);
}

static void print_identity(const struct nb_table *table)
{
	const struct nb_session *session = &table->record->session;
	char title[128];

	/* 2026-11-21T03:12:05.123Z reads better as 2026-11-21 03:12:05 UTC. */
	snprintf(title, sizeof(title), "Session %s, %.10s %.8s UTC, nestbench %s", session->id,
		 session->started, strlen(session->started) > 11 ? session->started + 11 : "",
		 session->version);
	nb_table_print_title(table, title);
}

static void print_cpu(const struct nb_table *table)
{
	const struct nb_machine *machine = &table->record->session.machine;
	char line[LINE_SIZE] = "";

	add(line, "%s", machine->cpu_brand[0] ? machine->cpu_brand : machine->cpu_vendor);
	if (machine->cpus > 0)
		add(line, "%lld online", (long long)machine->cpus);
	if (machine->topology[0])
		add(line, "%s", machine->topology);
	if (machine->memory_bytes > 0)
		add(line, "%.1f GiB memory",
		    (double)machine->memory_bytes / (1024.0 * 1024 * 1024));
	if (machine->microcode[0])
		add(line, "microcode %s", machine->microcode);
	print_line(table, "CPU", line);
}

static void print_hypervisor(const struct nb_table *table)
{
	const struct nb_session *session = &table->record->session;
	const struct nb_machine *machine = &session->machine;
	char line[LINE_SIZE] = "";

	if (machine->hypervisor[0])
		add(line, "%s", machine->hypervisor);
	else
		add(line, session->level == 0 ? "none" : "none visible");
	if (machine->hypervisor_version[0])
		add(line, "%s", machine->hypervisor_version);
	if (session->level == NB_LEVEL_UNKNOWN)
		add(line, "level unknown (--level sets it)");
	else
		add(line, "this system is L%d", session->level);
	if (machine->instance[0])
		add(line, "%s %s", machine->cloud, machine->instance);
	if (machine->wsl[0])
		add(line, "WSL %s", machine->wsl);
	if (machine->container[0])
		add(line, "in a %s container", machine->container);
	print_line(table, "Hypervisor", line);
}

static void print_kernel(const struct nb_table *table)
{
	const struct nb_machine *machine = &table->record->session.machine;
	char line[LINE_SIZE] = "";

	if (machine->kernel[0])
		add(line, "%s", machine->kernel);
	if (machine->clocksource[0])
		add(line, "clock source %s", machine->clocksource);
	if (machine->kvm_module[0])
		add(line, "%s", machine->kvm_module);
	print_line(table, "Kernel", line);
}

static size_t most_rounds(const struct nb_record *record)
{
	size_t most = 0;

	for (size_t i = 0; i < record->count; i++)
		if (record->series[i].count > most)
			most = record->series[i].count;
	return most;
}

static void print_run(const struct nb_table *table)
{
	const struct nb_session *session = &table->record->session;
	size_t rounds = most_rounds(table->record);
	char line[LINE_SIZE] = "";

	add(line, "%s", session->profile);
	add(line, "%zu round%s", rounds, rounds == 1 ? "" : "s");
	add(line, "seed %llu", (unsigned long long)session->seed);
	if (session->cpu >= 0)
		add(line, "CPU %d", session->cpu);
	add(line, session->fifo ? "SCHED_FIFO" : "SCHED_FIFO not granted");
	add(line, session->locked ? "memory locked" : "memory lock not granted");
	print_line(table, "Profile", line);
}

static void print_labels(const struct nb_table *table)
{
	const struct nb_session *session = &table->record->session;
	char line[LINE_SIZE] = "";

	for (size_t i = 0; i < session->label_count; i++)
		add(line, "%s=%s", session->labels[i].key, session->labels[i].value);
	print_line(table, "Labels", line);
}

static void print_targets(const struct nb_table *table)
{
	const struct nb_session *session = &table->record->session;
	char line[LINE_SIZE];

	for (size_t i = 0; i < session->target_count; i++) {
		nb_table_target_line(table->record, &session->targets[i], line, sizeof(line));
		print_line(table, i == 0 ? "Targets" : "", line);
	}
}

int nb_table_print_conditions(const struct nb_table *table, struct nb_error *error)
{
	print_identity(table);
	print_cpu(table);
	print_hypervisor(table);
	print_kernel(table);
	print_run(table);
	print_labels(table);
	print_targets(table);
	return nb_report_finish(table->stream, error);
}

static const struct {
	unsigned mark;
	const char *name;
	const char *meaning;
} legend[] = {
	{ NB_MARK_NULL, "p50, p99",
	  "per operation, net of the empty operation \"null\", whose own row "
	  "shows what was subtracted" },
	{ NB_MARK_RATIO, "guest/user",
	  "p50 of this row over the p50 of the same benchmark in user mode "
	  "of this system" },
	{ NB_MARK_HALF, "±N %", "half of the 95 % CI of p50, relative to p50" },
	{ NB_MARK_RATE, "rate",
	  "operations or bytes over the time of the whole loop, for benchmarks whose loop does "
	  "little else" },
	{ NB_MARK_COST, "/op",
	  "of the whole loop, clock readings included: CPU time, context switches (sw), "
	  "interrupts of a virtio disk (irq)" },
	{ NB_MARK_VERSUS, "x NAME",
	  "p50 of this row over the p50 of the same benchmark on the target of that name" },
	{ NB_MARK_UNLIKE, "*",
	  "reached with another mode or engine than there: not like for like" },
	{ NB_MARK_REMOTE, "direct-remote",
	  "guest-direct-remote: past this kernel's cache to a server that may have one of its "
	  "own; not comparable with direct" },
	{ NB_MARK_ZERO, "~0 ns", "not to be told from the empty operation" },
	{ NB_MARK_FEW, "n/a", "too few rounds (a CI needs 6) or samples (p99 needs 368)" },
	{ NB_MARK_UNVERIFIED, "unverified",
	  "KVM counted other exits than the benchmark expects: the time is not what its name says" },
	{ NB_MARK_EMULATED, "emulated",
	  "the hypervisor interprets this code in software: the time is not the cost of an exit" },
	{ NB_MARK_OUTSIDE, "host",
	  "the operation is the host's own, or the guest's clock exits and batches are timed "
	  "from outside" },
	{ NB_MARK_NOISY, "noisy", "a guard saw these disturb so many rounds; the rounds are kept" },
	{ NB_MARK_WIDE, "CI ±N %",
	  "the CI is wider than ±5 % of p50: more rounds would narrow it" },
};

static int print_legend(const struct nb_table *table, struct nb_error *error)
{
	const char *cells[2 * sizeof(legend) / sizeof(legend[0])];
	size_t rows = 0;

	for (size_t i = 0; i < sizeof(legend) / sizeof(legend[0]); i++) {
		if (!(table->marks & legend[i].mark))
			continue;
		cells[2 * rows] = legend[i].name;
		cells[2 * rows + 1] = legend[i].meaning;
		rows++;
	}
	if (rows == 0)
		return 0;
	fputc('\n', table->stream);
	return nb_report_grid(table->stream, "<<", cells, rows, error);
}

static void print_warning(const struct nb_table *table, const char *kind, const char *text)
{
	const char *on = table->style->colour ? "\033[33m" : "";
	const char *off = table->style->colour ? "\033[0m" : "";

	fprintf(table->stream, "%s%s%s: %s\n", on, kind, off, text);
}

static void print_warnings(const struct nb_table *table)
{
	char tags[128];
	char text[320];
	long long rounds = 0, tagged = 0;
	uint32_t seen = 0;

	for (size_t i = 0; i < table->count; i++) {
		if (table->results[i].outcome != NB_OK)
			continue;
		rounds += table->results[i].rounds;
		tagged += table->results[i].tagged_rounds;
		seen |= table->results[i].tags;
	}
	if (table->record->session.partial)
		print_warning(table, "warning",
			      "partial session: it ended before its plan was done");
	if (tagged == 0 || rounds == 0)
		return;
	nb_report_tags(tags, sizeof(tags), ", ", seen);
	snprintf(text, sizeof(text), "%.1f %% of rounds were disturbed (%s)%s",
		 100.0 * (double)tagged / (double)rounds, tags,
		 nb_record_valid(table->record) ? "" : ": over 20 %, so not valid for comparison");
	print_warning(table, nb_record_valid(table->record) ? "note" : "warning", text);
}

int nb_table_print_closing(const struct nb_table *table, struct nb_error *error)
{
	size_t outcomes[NB_ERROR + 1] = { 0 };
	int status = print_legend(table, error);

	if (status < 0)
		return status;
	fputc('\n', table->stream);
	print_warnings(table);
	for (size_t i = 0; i < table->count; i++)
		outcomes[table->results[i].outcome]++;
	fprintf(table->stream, "%zu ok, %zu skip, %zu error\n", outcomes[NB_OK], outcomes[NB_SKIP],
		outcomes[NB_ERROR]);
	return nb_report_finish(table->stream, error);
}
