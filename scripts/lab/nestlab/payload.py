# SPDX-License-Identifier: Apache-2.0
"""The initramfs that the lab boots: busybox, our binary, modules, /init and what it shall do."""

import pathlib
import shlex
from dataclasses import dataclass, field

from . import build, cpio, modules
from .base import ROOT

INIT = ROOT / "scripts" / "lab" / "guest" / "lab-init"
# What virtio needs where Debian does not build it into the kernel (6.12's cloud kernel has it).
VIRTIO = ("virtio_pci", "virtio_console")


@dataclass
class Payload:
    """What runs in a guest, and where what it leaves goes."""

    kernel: object
    binary: pathlib.Path
    command: list
    sink: str
    """A virtio port's name or a character device."""
    drain: float = 0
    """Seconds until what was written to the sink is out."""
    modules: tuple = ()
    """(name, parameters) of modules to load, beside what they stand on."""
    init: object = INIT
    name: str = "L1"
    """What /init calls itself on the console."""
    after: str = ""
    """A shell command to run when the first one is done."""
    storage: object = None
    """The Storage that /init mounts and the command runs on; None: nothing, and /out."""
    extra: dict = field(default_factory=dict)
    """More programs and files: {path in the guest: bytes or Path}, all executable."""

    def archive(self):
        """The initramfs."""
        archive = cpio.Archive()
        archive.folder("root", 0o700)
        for folder in ("dev", "proc", "sys", "tmp", "out"):
            archive.folder(folder)
        archive.device("dev/console", "c", 5, 1)
        archive.device("dev/null", "c", 1, 3)
        archive.file("bin/busybox", build.static_busybox(), 0o755)
        archive.file("bin/nestbench", self.binary, 0o755)
        archive.file("init", self.init, 0o755)
        archive.file("lab/command", f"set -- {shlex.join(self.command)}\n")
        archive.file("lab/sink", f"{self.sink}\n")
        archive.file("lab/drain", f"{self.drain}\n")
        archive.file("lab/name", f"{self.name}\n")
        archive.file("lab/folder", f"{self.storage.home if self.storage else '/out'}\n")
        mounts = self.storage.mounts if self.storage else ()
        archive.file("lab/mounts", "".join(f"{' '.join(mount)}\n" for mount in mounts))
        if self.after:
            archive.file("lab/after", f"{self.after}\n")
        archive.file("lab/modules", self._modules(archive))
        for path, data in self.extra.items():
            archive.file(path, data, 0o755)
        return archive

    def _modules(self, archive):
        """Packs the modules; the list by which /init loads them."""
        wanted, optional = self.modules, VIRTIO
        if self.storage:
            wanted, optional = wanted + self.storage.modules, optional + self.storage.optional
        parameters = dict(wanted)
        lines = []
        for path in modules.closure(self.kernel, list(parameters), optional):
            name = modules.name_in_guest(path)
            archive.file(f"lab/{name}", modules.load(path))
            lines.append(f"{name} {parameters.get(name.removesuffix('.ko'), '')}".rstrip() + "\n")
        return "".join(lines)
