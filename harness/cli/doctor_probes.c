/* SPDX-License-Identifier: Apache-2.0 */
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "nestbench/vmm.h"

#include "cli_doctor.h"

/* What doctor tries out on the machine it runs on; the texts are described in world.h. */

/* Beyond what nb_vmm_try() allows itself, and still an answer within a second. */
enum { KVM_MS = 800 };

/*
 * What the firmware allows: IA32_FEATURE_CONTROL (Intel's manual, volume 4) and VM_CR (AMD's,
 * volume 2, 15.30.1). A CPU of another make is left alone.
 */
static const struct {
	uint32_t vendor; /* EBX of leaf 0 */
	off_t number;
	const char *key;
} limits[] = {
	{ signature_INTEL_ebx, 0x3a, "feature_control" },
	{ signature_AMD_ebx, 0xc0010114, "vm_cr" },
};

void nb_cli_put_line(char *text, size_t size, const char *key, const char *value)
{
	size_t used = strlen(text);
	char plain[NB_CLI_PATH_SIZE];

	nb_report_plain(plain, sizeof(plain), value);
	snprintf(text + used, size - used, "%s=%s\n", key, plain);
}

static int try_kvm(void *context, char *text, size_t size)
{
	return nb_vmm_try(context, text, size);
}

/* A kernel that hangs or crashes in KVM must not take doctor's answer with it. */
static int probe_kvm(void *context, char *text, size_t size)
{
	const struct nb_cli_examination *asked = context;
	char device[NB_CLI_PATH_SIZE];
	int result;

	nb_base_copy(device, sizeof(device), asked->kvm_device);
	result = nb_cli_child(try_kvm, device, KVM_MS, text, size);
	if (result == -ETIMEDOUT)
		nb_cli_put_line(text, size, "open",
				"ETIMEDOUT: trying KVM out took too long; it was given up");
	else if (result < 0)
		nb_cli_put_line(text, size, "open", "EIO: KVM could not be tried out");
	return (int)strlen(text);
}

static int probe_space(void *context, char *text, size_t size)
{
	(void)context;
	return nb_cli_probe_space(text, size);
}

/* Only root may, and only where the module msr is loaded. */
static int read_msr(off_t number, uint64_t *value)
{
	int fd = open("/dev/cpu/0/msr", O_RDONLY | O_CLOEXEC);
	ssize_t got;
	int result;

	if (fd < 0)
		return -errno;
	got = pread(fd, value, sizeof(*value), number);
	result = got < 0 ? -errno : got == sizeof(*value) ? 0 : -EIO;
	close(fd);
	return result;
}

static int probe_msr(void *context, char *text, size_t size)
{
	uint32_t most, vendor, ecx, edx;
	uint64_t value = 0;

	(void)context;
	text[0] = '\0';
	__cpuid(0, most, vendor, ecx, edx);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		char word[24];
		int result;

		if (limits[i].vendor != vendor)
			continue;
		result = read_msr(limits[i].number, &value);
		if (result < 0)
			return result;
		snprintf(word, sizeof(word), "0x%" PRIx64, value);
		nb_cli_put_line(text, size, limits[i].key, word);
		return (int)strlen(text);
	}
	return -ENOENT;
}

static int probe_imds(void *context, char *text, size_t size)
{
	const struct nb_cli_examination *asked = context;

	return nb_cli_probe_imds(&asked->imds_address, text, size);
}

static int probe_vmware(void *context, char *text, size_t size)
{
	(void)context;
	return nb_cli_probe_vmware(text, size);
}

size_t nb_cli_probes(struct nb_cli_examination *asked,
		     struct nb_world_probe probes[NB_CLI_PROBES_MAX])
{
	size_t count = 0;

	probes[count++] = (struct nb_world_probe){ "kvm", probe_kvm, asked };
	probes[count++] = (struct nb_world_probe){ "space", probe_space, asked };
	probes[count++] = (struct nb_world_probe){ "msr", probe_msr, asked };
	if (asked->imds)
		probes[count++] = (struct nb_world_probe){ "imds", probe_imds, asked };
	if (asked->vmware)
		probes[count++] = (struct nb_world_probe){ "vmware", probe_vmware, asked };
	return count;
}
