/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "nestbench/base.h"

#include "report_compare.h"

/* "2026-11-21 07:04" of "2026-11-21T07:04:05.123Z". */
static void write_minute(char *text, size_t size, const char *started)
{
	snprintf(text, size, "%.10s %.5s", started, strlen(started) > 11 ? started + 11 : "");
}

static void join_dates(char *text, size_t size, const struct nb_compare_group *group)
{
	const char *first = group->sessions[0].session.started, *last = first;
	char from[32], to[32];

	for (size_t i = 1; i < group->count; i++) {
		const char *started = group->sessions[i].session.started;

		first = strcmp(started, first) < 0 ? started : first;
		last = strcmp(started, last) > 0 ? started : last;
	}
	write_minute(from, sizeof(from), first);
	write_minute(to, sizeof(to), last);
	nb_report_join(text, size, ", ", from);
	if (strcmp(from, to) != 0)
		/* On one day the hour says enough. */
		nb_report_join(text, size, " to ", strncmp(from, to, 11) == 0 ? to + 11 : to);
	nb_report_join(text, size, " ", "UTC");
}

void nb_compare_describe_group(char *text, size_t size, const struct nb_compare_group *group)
{
	char plain[NB_COMPARE_TEXT_SIZE];
	char words[NB_COMPARE_TEXT_SIZE];

	if (group->count == 1)
		snprintf(words, sizeof(words), "session %s", group->sessions[0].session.id);
	else
		snprintf(words, sizeof(words), "%zu sessions", group->count);
	if (group->count > 0)
		join_dates(words, sizeof(words), group);
	nb_report_plain(plain, sizeof(plain), words);
	nb_base_copy(text, size, plain);
}

static void describe_machine(char *text, size_t size, const struct nb_session *session)
{
	const struct nb_machine *machine = &session->machine;
	const char *words[] = { machine->cpu_brand[0] ? machine->cpu_brand : machine->cpu_vendor,
				machine->hypervisor, machine->instance };
	char more[NB_COMPARE_TEXT_SIZE];

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i][0])
			nb_report_join(text, size, ", ", words[i]);
	if (machine->cpus > 0) {
		snprintf(more, sizeof(more), "%lld CPUs", (long long)machine->cpus);
		nb_report_join(text, size, ", ", more);
	}
	/* The release is enough: the rest of the line is how it was built. */
	if (machine->kernel[0]) {
		snprintf(more, sizeof(more), "kernel %.*s", (int)strcspn(machine->kernel, " "),
			 machine->kernel);
		nb_report_join(text, size, ", ", more);
	}
	if (session->level != NB_LEVEL_UNKNOWN) {
		snprintf(more, sizeof(more), "L%d", session->level);
		nb_report_join(text, size, ", ", more);
	}
}

void nb_report_machines(char *text, size_t size, const struct nb_compare_group *group)
{
	char first[NB_COMPARE_TEXT_SIZE] = "", other[NB_COMPARE_TEXT_SIZE] = "";
	size_t others = 0;

	for (size_t i = 0; i < group->count; i++) {
		describe_machine(i == 0 ? first : other, NB_COMPARE_TEXT_SIZE,
				 &group->sessions[i].session);
		others += i > 0 && strcmp(first, other) != 0;
	}
	if (others > 0) {
		snprintf(other, sizeof(other), "%zu of %zu sessions differ", others, group->count);
		nb_report_join(first, sizeof(first), "; ", other);
	}
	nb_report_plain(text, size, first[0] ? first : "unknown");
}

static size_t count_indicative(const struct nb_comparison *comparison)
{
	size_t count = 0;

	for (size_t i = 0; i < comparison->count; i++)
		count += comparison->rows[i].indicative &&
			 comparison->rows[i].verdict == NB_INCONCLUSIVE;
	return count;
}

static void add_count(char *text, size_t size, size_t count, const char *word)
{
	char part[64];

	if (count == 0)
		return;
	snprintf(part, sizeof(part), "%zu %s", count, word);
	nb_report_join(text, size, ", ", part);
}

/* How the inconclusive rows could be settled. */
static void add_advice(char *text, size_t size, const struct nb_comparison *comparison,
		       size_t inconclusive)
{
	char part[128];
	int more = comparison->more_sessions;
	const char *plural = more == 1 ? "" : "s";

	if (inconclusive == 0 || more <= 0 || comparison->settled == 0)
		return;
	if (comparison->settled < inconclusive)
		snprintf(part, sizeof(part), "%d more session%s each would settle %zu of them",
			 more, plural, comparison->settled);
	else
		snprintf(part, sizeof(part), "%d more session%s each would settle %s", more, plural,
			 inconclusive == 1 ? "it" : "them");
	nb_report_join(text, size, ": ", part);
}

void nb_report_compare_summary(char *text, size_t size, const struct nb_comparison *comparison)
{
	static const enum nb_verdict order[] = { NB_REGRESSED, NB_IMPROVED, NB_SAME, NB_INVALID };
	size_t indicative = count_indicative(comparison);
	size_t inconclusive = comparison->verdicts[NB_INCONCLUSIVE] - indicative;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		add_count(text, size, comparison->verdicts[order[i]], nb_verdict_name(order[i]));
	add_count(text, size, indicative, "indicative");
	add_count(text, size, inconclusive, nb_verdict_name(NB_INCONCLUSIVE));
	add_advice(text, size, comparison, inconclusive);
	if (indicative > 0)
		nb_report_join(text, size, "; ",
			       "one session a side decides nothing, 4 each are the least");
	if (!text[0])
		nb_base_copy(text, size,
			     "nothing to compare: no series was measured on both sides");
}
