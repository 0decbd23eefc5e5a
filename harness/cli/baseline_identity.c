/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "nestbench/fit.h"

#include "cli_baseline.h"

static const double gib = 1024.0 * 1024 * 1024;
/* A kernel counts less than its VM was given; never more. */
static const double memory_below = 1 - NB_FIT_MEMORY_TOLERANCE, memory_above = 1.01;

/* What runs the machines whose names begin so, as CPUID tells it. */
static const struct {
	const char *prefix, *signature, *name;
} hypervisors[] = {
	{ "azure-", "Microsoft Hv", "Hyper-V" },
	{ "esxi-", "VMwareVMware", "VMware" },
};

static void mismatch(char *text, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void mismatch(char *text, size_t size, const char *format, ...)
{
	char words[512];
	size_t used = strlen(text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof(words), format, arguments);
	va_end(arguments);
	snprintf(text + used, size - used, "%s%s", used > 0 ? "; " : "", words);
}

static void check_cpus(const struct nb_baseline *spec, const struct nb_machine *machine, char *text,
		       size_t size)
{
	const struct nb_figure *figure = nb_baseline_figure(spec, "vcpus");

	if (figure && machine->cpus < 0)
		mismatch(text, size, "its vCPUs are not known");
	else if (figure && (double)machine->cpus != figure->value)
		mismatch(text, size, "%lld vCPUs instead of %.10g", (long long)machine->cpus,
			 figure->value);
}

static void check_memory(const struct nb_baseline *spec, const struct nb_machine *machine,
			 char *text, size_t size)
{
	const struct nb_figure *figure = nb_baseline_figure(spec, "memory");
	double have = (double)machine->memory_bytes / gib;

	if (!figure)
		return;
	if (machine->memory_bytes <= 0)
		mismatch(text, size, "its memory is not known");
	else if (have < memory_below * figure->value || have > memory_above * figure->value)
		mismatch(text, size, "%.1f GiB memory instead of %.10g", have, figure->value);
}

static void check_hypervisor(const struct nb_baseline *spec, const struct nb_machine *machine,
			     char *text, size_t size)
{
	for (size_t i = 0; i < sizeof(hypervisors) / sizeof(hypervisors[0]); i++) {
		if (strncmp(spec->name, hypervisors[i].prefix, strlen(hypervisors[i].prefix)) != 0)
			continue;
		if (strcmp(machine->hypervisor, hypervisors[i].signature) != 0)
			mismatch(text, size, "hypervisor %s instead of %s (%s)",
				 machine->hypervisor[0] ? machine->hypervisor : "unknown",
				 hypervisors[i].signature, hypervisors[i].name);
	}
}

/* The cloud's own word for the size, where the session knows it: the last one of the title. */
static void check_instance(const struct nb_baseline *spec, const struct nb_machine *machine,
			   char *text, size_t size)
{
	const char *word = strrchr(spec->title, ' ');

	if (strncmp(spec->name, "azure-", 6) != 0 || !word || !machine->instance[0])
		return;
	if (!strstr(machine->instance, word + 1))
		mismatch(text, size, "instance %s instead of %s", machine->instance, word + 1);
}

/* "9004" is a series: any model of it begins with its first digit. */
static bool is_series(const char *word, size_t length)
{
	return length == 4 && strncmp(word + 1, "00", 2) == 0;
}

static bool has_word(const char *brand, const char *word, size_t length)
{
	for (const char *at = brand; *at; at++) {
		bool begins = at == brand || !isalnum((unsigned char)at[-1]);

		if (begins && is_series(word, length) && *at == *word && strcspn(at, " ") == length)
			return true;
		if (begins && strncasecmp(at, word, length) == 0 &&
		    !isalnum((unsigned char)at[length]))
			return true;
	}
	return false;
}

/* One processor of the list: every word of it with a digit, up to "(", is in the brand. */
static bool is_model(const char *brand, const char *model, size_t length)
{
	size_t named = 0;

	while (length > 0 && *model != '(') {
		size_t word = strcspn(model, " ,(");

		word = word < length ? word : length;
		if (strcspn(model, "0123456789") < word) {
			if (!has_word(brand, model, word))
				return false;
			named++;
		}
		/* And the blank behind it. */
		word += word < length && model[word] == ' ';
		if (word == 0)
			break;
		model += word;
		length -= word;
	}
	return named > 0;
}

static bool is_listed(const char *brand, const char *models)
{
	while (*models) {
		size_t length = strcspn(models, ",");

		if (is_model(brand, models, length))
			return true;
		models += length;
		models += strspn(models, ", ");
	}
	return false;
}

static void check_processor(const struct nb_baseline *spec, const struct nb_machine *machine,
			    char *text, size_t size)
{
	const struct nb_figure *figure = nb_baseline_figure(spec, "cpu_models");

	if (!figure || !figure->text)
		return;
	if (!machine->cpu_brand[0])
		mismatch(text, size, "its processor is not known");
	else if (!is_listed(machine->cpu_brand, figure->text))
		mismatch(text, size, "processor %s is none of %s", machine->cpu_brand,
			 figure->text);
}

bool nb_cli_fits(const struct nb_baseline *spec, const struct nb_machine *machine, char *text,
		 size_t size)
{
	text[0] = '\0';
	check_cpus(spec, machine, text, size);
	check_memory(spec, machine, text, size);
	check_hypervisor(spec, machine, text, size);
	check_instance(spec, machine, text, size);
	check_processor(spec, machine, text, size);
	return text[0] == '\0';
}
