# SPDX-License-Identifier: Apache-2.0
"""scripts/lab/image: whether what it writes boots, measures and leaves results.

QEMU emulates everything, an AMD CPU with SVM too, so that the microguest runs for real.
"""

import json
import os
import pathlib
import re
import struct
import tempfile
import unittest
import zlib

from imagecase import BINARY, Machine, call, skip_without_packages, write_image
from nestlab import disk, frames, image_boot

SIZE_MIB = 192
# A label that a shell would run, and one that nestbench must refuse without losing the session.
EVIL = "$(poweroff -f);`reboot`"
APPEND = (
    "nestbench.poweroff=1 nestbench.pattern=exit.cpuid nestbench.level=1"
    " 'nestbench.label=b d=1' nestbench.pattern=none"
    f" 'nestbench.label=place=the lab' 'nestbench.label=evil={EVIL}'"
)
RESULTS = {"nestbench.db", "session.json", "table.txt", "doctor.txt", "kernel.log", "image.txt"}


class Booting(unittest.TestCase):
    """The image in every format, written once; each test boots a file of its own."""

    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory(prefix="nb-image-")
        cls.addClassCleanup(cls.scratch.cleanup)
        cls.output = pathlib.Path(cls.scratch.name) / "output"
        done = write_image(
            cls.output, "--format", "raw,iso,vmdk,vhd", "--append", APPEND, "--size", SIZE_MIB
        )
        if done.returncode == 77:
            raise unittest.SkipTest(done.stderr)
        if done.returncode:
            raise AssertionError(done.stderr)

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch.name))

    def small_disk(self, free_kib):
        """A disk without partitions: a FAT volume labelled NESTBENCH, filled but for a rest."""
        path = self.folder / f"free-{free_kib}.img"
        disk.create(path, 8)
        image_boot.run("/usr/sbin/mkfs.vfat", "-n", "NESTBENCH", path)
        free = re.search(r"([\d ]+) bytes free", call("mdir", "-i", path, "::").stdout)
        ballast = self.folder / "ballast"
        ballast.write_bytes(bytes(int(free[1].replace(" ", "")) - free_kib * 1024))
        image_boot.run("mcopy", "-i", path, ballast, "::")
        return path

    def read_results(self, image):
        """The folder of the only run, copied out of a FAT volume by mtools."""
        target = self.folder / "results"
        target.mkdir()
        image_boot.run("mcopy", "-s", "-n", "-i", image, "::nestbench-results", target)
        runs = list((target / "nestbench-results").iterdir())
        self.assertEqual(len(runs), 1)
        self.assertRegex(runs[0].name, r"^20\d{6}T\d{6}Z-[0-9a-f]{6}$")
        return runs[0]

    def check_results(self, run):
        """Everything is there, imports and merges, and says what was measured."""
        self.assertLessEqual(RESULTS, {path.name for path in run.iterdir()})
        self.assertIn("exit.cpuid ring=3", (run / "table.txt").read_text("utf-8"))
        self.assertIn("Linux version", (run / "kernel.log").read_text("utf-8", "replace"))
        self.check_session(run / "session.json")
        merged = self.folder / "merged.db"
        done = call(BINARY, "merge", "--db", merged, run / "nestbench.db")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_database(merged)

    def check_session(self, path):
        """A session.json imports into a fresh database."""
        fresh = self.folder / "fresh.db"
        done = call(BINARY, "import", "--db", fresh, path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_database(fresh)

    def check_database(self, path):
        """The session in a database has the rows and labels that the image was written with."""
        done = call(BINARY, "show", "--json", "--db", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = json.loads(done.stdout)
        self.assertEqual(shown["session"]["labels"], {"place": "the lab", "evil": EVIL})
        self.assertEqual({row["outcome"] for row in shown["results"]}, {"ok"})
        levels = {(row["vantage"], row["level"]) for row in shown["results"]}
        self.assertEqual(levels, {("guest", 2), ("user", 1)})
        for row in shown["results"]:
            if row["vantage"] == "guest":
                self.assertEqual(row["evidence"]["status"], "verified", row)

    def test_the_raw_disk_boots_by_bios_and_disks_that_take_nothing_do_no_harm(self):
        image = self.folder / "disk.img"
        image_boot.run("cp", "--sparse=always", self.output / "nestbench.img", image)
        serial = Machine(
            self.folder, False,
            "-device", "pvscsi", "-device", "scsi-hd,drive=disk,bootindex=0",  # as in ESXi
            "-drive", f"if=none,id=disk,format=raw,file={image}",
            "-drive", f"if=virtio,format=raw,file={self.small_disk(64)}",
            "-drive", f"if=virtio,format=raw,readonly=on,file={self.small_disk(4096)}",
        ).boot()  # fmt: skip
        offset = disk.read_partitions(image)["NESTBENCH"].offset
        self.check_results(self.read_results(f"{image}@@{offset}"))
        self.assertRegex(serial, "No results on /dev/vda: .*No space left on device")
        self.assertRegex(serial, "No results on /dev/vdb: .*Read-only file system")
        self.assertIn("Results on /dev/sda3 (NESTBENCH)", serial)
        for refused in ("nestbench.label=b d=1", "nestbench.pattern=none"):
            self.assertIn(f"Ignored on the command line: {refused}", serial)
        self.assertIn("exit.cpuid ring=3", serial)

    def test_the_vhd_boots_by_uefi_and_holds_the_results(self):
        image = self.output / "nestbench.vhd"
        Machine(
            self.folder, True,
            "-device", "nvme,serial=disk,drive=disk",
            "-drive", f"if=none,id=disk,format=vpc,file={image}",
        ).boot()  # fmt: skip
        offset = disk.read_partitions(image)["NESTBENCH"].offset
        self.check_results(self.read_results(f"{image}@@{offset}"))

    def test_the_iso_boots_by_bios_and_leaves_results_on_a_second_disk(self):
        second = self.small_disk(4096)
        Machine(
            self.folder, False, "-boot", "d",
            "-drive", f"if=ide,media=cdrom,readonly=on,format=raw,file={self.output}/nestbench.iso",
            "-device", "mptsas1068", "-device", "scsi-hd,drive=second,wwn=0x5000c50015ea71ac",
            "-drive", f"if=none,id=second,format=raw,file={second}",
        ).boot()  # fmt: skip
        self.check_results(self.read_results(second))

    def test_the_iso_boots_by_uefi_and_without_any_disk_the_serial_port_gets_the_session(self):
        serial = Machine(
            self.folder, True, "-machine", "q35",
            "-drive", f"if=none,id=cd,format=raw,readonly=on,file={self.output}/nestbench.iso",
            "-device", "ide-cd,drive=cd",
        ).boot()  # fmt: skip
        self.assertIn("There is no volume labelled NESTBENCH", serial)
        session = self.folder / "session.json"
        packed = frames.decode(serial.encode(errors="replace"), "session.json.gz")
        session.write_bytes(zlib.decompress(packed, wbits=31))
        self.check_session(session)

    def test_the_vhd_is_one_that_azure_takes(self):
        path = self.output / "nestbench.vhd"
        with open(path, "rb") as file:
            file.seek(-512, os.SEEK_END)
            footer = file.read()
        self.assertEqual(footer[:8], b"cone" b"ctix")  # whole, it were a misspelling
        self.assertEqual(struct.unpack_from(">Q", footer, 48)[0], SIZE_MIB << 20)
        self.assertEqual(struct.unpack_from(">I", footer, 60)[0], 2, "not fixed")
        self.assertEqual(path.stat().st_size, (SIZE_MIB << 20) + 512)

    def test_the_vmdk_is_one_that_esxi_imports(self):
        done = call("qemu-img", "info", "--output=json", self.output / "nestbench.vmdk")
        about = json.loads(done.stdout)
        self.assertEqual(about["format"], "vmdk")
        self.assertEqual(about["virtual-size"], SIZE_MIB << 20)
        self.assertEqual(about["format-specific"]["data"]["create-type"], "streamOptimized")
        with open(self.output / "nestbench.vmdk", "rb") as file:
            self.assertEqual(struct.unpack("<4sI", file.read(8)), (b"KDMV", 3))

    def test_nothing_but_the_files_is_left(self):
        names = {path.name for path in self.output.iterdir()}
        self.assertEqual(names, {f"nestbench.{kind}" for kind in ("img", "iso", "vmdk", "vhd")})


if __name__ == "__main__":
    skip_without_packages()
    unittest.main(verbosity=2)
