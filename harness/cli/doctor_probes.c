/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "nestbench/vmm.h"

#include "cli_doctor.h"

/* What doctor tries out on the machine it runs on; the texts are described in world.h. */

/* Beyond what nb_vmm_try() allows itself, and still an answer within a second. */
enum { KVM_MS = 800 };

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
	if (asked->imds)
		probes[count++] = (struct nb_world_probe){ "imds", probe_imds, asked };
	if (asked->vmware)
		probes[count++] = (struct nb_world_probe){ "vmware", probe_vmware, asked };
	return count;
}
