/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "nestbench/base.h"
#include "nestbench/image.h"
#include "nestbench/instruction.h"

#include "vmm_private.h"

enum { BOOT_MS = 500, COMMAND_MS = 100, SAMPLES = 200 };

/* Guest benchmarks, in the order of bench.def. */
enum guest_index {
#define NB_BENCH(id, vantage, needs, unit, summary) NB_INDEX_##vantage(id)
#define NB_INDEX_guest(id)			    INDEX_##id,
#define NB_INDEX_user(id)
#define NB_INDEX_io(id)
#include "bench.def"
#undef NB_BENCH
};

struct attempt {
	char *text;
	size_t size;
};

__attribute__((format(printf, 2, 3))) static void append(struct attempt *attempt,
							 const char *format, ...)
{
	size_t used = strlen(attempt->text);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(attempt->text + used, attempt->size - used, format, arguments);
	va_end(arguments);
}

/* "key=ok" for code 0, else "key=ENOENT: text"; true for ok. */
static bool told(struct attempt *attempt, const char *key, int code, const char *text)
{
	const char *name = strerrorname_np(code);

	if (code == 0)
		append(attempt, "%s=ok\n", key);
	else
		append(attempt, "%s=%s: %s\n", key, name ? name : "EIO", text);
	return code == 0;
}

static bool told_result(struct attempt *attempt, const char *key, int result)
{
	int code = result < 0 ? errno : 0;

	return told(attempt, key, code, strerror(code));
}

static bool try_version(struct attempt *attempt, int kvm_fd)
{
	char text[64];
	int version = ioctl(kvm_fd, KVM_GET_API_VERSION, 0);

	if (version < 0 || version == KVM_API_VERSION)
		return told_result(attempt, "api", version);
	snprintf(text, sizeof(text), "it speaks version %d, not %d", version, KVM_API_VERSION);
	return told(attempt, "api", ENOTSUP, text);
}

/* An empty VM and vCPU, only to learn at which of the two steps a KVM fails. */
static bool try_empty(struct attempt *attempt, int kvm_fd)
{
	int vm_fd = ioctl(kvm_fd, KVM_CREATE_VM, 0);
	int vcpu_fd = -1;
	bool fine = told_result(attempt, "vm", vm_fd);

	if (fine) {
		vcpu_fd = ioctl(vm_fd, KVM_CREATE_VCPU, 0);
		fine = told_result(attempt, "vcpu", vcpu_fd);
	}
	if (vcpu_fd >= 0)
		close(vcpu_fd);
	if (vm_fd >= 0)
		close(vm_fd);
	return fine;
}

static bool try_device(struct attempt *attempt, const char *device)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);
	bool fine = told_result(attempt, "open", fd) && try_version(attempt, fd) &&
		    try_empty(attempt, fd);

	if (fd >= 0)
		close(fd);
	return fine;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Runs one command; 0, or a positive errno with the reason in *error. */
static int command(struct nb_vmm *vmm, const struct nb_vmm_command *order, struct nb_error *error)
{
	struct nb_vmm_reply reply;
	int result = nb_vmm_run(vmm, 0, order, &reply, error);

	if (result < 0)
		return -result;
	switch (reply.end) {
	case NB_VMM_DONE:
		return 0;
	case NB_VMM_TIMEOUT:
		return -nb_error_set(error, ETIMEDOUT, "%s", reply.text);
	case NB_VMM_UNSUPPORTED:
		return -nb_error_set(error, ENOTSUP, "%s", reply.text);
	default:
		return -nb_error_set(error, EIO, "%s", reply.text);
	}
}

static int ascending(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left;
	uint64_t b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

static uint64_t exit_count(struct nb_vmm *vmm, bool *counted)
{
	struct nb_vmm_stats stats;

	*counted = false;
	if (nb_vmm_stats_read(vmm, 0, &stats, NULL) < 0)
		return 0;
	for (size_t i = 0; i < stats.count; i++) {
		if (strcmp(stats.items[i].name, "exits") != 0)
			continue;
		*counted = true;
		return stats.items[i].value;
	}
	return 0;
}

struct timing {
	double ns;    /* median */
	double exits; /* per operation; below 0 where KVM does not count them */
};

_Static_assert(SAMPLES % 2 == 0, "the median lies between the two samples in the middle");

static double median(const uint64_t *samples)
{
	const size_t middle = SAMPLES / 2;
	uint64_t sorted[SAMPLES];

	memcpy(sorted, samples, sizeof(sorted));
	qsort(sorted, SAMPLES, sizeof(sorted[0]), ascending);
	return ((double)sorted[middle - 1] + (double)sorted[middle]) / 2;
}

/* One vCPU in this thread's time: the host's clock beside its counter tells how long a tick is. */
static bool time_run(struct nb_vmm *vmm, const struct nb_vmm_command *order, struct timing *timing)
{
	double start = now_ns();
	uint64_t ticks = nb_rdtsc();
	bool before, after;
	uint64_t exits = exit_count(vmm, &before);
	int failed = command(vmm, order, NULL);
	double elapsed = now_ns() - start;

	ticks = nb_rdtsc() - ticks;
	exits = exit_count(vmm, &after) - exits;
	if (failed || ticks == 0)
		return false;
	timing->ns = median(nb_vmm_samples(vmm, 0)) * elapsed / (double)ticks;
	timing->exits = before && after ? (double)exits / SAMPLES : -1;
	return true;
}

static bool time_bench(struct nb_vmm *vmm, uint32_t bench, struct timing *timing)
{
	struct nb_vmm_command order = { .command = NB_ABI_SETUP,
					.bench = bench,
					.count = SAMPLES,
					.batch = 1,
					.timeout_ms = COMMAND_MS };
	struct nb_vmm_command end = { .command = NB_ABI_TEARDOWN, .timeout_ms = COMMAND_MS };

	if (command(vmm, &order, NULL) != 0)
		return false;
	order.command = NB_ABI_RUN;
	return time_run(vmm, &order, timing) && command(vmm, &end, NULL) == 0;
}

/*
 * Net of the empty operation, as everywhere. Where KVM counts no exit for a CPUID, as with
 * kvm_pvm, which interprets the guest's kernel mode, its time is not the cost of one and nothing
 * is told.
 */
static void time_exit(struct attempt *attempt, struct nb_vmm *vmm)
{
	struct timing null, cpuid;

	if (!time_bench(vmm, INDEX_exit_null, &null) || !time_bench(vmm, INDEX_exit_cpuid, &cpuid))
		return;
	if (null.exits >= 0 && cpuid.exits >= 0 && cpuid.exits - null.exits < 0.9)
		return;
	if (cpuid.ns > null.ns)
		append(attempt, "exit_ns=%.1f\n", cpuid.ns - null.ns);
}

/* The microguest's first answer stands for the one instruction: it is a kernel in 64-bit mode. */
static void try_guest(struct attempt *attempt, const char *device)
{
	const struct nb_vmm_config config = { .device = device, .vcpus = 1 };
	const struct nb_vmm_command boot = { .command = NB_ABI_BOOT, .timeout_ms = BOOT_MS };
	struct nb_error error = { 0 };
	struct nb_vmm *vmm = NULL;
	double start = now_ns();
	int code = -nb_vmm_open(&vmm, &config, &error);

	if (code == 0)
		code = command(vmm, &boot, &error);
	if (told(attempt, "run", code, error.text)) {
		append(attempt, "boot_ms=%.3f\n", (now_ns() - start) / 1e6);
		time_exit(attempt, vmm);
	}
	nb_vmm_close(vmm);
}

int nb_vmm_try(const char *device, char *text, size_t size)
{
	struct attempt attempt = { text, size };

	text[0] = '\0';
	if (try_device(&attempt, device))
		try_guest(&attempt, device);
	return (int)strlen(text);
}
