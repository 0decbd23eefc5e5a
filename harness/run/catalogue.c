/* SPDX-License-Identifier: Apache-2.0 */
#include <cpuid.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run_storage_private.h"

/* One line of bench.def, as data. */
struct line {
	const char *id;
	enum nb_vantage vantage;
	uint64_t needs;
	const char *unit, *summary;
	bool io;
};

enum { IO_guest = 0, IO_user = 0, IO_io = 1 };
enum { VANTAGE_guest = NB_GUEST, VANTAGE_user = NB_USER, VANTAGE_io = NB_USER };

static const struct line lines[] = {
#define NB_BENCH(id, vantage, needs, unit, summary) \
	{ #id, (enum nb_vantage)VANTAGE_##vantage, needs, unit, summary, IO_##vantage },
#include "bench.def"
#undef NB_BENCH
};

enum { LINE_COUNT = sizeof(lines) / sizeof(lines[0]) };

/* What this machine offers to each vantage. */
struct offers {
	uint64_t guest, user;
	char no_kvm[200]; /* why there is no guest vantage; "" if there is */
	enum nb_platform_virt virtualization;
};

static const struct need_name {
	uint64_t need;
	const char *name, *missing;
} need_names[] = {
	{ NB_NEED_IRQCHIP, "irqchip", "this KVM has no in-kernel interrupt controller" },
	{ NB_NEED_IOEVENTFD, "ioeventfd", "this KVM has no ioeventfd" },
	{ NB_NEED_X2APIC, "x2apic", "x2APIC is not offered here (CPUID)" },
	{ NB_NEED_TSC_DEADLINE, "tsc-deadline", "this KVM has no TSC deadline timer" },
	{ NB_NEED_RDTSCP, "rdtscp", "RDTSCP is not offered here (CPUID)" },
	{ NB_NEED_XSAVE, "xsave", "XSAVE is not offered here (CPUID)" },
	{ NB_NEED_IOPERM, "root", "needs port access: run as root" },
	{ NB_NEED_TWO_CPUS, "2 CPUs", "needs a second CPU that this process may use" },
	{ NB_NEED_IRQFD, "irqfd", "this KVM has no irqfd" },
	{ NB_NEED_RESAMPLE, "irqfd", "this KVM has no irqfd for level-triggered interrupts" },
	{ NB_NEED_MSI, "msi", "this KVM cannot inject an MSI" },
	{ NB_NEED_PAGES_1G, "1g-pages", "pages of 1 GiB are not offered here (CPUID)" },
	{ NB_NEED_PCID, "pcid", "PCID is not offered here (CPUID)" },
	{ NB_NEED_INVPCID, "invpcid", "INVPCID is not offered here (CPUID)" },
	{ NB_NEED_NX, "nx", "no-execute pages are not offered here (CPUID)" },
	{ NB_NEED_NESTING, "nesting",
	  "this KVM offers its guests no VMX or SVM: load kvm_intel or kvm_amd with nested=1" },
	{ NB_NEED_VMX, "vmx", "an instruction of VMX, and this CPU has SVM" },
	{ NB_NEED_SVM, "svm", "an instruction of SVM, and this CPU has VMX" },
};

static uint64_t user_offers(void)
{
	uint64_t offers = 0;
	uint32_t a, b, c, d;

	if (__get_cpuid(0x80000001, &a, &b, &c, &d) && d >> 27 & 1)
		offers |= NB_NEED_RDTSCP;
	if (geteuid() == 0)
		offers |= NB_NEED_IOPERM;
	return offers;
}

static void find_offers(const struct nb_run_options *options, struct offers *offers)
{
	struct nb_error error = { 0 };
	struct nb_world world;
	int other;

	memset(offers, 0, sizeof(*offers));
	offers->user = user_offers();
	nb_world_live(&world, NULL, 0);
	offers->virtualization = nb_platform_virtualization(&world);
	if (nb_vmm_probe(options->kvm_device, &offers->guest, &error) < 0)
		nb_base_copy(offers->no_kvm, sizeof(offers->no_kvm), error.text);
	if (nb_run_conditions_cpus(options->cpu, &other) > 1) {
		offers->user |= NB_NEED_TWO_CPUS;
		offers->guest |= NB_NEED_TWO_CPUS;
	}
}

static const struct nb_bench *bench_at(enum nb_vantage vantage, unsigned index)
{
	return vantage == NB_GUEST ? nb_guest_image_bench(index) : nb_run_user_bench(index);
}

const struct nb_bench *nb_run_entry_bench(const struct nb_run_entry *entry)
{
	return bench_at(entry->series.vantage, entry->at.bench);
}

static void append_word(char *text, size_t size, const char *word, const char *separator)
{
	size_t length = strlen(text);

	snprintf(text + length, size - length, "%s%s", length > 0 ? separator : "", word);
}

static void fill_needs(struct nb_run_entry *entry, uint64_t needs)
{
	if (entry->series.vantage == NB_GUEST)
		append_word(entry->needs, sizeof(entry->needs), "kvm", ", ");
	for (size_t i = 0; i < sizeof(need_names) / sizeof(need_names[0]); i++) {
		if (needs & need_names[i].need)
			append_word(entry->needs, sizeof(entry->needs), need_names[i].name, ", ");
	}
}

static void judge(struct nb_run_entry *entry, uint64_t needs, const struct offers *offers)
{
	bool guest = entry->series.vantage == NB_GUEST;
	uint64_t missing = needs & ~(guest ? offers->guest : offers->user);

	if (guest && offers->no_kvm[0]) {
		nb_base_copy(entry->reason, sizeof(entry->reason), offers->no_kvm);
		return;
	}
	for (size_t i = 0; i < sizeof(need_names) / sizeof(need_names[0]); i++) {
		if (missing & need_names[i].need) {
			nb_base_copy(entry->reason, sizeof(entry->reason), need_names[i].missing);
			return;
		}
	}
	entry->runnable = true;
}

/* exit_cpuid -> exit.cpuid */
static void fill_name(char *name, size_t size, const char *id)
{
	char *first;

	nb_base_copy(name, size, id);
	first = strchr(name, '_');
	if (first)
		*first = '.';
}

/* What an entry is made of: a line of bench.def, its descriptor, and what this machine offers. */
struct source {
	const struct line *line;
	unsigned index;
	const struct nb_bench *bench;
	const struct offers *offers;
	const struct nb_run_storage *storage;
};

static void fill_entry(struct nb_run_entry *entry, const struct source *source)
{
	const struct line *line = source->line;
	uint64_t needs = line->needs | source->bench->variants[entry->at.variant].needs;

	entry->at.bench = source->index;
	entry->at.virtualization = source->offers->virtualization;
	fill_name(entry->series.benchmark, sizeof(entry->series.benchmark), line->id);
	entry->series.vantage = line->vantage;
	nb_run_params(entry, source->storage);
	nb_base_copy(entry->series.metric, sizeof(entry->series.metric), "latency");
	nb_base_copy(entry->series.unit, sizeof(entry->series.unit), line->unit);
	entry->series.lower_is_better = true;
	entry->summary = line->summary;
	entry->expected =
		nb_run_evidence_expected(source->bench, source->offers->virtualization, NAN);
	fill_needs(entry, needs);
	judge(entry, needs, source->offers);
}

static uint64_t variants_of(const struct nb_bench *bench)
{
	return bench->variant_count > 0 ? bench->variant_count : 1;
}

/* One entry for each ring that it may run in. */
static void add_rings(struct nb_run_catalogue *catalogue, const struct source *source,
		      unsigned variant)
{
	for (unsigned ring = 0; ring <= 3; ring += 3) {
		struct nb_run_entry *entry = &catalogue->entries[catalogue->count];

		if (source->bench->rings != NB_RING_BOTH &&
		    (source->bench->rings == NB_RING_3) != (ring == 3))
			continue;
		catalogue->count++;
		entry->at.variant = variant;
		entry->at.target = -1;
		entry->at.ring3 = ring == 3;
		fill_entry(entry, source);
	}
}

/* One entry for each target, so that file systems stand side by side in every table. */
static void add_targets(struct nb_run_catalogue *catalogue, const struct source *source,
			unsigned variant)
{
	for (size_t target = 0; target < source->storage->count; target++) {
		struct nb_run_entry *entry = &catalogue->entries[catalogue->count++];

		entry->at.variant = variant;
		entry->at.target = (int)target;
		fill_entry(entry, source);
		nb_run_storage_judge(entry, source->storage);
	}
}

static void add_line(struct nb_run_catalogue *catalogue, const struct source *source)
{
	for (unsigned variant = 0; variant < variants_of(source->bench); variant++) {
		if (source->line->io && source->bench->io != NB_IO_NOT)
			add_targets(catalogue, source, variant);
		else
			add_rings(catalogue, source, variant);
	}
}

enum { ENTRIES_OF_VARIANT_MAX = NB_TARGET_MAX > 2 ? NB_TARGET_MAX : 2 };

static size_t count_all(void)
{
	unsigned index[2] = { 0, 0 };
	size_t count = 0;

	for (size_t i = 0; i < LINE_COUNT; i++)
		count += variants_of(bench_at(lines[i].vantage, index[lines[i].vantage]++));
	return count * ENTRIES_OF_VARIANT_MAX;
}

static int fill_all(const struct nb_run_options *options, struct nb_run_catalogue *all,
		    struct nb_error *error)
{
	struct offers offers;
	unsigned index[2] = { 0, 0 };
	int result;

	*all = (struct nb_run_catalogue){ .entries = NULL };
	result = nb_run_storage_find(options->storage, nb_run_profile(options).io_file_bytes,
				     &all->storage, error);
	if (result < 0)
		return result;
	all->entries = calloc(count_all(), sizeof(all->entries[0]));
	if (!all->entries) {
		nb_error_set(error, ENOMEM, "no memory for the list of benchmarks");
		return -ENOMEM;
	}
	find_offers(options, &offers);
	for (size_t i = 0; i < LINE_COUNT; i++) {
		const struct source source = { .line = &lines[i],
					       .index = index[lines[i].vantage],
					       .bench = bench_at(lines[i].vantage,
								 index[lines[i].vantage]),
					       .offers = &offers,
					       .storage = all->storage };

		index[lines[i].vantage]++;
		add_line(all, &source);
	}
	return 0;
}

static bool is_chosen(const struct nb_run_options *options, const struct nb_run_entry *entry)
{
	bool unasked = options->storage && options->storage->unasked;

	if (options->pattern_count == 0 && strncmp(entry->series.benchmark, "io.", 3) == 0)
		return unasked;
	return nb_run_chosen(options, entry->series.benchmark);
}

int nb_run_catalogue(const struct nb_run_options *options, struct nb_run_catalogue *catalogue,
		     struct nb_error *error)
{
	struct nb_run_catalogue all;
	size_t kept = 0;
	int result = fill_all(options, &all, error);

	if (result == 0)
		result = nb_run_check_patterns(options, &all, error);
	if (result < 0) {
		nb_run_catalogue_free(&all);
		return result;
	}
	for (size_t i = 0; i < all.count; i++) {
		if (is_chosen(options, &all.entries[i]))
			all.entries[kept++] = all.entries[i];
	}
	all.count = kept;
	*catalogue = all;
	return 0;
}

void nb_run_catalogue_free(struct nb_run_catalogue *catalogue)
{
	free(catalogue->entries);
	free(catalogue->storage);
	*catalogue = (struct nb_run_catalogue){ .entries = NULL };
}
