# SPDX-License-Identifier: Apache-2.0
"""What goes into a guest: archives, and modules in load order."""

import labcase
import gzip
import lzma
import stat
import unittest
from types import SimpleNamespace

from nestlab import build, cpio, modules
from nestlab.base import CannotRun, LabError, UsageError


def entries(data):
    """{name: (mode, content, major, minor)} of a plain newc archive, read by the book."""
    found, at = {}, 0
    while True:
        assert data[at : at + 6] == b"070701"
        fields = [int(data[at + 6 + 8 * i : at + 14 + 8 * i], 16) for i in range(13)]
        mode, size, major, minor, length = (fields[i] for i in (1, 6, 9, 10, 11))
        name = data[at + 110 : at + 110 + length - 1].decode()
        body = at + (110 + length + 3) // 4 * 4
        if name == "TRAILER!!!":
            return found
        found[name] = (mode, data[body : body + size], major, minor)
        at = body + (size + 3) // 4 * 4


class Cpio(labcase.Case):
    """The newc writer."""

    def filled(self):
        """An archive with one of everything."""
        source = self.folder / "source"
        source.write_bytes(b"from a file")
        archive = cpio.Archive()
        archive.device("dev/console", "c", 5, 1)
        archive.file("/init", "#!/bin/sh\n", 0o755)
        archive.file("a/b/c", source)
        archive.link("bin/sh", "busybox")
        return archive

    def test_everything_is_there_with_the_folders_above(self):
        found = entries(self.filled().data(0))
        self.assertEqual(list(found), ["dev", "dev/console", "init", "a", "a/b", "a/b/c",
                                       "bin", "bin/sh"])  # fmt: skip
        self.assertEqual(found["a/b"][0], stat.S_IFDIR | 0o755)
        self.assertEqual(found["dev/console"], (stat.S_IFCHR | 0o600, b"", 5, 1))
        self.assertEqual(found["init"], (stat.S_IFREG | 0o755, b"#!/bin/sh\n", 0, 0))
        self.assertEqual(found["a/b/c"][1], b"from a file")
        self.assertEqual(found["bin/sh"][:2], (stat.S_IFLNK | 0o777, b"busybox"))

    def test_the_same_entries_give_the_same_bytes(self):
        first, second = self.folder / "1", self.folder / "2"
        self.filled().write(first, 9)
        self.filled().write(second, 9)
        self.assertEqual(first.read_bytes(), second.read_bytes())
        self.assertEqual(gzip.decompress(first.read_bytes()), self.filled().data(0))

    def test_a_name_that_leads_out_is_refused(self):
        for name in ("", "/", "../x", "a/../../x"):
            with self.subTest(name=name), self.assertRaises(ValueError):
                cpio.Archive().file(name, b"")


class Modules(labcase.Case):
    """Load order, by what the modules themselves say."""

    def setUp(self):
        super().setUp()
        self.kernel = SimpleNamespace(package="linux-image-test", modules=self.folder)
        self.module("kvm-amd", "kvm,ccp")
        self.module("kvm", "irqbypass", pack=True)
        self.module("irqbypass", "")
        (self.folder / "modules.builtin").write_text("kernel/drivers/ccp.ko\n", encoding="utf-8")

    def module(self, name, depends, pack=False):
        """A file with what a module has in its .modinfo."""
        data = b"\x7fELF\0license=GPL\0depends=" + depends.encode() + b"\0name=x\0"
        folder = self.folder / "kernel" / name
        folder.mkdir(parents=True)
        path = folder / (f"{name}.ko.xz" if pack else f"{name}.ko")
        path.write_bytes(lzma.compress(data) if pack else data)

    def names(self, *arguments):
        return [modules.name_in_guest(path) for path in modules.closure(self.kernel, *arguments)]

    def test_each_comes_after_what_it_stands_on(self):
        self.assertEqual(self.names(["kvm_amd"]), ["irqbypass.ko", "kvm.ko", "kvm-amd.ko"])

    def test_built_in_ones_and_optional_ones_may_be_missing(self):
        self.assertEqual(self.names(["ccp"], ["virtio_console", "irqbypass"]), ["irqbypass.ko"])

    def test_a_module_that_no_kernel_has_is_an_error(self):
        with self.assertRaisesRegex(LabError, "linux-image-test has no module kvm-riscv"):
            self.names(["kvm-riscv"])

    def test_modules_are_loaded_uncompressed(self):
        path = modules.closure(self.kernel, ["kvm"])[-1]
        self.assertTrue(modules.load(path).startswith(b"\x7fELF"))
        path.write_bytes(path.read_bytes()[:40])
        with self.assertRaisesRegex(LabError, "remove build/lab/cache"):
            modules.load(path)


class Binary(labcase.Case):
    """The program that the guest runs."""

    def test_a_binary_that_needs_libraries_is_refused(self):
        with self.assertRaisesRegex(UsageError, "not static"):
            build.static_binary("/bin/ls")

    def test_a_busybox_that_needs_libraries_is_refused(self):
        with self.assertRaisesRegex(CannotRun, "apt-get install busybox-static"):
            build.static_busybox("/bin/ls")
        self.assertTrue(build.static_busybox().exists())

    def test_what_is_no_program_is_refused(self):
        text = self.folder / "text"
        text.write_text("x", encoding="utf-8")
        text.chmod(0o755)
        for path in (text, self.folder, self.folder / "none"):
            with self.subTest(path=path), self.assertRaises(UsageError):
                build.static_binary(path)


if __name__ == "__main__":
    unittest.main()
