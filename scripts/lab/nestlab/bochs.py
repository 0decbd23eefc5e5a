# SPDX-License-Identifier: Apache-2.0
"""The Intel lab: Bochs emulates a CPU with VMX and EPT, so that kvm-intel is a real hypervisor."""

import shutil

from .base import LabError, need
from .guest import Machine
from .processes import call

# The second serial port: kernel messages on the first one would land between the results.
SINK = "/dev/ttyS1"
MODULES = (("kvm-intel", "nested=1"),)
# Bochs has no ACPI tables that Linux likes and one CPU; the rest of the kernel's delays and
# checks would only take minutes of its slow time.
_KERNEL = (
    "console=ttyS0,115200 panic=0 tsc=reliable lpj=1000000 nokaslr mitigations=off nosmp acpi=off"
    " apparmor=0 security= lsm= audit=0"
)
_SHARE = "/usr/share/bochs"
_PLUGINS = "/usr/lib/x86_64-linux-gnu/bochs/plugins"
_GRUB = "/usr/lib/grub/i386-pc"
_CONFIGURATION = f"""\
memory: guest=512, host=512
cpu: model=corei7_haswell_4770, count=1, ips=50000000
romimage: file={_SHARE}/BIOS-bochs-latest
vgaromimage: file={_SHARE}/VGABIOS-lgpl-latest
ata0-master: type=cdrom, path=boot.iso, status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=console
com2: enabled=1, mode=file, dev=results
clock: sync=none, time0=utc
sound: driver=dummy
display_library: term
log: bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
"""
_MENU = f"""\
set timeout=0
menuentry lab {{
	linux /boot/vmlinuz {_KERNEL}
	initrd /boot/initramfs
}}
"""


# Programs and files, and Debian's packages of them. /usr/bin/bochs is a script around bochs-bin.
NEEDED = (
    ("bochs-bin", "bochs"),
    (f"{_PLUGINS}/libbx_term_gui.so", "bochs-term"),
    (f"{_SHARE}/BIOS-bochs-latest", "bochsbios"),
    (f"{_SHARE}/VGABIOS-lgpl-latest", "vgabios"),
    ("grub-mkrescue", "grub-common"),
    (f"{_GRUB}/cdboot.img", "grub-pc-bin"),
    ("xorriso", "xorriso"),
    ("mformat", "mtools"),
)


def machine(folder, payload):
    """Writes a bootable CD and Bochs's configuration into folder; the machine that boots it."""
    _make_cd(folder, payload)
    (folder / "bochsrc").write_text(_CONFIGURATION, encoding="utf-8")
    # Debian's Bochs has the debugger built in, which waits for the word to continue.
    (folder / "continue").write_text("c\n", encoding="utf-8")
    # Of Debian's displays "term" is the one that neither needs a screen nor opens a TCP port to
    # the world, as rfb does; it draws to standard output whether that is a terminal or not.
    environment = {"BXSHARE": _SHARE, "TERM": "vt100"}
    command = [need(*NEEDED[0]), "-q", "-f", "bochsrc", "-rc", "continue"]
    return Machine(command, folder, environment=environment)


def _make_cd(folder, payload):
    """Only for BIOS: what a CD for UEFI needs besides, this lab does not."""
    boot = folder / "cd" / "boot"
    (boot / "grub").mkdir(parents=True)
    (boot / "grub" / "grub.cfg").write_text(_MENU, encoding="utf-8")
    shutil.copyfile(payload.kernel.image, boot / "vmlinuz")
    payload.archive().write(boot / "initramfs", level=9)
    done = call(["grub-mkrescue", "-d", _GRUB, "-o", "boot.iso", "cd"], cwd=folder)
    if done.returncode or not (folder / "boot.iso").exists():
        raise LabError("grub-mkrescue made no CD", done.stderr.splitlines()[-5:])
