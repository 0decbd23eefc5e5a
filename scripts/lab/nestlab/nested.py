# SPDX-License-Identifier: Apache-2.0
"""One level more: the AMD lab's Linux (L1) starts QEMU with KVM, whose Linux (L2) loads kvm-amd.

The microguest there is L3. L1 brings QEMU and the libraries that it needs from this machine.
"""

import pathlib
import re
import shlex

from . import frames
from .base import LabError, need
from .guest import FRAME
from .processes import call
from .qemu import NEEDED as QEMU, PORT

OUTER_MIB = 1536
_INNER_MIB = 512
# What a PC without a screen takes from these folders, wherever they lie on this machine.
NEEDED = (
    ("/usr/share/seabios/bios-256k.bin", "seabios"),
    ("/usr/share/qemu/kvmvapic.bin", "qemu-system-data"),
    ("/usr/share/qemu/linuxboot_dma.bin", "qemu-system-data"),
)
_KERNEL = "console=ttyS0,115200 panic=-1 tsc=reliable mitigations=off no_timer_check"
_SENT = "lab/result/inner"
_LIBRARY = re.compile(r"(/\S+) \(0x")


def put_inside(outer, inner):
    """Makes the payload outer start the payload inner in a QEMU of its own."""
    qemu = need(*QEMU[0])
    outer.extra["bin/qemu"] = qemu
    for library in _libraries(qemu):
        outer.extra[library.lstrip("/")] = pathlib.Path(library)
    for name, package in NEEDED:
        path = need(name, package)
        outer.extra[f"firmware/{path.name}"] = path
    outer.extra["inner/kernel"] = inner.kernel.image
    outer.extra["inner/initramfs"] = inner.archive().data()
    # Its kernel speaks on L1's console, so that a hang says where. L1 is done before.
    command = [
        "/bin/qemu", "-L", "/firmware", "-nodefaults", "-no-user-config", "-display", "none",
        "-monitor", "none", "-no-reboot", "-accel", "kvm", "-cpu", "host",
        "-m", str(_INNER_MIB), "-kernel", "/inner/kernel", "-initrd", "/inner/initramfs",
        "-append", _KERNEL,
        "-chardev", "file,id=console,path=/dev/console", "-serial", "chardev:console",
        "-device", "virtio-serial-pci", "-chardev", f"file,id=results,path=/{_SENT}",
        "-device", f"virtserialport,chardev=results,name={PORT}",
    ]  # fmt: skip
    outer.after = shlex.join(command)


def results_inside(found):
    """The bytes that L2 sent to L1, checked, and the console on which both spoke."""
    sent = found.folder / "lab" / pathlib.PurePath(_SENT).name
    console = found.text("console")
    try:
        raw = sent.read_bytes()
    except FileNotFoundError:
        raw = b""
    try:
        data = frames.decode(raw, FRAME)
    except LabError as error:
        lines = (found.text("stderr") + console).splitlines()
        raise LabError(f"the guest inside the guest: {error}", lines[-12:]) from error
    sent.unlink()
    return data, console


def _libraries(program):
    """The shared libraries of a program with its dynamic linker, by the paths it asks for."""
    done = call(["ldd", program])
    found = _LIBRARY.findall(done.stdout)
    if done.returncode or not found:
        raise LabError(f"ldd cannot tell what {program} needs", done.stderr.splitlines())
    return found
