# SPDX-License-Identifier: Apache-2.0
"""What --storage adds to the AMD lab: a file system of each kind that io.* is asked about.

    /nb/ext4      on a virtio disk, a sparse file here
    /nb/tmpfs     in the guest's memory
    /nb/overlay   its lower and upper folders on that ext4
    /nb/9p        a folder of this machine, as QEMU's 9p serves it
    /nb/virtiofs  another one, as virtiofsd serves it, where that is possible

All of it lies in the folder of the boot, and goes with it.
"""

import os
import pathlib
from dataclasses import dataclass

from .base import LabError, need, say
from .guest import Helper
from .processes import call

NEEDED = (("mkfs.ext4", "e2fsprogs"),)
# 9p is in no cloud kernel of Debian's.
FLAVOUR = "full"
_MODULES = ("virtio_blk", "ext4", "overlay", "9p", "9pnet_virtio", "virtiofs")
# Those that no module names among what it stands on, but without which mounting ext4 fails.
_OPTIONAL = ("crc32c_generic", "crc32c_intel", "vsock_loopback")
_DISK = "disk"
_DISK_BYTES = 4 << 30
_SHARED = ("9p", "virtiofs")
_SOCKET = "virtiofs.socket"
# Of Debian 12's qemu-system-common, then of the package virtiofsd that came later.
_VIRTIOFSD = ("/usr/lib/qemu/virtiofsd", "/usr/libexec/virtiofsd")
_HOME = "/nb/ext4"
# In the order to mount: folder, type, source, options.
_MOUNTS = (
    (_HOME, "ext4", "/dev/vda", "rw"),
    ("/nb/tmpfs", "tmpfs", "tmpfs", "rw"),
    ("/nb/overlay", "overlay", "overlay",
     f"lowerdir={_HOME}/.overlay/lower,upperdir={_HOME}/.overlay/upper,"
     f"workdir={_HOME}/.overlay/work"),
    # As WSL mounted Windows' drives when it had virtio for them.
    ("/nb/9p", "9p", "9p", "trans=virtio,version=9p2000.L,cache=mmap,msize=262144"),
    ("/nb/virtiofs", "virtiofs", "virtiofs", "rw"),
)  # fmt: skip


@dataclass
class Storage:
    """The file systems of one visit."""

    virtiofsd: str | None
    """None: there is no virtiofs."""

    home = _HOME
    """Where nestbench works: its other targets are compared with that of its working directory."""
    modules = tuple((name, "") for name in _MODULES)
    """(name, parameters), as in Payload."""
    optional = _OPTIONAL
    """Names of modules that a kernel may have built in, or not at all."""

    @property
    def mounts(self):
        """Lines of lab/mounts: folder, type, source, options."""
        return [mount for mount in _MOUNTS if self.virtiofsd or mount[1] != "virtiofs"]

    @property
    def arguments(self):
        """What "nestbench run" gets; the ext4 is its working directory, which it always takes."""
        found = []
        for folder, kind, _source, _options in self.mounts:
            if folder != self.home:
                found += ["--io-path", f"{kind}={folder}"]
        return found

    def devices(self, folder, memory_mib):
        """Makes disk and shared folders in folder; QEMU's arguments."""
        _make_disk(folder)
        for name in _SHARED:
            (folder / name).mkdir()
        arguments = [
            "-drive", f"if=none,id=disk,format=raw,file={_DISK}",
            "-device", "virtio-blk-pci,drive=disk",
            "-virtfs", "local,id=shared,path=9p,mount_tag=9p,security_model=none",
        ]  # fmt: skip
        if self.virtiofsd:
            # The server reads and writes the guest's memory itself.
            arguments += [
                "-object", f"memory-backend-memfd,id=memory,size={memory_mib}M,share=on",
                "-machine", "memory-backend=memory",
                "-chardev", f"socket,id=virtiofs,path={_SOCKET}",
                "-device", "vhost-user-fs-pci,chardev=virtiofs,tag=virtiofs",
            ]  # fmt: skip
        return arguments

    @property
    def helpers(self):
        """Programs that must run beside QEMU."""
        if not self.virtiofsd:
            return []
        # Its default sandbox pivots, which a root that is no mount (that of a chroot) refuses.
        options = "source={folder}/virtiofs,sandbox=chroot"
        return [Helper([self.virtiofsd, "-o", options, "--fd={fd}"], _SOCKET)]


def choose():
    """What this machine can serve; says what it leaves out."""
    found = [path for path in _VIRTIOFSD if os.path.exists(path)]
    reason = None if found else "there is no virtiofsd (Debian 12: in qemu-system-common)"
    if found and os.geteuid() != 0:
        reason = "virtiofsd wants root"
    if reason:
        say(f"without virtiofs: {reason}")
    return Storage(None if reason else found[0])


def left_behind(folder):
    """What a guest has left in the shared folders of a boot, as text: a path a line."""
    paths = [path for name in _SHARED for path in sorted((folder / name).rglob("*"))]
    return "".join(f"{path.relative_to(folder)}\n" for path in paths)


def _make_disk(folder):
    """A file system that takes no room before it is written to, with the overlay's folders."""
    tree = folder / "tree"
    for name in ("lower", "upper", "work"):
        (tree / ".overlay" / name).mkdir(parents=True)
    with open(folder / _DISK, "wb") as file:
        file.truncate(_DISK_BYTES)
    done = call([need(*NEEDED[0]), "-q", "-F", "-d", tree, pathlib.Path(folder, _DISK)])
    if done.returncode:
        raise LabError("cannot make an ext4 for the guest", done.stderr.splitlines())
