/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "nestbench/base.h"
#include "nestbench/platform.h"

#include "platform_files.h"
#include "platform_parts.h"

enum {
	PATH_SIZE = 192,
	VALUE_SIZE = 96,
	/* The vendor module's parameters tell most about nesting: they get their room first. */
	VENDOR_SIZE = 1024,
};

static enum nb_platform_virt virt_flag(const struct nb_world *world)
{
	char text[NB_PLATFORM_TEXT_MAX];

	world->read(world->self, "/proc/cpuinfo", text, sizeof(text));
	if (nb_platform_field_has(text, "flags", "vmx"))
		return NB_VIRT_VMX;
	return nb_platform_field_has(text, "flags", "svm") ? NB_VIRT_SVM : NB_VIRT_NONE;
}

/*
 * A module that is built in has its folder on every CPU, so for Intel's and AMD's the CPU decides;
 * one that was loaded says "live" and has found its CPU. Any other can only be there to be used.
 */
static bool provides(const struct nb_world *world, const char *module, enum nb_platform_virt flag)
{
	char path[PATH_SIZE];
	char state[VALUE_SIZE];
	bool intel = strcmp(module, "kvm_intel") == 0;

	if (!intel && strcmp(module, "kvm_amd") != 0)
		return true;
	if (flag == (intel ? NB_VIRT_VMX : NB_VIRT_SVM))
		return true;
	snprintf(path, sizeof(path), "/sys/module/%s/initstate", module);
	return nb_world_line(world, path, state, sizeof(state)) && strcmp(state, "live") == 0;
}

static void find_module(const struct nb_world *world, char *module, size_t size)
{
	enum nb_platform_virt flag = virt_flag(world);
	struct nb_world_names names;

	module[0] = '\0';
	world->names(world->self, "/sys/module", "kvm_", &names);
	/* kvm_amd and kvm_intel win over others, which could be helpers of theirs. */
	for (size_t i = 0; i < names.count; i++) {
		bool known = strcmp(names.name[i], "kvm_intel") == 0 ||
			     strcmp(names.name[i], "kvm_amd") == 0;

		if (!provides(world, names.name[i], flag))
			continue;
		if (known || !module[0])
			nb_base_copy(module, size, names.name[i]);
		if (known)
			break;
	}
}

static void list_parameters(const struct nb_world *world, const char *module,
			    struct nb_platform_list *list)
{
	struct nb_world_names names;
	char folder[PATH_SIZE / 2];

	snprintf(folder, sizeof(folder), "/sys/module/%s/parameters", module);
	world->names(world->self, folder, "", &names);
	for (size_t i = 0; i < names.count; i++) {
		char path[PATH_SIZE];
		char value[VALUE_SIZE];
		char entry[PATH_SIZE + VALUE_SIZE];

		snprintf(path, sizeof(path), "%s/%s", folder, names.name[i]);
		if (!nb_world_line(world, path, value, sizeof(value)))
			continue;
		snprintf(entry, sizeof(entry), "%s.%s=%s", module, names.name[i], value);
		nb_platform_list_add(list, entry);
	}
}

void nb_platform_read_kvm(struct nb_machine *machine, const struct nb_world *world)
{
	char vendor[VENDOR_SIZE] = "";
	struct nb_platform_list list;
	size_t length;

	find_module(world, machine->kvm_module, sizeof(machine->kvm_module));
	if (machine->kvm_module[0]) {
		nb_platform_list_init(&list, vendor, sizeof(vendor), " ");
		list_parameters(world, machine->kvm_module, &list);
	}
	nb_platform_list_init(&list, machine->kvm_parameters,
			      sizeof(machine->kvm_parameters) - strlen(vendor) - 1, " ");
	list_parameters(world, "kvm", &list);
	length = strlen(machine->kvm_parameters);
	snprintf(machine->kvm_parameters + length, sizeof(machine->kvm_parameters) - length, "%s%s",
		 length > 0 && vendor[0] ? " " : "", vendor);
}

enum nb_platform_virt nb_platform_virtualization(const struct nb_world *world)
{
	enum nb_platform_virt flag = virt_flag(world);
	char module[NB_WORLD_NAME_SIZE];

	if (flag != NB_VIRT_NONE)
		return flag;
	find_module(world, module, sizeof(module));
	return module[0] || world->exists(world->self, "/dev/kvm") ? NB_VIRT_OTHER : NB_VIRT_NONE;
}
