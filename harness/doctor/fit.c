/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/fit.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"

static const double gib = 1024.0 * 1024 * 1024;

/* Measured rates scatter; the margin is that of comparisons. */
static const double rate_tolerance = 0.03;

/* A sentence made of list items: "2 more vCPUs, 8 GiB more memory". */
struct list {
	char text[160];
};

static void list_add(struct list *list, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void list_add(struct list *list, const char *format, ...)
{
	size_t length = strlen(list->text);
	va_list arguments;

	if (length > 0) {
		nb_base_copy(list->text + length, sizeof(list->text) - length, ", ");
		length = strlen(list->text);
	}
	va_start(arguments, format);
	vsnprintf(list->text + length, sizeof(list->text) - length, format, arguments);
	va_end(arguments);
}

/* The table being made, and what its summary will say. */
struct fitting {
	const struct nb_baseline *baseline;
	struct nb_fit_table *table;
	struct list met, missing, unknown;
};

/* One thing that can be counted. */
struct quantity {
	const char *metric, *label;
	double have;	   /* in the figure's unit; NAN: unknown */
	double margin;	   /* as part of what is wanted */
	const char *thing; /* what there is too little of; NULL: the unit says it */
};

static struct nb_fit_row *add_row(struct fitting *fitting, const char *metric, const char *label)
{
	struct nb_fit_table *table = fitting->table;
	struct nb_fit_row *row = &table->rows[table->count++];

	*row = (struct nb_fit_row){
		.metric = metric,
		.figure = nb_baseline_figure(fitting->baseline, metric),
	};
	nb_base_copy(row->label, sizeof(row->label), label);
	nb_base_copy(row->have, sizeof(row->have), "unknown");
	return row;
}

/* "vCPU" and "core" go without saying: their rows are called so. */
static void write_wanted(struct nb_fit_row *row)
{
	const char *unit = row->figure->unit;

	if (strcmp(unit, "vCPU") == 0 || strcmp(unit, "core") == 0)
		snprintf(row->wanted, sizeof(row->wanted), "%.10g", row->figure->value);
	else
		snprintf(row->wanted, sizeof(row->wanted), "%.10g %s", row->figure->value, unit);
}

/* "2 more vCPUs", "1600 more IOPS", "8 GiB more memory" */
static void add_missing(struct fitting *fitting, const struct nb_figure *figure, double gap,
			const char *thing)
{
	int digits = gap < 10 && gap != floor(gap) ? 1 : 0;

	if (thing)
		list_add(&fitting->missing, "%.*f %s more %s", digits, gap, figure->unit, thing);
	else
		list_add(&fitting->missing, "%.*f more %s%s", digits, gap, figure->unit,
			 gap == 1 || strcmp(figure->unit, "IOPS") == 0 ? "" : "s");
}

/* The row, or NULL where the baseline has no such figure. */
static struct nb_fit_row *fit_quantity(struct fitting *fitting, const struct quantity *quantity)
{
	struct nb_fit_row *row;
	double wanted;

	if (!nb_baseline_figure(fitting->baseline, quantity->metric))
		return NULL;
	row = add_row(fitting, quantity->metric, quantity->label);
	row->counted = true;
	write_wanted(row);
	wanted = row->figure->value;
	if (isnan(quantity->have)) {
		list_add(&fitting->unknown, "%s", quantity->label);
	} else if (quantity->have >= wanted * (1 - quantity->margin)) {
		row->fit = NB_FIT_MEETS;
		list_add(&fitting->met, "%s", quantity->label);
	} else {
		row->fit = NB_FIT_BELOW;
		add_missing(fitting, row->figure, wanted - quantity->have, quantity->thing);
	}
	return row;
}

static double known(int64_t count)
{
	return count < 0 ? NAN : (double)count;
}

static const char *plural(int64_t count)
{
	return count == 1 ? "" : "s";
}

static void write_threads(const struct nb_size *size, char *text, size_t room)
{
	int64_t each = size->cores > 0 ? size->threads / size->cores : 0;

	if (each > 0 && each * size->cores == size->threads)
		snprintf(text, room, "%lld (%lld core%s x %lld thread%s)", (long long)size->threads,
			 (long long)size->cores, plural(size->cores), (long long)each,
			 plural(each));
	else
		snprintf(text, room, "%lld", (long long)size->threads);
}

static void fit_cpus(struct fitting *fitting, const struct nb_size *size)
{
	const struct quantity threads = {
		.metric = "vcpus",
		.label = "vCPUs",
		.have = known(size->threads),
	};
	const struct quantity cores = {
		.metric = "cores",
		.label = "cores",
		.have = known(size->cores),
	};
	struct nb_fit_row *row = fit_quantity(fitting, &threads);

	if (row && size->threads >= 0)
		write_threads(size, row->have, sizeof(row->have));
	row = fit_quantity(fitting, &cores);
	if (!row)
		return;
	if (size->cores >= 0)
		snprintf(row->have, sizeof(row->have), "%lld", (long long)size->cores);
	nb_base_copy(row->note, sizeof(row->note), "as the hypervisor presents them");
}

/* VMs are given memory in powers of two: a document's "GB" are GiB too. */
static void fit_memory(struct fitting *fitting, const struct nb_size *size)
{
	const struct quantity memory = {
		.metric = "memory",
		.label = "memory",
		.have = known(size->memory_bytes) / gib,
		.margin = NB_FIT_MEMORY_TOLERANCE,
		.thing = "memory",
	};
	struct nb_fit_row *row = fit_quantity(fitting, &memory);

	if (!row)
		return;
	if (size->memory_bytes >= 0)
		snprintf(row->have, sizeof(row->have), "%.1f GiB", memory.have);
	if (size->wsl)
		nb_base_copy(row->note, sizeof(row->note),
			     "WSL 2 sees its own share of the memory, not the VM's");
	else
		snprintf(row->note, sizeof(row->note),
			 "%.0f %% less is enough: firmware and kernel keep some of it",
			 NB_FIT_MEMORY_TOLERANCE * 100);
}

/* Where both are measured the smaller one decides: a cap is one for both. */
static void fit_disk(struct fitting *fitting, const struct nb_size *size)
{
	/* A document's figure does not scatter. */
	const double margin = size->disk_documented ? 0 : rate_tolerance;
	const char *whence = size->disk_documented ? " by its size" : "";
	const struct quantity iops = {
		.metric = "disk_iops",
		.label = "disk IOPS",
		.have = fmin(size->disk_read_iops, size->disk_write_iops),
		.margin = margin,
	};
	const struct quantity throughput = {
		.metric = "disk_throughput",
		.label = "disk MB/s",
		.have = size->disk_mb_s,
		.margin = margin,
		.thing = "disk throughput",
	};
	const char *note = size->disk_documented
				   ? "not measured: documented for the size that the cloud told; a "
				     "disk's own tier may be lower"
				   : "a cap of the VM; a disk's own tier may be lower, and a short "
				     "test sees the burst";
	struct nb_fit_row *row = fit_quantity(fitting, &iops);

	if (row && !isnan(iops.have))
		snprintf(row->have, sizeof(row->have), "%.0f IOPS%s", iops.have, whence);
	if (row)
		nb_base_copy(row->note, sizeof(row->note), note);
	row = fit_quantity(fitting, &throughput);
	if (row && !isnan(throughput.have))
		snprintf(row->have, sizeof(row->have), "%.0f MB/s%s", throughput.have, whence);
	if (row)
		nb_base_copy(row->note, sizeof(row->note), note);
}

static void fit_nesting(struct fitting *fitting, const struct nb_size *size)
{
	static const char *const words[] = {
		[NB_NESTING_UNKNOWN] = "unknown",
		[NB_NESTING_YES] = "yes",
		[NB_NESTING_PARTLY] = "partly",
		[NB_NESTING_NO] = "no",
	};
	struct nb_fit_row *row;

	if (!nb_baseline_figure(fitting->baseline, "nested_virtualization"))
		return;
	row = add_row(fitting, "nested_virtualization", "nesting");
	row->counted = true;
	nb_base_copy(row->wanted, sizeof(row->wanted), row->figure->value > 0 ? "yes" : "no");
	nb_base_copy(row->have, sizeof(row->have), words[size->nesting]);
	if (size->nesting == NB_NESTING_PARTLY)
		nb_base_copy(row->note, sizeof(row->note), "it works, but slower than it could");
	else if (size->wsl)
		nb_base_copy(row->note, sizeof(row->note), "WSL 2 is a VM in it, and runs");
	if (size->nesting == NB_NESTING_NO && row->figure->value > 0) {
		row->fit = NB_FIT_BELOW;
		list_add(&fitting->missing, "nested virtualization");
	} else if (size->nesting == NB_NESTING_UNKNOWN && row->figure->value > 0) {
		list_add(&fitting->unknown, "nesting");
	} else {
		row->fit = NB_FIT_MEETS;
		list_add(&fitting->met, "nesting");
	}
}

/* What is worth seeing and decides nothing. */
static void show_network(struct fitting *fitting)
{
	struct nb_fit_row *row;

	if (!nb_baseline_figure(fitting->baseline, "network"))
		return;
	row = add_row(fitting, "network", "network");
	write_wanted(row);
	nb_base_copy(row->note, sizeof(row->note),
		     "not counted: no VM can measure its own network alone");
}

static void show_space(struct fitting *fitting, const struct nb_size *size)
{
	struct nb_fit_row *row = add_row(fitting, "disk_free", "free disk");

	nb_base_copy(row->wanted, sizeof(row->wanted), "not documented");
	if (size->disk_free_bytes >= 0 && size->disk_total_bytes >= 0)
		snprintf(row->have, sizeof(row->have), "%.1f of %.1f GiB",
			 (double)size->disk_free_bytes / gib, (double)size->disk_total_bytes / gib);
	else if (size->disk_free_bytes >= 0)
		snprintf(row->have, sizeof(row->have), "%.1f GiB",
			 (double)size->disk_free_bytes / gib);
	nb_base_copy(row->note, sizeof(row->note),
		     "not counted: Docker's requirements for Windows name no disk space");
}

static void summarize(struct fitting *fitting)
{
	struct nb_fit_table *table = fitting->table;
	const char *unknown = fitting->unknown.text;

	if (*fitting->missing.text) {
		table->verdict = NB_FIT_BELOW;
		snprintf(table->summary, sizeof(table->summary), "below: needs %s%s%s",
			 fitting->missing.text, *unknown ? "; not known: " : "", unknown);
	} else if (*unknown) {
		table->verdict = NB_FIT_UNKNOWN;
		snprintf(table->summary, sizeof(table->summary), "unknown: %s%s%snot known: %s",
			 *fitting->met.text ? "meets it in " : "", fitting->met.text,
			 *fitting->met.text ? "; " : "", unknown);
	} else if (*fitting->met.text) {
		table->verdict = NB_FIT_MEETS;
		snprintf(table->summary, sizeof(table->summary),
			 "meets: this specification or above (%s)", fitting->met.text);
	} else {
		nb_base_copy(table->summary, sizeof(table->summary),
			     "unknown: the baseline tells nothing of a size");
	}
}

void nb_fit(const struct nb_baseline *baseline, const struct nb_size *size,
	    struct nb_fit_table *table)
{
	struct fitting fitting = { .baseline = baseline, .table = table };

	*table = (struct nb_fit_table){ .verdict = NB_FIT_UNKNOWN };
	fit_cpus(&fitting, size);
	fit_memory(&fitting, size);
	fit_disk(&fitting, size);
	fit_nesting(&fitting, size);
	show_network(&fitting);
	show_space(&fitting, size);
	summarize(&fitting);
}
