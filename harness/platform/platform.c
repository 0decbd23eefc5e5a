/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/platform.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"

#include "platform_files.h"
#include "platform_leaves.h"
#include "platform_parts.h"

static void make_empty(struct nb_machine *machine)
{
	*machine = (struct nb_machine){ 0 };
#define NB_NUMBER(field) machine->field = -1;
	NB_MACHINE_NUMBERS(NB_NUMBER)
#undef NB_NUMBER
}

void nb_platform_read_files(struct nb_machine *machine, const struct nb_world *world)
{
	make_empty(machine);
	nb_platform_read_topology(machine, world);
	nb_platform_read_system(machine, world);
	nb_platform_read_identity(machine, world);
	nb_platform_read_container(machine, world);
	nb_platform_read_kvm(machine, world);
}

/* Where CPUID did not answer, as in some recordings, nothing says that this is hardware. */
static bool cpuid_answered(const struct nb_machine *machine)
{
	return machine->cpu_family >= 0;
}

/* A part that is not known is "?", so that the key always has five parts. */
void nb_platform_make_key(struct nb_machine *machine, int level)
{
	struct nb_platform_list key;
	char cpu[72] = "cpu ?";
	char depth[16] = "L?";

	if (machine->cpu_family >= 0)
		snprintf(cpu, sizeof(cpu), "cpu %" PRId64 ".%" PRId64 ".%" PRId64,
			 machine->cpu_family, machine->cpu_model, machine->cpu_stepping);
	if (level >= 0)
		snprintf(depth, sizeof(depth), "L%d", level);
	nb_platform_list_init(&key, machine->platform, sizeof(machine->platform), "/");
	nb_platform_list_add(&key, machine->hypervisor[0]    ? machine->hypervisor
				   : cpuid_answered(machine) ? "hardware"
							     : "?");
	nb_platform_list_add(&key, cpu);
	nb_platform_list_add(&key, machine->topology[0] ? machine->topology : "?");
	nb_platform_list_add(&key, depth);
	nb_platform_list_add(&key, machine->clocksource[0] ? machine->clocksource : "?");
}

int nb_platform_read(struct nb_machine *machine, const struct nb_world *world, int level,
		     struct nb_error *error)
{
	struct nb_platform_leaves leaves;

	(void)error;
	nb_platform_read_files(machine, world);
	nb_platform_leaves_read(&leaves, world);
	nb_platform_read_cpu(machine, &leaves);
	nb_platform_decode_hypervisor(&leaves, machine);
	nb_platform_make_key(machine, level);
	return 0;
}

bool nb_platform_cloud_on_hardware(const struct nb_machine *machine)
{
	return strcmp(machine->cloud, "aws") == 0 || strcmp(machine->cloud, "gcp") == 0;
}

/*
 * Hyper-V counts the Hyper-V levels below: 1 and more is an answer. 0 is also what KVM and Xen say
 * while they pose as Hyper-V, and what Hyper-V says that runs in a VM of somebody else, as under
 * WSL 2 in a Windows VM; so it counts only beside Microsoft's own firmware, which WSL lacks.
 * Everything else is not known from here, and a wrong level is worse than none.
 */
int nb_platform_level(const struct nb_machine *machine)
{
	int below = nb_platform_hyperv_level(machine);

	if (!machine->hypervisor[0])
		return cpuid_answered(machine) ? 0 : -1;
	if (below > 0)
		return below + 1;
	if (machine->wsl[0])
		return -1;
	if (below == 0 && strcmp(machine->dmi_vendor, "Microsoft Corporation") == 0)
		return 1;
	return nb_platform_cloud_on_hardware(machine) ? 1 : -1;
}
