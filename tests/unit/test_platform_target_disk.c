/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "nestbench/target.h"

#include "test_platform_tree.h"

/* The block device below a folder, in machines that a test makes. */

enum { NAME_SIZE = 256 };

static struct nb_target target_of(const char *root, const char *path)
{
	struct nb_world world = tree_world(root);
	struct nb_target target;
	struct nb_error error = { 0 };

	if (nb_target_read(&world, "cwd", path, &target, &error) < 0)
		fail_msg("%s: %s", path, error.text);
	nb_world_close(&world);
	return target;
}

static void write_in(const char *root, const char *folder, const char *name, const char *text)
{
	char path[NAME_SIZE];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	tree_write(root, path, text);
}

/* A block device: its number and name lead to its folder below /sys/devices. */
static void add_device(const char *root, const char *number, const char *folder)
{
	char link[NAME_SIZE];
	char target[NAME_SIZE];

	snprintf(target, sizeof(target), "../../devices/%s", folder);
	snprintf(link, sizeof(link), "/sys/dev/block/%s", number);
	tree_link(root, link, target);
	snprintf(link, sizeof(link), "/sys/class/block/%s", strrchr(folder, '/') + 1);
	tree_link(root, link, target);
}

static void add_queue(const char *root, const char *folder, const char *scheduler,
		      const char *rotational)
{
	write_in(root, folder, "queue/scheduler", scheduler);
	write_in(root, folder, "queue/write_cache", "write back\n");
	write_in(root, folder, "queue/rotational", rotational);
	write_in(root, folder, "queue/nr_requests", "256\n");
}

static void add_mount(const char *root, const char *number, const char *type, const char *source)
{
	char text[NAME_SIZE];

	snprintf(text, sizeof(text), "1 0 %s / / rw,relatime - %s %s rw\n", number, type, source);
	tree_write(root, "/proc/self/mountinfo", text);
}

static void a_virtio_disk_has_its_driver_and_queue(void **state)
{
	struct nb_target target;

	add_mount(*state, "254:1", "ext4", "/dev/root");
	add_device(*state, "254:1", "pci0000:00/0000:00:02.0/virtio1/block/vda/vda1");
	write_in(*state, "/sys/devices/pci0000:00/0000:00:02.0/virtio1/block/vda/vda1", "partition",
		 "1\n");
	add_queue(*state, "/sys/devices/pci0000:00/0000:00:02.0/virtio1/block/vda",
		  "none [mq-deadline] kyber bfq \n", "1\n");
	tree_link(*state, "/sys/devices/pci0000:00/0000:00:02.0/virtio1/driver",
		  "../../../../bus/virtio/drivers/virtio_blk");
	tree_link(*state, "/sys/devices/pci0000:00/0000:00:02.0/driver",
		  "../../../bus/pci/drivers/virtio-pci");
	target = target_of(*state, "/");
	assert_string_equal(target.device, "vda1");
	assert_string_equal(target.disk, "vda (virtio_blk)");
	assert_string_equal(target.scheduler, "mq-deadline");
	assert_string_equal(target.write_cache, "write back");
	assert_int_equal(target.rotational, 1);
	assert_int_equal(target.queue_depth, 256);
}

/* As in WSL 2 and Azure: "sd" is the driver of every SCSI disk. */
static void a_scsi_disk_has_the_driver_of_its_host_adapter(void **state)
{
#define VMBUS "LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00/VMBUS:00/f8b3781a-0000/host0/target0:0:0/0:0:0:2"
	struct nb_target target;

	add_mount(*state, "8:32", "ext4", "/dev/sdc");
	add_device(*state, "8:32", VMBUS "/block/sdc");
	add_queue(*state, "/sys/devices/" VMBUS "/block/sdc", "none\n", "0\n");
	tree_link(*state, "/sys/devices/" VMBUS "/driver", "../../../../bus/scsi/drivers/sd");
	tree_link(*state,
		  "/sys/devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00/VMBUS:00/f8b3781a-0000/driver",
		  "../../../../../../bus/vmbus/drivers/hv_storvsc");
	target = target_of(*state, "/");
	assert_string_equal(target.device, "sdc");
	assert_string_equal(target.disk, "sdc (hv_storvsc)");
	assert_string_equal(target.scheduler, "none");
	assert_int_equal(target.rotational, 0);
#undef VMBUS
}

static void a_volume_is_followed_to_the_one_disk_below_it(void **state)
{
	struct nb_target target;

	add_mount(*state, "253:1", "ext4", "/dev/mapper/vg-root");
	add_device(*state, "253:1", "virtual/block/dm-1");
	write_in(*state, "/sys/devices/virtual/block/dm-1", "slaves/nvme0n1p3", "");
	add_queue(*state, "/sys/devices/virtual/block/dm-1", "none\n", "0\n");
	add_device(*state, "259:3", "pci0000:00/0000:00:04.0/nvme/nvme0/nvme0n1/nvme0n1p3");
	write_in(*state, "/sys/devices/pci0000:00/0000:00:04.0/nvme/nvme0/nvme0n1/nvme0n1p3",
		 "partition", "3\n");
	add_queue(*state, "/sys/devices/pci0000:00/0000:00:04.0/nvme/nvme0/nvme0n1",
		  "[none] mq-deadline\n", "0\n");
	tree_link(*state, "/sys/devices/pci0000:00/0000:00:04.0/driver",
		  "../../../bus/pci/drivers/nvme");
	target = target_of(*state, "/");
	assert_string_equal(target.device, "dm-1");
	assert_string_equal(target.disk, "nvme0n1 (nvme)");
	assert_string_equal(target.scheduler, "none");
}

static void of_several_disks_the_array_is_the_disk(void **state)
{
	struct nb_target target;

	add_mount(*state, "9:0", "ext4", "/dev/md0");
	add_device(*state, "9:0", "virtual/block/md0");
	write_in(*state, "/sys/devices/virtual/block/md0", "slaves/sda1", "");
	write_in(*state, "/sys/devices/virtual/block/md0", "slaves/sdb1", "");
	target = target_of(*state, "/");
	assert_string_equal(target.device, "md0");
	assert_string_equal(target.disk, "md0 (md)");
	assert_string_equal(target.scheduler, "");
	assert_int_equal(target.rotational, -1);
}

static void devices_of_software_are_called_by_their_letters(void **state)
{
	add_device(*state, "7:0", "virtual/block/loop0");
	add_device(*state, "252:0", "virtual/block/zram0");
	add_device(*state, "259:1", "virtual/nvme-subsystem/nvme-subsys0/nvme0n1");
	add_mount(*state, "7:0", "squashfs", "/dev/loop0");
	assert_string_equal(target_of(*state, "/").disk, "loop0 (loop)");
	add_mount(*state, "252:0", "ext4", "/dev/zram0");
	assert_string_equal(target_of(*state, "/").disk, "zram0 (zram)");
	add_mount(*state, "259:1", "ext4", "/dev/nvme0n1");
	assert_string_equal(target_of(*state, "/").disk, "nvme0n1 (nvme)");
}

static void a_file_system_without_a_number_tells_its_source(void **state)
{
	add_device(*state, "8:1", "pci0000:00/ata1/host0/block/sda/sda1");
	write_in(*state, "/sys/devices/pci0000:00/ata1/host0/block/sda/sda1", "partition", "1\n");
	add_device(*state, "253:0", "virtual/block/dm-0");
	add_device(*state, "253:1", "virtual/block/dm-1");
	/* Links are no names of a recorded folder: what is listed is a folder. */
	write_in(*state, "/sys/class/block/dm-0", "dm/name", "vg-swap\n");
	write_in(*state, "/sys/class/block/dm-1", "dm/name", "vg-data\n");
	add_mount(*state, "0:40", "btrfs", "/dev/sda1");
	assert_string_equal(target_of(*state, "/").device, "sda1");
	assert_string_equal(target_of(*state, "/").disk, "sda (sda)");
	add_mount(*state, "0:40", "btrfs", "/dev/mapper/vg-data");
	assert_string_equal(target_of(*state, "/").device, "dm-1");
	add_mount(*state, "0:40", "btrfs", "/dev/mapper/vg-other");
	assert_string_equal(target_of(*state, "/").device, "mapper/vg-other");
}

static void an_overlay_is_on_the_disk_of_its_upper_folder(void **state)
{
	static const char text[] =
		"1 0 0:1 / / rw - tmpfs root rw\n"
		"2 1 254:0 / /data rw - ext4 /dev/vda rw\n"
		"3 1 0:50 / /merged rw - overlay o rw,lowerdir=/l,upperdir=/data/upper,workdir=/data/w\n"
		"4 1 0:51 / /twice rw - overlay o rw,lowerdir=/l,upperdir=/merged/upper\n"
		"5 1 0:52 / /memory rw - overlay o rw,lowerdir=/l,upperdir=/upper\n"
		"6 1 0:53 / /view ro - overlay o ro,lowerdir=/l:/m\n"
		"7 1 0:54 / /gone rw - overlay o rw,lowerdir=/l,upperdir=/data/removed\n";
	struct nb_target target;

	tree_write(*state, "/proc/self/mountinfo", text);
	tree_write(*state, "/data/upper", "");
	tree_write(*state, "/merged/upper", "");
	tree_write(*state, "/upper", "");
	add_device(*state, "254:0", "pci0000:00/virtio1/block/vda");
	tree_link(*state, "/sys/devices/pci0000:00/virtio1/driver", "../drivers/virtio_blk");
	target = target_of(*state, "/merged/x");
	assert_string_equal(target.kind, "overlay");
	assert_string_equal(target.device, "vda");
	assert_string_equal(target.disk, "vda (virtio_blk)");
	assert_string_equal(target_of(*state, "/twice").device, "vda");
	assert_string_equal(target_of(*state, "/memory").device, "");
	assert_string_equal(target_of(*state, "/view").device, "");
	assert_string_equal(target_of(*state, "/gone").device, "");
}

/* Links that lead nowhere, upwards, in circles, or are too long. */
static void a_hostile_sysfs_ends_somewhere(void **state)
{
	char link[1024];
	struct nb_target target;

	add_mount(*state, "8:1", "ext4", "/dev/sda1");
	tree_link(*state, "/sys/dev/block/8:1", "/devices/");
	assert_string_equal(target_of(*state, "/").device, "");
	tree_link(*state, "/sys/dev/block/8:1", "nowhere");
	assert_string_equal(target_of(*state, "/").device, "sda1");
	memset(link, 'a', sizeof(link) - 1);
	link[sizeof(link) - 1] = '\0';
	memcpy(link, "/devices/", strlen("/devices/"));
	tree_link(*state, "/sys/dev/block/8:1", link);
	assert_string_equal(target_of(*state, "/").device, "sda1");
	add_device(*state, "8:1", "a/x");
	write_in(*state, "/sys/devices/a/x", "partition", "");
	write_in(*state, "/sys/devices/a", "partition", "");
	write_in(*state, "/sys/devices", "partition", "");
	write_in(*state, "/sys", "partition", "");
	write_in(*state, "/sys/devices/a/x", "queue/rotational", "7\n");
	assert_string_equal(target_of(*state, "/").disk, "devices (devices)");
	add_device(*state, "8:1", "b/\033[31m");
	write_in(*state, "/sys/devices/b/\033[31m", "slaves/\033[31m", "");
	write_in(*state, "/sys/devices/b/\033[31m", "queue/rotational", "7\n");
	write_in(*state, "/sys/devices/b/\033[31m", "queue/nr_requests", "-7\n");
	write_in(*state, "/sys/devices/b/\033[31m", "queue/scheduler", "[\n");
	target = target_of(*state, "/");
	assert_string_equal(target.device, "?[31m");
	assert_string_equal(target.disk, "?[31m");
	assert_string_equal(target.scheduler, "");
	assert_int_equal(target.rotational, -1);
	assert_int_equal(target.queue_depth, -1);
}

static void this_machine_tells_sizes_too(void **state)
{
	struct nb_world world;
	struct nb_target target;
	struct nb_error error = { 0 };

	nb_world_live(&world, NULL, 0);
	if (nb_target_read(&world, "cwd", *state, &target, &error) < 0)
		fail_msg("%s", error.text);
	assert_true(target.kind[0] != '\0');
	assert_true(target.size_bytes > 0);
	assert_true(target.free_bytes >= 0 && target.free_bytes <= target.size_bytes);
	print_message("%s is %s on %s, %s, %lld bytes\n", target.path, target.kind, target.device,
		      target.disk, (long long)target.size_bytes);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_virtio_disk_has_its_driver_and_queue),
		TEST(a_scsi_disk_has_the_driver_of_its_host_adapter),
		TEST(a_volume_is_followed_to_the_one_disk_below_it),
		TEST(of_several_disks_the_array_is_the_disk),
		TEST(devices_of_software_are_called_by_their_letters),
		TEST(a_file_system_without_a_number_tells_its_source),
		TEST(an_overlay_is_on_the_disk_of_its_upper_folder),
		TEST(a_hostile_sysfs_ends_somewhere),
		TEST(this_machine_tells_sizes_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
