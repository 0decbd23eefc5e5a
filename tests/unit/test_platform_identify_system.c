/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "test_platform_identify_world.h"

/* WSL, the machine's own facts, and answers that nobody should trust. */

#define WSL2                                                \
	{                                                   \
		RELEASE, "6.6.87.2-microsoft-standard-WSL2" \
	}
#define MOUNTINFO "/proc/self/mountinfo"
#define NET	  "/sys/class/net/"

static void kernels_tell_the_generations_of_wsl_2(void **state)
{
	static const struct {
		const char *release, *value;
	} cases[] = {
		{ "4.19.104-microsoft-standard", "2, first generation: kernel 4.19 of Windows" },
		{ "5.15.153.1-microsoft-standard-WSL2",
		  "2, second generation: kernel 5 of its own update" },
		{ "6.18.20.1-microsoft-standard-WSL2",
		  "2, third generation: kernel 6 of its package" },
		{ "6.6.36-WSL2-mine", "2, a kernel of one's own" },
		{ "4.4.0-19041-Microsoft", "1: system calls translated by Windows, no VM" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
			 .files = { { RELEASE, cases[i].release } });
		assert_string_equal(value_of("wsl"), cases[i].value);
		assert_int_equal(identity.wsl, cases[i].value[0] - '0');
	}
}

static void only_wsl_has_findings_of_wsl(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, KVM_AT(0x40000000) },
		 .files = { { RELEASE, "6.1.0-18-amd64" } });
	assert_null(nb_finding_find(&findings, "wsl"));
	assert_null(nb_finding_find(&findings, "wsl.drive"));
	assert_int_equal(identity.wsl, 0);
}

static void wsls_network_is_told_where_it_shows(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
		 .files = { WSL2, { NET "eth0", "" }, { NET "loopback0", "" } });
	assert_string_equal(value_of("wsl.network"), "mirrored");
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
		 .files = { WSL2, { NET "eth0", "" } },
		 .links = { { NET "eth0/device/driver",
			      "../../../../bus/virtio/drivers/virtio_net" } });
	assert_string_equal(value_of("wsl.network"), "consomme (virtio)");
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
		 .files = { WSL2, { NET "eth0", "" } },
		 .links = { { NET "eth0/device/driver", "../../../bus/vmbus/drivers/hv_netvsc" } });
	assert_string_equal(value_of("wsl.network"), "unknown");
	assert_string_equal(finding_of("wsl.network")->advice, "wslinfo --networking-mode");
	IDENTIFY(.leaves = { INTEL, METAL }, .files = { { RELEASE, "4.4.0-19041-Microsoft" } });
	assert_string_equal(value_of("wsl.network"), "Windows' own");
}

/* Lines as public reports have them, around the drive's own. */
#define DRIVE(point, rest)                                                          \
	"62 22 8:32 / / rw,relatime - ext4 /dev/sdc rw,discard,errors=remount-ro\n" \
	"75 62 0:45 / " point " rw,noatime - " rest "\n"

static void windows_drives_tell_what_carries_them(void **state)
{
	static const struct {
		const char *mounts, *value;
	} cases[] = {
		{ DRIVE("/mnt/c", "9p drvfs rw,dirsync,aname=drvfs;path=C:\\;uid=1000;gid=1000;"
				  "symlinkroot=/mnt/,mmap,access=client,msize=65536,trans=fd,rfd=5,"
				  "wfd=5"),
		  "9p trans=fd (over vsock), msize=65536 at /mnt/c" },
		{ DRIVE("/mnt/c", "9p C:\\134 rw,aname=drvfs;path=C:\\134;uid=1000,cache=0x5,"
				  "access=client,msize=262144,trans=virtio"),
		  "9p trans=virtio, msize=262144 at /mnt/c" },
		{ DRIVE("/mnt/c", "virtiofs drvfsa rw"), "virtiofs at /mnt/c" },
		{ DRIVE("/mnt/c", "drvfs C:\\134 rw,uid=1000"), "drvfs at /mnt/c" },
		{ DRIVE("/win/my\\040c", "9p drvfs rw,aname=drvfs;path=C:\\"),
		  "9p trans=unknown at /win/my c" },
		{ DRIVE("/mnt/share", "9p other rw,aname=other,trans=virtio"), "none mounted" },
		{ "", "none mounted" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
			 .files = { WSL2, { MOUNTINFO, cases[i].mounts } });
		assert_string_equal(value_of("wsl.drive"), cases[i].value);
	}
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 }, .files = { WSL2 });
	assert_string_equal(value_of("wsl.drive"), "unknown");
}

static void a_million_mounts_do_not_hide_the_drive_for_long(void **state)
{
	static const char line[] = "9 9 0:9 / /x rw - tmpfs tmpfs rw\n";
	static const char last[] = DRIVE("/mnt/c", "virtiofs drvfs rw");
	size_t count = 1000000;
	char *text = malloc(count * strlen(line) + sizeof(last));
	char *end = text;

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i < count; i++, end += strlen(line))
		memcpy(end, line, strlen(line));
	memcpy(end, last, sizeof(last));
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
		 .files = { WSL2, { MOUNTINFO, text } });
	/* Behind the first MiB it is not looked for. */
	assert_string_equal(value_of("wsl.drive"), "none mounted");
	free(text);
}

static void half_a_line_is_no_mount(void **state)
{
	static const char drive[] = DRIVE("/mnt/c", "9p drvfs rw,aname=drvfs,msize=65536");
	char *text = calloc(1, NB_WORLD_TEXT_MAX + sizeof(drive));

	(void)state;
	assert_non_null(text);
	/* All but the last characters of the drive's line are read. */
	memset(text, '\n', NB_WORLD_TEXT_MAX - sizeof(drive));
	memcpy(text + NB_WORLD_TEXT_MAX - sizeof(drive), drive, sizeof(drive));
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
		 .files = { WSL2, { MOUNTINFO, text } });
	assert_string_equal(value_of("wsl.drive"), "9p trans=unknown, msize=65536 at /mnt/c");
	memset(text, '\n', NB_WORLD_TEXT_MAX);
	memcpy(text + NB_WORLD_TEXT_MAX + 3 - sizeof(drive), drive, sizeof(drive));
	IDENTIFY(.leaves = { INTEL, VM, HYPERV(0x40000006), HV_1 },
		 .files = { WSL2, { MOUNTINFO, text } });
	assert_string_equal(value_of("wsl.drive"), "none mounted");
	free(text);
}

static void the_machines_own_facts_are_told(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, KVM_AT(0x40000000) },
		 .files = { { "/proc/meminfo", "MemTotal: 16384000 kB\nSwapTotal: 524288 kB\n" },
			    { "/sys/devices/system/cpu/online", "0-3\n" },
			    { "/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12\"\n" },
			    { RELEASE, "6.1.0-18-amd64" },
			    { DMI "sys_vendor", "QEMU" },
			    { DMI "bios_vendor", "SeaBIOS" },
			    { DMI "bios_version", "1.16" } },
		 .probes = { { "space", "path=/var/tmp\nfree_bytes=40000000000\n"
					"total_bytes=137438953472\nfstype=ext4\n" } });
	assert_string_equal(value_of("cpu.model"),
			    "GenuineIntel family 6, model 85, stepping 7, microcode unknown");
	assert_string_equal(value_of("cpus"), "4: topology not told");
	assert_string_equal(value_of("memory"), "15.6 GiB, swap 512 MiB");
	assert_string_equal(value_of("disk"), "37.3 GiB free of 128.0 GiB (ext4)");
	assert_has(finding_of("disk")->how, "/var/tmp");
	assert_string_equal(value_of("os"), "Debian GNU/Linux 12");
	assert_string_equal(value_of("kernel"), "6.1.0-18-amd64");
	assert_string_equal(value_of("container"), "none known");
	assert_string_equal(value_of("firmware"), "QEMU, SeaBIOS 1.16, BIOS or none");
	assert_string_equal(value_of("clocksource"), "unknown");
}

static void findings_come_in_the_order_of_reading(void **state)
{
	static const char *const order[] = { "hypervisor",  "hypervisor.kvm_features",
					     "cloud",	    "cpu",
					     "cpu.model",   "cpus",
					     "memory",	    "disk",
					     "os",	    "kernel",
					     "container",   "firmware",
					     "clocksource", "level" };

	(void)state;
	IDENTIFY(.leaves = { INTEL, VM, KVM_AT(0x40000000), { 0x40000001, { 1, 0, 0, 0 } } });
	assert_int_equal(findings.count, sizeof(order) / sizeof(order[0]));
	for (size_t i = 0; i < findings.count; i++) {
		assert_string_equal(findings.items[i].key, order[i]);
		assert_int_equal(findings.items[i].section, NB_SECTION_MACHINE);
		assert_true(findings.items[i].label[0] && findings.items[i].how[0]);
	}
}

static void a_machine_that_answers_nothing_is_unknown(void **state)
{
	(void)state;
	IDENTIFY(.no_cpuid = true);
	assert_believed(NB_HYPERVISOR_UNKNOWN, false, false);
	for (size_t i = 0; i < findings.count; i++) {
		const struct nb_finding *finding = &findings.items[i];

		if (strcmp(finding->key, "container") == 0)
			continue;
		assert_int_equal(finding->state, NB_STATE_UNKNOWN);
		assert_string_equal(finding->value, "unknown");
	}
}

static void a_megabyte_of_dmi_is_cut(void **state)
{
	char *text = malloc(1 << 20);

	(void)state;
	assert_non_null(text);
	memset(text, 'V', (1 << 20) - 1);
	text[(1 << 20) - 1] = '\0';
	memcpy(text, "VMware \"\x1b[31m\xff", 14);
	IDENTIFY(.leaves = { INTEL, METAL }, .files = { { DMI "sys_vendor", text },
							{ DMI "product_name", text },
							{ DMI "chassis_asset_tag", text },
							{ DMI "bios_version", text } });
	assert_believed(NB_HYPERVISOR_VMWARE, true, true);
	assert_null(strchr(finding_of("hypervisor")->how, '\x1b'));
	assert_null(strchr(value_of("firmware"), 0xff));
	free(text);
}

static void leaves_that_lie_about_their_maximum_are_bounded(void **state)
{
	(void)state;
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     HYPERV(0xffffffff),
			     HV_1,
			     { 0x40000006, { 0xffffffff, 0, 0, 0 } },
			     { 0x4000000a, { 0xffffffff, 0, 0, 0 } } });
	assert_believed(NB_HYPERVISOR_HYPERV, false, false);
	assert_int_equal(identity.level, 16);
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     HYPERV(0x40000001),
			     HV_1,
			     { 0x40000006, { 1 << 10, 0, 0, 0 } } });
	assert_null(nb_finding_find(&findings, "hypervisor.hyperv_level"));
	IDENTIFY(.leaves = { INTEL,
			     VM,
			     { 0x40000000, { 0, 0x4b4d564b, 0x564b4d56, 0x4d } },
			     { 0x40000001, { 1 << 5, 0, 0, 0 } } });
	/* Old versions of KVM say 0 and mean their second leaf. */
	assert_string_equal(value_of("hypervisor.kvm_features"), "steal_time");
}

static void every_bit_of_every_leaf_may_be_set(void **state)
{
	struct sample sample = { .leaves = { INTEL, VM, HYPERV(0x4000000c), HV_1 } };

	(void)state;
	for (uint32_t i = 2; i <= 12; i++)
		sample.leaves[2 + i] =
			(struct sample_leaf){ 0x40000000 + i,
					      { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX } };
	identify(&sample);
	assert_has(value_of("hypervisor.hyperv_advises"), "...");
	assert_string_equal(value_of("hypervisor.version"),
			    "65535.65535.4294967295 (release not known)");
}

static void probes_that_answer_rubbish_are_unknown(void **state)
{
	static const char *const rubbish[] = { "",
					       "\n\n=\n",
					       "status",
					       "free_bytes=\n",
					       "free_bytes=-1\n",
					       "free_bytes=99999999999999999999\n",
					       "free_bytes=12x\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(rubbish) / sizeof(rubbish[0]); i++) {
		IDENTIFY(.leaves = { INTEL, VM, VMWARE }, .probes = { { "space", rubbish[i] },
								      { "imds", rubbish[i] },
								      { "vmware", rubbish[i] } });
		assert_string_equal(value_of("disk"), "unknown");
		assert_string_equal(value_of("cloud.size"), "unknown");
		assert_string_equal(value_of("vmware.product"), "unknown");
		assert_slugs("vmware");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernels_tell_the_generations_of_wsl_2),
		cmocka_unit_test(only_wsl_has_findings_of_wsl),
		cmocka_unit_test(wsls_network_is_told_where_it_shows),
		cmocka_unit_test(windows_drives_tell_what_carries_them),
		cmocka_unit_test(a_million_mounts_do_not_hide_the_drive_for_long),
		cmocka_unit_test(half_a_line_is_no_mount),
		cmocka_unit_test(the_machines_own_facts_are_told),
		cmocka_unit_test(findings_come_in_the_order_of_reading),
		cmocka_unit_test(a_machine_that_answers_nothing_is_unknown),
		cmocka_unit_test(a_megabyte_of_dmi_is_cut),
		cmocka_unit_test(leaves_that_lie_about_their_maximum_are_bounded),
		cmocka_unit_test(every_bit_of_every_leaf_may_be_set),
		cmocka_unit_test(probes_that_answer_rubbish_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
