# SPDX-License-Identifier: Apache-2.0
"""scripts/lab/image: the raw disk's insides, and what is asked for in vain. Boots nothing."""

import os
import pathlib
import resource
import shutil
import struct
import tempfile
import unittest
import uuid
import zlib

from imagecase import skip_without_packages, write_image
from nestlab import disk, image_boot
from nestlab.base import LabError, UsageError


class Refusing(unittest.TestCase):
    """What cannot be done is said in one line, and nothing is left behind."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="nb-image-")
        self.addCleanup(scratch.cleanup)
        self.output = pathlib.Path(scratch.name) / "output"

    def check(self, status, words, *options, **more):
        """The status and the message of a run that must not write anything."""
        done = write_image(self.output, *options, **more)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertIn(words, done.stderr.splitlines()[-1])
        self.assertEqual(list(self.output.iterdir()) if self.output.exists() else [], [])

    def test_options_that_make_no_sense(self):
        for options, words in (
            (("--format", "raw,qcow2"), "no 'qcow2'; choose from raw"),
            (("--format", ""), "choose from raw"),
            (("--append", "a\nb"), "printable ASCII"),
            (("--append", "nestbench.label=a=µ"), "printable ASCII"),
            (("--append", "nestbench.labels=a=b"), "known are nestbench.profile="),
            (("--append", "nestbench.profile=fast"), "of the form quick|standard|thorough"),
            (("--append", "nestbench.level=L1"), "not of the form"),
            (("--append", "nestbench.label=bad"), "not of the form"),
            (("--append", "nestbench.pattern=-h"), "not of the form"),
            (("--append", "nestbench.poweroff=yes"), "not of the form"),
            (("--append", "'open"), "no closing quotation"),
            (("--append", "'a\"b'"), "no quotes"),
            (("--append", "x" * 2000), "too many"),
            (("--size", "64"), "from 128 to"),
            (("--size", "1000000"), "from 128 to"),
        ):
            with self.subTest(options=options):
                self.check(2, words, *options)

    def test_a_missing_program_is_named_with_its_package(self):
        for name, package, kind in (
            ("qemu-img", "qemu-utils", "vhd"),
            ("mcopy", "mtools", "raw"),
            ("grub-mkimage", "grub-common", "raw"),
            ("grub-mkrescue", "grub-common", "iso"),
            ("xorriso", "xorriso", "iso"),
        ):
            folder = tempfile.TemporaryDirectory()
            self.addCleanup(folder.cleanup)
            for other in {"python3", "qemu-img", "mcopy", "grub-mkimage", "grub-mkrescue"} - {name}:
                os.symlink(shutil.which(other), f"{folder.name}/{other}")
            with self.subTest(program=name):
                environment = {**os.environ, "PATH": folder.name}
                self.check(77, f"install {package}", "--format", kind, env=environment)

    def test_a_full_disk_leaves_no_half_file(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))

        self.check(3, "make room", "--format", "raw", preexec_fn=limit)


class Disk(unittest.TestCase):
    """The raw disk without a boot."""

    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="nb-image-")
        self.addCleanup(scratch.cleanup)
        self.path = pathlib.Path(scratch.name) / "disk.img"
        disk.create(self.path, 8)
        self.partition = disk.Partition("one", disk.BIOS_BOOT, 1, 2)

    def test_both_copies_of_the_partition_table_are_whole(self):
        disk.write_table(self.path, [self.partition], uuid.UUID(int=1))
        data = self.path.read_bytes()
        last = len(data) // 512 - 1
        for here, there in ((1, last), (last, 1)):
            header = bytearray(data[here * 512 : here * 512 + 92])
            crc, own, other = struct.unpack_from("<I4xQQ", header, 16)
            table_at, table_crc = struct.unpack_from("<Q8xI", header, 72)
            header[16:20] = bytes(4)
            self.assertEqual((header[:8], own, other), (b"EFI PART", here, there))
            self.assertEqual(zlib.crc32(header), crc)
            table = data[table_at * 512 :][: 128 * 128]
            self.assertEqual(zlib.crc32(table), table_crc)
        self.assertEqual((data[450], data[510:512]), (0xEE, b"\x55\xaa"))
        self.assertEqual(disk.read_partitions(self.path), {"one": self.partition})

    def test_a_grub_with_other_insides_is_refused(self):
        boot = bytearray(512)
        boot[510:] = b"\x55\xaa"
        boot[0x5C] = 1
        core = bytearray(2048)
        struct.pack_into("<QHH", core, 500, 2, 3, 0x820)
        disk.embed_grub(self.path, boot, core, self.partition)
        data = self.path.read_bytes()
        self.assertEqual(struct.unpack_from("<Q", data, 0x5C)[0], self.partition.first)
        placed = struct.unpack_from("<QHH", data, self.partition.offset + 500)
        self.assertEqual(placed, (self.partition.first + 1, 3, 0x820))
        for wrong_boot, wrong_core in (
            (boot[:-1], core),
            (bytes(510) + boot[510:], core),
            (boot, core[:1024]),
            (boot, core[:512]),
        ):
            with self.assertRaises(LabError):
                disk.embed_grub(self.path, wrong_boot, wrong_core, self.partition)

    def test_words_reach_the_menu_in_quotes(self):
        words = image_boot.kernel_options("a 'nestbench.label=k=$x; halt'")
        self.assertEqual(words, ["a", "nestbench.label=k=$x; halt"])
        self.assertIn("'nestbench.label=k=$x; halt'", image_boot.grub_config(words))
        with self.assertRaises(UsageError):
            image_boot.kernel_options("a\\'b")


if __name__ == "__main__":
    skip_without_packages()
    unittest.main(verbosity=2)
