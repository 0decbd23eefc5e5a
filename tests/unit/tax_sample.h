/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TESTS_TAX_SAMPLE_H
#define NB_TESTS_TAX_SAMPLE_H

#include "nestbench/tax.h"

#include "report_sample.h"

/*
 * Sessions with nested.*. Medians of rounds are center - 2 .. center + 3: p50 is center + 0.5, its
 * interval both ends.
 */

static inline void tax_record(struct nb_record *record)
{
	*record = (struct nb_record){ 0 };
	sample_session(&record->session);
	nb_base_copy(record->session.machine.kvm_module, 16, "kvm_intel");
}

static inline struct nb_series_rounds *tax_guest(struct nb_record *record, const char *benchmark,
						 const char *params, double center)
{
	return sample_measured(record, benchmark, NB_GUEST, params, center);
}

/* CPUID at three levels, in 1, 20 and 300 us. */
static inline void tax_cpuid(struct nb_record *record)
{
	tax_record(record);
	sample_measured(record, "exit.cpuid", NB_USER, "", 1000);
	for (size_t i = 0; i < record->series[0].count; i++)
		record->series[0].rounds[i].evidence = NB_UNAVAILABLE;
	tax_guest(record, "exit.cpuid", "", 20000);
	tax_guest(record, "nested.roundtrip_cpuid", "stage2=on", 300000);
}

static inline void tax_count(struct nb_series_rounds *series, int64_t exits)
{
	for (size_t i = 0; i < series->count; i++) {
		series->rounds[i].kind_count = 2;
		series->rounds[i].kinds[0] =
			(struct nb_exit_kind){ "exits", exits * series->rounds[i].ops + 1 };
		series->rounds[i].kinds[1] = (struct nb_exit_kind){ "irq_exits", 1 };
	}
}

static inline void tax_judge(struct nb_series_rounds *series, enum nb_evidence evidence)
{
	for (size_t i = 0; i < series->count; i++)
		series->rounds[i].evidence = evidence;
}

static inline void tax_skip(struct nb_record *record, const char *benchmark, const char *params)
{
	struct nb_series series = sample_series(benchmark, NB_GUEST, params);

	sample_append(record, &series, sample_failure(NB_SKIP, "no such thing here"));
}

/* The caller frees it; NULL where there is none. */
static inline struct nb_tax *tax_of(const struct nb_record *record)
{
	struct nb_tax *tax;

	if (nb_tax_make(&record, 1, true, &tax, NULL) < 0)
		abort();
	return tax;
}

#endif
