/* SPDX-License-Identifier: Apache-2.0 */
#include "nestbench/doctor.h"

#include "doctor_world.h"

/* A table of machines and what is to be said of each: the name tells the case. */

#define INTEL	     "vendor_id : GenuineIntel\n"
#define AMD	     "vendor_id : AuthenticAMD\n"
#define FLAGS(words) "flags : fpu " words " nx\n"
#define EPT	     "vmx flags : vnmi ept vpid unrestricted_guest\n"
#define WORKS	     "open=ok\napi=ok\nvm=ok\nvcpu=ok\nrun=ok\nboot_ms=3.5\n"
#define NO_DEVICE    "open=ENOENT: No such file or directory\n"
#define DENIED	     "open=EACCES: Permission denied\n"
#define RELEASE	     "6.1.0-18-amd64"
#define MODULES	     "/lib/modules/" RELEASE "/"

enum { FILES = 6 };

/* Which leaves there are: all of a CPU without, with vmx, with svm (and NPT); or none. */
enum leaves { LEAVES_NONE, LEAVES_PLAIN, LEAVES_VMX, LEAVES_SVM, LEAVES_SVM_NO_NPT };

struct machine {
	const char *name;
	enum leaves leaves;
	const char *cpuinfo; /* NULL: cannot be read */
	struct {
		const char *path, *text;
	} files[FILES];
	const char *probe; /* NULL: not tried */
	struct nb_identity identity;
	const char *container;
	enum nb_nesting_verdict verdict;
	const char *reason, *note, *advice; /* parts of them; NULL: empty */
};

/* clang-format off */
#define LOADED(module)     { "/sys/module/" module "/initstate", "live\n" }
#define PARAMETER(m, p, v) { "/sys/module/" m "/parameters/" p, v "\n" }
#define OSRELEASE          { "/proc/sys/kernel/osrelease", RELEASE "\n" }
#define NO_KVM_HERE        OSRELEASE, { MODULES "modules.dep", "extra/not-kvm-intel.ko:\n" }
#define SLUG(name)         .slugs = { name }

static struct machine machines[] = {
	{ "hardware whose device works can", LEAVES_VMX, INTEL FLAGS("vmx") EPT,
	  { LOADED("kvm_intel"), PARAMETER("kvm_intel", "ept", "Y") }, WORKS,
	  { .hypervisor = NB_HYPERVISOR_NONE }, "",
	  NB_NESTING_YES, .reason = "runs an instruction" },
	{ "a VM on AMD whose device works can", LEAVES_SVM, AMD FLAGS("svm"),
	  { LOADED("kvm_amd"), PARAMETER("kvm_amd", "npt", "1") }, WORKS,
	  { .hypervisor = NB_HYPERVISOR_KVM, SLUG("kvm") }, "",
	  NB_NESTING_YES, .reason = "vCPU" },
	{ "a device that works without flags is a yes with a note", LEAVES_PLAIN,
	  AMD FLAGS("hypervisor"), { { "/sys/module/kvm_pvm/parameters/force", "N\n" } }, WORKS,
	  { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_YES, .reason = "runs an instruction", .note = "kvm_pvm does without them" },
	{ "a vCPU counts where running was not tried", LEAVES_VMX, INTEL FLAGS("vmx") EPT,
	  { LOADED("kvm_intel") }, "open=ok\napi=ok\nvm=ok\nvcpu=ok\n",
	  { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_YES, .reason = "running one was not tried" },
	{ "ESXi without the switch cannot", LEAVES_PLAIN, INTEL FLAGS("hypervisor"),
	  { OSRELEASE, { MODULES "kernel/arch/x86/kvm/kvm-intel.ko", "" } }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_VMWARE, SLUG("esxi") }, "",
	  NB_NESTING_NO, .reason = "offers this VM neither vmx nor svm",
	  .advice = "--platform esxi" },
	{ "Hyper-V's switch is that of the CPU's maker", LEAVES_PLAIN, AMD FLAGS("hypervisor"),
	  { OSRELEASE }, NO_DEVICE, { .hypervisor = NB_HYPERVISOR_HYPERV, SLUG("hyper-v") }, "",
	  NB_NESTING_NO, .reason = "Microsoft Hyper-V", .advice = "--platform hyper-v-amd" },
	{ "VMware of a product that is not known gets one of them", LEAVES_PLAIN,
	  INTEL FLAGS("hypervisor"), { OSRELEASE }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_VMWARE, SLUG("vmware") }, "",
	  NB_NESTING_NO, .reason = "VMware", .advice = "--platform esxi" },
	{ "a hypervisor without a row gets all of them", LEAVES_PLAIN, INTEL FLAGS("hypervisor"),
	  { OSRELEASE }, NO_DEVICE, { .hypervisor = NB_HYPERVISOR_QNX, SLUG("qnx") }, "",
	  NB_NESTING_NO, .reason = "offers this VM", .advice = "--platforms" },
	{ "where a platform has no switch none is sent for", LEAVES_PLAIN, INTEL FLAGS("hypervisor"),
	  { OSRELEASE }, NO_DEVICE, { .hypervisor = NB_HYPERVISOR_BHYVE, SLUG("bhyve") }, "",
	  NB_NESTING_NO, .reason = "bhyve", .advice = "no switch is known on bhyve" },
	{ "what nobody has told of a platform is not promised", LEAVES_PLAIN,
	  INTEL FLAGS("hypervisor"), { OSRELEASE }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_PARALLELS, SLUG("parallels") }, "",
	  NB_NESTING_NO, .reason = "Parallels", .advice = "(nesting there: unknown)" },
	{ "a platform that can in some sizes says in which", LEAVES_PLAIN,
	  INTEL FLAGS("hypervisor"), { OSRELEASE }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_KVM, SLUG("aws") }, "",
	  NB_NESTING_NO, .reason = "KVM", .advice = "(partly: in c8i" },
	{ "without /proc and /sys a KVM may be overlooked", LEAVES_PLAIN, NULL, { { NULL, NULL } },
	  NO_DEVICE, { .hypervisor = NB_HYPERVISOR_KVM, SLUG("kvm") }, "",
	  NB_NESTING_NO, .reason = "neither vmx nor svm", .note = "would not be seen",
	  .advice = "--platform kvm" },
	{ "hardware with everything off in the firmware cannot", LEAVES_PLAIN, INTEL FLAGS(""),
	  { NO_KVM_HERE }, NO_DEVICE, { .hypervisor = NB_HYPERVISOR_NONE }, "",
	  NB_NESTING_NO, .reason = "firmware hides", .advice = "VT-x" },
	{ "a VM of an unknown kind is pointed to all platforms", LEAVES_PLAIN, INTEL FLAGS(""),
	  { OSRELEASE }, NO_DEVICE, { .hypervisor = NB_HYPERVISOR_UNKNOWN }, "",
	  NB_NESTING_NO, .reason = "neither vmx nor svm", .advice = "--platforms" },
	{ "a lock by the firmware is told from a missing flag", LEAVES_VMX, INTEL FLAGS(""),
	  { OSRELEASE, { MODULES "kernel/arch/x86/kvm/kvm-intel.ko.xz", "" } }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_NONE }, "",
	  NB_NESTING_NO, .reason = "switched off", .note = "/proc/cpuinfo does not have it",
	  .advice = "VT-x" },
	{ "a kernel without KVM locks VMX itself and proves nothing", LEAVES_VMX,
	  INTEL FLAGS(""), { NO_KVM_HERE }, NO_DEVICE, { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_UNKNOWN, .reason = "either the firmware",
	  .advice = "boot a kernel that has kvm_intel" },
	{ "a module in its usual place has to be loaded", LEAVES_VMX, INTEL FLAGS("vmx") EPT,
	  { OSRELEASE, { MODULES "kernel/arch/x86/kvm/kvm-intel.ko.zst", "" } }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_HYPERV, SLUG("azure") }, "",
	  NB_NESTING_NO, .reason = "kvm_intel is not loaded",
	  .advice = "sudo modprobe kvm_intel" },
	{ "a module elsewhere is found in modules.dep", LEAVES_SVM, AMD FLAGS("svm"),
	  { OSRELEASE, { MODULES "modules.dep", "a.ko:\nupdates/kvm-amd.ko.xz: b.ko\n" } },
	  "open=ENODEV: No such device\n", { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_NO, .reason = "kvm_amd is not loaded", .advice = "sudo modprobe kvm_amd" },
	{ "a module that is still coming is not loaded", LEAVES_VMX, INTEL FLAGS("vmx"),
	  { { "/sys/module/kvm_intel/initstate", "coming\n" } }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_NO, .reason = "not loaded", .advice = "modprobe" },
	{ "a kernel without KVM says nothing against the CPU", LEAVES_VMX,
	  INTEL FLAGS("vmx") EPT, { NO_KVM_HERE }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_VMWARE }, "",
	  NB_NESTING_YES, .reason = "as far as the CPU tells",
	  .advice = "boot a kernel that has kvm_intel" },
	{ "no permission is a yes that was not tried", LEAVES_VMX, INTEL FLAGS("vmx") EPT,
	  { LOADED("kvm_intel") }, DENIED, { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_YES, .reason = "without permission", .note = "not tried",
	  .advice = "usermod -aG kvm" },
	{ "no permission for a device of udev's hides no missing flag", LEAVES_PLAIN,
	  INTEL FLAGS(""), { OSRELEASE }, DENIED,
	  { .hypervisor = NB_HYPERVISOR_KVM, SLUG("kvm") }, "",
	  NB_NESTING_NO, .reason = "neither vmx nor svm", .advice = "--platform kvm" },
	{ "no permission for another KVM is not known", LEAVES_PLAIN, AMD FLAGS(""),
	  { { "/sys/module/kvm_pvm/initstate", "live\n" } }, DENIED,
	  { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_UNKNOWN, .reason = "kvm_pvm", .advice = "usermod" },
	{ "a container without the device is told how to get it", LEAVES_VMX,
	  INTEL FLAGS("vmx") EPT, { LOADED("kvm_intel") }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_NONE }, "docker",
	  NB_NESTING_NO, .reason = "was not given /dev/kvm", .advice = "--device /dev/kvm" },
	{ "a container that may not use the device is told the same", LEAVES_SVM,
	  AMD FLAGS("svm"), { LOADED("kvm_amd") }, "open=EPERM: Operation not permitted\n",
	  { .hypervisor = NB_HYPERVISOR_KVM }, "podman",
	  NB_NESTING_NO, .reason = "was not given", .advice = "--device /dev/kvm" },
	{ "a container's own /lib/modules tells nothing", LEAVES_VMX, INTEL FLAGS("vmx"),
	  { OSRELEASE, { MODULES "modules.dep", "kvm-intel.ko:\n" } }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_KVM }, "docker",
	  NB_NESTING_NO, .reason = "container",
	  .advice = "on the container's host: sudo modprobe kvm_intel; then" },
	{ "nor where nobody tried the device", LEAVES_VMX, INTEL FLAGS("vmx") EPT,
	  { OSRELEASE, { MODULES "modules.dep", "kvm-intel.ko:\n" } }, NULL,
	  { .hypervisor = NB_HYPERVISOR_KVM }, "docker",
	  NB_NESTING_YES, .reason = "neither module nor device was seen" },
	{ "an error of a later step is none of opening", LEAVES_VMX, INTEL FLAGS("vmx") EPT,
	  { LOADED("kvm_intel") }, "open=ok\napi=ok\nvm=ENODEV: No such device\n",
	  { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_NO, .reason = "creating a VM fails", .note = "kvm_intel", .advice = "dmesg" },
	{ "no permission and a kernel without KVM goes by the CPU", LEAVES_VMX,
	  INTEL FLAGS("vmx") EPT, { NO_KVM_HERE }, DENIED, { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_YES, .reason = "this kernel has no KVM", .advice = "boot a kernel" },
	{ "a built-in module that did not find its CPU makes no device", LEAVES_SVM,
	  AMD FLAGS("svm"), { { "/sys/module/kvm_amd/parameters/npt", "0\n" } }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_NO, .reason = "built into the kernel", .note = "the device says no",
	  .advice = "dmesg" },
	{ "CPUID that disagrees with the kernel is noted", LEAVES_PLAIN, INTEL FLAGS("vmx") EPT,
	  { LOADED("kvm_intel") }, WORKS, { .hypervisor = NB_HYPERVISOR_XEN }, "",
	  NB_NESTING_YES, .reason = "vCPU", .note = "CPUID tells of neither" },
	{ "a kernel release that leads elsewhere is not followed", LEAVES_VMX,
	  INTEL FLAGS("vmx") EPT, { { "/proc/sys/kernel/osrelease", "..\n" },
	  { "/lib/modules/../kernel/arch/x86/kvm/kvm-intel.ko", "" } }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_YES, .reason = "as far as the CPU tells", .advice = "modprobe" },
	{ "WSL 1 cannot", LEAVES_VMX, INTEL FLAGS("vmx"), { OSRELEASE }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_NONE, .wsl = 1 }, "",
	  NB_NESTING_NO, .reason = "WSL 1", .advice = "wsl --set-version" },
	{ "WSL 2 without flags is told of .wslconfig", LEAVES_PLAIN, INTEL FLAGS("hypervisor"),
	  { OSRELEASE }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_HYPERV, .wsl = 2, SLUG("wsl2") }, "",
	  NB_NESTING_NO, .reason = "neither vmx nor svm", .note = "Docker Desktop",
	  .advice = "nestedVirtualization=true" },
	{ "Trusted Launch on Azure is named", LEAVES_PLAIN, INTEL FLAGS("hypervisor"),
	  { OSRELEASE }, NO_DEVICE,
	  { .hypervisor = NB_HYPERVISOR_HYPERV, SLUG("azure"), .security = "TrustedLaunch" },
	  "",
	  NB_NESTING_NO, .reason = "neither", .advice = "security type TrustedLaunch" },
	{ "another hypervisor that holds the CPU is a no", LEAVES_VMX, INTEL FLAGS("vmx"),
	  { LOADED("kvm_intel") }, "open=ok\napi=ok\nvm=EBUSY: Device or resource busy\n",
	  { .hypervisor = NB_HYPERVISOR_NONE }, "",
	  NB_NESTING_NO, .reason = "creating a VM fails: EBUSY", .note = "kvm_intel is loaded",
	  .advice = "VirtualBox" },
	{ "an instruction that does not run is a no", LEAVES_SVM, AMD FLAGS("svm"),
	  { LOADED("kvm_amd") },
	  "open=ok\napi=ok\nvm=ok\nvcpu=ok\nrun=EIO: KVM_EXIT_FAIL_ENTRY\n",
	  { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_NO, .reason = "running an instruction", .note = "kvm_amd is loaded",
	  .advice = "dmesg" },
	{ "a lack of memory proves nothing", LEAVES_VMX, INTEL FLAGS("vmx"),
	  { LOADED("kvm_intel") }, "open=ok\napi=ok\nvm=ENOMEM: Cannot allocate memory\n",
	  { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_UNKNOWN, .reason = "could not be tried", .advice = "once more" },
	{ "a loaded module without its device is a no", LEAVES_VMX, INTEL FLAGS("vmx"),
	  { LOADED("kvm_intel") }, NO_DEVICE, { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_NO, .reason = "there is no /dev/kvm", .note = "the device says no",
	  .advice = "mknod" },
	{ "a recording without the device goes by flags and module", LEAVES_SVM,
	  AMD FLAGS("svm"), { LOADED("kvm_amd") }, NULL, { .hypervisor = NB_HYPERVISOR_KVM },
	  "",
	  NB_NESTING_YES, .reason = "/dev/kvm was not tried" },
	{ "a recording with flags alone goes by the CPU", LEAVES_VMX, INTEL FLAGS("vmx") EPT,
	  { { NULL, NULL } }, NULL, { .hypervisor = NB_HYPERVISOR_HYPERV }, "",
	  NB_NESTING_YES, .reason = "as far as the CPU tells" },
	{ "a recording of another KVM alone is not known", LEAVES_PLAIN, AMD FLAGS(""),
	  { LOADED("kvm_pvm") }, NULL, { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_UNKNOWN, .reason = "was not tried" },
	{ "a recording of nothing is not known", LEAVES_NONE, NULL, { { NULL, NULL } }, NULL,
	  { .hypervisor = NB_HYPERVISOR_UNKNOWN }, "",
	  NB_NESTING_UNKNOWN, .reason = "neither CPUID nor", .advice = "lscpu" },
	{ "a module that found its CPU stands in for the flags", LEAVES_NONE, INTEL,
	  { LOADED("kvm_intel") }, NULL, { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_YES, .reason = "kvm_intel" },
	{ "CPUID stands in for /proc/cpuinfo", LEAVES_SVM, NULL, { LOADED("kvm_amd") }, NULL,
	  { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_YES, .reason = "the CPU's svm" },
	{ "shadow paging on Intel is slow", LEAVES_VMX, INTEL FLAGS("vmx") "vmx flags : vnmi\n",
	  { LOADED("kvm_intel"), PARAMETER("kvm_intel", "ept", "N") }, WORKS,
	  { .hypervisor = NB_HYPERVISOR_VMWARE }, "",
	  NB_NESTING_PARTLY, .reason = "neither EPT nor NPT", .advice = "offer it EPT" },
	{ "EPT that was switched off is slow", LEAVES_VMX, INTEL FLAGS("vmx") EPT,
	  { LOADED("kvm_intel"), PARAMETER("kvm_intel", "ept", "N") }, WORKS,
	  { .hypervisor = NB_HYPERVISOR_NONE }, "",
	  NB_NESTING_PARTLY, .reason = "switched off", .advice = "modprobe kvm_intel ept=1" },
	{ "shadow paging on AMD is slow", LEAVES_SVM_NO_NPT, AMD FLAGS("svm"),
	  { LOADED("kvm_amd"), PARAMETER("kvm_amd", "npt", "0") }, WORKS,
	  { .hypervisor = NB_HYPERVISOR_VIRTUALBOX }, "",
	  NB_NESTING_PARTLY, .reason = "shadow paging", .advice = "NPT/RVI" },
	{ "what Hyper-V offers and KVM leaves is slow", LEAVES_VMX, INTEL FLAGS("vmx") EPT,
	  { LOADED("kvm_intel"), PARAMETER("kvm_intel", "enlightened_vmcs", "N") }, WORKS,
	  { .hypervisor = NB_HYPERVISOR_HYPERV, .enlightened_vmcs = true }, "",
	  NB_NESTING_PARTLY, .reason = "VMREAD", .advice = "enlightened_vmcs=1" },
	{ "hardware without VMCS shadowing is slow one level up", LEAVES_VMX,
	  INTEL FLAGS("vmx") EPT, { LOADED("kvm_intel"), PARAMETER("kvm_intel", "nested", "Y"),
	  PARAMETER("kvm_intel", "enable_shadow_vmcs", "N") }, WORKS,
	  { .hypervisor = NB_HYPERVISOR_NONE }, "",
	  NB_NESTING_PARTLY, .reason = "VMCS shadowing", .advice = "enable_shadow_vmcs=1" },
	{ "a VM without VMCS shadowing of its own is not", LEAVES_VMX, INTEL FLAGS("vmx") EPT,
	  { LOADED("kvm_intel"), PARAMETER("kvm_intel", "nested", "Y"),
	  PARAMETER("kvm_intel", "enable_shadow_vmcs", "N") }, WORKS,
	  { .hypervisor = NB_HYPERVISOR_VMWARE }, "",
	  NB_NESTING_YES, .reason = "vCPU" },
	{ "an emulator is slow", LEAVES_SVM, AMD FLAGS("svm"), { LOADED("kvm_amd") }, WORKS,
	  { .hypervisor = NB_HYPERVISOR_TCG, SLUG("qemu-tcg") }, "",
	  NB_NESTING_PARTLY, .reason = "emulated in software", .advice = "-accel kvm" },
	{ "permission comes before speed", LEAVES_VMX, INTEL FLAGS("vmx") "vmx flags : vnmi\n",
	  { LOADED("kvm_intel") }, DENIED, { .hypervisor = NB_HYPERVISOR_KVM }, "",
	  NB_NESTING_PARTLY, .reason = "shadow paging", .note = "not tried",
	  .advice = "usermod" },
};
/* clang-format on */

enum { MACHINES = sizeof(machines) / sizeof(machines[0]) };

static void put_leaves(struct doctor_world *here, enum leaves leaves)
{
	bool svm = leaves == LEAVES_SVM || leaves == LEAVES_SVM_NO_NPT;

	if (leaves == LEAVES_NONE)
		return;
	doctor_world_leaf(here, 1, (struct nb_cpuid){ .ecx = leaves == LEAVES_VMX ? 1u << 5 : 0 });
	doctor_world_leaf(here, 0x80000000,
			  (struct nb_cpuid){ .eax = svm ? 0x8000000a : 0x80000001 });
	doctor_world_leaf(here, 0x80000001, (struct nb_cpuid){ .ecx = svm ? 1u << 2 : 0 });
	/* On Intel this lies beyond the maximum, and what it says must not count. */
	doctor_world_leaf(here, 0x8000000a,
			  (struct nb_cpuid){ .edx = leaves == LEAVES_SVM_NO_NPT ? 0 : 1 });
}

static void put_machine(const struct machine *machine, struct doctor_world *here)
{
	doctor_world_init(here);
	put_leaves(here, machine->leaves);
	if (machine->cpuinfo)
		doctor_world_file(here, "/proc/cpuinfo", machine->cpuinfo);
	for (size_t i = 0; i < FILES && machine->files[i].path; i++)
		doctor_world_file(here, machine->files[i].path, machine->files[i].text);
	if (machine->probe)
		doctor_world_probe(here, "kvm", machine->probe);
}

static void expect_part(const char *what, const char *text, const char *part)
{
	if (part ? strstr(text, part) != NULL : text[0] == '\0')
		return;
	print_error("%s is \"%s\", wanted \"%s\"\n", what, text, part ? part : "");
	fail();
}

static void gets_its_verdict(void **state)
{
	const struct machine *machine = *state;
	struct nb_findings findings = { .count = 0 };
	struct nb_machine facts = { .cpus = 4 };
	struct nb_nesting nesting;
	struct doctor_world here;

	put_machine(machine, &here);
	nb_base_copy(facts.container, sizeof(facts.container), machine->container);
	nb_doctor_nesting(&here.world, &facts, &machine->identity, &nesting, &findings);
	expect_part("reason", nesting.reason, machine->reason);
	expect_part("note", nesting.note, machine->note);
	expect_part("advice", nesting.advice, machine->advice);
	assert_int_equal(nesting.verdict, machine->verdict);
	assert_int_equal(findings.dropped, 0);
	assert_non_null(nb_finding_find(&findings, "cpu.cpuid"));
	assert_non_null(nb_finding_find(&findings, "kvm.device"));
}

int main(void)
{
	struct CMUnitTest tests[MACHINES] = { { .name = NULL } };

	for (size_t i = 0; i < MACHINES; i++) {
		tests[i].name = machines[i].name;
		tests[i].test_func = gets_its_verdict;
		tests[i].initial_state = &machines[i];
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
