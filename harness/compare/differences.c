/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "compare_private.h"

enum { VALUE_SIZE = NB_COMPARE_VALUE_SIZE, VALUES_MAX = 4, SHOWN_SIZE = 80 };

/* A column of a session as text. */
typedef void (*column_text)(const struct nb_session *session, char text[VALUE_SIZE]);

#define MACHINE_TEXT(field)                                                               \
	static void text_##field(const struct nb_session *session, char text[VALUE_SIZE]) \
	{                                                                                 \
		nb_base_copy(text, VALUE_SIZE, session->machine.field);                   \
	}
#define MACHINE_NUMBER(field)                                                             \
	static void text_##field(const struct nb_session *session, char text[VALUE_SIZE]) \
	{                                                                                 \
		if (session->machine.field < 0)                                           \
			nb_base_copy(text, VALUE_SIZE, "unknown");                        \
		else                                                                      \
			snprintf(text, VALUE_SIZE, "%" PRId64, session->machine.field);   \
	}

MACHINE_TEXT(cpu_brand)
MACHINE_TEXT(microcode)
MACHINE_TEXT(topology)
MACHINE_TEXT(hypervisor)
MACHINE_TEXT(hypervisor_version)
MACHINE_TEXT(instance)
MACHINE_TEXT(container)
MACHINE_TEXT(kernel)
MACHINE_TEXT(kernel_cmdline)
MACHINE_TEXT(mitigations)
MACHINE_TEXT(kvm_module)
MACHINE_TEXT(kvm_parameters)
MACHINE_TEXT(clocksource)
MACHINE_TEXT(thp)
MACHINE_TEXT(governor)
MACHINE_NUMBER(cpus)

static void text_level(const struct nb_session *session, char text[VALUE_SIZE])
{
	if (session->level == NB_LEVEL_UNKNOWN)
		nb_base_copy(text, VALUE_SIZE, "unknown");
	else
		snprintf(text, VALUE_SIZE, "L%d", session->level);
}

/* What a VM was given, of which firmware and kernel keep some: the next half of a GiB. */
static void text_memory(const struct nb_session *session, char text[VALUE_SIZE])
{
	const int64_t half = INT64_C(1) << 29;
	int64_t bytes = session->machine.memory_bytes;
	int64_t halves = bytes / half + (bytes % half > 0);

	if (bytes <= 0)
		nb_base_copy(text, VALUE_SIZE, "unknown");
	else
		snprintf(text, VALUE_SIZE, "%.1f GiB", (double)halves / 2);
}

static void text_profile(const struct nb_session *session, char text[VALUE_SIZE])
{
	nb_base_copy(text, VALUE_SIZE, session->profile);
}

static void text_nestbench(const struct nb_session *session, char text[VALUE_SIZE])
{
	nb_base_copy(text, VALUE_SIZE, session->version);
}

static void text_scheduling(const struct nb_session *session, char text[VALUE_SIZE])
{
	nb_base_copy(text, VALUE_SIZE, session->fifo ? "SCHED_FIFO" : "no SCHED_FIFO");
}

/* Names as they are in the JSON; the first ones explain most. */
static const struct {
	const char *name;
	column_text text;
} columns[] = {
	{ "level", text_level },
	{ "kernel", text_kernel },
	{ "hypervisor", text_hypervisor },
	{ "hypervisor_version", text_hypervisor_version },
	{ "cpu_brand", text_cpu_brand },
	{ "microcode", text_microcode },
	{ "topology", text_topology },
	{ "cpus", text_cpus },
	{ "memory", text_memory },
	{ "instance", text_instance },
	{ "container", text_container },
	{ "clocksource", text_clocksource },
	{ "kvm_module", text_kvm_module },
	{ "kvm_parameters", text_kvm_parameters },
	{ "kernel_cmdline", text_kernel_cmdline },
	{ "mitigations", text_mitigations },
	{ "thp", text_thp },
	{ "governor", text_governor },
	{ "profile", text_profile },
	{ "nestbench", text_nestbench },
	{ "scheduling", text_scheduling },
};

size_t nb_compare_columns(void)
{
	return sizeof(columns) / sizeof(columns[0]);
}

void nb_compare_column_text(size_t column, const struct nb_session *session,
			    char text[NB_COMPARE_VALUE_SIZE])
{
	columns[column].text(session, text);
}

/* Where texts begin alike, what follows tells more: from the last word that they share. */
static size_t common_start(const char *left, const char *right)
{
	size_t length = 0;

	while (left[length] && left[length] == right[length])
		length++;
	while (length > 0 && left[length - 1] != ' ')
		length--;
	return length > SHOWN_SIZE / 2 ? length : 0;
}

static void show(const char *value, size_t skip, char text[SHOWN_SIZE + 8])
{
	const char *shown = *value ? value + skip : "none";

	snprintf(text, SHOWN_SIZE + 8, "%s%.*s%s", skip ? "..." : "", SHOWN_SIZE, shown,
		 strlen(shown) > SHOWN_SIZE ? "..." : "");
}

static void describe(size_t column, const char *const sides[2], const bool more[2],
		     char text[NB_COMPARE_DIFFERENCE_SIZE])
{
	size_t skip = common_start(sides[0], sides[1]);
	char left[SHOWN_SIZE + 8], right[SHOWN_SIZE + 8];

	show(sides[0], skip, left);
	show(sides[1], skip, right);
	snprintf(text, NB_COMPARE_DIFFERENCE_SIZE, "%s: %s%s | %s%s", columns[column].name, left,
		 more[0] ? " and others" : "", right, more[1] ? " and others" : "");
}

void nb_compare_difference(size_t column, const char *left, const char *right,
			   char text[NB_COMPARE_DIFFERENCE_SIZE])
{
	describe(column, (const char *const[]){ left, right }, (const bool[]){ false, false },
		 text);
}

/* The first few different values of a column on one side. */
struct values {
	char text[VALUES_MAX][VALUE_SIZE];
	size_t count;
	bool more;
};

static bool has(const struct values *values, const char *text)
{
	for (size_t i = 0; i < values->count; i++)
		if (strcmp(values->text[i], text) == 0)
			return true;
	return false;
}

static void collect(const struct nb_compare_group *group, column_text text_of,
		    struct values *values)
{
	char text[VALUE_SIZE];

	for (size_t i = 0; i < group->count; i++) {
		text_of(&group->sessions[i].session, text);
		if (has(values, text))
			continue;
		if (values->count < VALUES_MAX)
			nb_base_copy(values->text[values->count++], VALUE_SIZE, text);
		else
			values->more = true;
	}
}

/* A value that the other side does not have says most; NULL: there is none. */
static const char *own_value(const struct values *values, const struct values *other)
{
	for (size_t i = 0; i < values->count; i++)
		if (!has(other, values->text[i]))
			return values->text[i];
	return NULL;
}

static bool asked(const struct nb_compare_options *options, const char *name)
{
	for (size_t i = 0; i < options->asked_count; i++)
		if (strcmp(options->asked[i], name) == 0)
			return true;
	return false;
}

void nb_compare_differences(const struct nb_compare_group *base,
			    const struct nb_compare_group *candidate,
			    const struct nb_compare_options *options,
			    struct nb_comparison *comparison)
{
	for (size_t i = 0; i < nb_compare_columns(); i++) {
		struct values left = { .count = 0 }, right = { .count = 0 };
		const char *own_left, *own_right;

		if (asked(options, columns[i].name) ||
		    comparison->warning_count == NB_COMPARE_WARNINGS)
			continue;
		collect(base, columns[i].text, &left);
		collect(candidate, columns[i].text, &right);
		own_left = own_value(&left, &right);
		own_right = own_value(&right, &left);
		if (!own_left && !own_right && !left.more && !right.more)
			continue;
		describe(i,
			 (const char *const[]){ own_left ? own_left : left.text[0],
						own_right ? own_right : right.text[0] },
			 (const bool[]){ left.count > 1, right.count > 1 },
			 comparison->warnings[comparison->warning_count++]);
	}
}
