/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "nestbench/base.h"

#include "doctor_private.h"

enum { PATH_SIZE = 256, LINE_SIZE = 96, SPELLINGS = 2 };

static const char modules_folder[] = "/sys/module";

/* The kernel spells a module's name with "_" and its file with "-" or, seldom, with "_". */
struct module {
	const char *name;
	const char *file[SPELLINGS];
};

static const struct module intel = { "kvm_intel", { "kvm-intel.ko", "kvm_intel.ko" } };
static const struct module amd = { "kvm_amd", { "kvm-amd.ko", "kvm_amd.ko" } };
static const struct module pvm = { "kvm_pvm", { "kvm-pvm.ko", "kvm_pvm.ko" } };

bool nb_module_there(enum nb_module_state state)
{
	return state == NB_MODULE_LOADED || state == NB_MODULE_BUILT_IN;
}

/* The release becomes part of a path: nothing in it may lead out of /lib/modules. */
static bool read_release(const struct nb_world *world, char *release, size_t size)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-_+~";

	return nb_world_line(world, "/proc/sys/kernel/osrelease", release, size) &&
	       release[strspn(release, allowed)] == '\0' && !strstr(release, "..");
}

/* Whether a list of modules, such as modules.dep, has the file in any folder. */
static bool lists(const char *text, const struct module *module)
{
	for (int i = 0; i < SPELLINGS; i++) {
		size_t length = strlen(module->file[i]);
		const char *at = text;

		while ((at = strstr(at, module->file[i])) != NULL) {
			if (at == text || at[-1] == '/')
				return true;
			at += length;
		}
	}
	return false;
}

/* modules.dep has half a megabyte on a common distribution: too much for the stack. */
static enum nb_answer list_has(const struct nb_world *world, const char *path,
			       const struct module *module)
{
	enum nb_answer answer = NB_ANSWER_UNKNOWN;
	char *text = malloc(NB_WORLD_TEXT_MAX);

	if (text && world->read(world->self, path, text, NB_WORLD_TEXT_MAX) >= 0)
		answer = lists(text, module) ? NB_ANSWER_YES : NB_ANSWER_NO;
	free(text);
	return answer;
}

/* Where every distribution keeps KVM, asked first: it spares reading the long list. */
static bool in_usual_place(const struct nb_world *world, const char *release,
			   const struct module *module)
{
	static const char *const endings[] = { "", ".zst", ".xz", ".gz" };
	char path[PATH_SIZE];

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		nb_doctor_say(path, sizeof(path), "/lib/modules/%s/kernel/arch/x86/kvm/%s%s",
			      release, module->file[0], endings[i]);
		if (world->exists(world->self, path))
			return true;
	}
	return false;
}

static enum nb_module_state find_on_disk(const struct nb_world *world, const struct module *module)
{
	char release[LINE_SIZE];
	char path[PATH_SIZE];
	enum nb_answer listed;

	if (!read_release(world, release, sizeof(release)))
		return NB_MODULE_UNKNOWN;
	if (in_usual_place(world, release, module))
		return NB_MODULE_LOADABLE;
	nb_doctor_say(path, sizeof(path), "/lib/modules/%s/modules.builtin", release);
	if (list_has(world, path, module) == NB_ANSWER_YES)
		return NB_MODULE_BUILT_IN;
	nb_doctor_say(path, sizeof(path), "/lib/modules/%s/modules.dep", release);
	listed = list_has(world, path, module);
	if (listed == NB_ANSWER_UNKNOWN)
		return NB_MODULE_UNKNOWN;
	return listed == NB_ANSWER_YES ? NB_MODULE_LOADABLE : NB_MODULE_ABSENT;
}

/* A container's /lib/modules is of its image and tells nothing of the kernel that runs. */
static enum nb_module_state find_state(const struct nb_world *world, const struct module *module,
				       bool container)
{
	char path[PATH_SIZE];
	char text[LINE_SIZE];

	nb_doctor_say(path, sizeof(path), "%s/%s/initstate", modules_folder, module->name);
	if (nb_world_line(world, path, text, sizeof(text)))
		return strcmp(text, "live") == 0 ? NB_MODULE_LOADED : NB_MODULE_LOADABLE;
	nb_doctor_say(path, sizeof(path), "%s/%s", modules_folder, module->name);
	if (world->exists(world->self, path))
		return NB_MODULE_BUILT_IN;
	return container ? NB_MODULE_UNKNOWN : find_on_disk(world, module);
}

static void tell_state(const struct module *module, enum nb_module_state state, bool usable,
		       struct nb_findings *findings)
{
	static const struct {
		enum nb_state state;
		const char *value, *how;
	} words[] = {
		[NB_MODULE_UNKNOWN] = { NB_STATE_UNKNOWN, "not loaded",
					"not in /sys/module; whether it could be loaded cannot be "
					"seen: there is no modules.dep of this kernel" },
		[NB_MODULE_ABSENT] = { NB_STATE_INFO, "this kernel has none",
				       "neither in /sys/module nor in modules.dep and "
				       "modules.builtin of this kernel" },
		[NB_MODULE_LOADABLE] = { NB_STATE_INFO, "loadable, not loaded",
					 "in /lib/modules, not live in /sys/module" },
		[NB_MODULE_BUILT_IN] = { NB_STATE_GOOD, "built into the kernel",
					 "in /sys/module without initstate; this does not say that "
					 "it found its CPU" },
		[NB_MODULE_LOADED] = { NB_STATE_GOOD, "loaded", "initstate in /sys/module" },
	};
	struct nb_finding *finding;
	char key[40];

	nb_doctor_say(key, sizeof(key), "module.%s", module->name);
	finding = nb_finding_add(findings, NB_SECTION_NESTING, words[state].state, key,
				 module->name, "%s", words[state].value);
	nb_finding_how(finding, "%s", words[state].how);
	if (nb_module_there(state) && !usable)
		finding->state = NB_STATE_INFO;
	if (state == NB_MODULE_LOADABLE && usable) {
		finding->state = NB_STATE_BAD;
		nb_finding_advice(finding, "sudo modprobe %s", module->name);
	}
}

/* As the kernel spells them: a name becomes part of a key, and a recording may hold any. */
static bool is_name(const char *name, size_t size)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

	return strlen(name) < size && name[strspn(name, allowed)] == '\0';
}

/* Any other KVM, as kvm_pvm, which needs neither vmx nor svm. */
static void find_other(const struct nb_world *world, char *other, size_t size,
		       struct nb_findings *findings)
{
	struct nb_world_names names;

	other[0] = '\0';
	names.count = 0;
	world->names(world->self, modules_folder, "kvm_", &names);
	for (size_t i = 0; i < names.count; i++) {
		const struct module module = { names.name[i], { "", "" } };
		enum nb_module_state state;

		if (strcmp(module.name, intel.name) == 0 || strcmp(module.name, amd.name) == 0 ||
		    !is_name(module.name, size))
			continue;
		state = find_state(world, &module, true);
		if (!nb_module_there(state))
			continue;
		if (!other[0])
			nb_base_copy(other, size, module.name);
		tell_state(&module, state, true, findings);
	}
}

/* Only where nothing better is there: KVM for CPUs that offer nothing. */
static void find_pvm(const struct nb_world *world, bool container, struct nb_findings *findings)
{
	enum nb_module_state state = find_state(world, &pvm, container);

	if (state == NB_MODULE_LOADABLE)
		tell_state(&pvm, state, true, findings);
}

/* A recording has a part of /sys only; a chroot has nothing there, or an empty folder. */
static bool has_sys(const struct nb_world *world)
{
	struct nb_world_names names;

	names.count = 0;
	world->names(world->self, "/sys", "", &names);
	return names.count > 0;
}

void nb_nesting_ask_module(const struct nb_world *world, struct nb_nesting_facts *facts,
			   struct nb_findings *findings)
{
	struct nb_module_witness *module = &facts->module;
	bool container = facts->machine->container[0] != '\0';
	bool offered = facts->cpu.found == NB_EXTENSION_VMX || facts->cpu.found == NB_EXTENSION_SVM;
	const struct module *fitting = NULL;

	if (facts->cpu.usual == NB_EXTENSION_VMX)
		fitting = &intel;
	else if (facts->cpu.usual == NB_EXTENSION_SVM)
		fitting = &amd;
	module->visible = has_sys(world);
	if (fitting) {
		module->name = fitting->name;
		module->state = find_state(world, fitting, container);
		tell_state(fitting, module->state, offered, findings);
	}
	find_other(world, module->other, sizeof(module->other), findings);
	if (!offered && !module->other[0])
		find_pvm(world, container, findings);
	if (nb_module_there(module->state))
		nb_nesting_read_parameters(world, facts, findings);
}
