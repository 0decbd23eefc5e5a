/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NB_TESTS_STORAGE_SAMPLE_H
#define NB_TESTS_STORAGE_SAMPLE_H

#include "report_sample.h"

/* Rounds of storage: what the runner counted over the loop, as kinds of the round. */

#define STORAGE_CWD	   "fs=ext4,target=cwd"
#define STORAGE_CWD_DIRECT "engine=psync,fs=ext4,mode=direct,target=cwd"
#define STORAGE_CWD_QUEUED "engine=uring,fs=ext4,mode=direct,target=cwd"
#define STORAGE_C	   "fs=9p-fd,target=c"
#define STORAGE_C_REMOTE   "engine=psync,fs=9p-fd,mode=guest-direct-remote,target=c"
#define STORAGE_C_QUEUED   "engine=threads,fs=9p-fd,mode=guest-direct-remote,target=c"

static inline void storage_count(struct nb_round *round, const char *name, int64_t count)
{
	struct nb_exit_kind *kind = &round->kinds[round->kind_count++];

	nb_base_copy(kind->name, sizeof(kind->name), name);
	kind->count = count;
}

/* As fill_kinds() of the runner leaves it; SAMPLE_COUNT operations, no exits. */
static inline struct nb_round storage_round(int ordinal, double centre, int64_t wall_ns,
					    int64_t bytes)
{
	struct nb_round round = sample_round(ordinal, centre, 0);

	round.clock = NB_CLOCK_HOST;
	round.evidence = NB_UNAVAILABLE;
	round.exits_per_op = NAN;
	round.expected = NAN;
	round.kind_count = 0;
	storage_count(&round, "wall_ns", wall_ns);
	storage_count(&round, "cpu_ns", wall_ns / 4);
	if (bytes > 0)
		storage_count(&round, "bytes", bytes);
	return round;
}

/* SAMPLE_ROUNDS rounds of which each operation took centre ns and the loop a fifth more. */
static inline struct nb_series_rounds *storage_measured(struct nb_record *record,
							const char *benchmark, const char *params,
							double centre, int64_t bytes_per_op)
{
	struct nb_series series = sample_series(benchmark, NB_USER, params);
	int64_t wall_ns = (int64_t)(centre * 1.2 * SAMPLE_COUNT);

	for (int i = 0; i < SAMPLE_ROUNDS; i++)
		sample_append(record, &series,
			      storage_round(i, centre + i * centre / 50, wall_ns,
					    bytes_per_op * SAMPLE_COUNT));
	return &record->series[record->count - 1];
}

/* In WSL: the distribution's own disk, and /mnt/c. */
static inline void storage_record(struct nb_record *record)
{
	struct nb_series skipped = sample_series("io.mmap_fault_cold", NB_USER, STORAGE_C);
	struct nb_series_rounds *series;

	memset(record, 0, sizeof(*record));
	sample_session(&record->session);
	record->session.target_count = 2;
	record->session.targets[0] = (struct nb_target){ .name = "cwd",
							 .path = "/srv",
							 .kind = "ext4",
							 .device = "vda",
							 .disk = "vda (virtio_blk)",
							 .rotational = -1,
							 .queue_depth = -1,
							 .size_bytes = -1,
							 .free_bytes = -1 };
	record->session.targets[1] = record->session.targets[0];
	strcpy(record->session.targets[1].name, "c");
	strcpy(record->session.targets[1].path, "/mnt/c");
	strcpy(record->session.targets[1].kind, "9p");
	strcpy(record->session.targets[1].transport, "fd");
	record->session.targets[1].device[0] = '\0';
	record->session.targets[1].disk[0] = '\0';
	series = storage_measured(record, "io.rand_read_4k_q1", STORAGE_CWD_DIRECT, 80000, 4096);
	for (size_t i = 0; i < series->count; i++) {
		storage_count(&series->rounds[i], "switches", SAMPLE_COUNT);
		storage_count(&series->rounds[i], "interrupts", INT64_C(2) * SAMPLE_COUNT);
	}
	storage_measured(record, "io.rand_read_4k_q1", STORAGE_C_REMOTE, 600000, 4096);
	storage_measured(record, "io.rand_read_4k_q32", STORAGE_CWD_QUEUED, 400000, 4096);
	storage_measured(record, "io.rand_read_4k_q32", STORAGE_C_QUEUED, 9000000, 4096);
	storage_measured(record, "io.seq_read_1m", STORAGE_CWD_DIRECT, 1000000, 1 << 20);
	storage_measured(record, "io.seq_read_1m", STORAGE_C_REMOTE, 4000000, 1 << 20);
	storage_measured(record, "io.fdatasync_2300b", STORAGE_CWD, 4000000, 2300);
	storage_measured(record, "io.fdatasync_2300b", STORAGE_C, 20000000, 2300);
	storage_measured(record, "io.first_write", STORAGE_CWD_DIRECT, 320000, 32768);
	storage_measured(record, "io.rewrite", STORAGE_CWD_DIRECT, 100000, 32768);
	storage_measured(record, "io.mmap_fault_cold", STORAGE_CWD, 90000, 4096);
	sample_append(record, &skipped, sample_failure(NB_SKIP, "the page cache keeps it"));
	storage_measured(record, "io.stat", STORAGE_CWD, 1200, 0);
	storage_measured(record, "io.stat", STORAGE_C, 900000, 0);
	storage_measured(record, "io.unlink", STORAGE_CWD, 8000, 0);
	storage_measured(record, "io.unlink", STORAGE_C, 1600000, 0);
	sample_measured(record, "io.unix_pingpong", NB_USER, "", 40000);
}

static inline int storage_setup(void **state)
{
	struct nb_record *record = calloc(1, sizeof(*record));

	if (!record)
		return -1;
	storage_record(record);
	*state = record;
	return 0;
}

#define STORAGE_TEST(test) cmocka_unit_test_setup_teardown(test, storage_setup, sample_teardown)

#endif
