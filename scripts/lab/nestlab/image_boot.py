# SPDX-License-Identifier: Apache-2.0
"""What starts the image: GRUB's configuration and programs, and the raw disk with them on it.

    1  BIOS boot    GRUB's core.img; boot.img lies in the disk's first sector
    2  ESP          FAT: kernel, initramfs, grub.cfg for both ways, GRUB for UEFI
    3  NESTBENCH    FAT: results; a basic data partition, so Windows gives it a drive letter

GRUB looks for its files on the disk that it was started from, by number and not by name: another
copy of the image in the same VM is no danger.
"""

import hashlib
import os
import re
import shlex
import subprocess
import uuid
from dataclasses import dataclass

from . import disk
from .base import LabError, UsageError, need
from .processes import call

# What each may hold; nestbench itself judges the rest when the image runs.
OPTIONS = {
    "profile": "quick|standard|thorough",
    "level": "[0-9]+",
    "label": "[^=]+=.*",
    "pattern": "[^-].*",
    "poweroff": "[01]",
}
LABEL = "NESTBENCH"
SIZE_MIN = 128
SIZE_MAX = 32 << 10  # the largest FAT32 that Windows likes
SIZE_DEFAULT = 256

_ESP_MIB = 64
_README = """\
Results of nestbench: one folder a run in nestbench-results.

  table.txt     what the screen showed         session.json  nestbench import session.json
  doctor.txt    what the VM is                 nestbench.db  nestbench merge nestbench.db
  kernel.log    what Linux said
"""
_GRUB = "/usr/lib/grub"
_GRUB_MODULES = (
    "part_gpt part_msdos fat iso9660 normal linux test echo serial terminal all_video halt reboot"
)
# Programs and files, and Debian's packages of them; the ISO needs more.
NEEDED = (
    ("grub-mkimage", "grub-common"),
    (f"{_GRUB}/i386-pc/moddep.lst", "grub-pc-bin"),
    (f"{_GRUB}/x86_64-efi/moddep.lst", "grub-efi-amd64-bin"),
    ("mcopy", "mtools"),
    ("mkfs.vfat", "dosfstools"),
)
NEEDED_ISO = (("grub-mkrescue", "grub-common"), ("xorriso", "xorriso"))
_CONSOLES = "console=tty0 console=ttyS0,115200 loglevel=3"
_MODES = "1280x1024x32,1280x1024,1024x768x32,1024x768,auto"
# The same content gives the same disk; FAT knows no time before 1980.
_ENVIRONMENT = {"TZ": "UTC", "SOURCE_DATE_EPOCH": "315532800"}
_APPEND_MAX = 1024  # of the kernel's 2048 for the whole line
_NAMESPACE = uuid.UUID("5c7d2c9e-6d0f-5a53-9a55-6e6573746265")


@dataclass(frozen=True)
class Content:
    """What every format holds."""

    kernel: os.PathLike
    initramfs: os.PathLike
    config: str

    @property
    def identity(self):
        """A UUID of the content, from which those of disk and partitions follow."""
        digest = hashlib.sha256(self.config.encode())
        for path in (self.kernel, self.initramfs):
            digest.update(path.read_bytes())
        return uuid.uuid5(_NAMESPACE, digest.hexdigest())


def kernel_options(text):
    """--append as a list of words; refuses what GRUB or Linux would not pass on unchanged."""
    if not text.isascii() or not text.isprintable():
        raise UsageError("--append: only printable ASCII on one line")
    if len(text) > _APPEND_MAX:
        raise UsageError(f"--append: {len(text)} characters are too many, {_APPEND_MAX} at most")
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"--append: {error}".lower()) from error
    for word in words:
        if set(word) & set("'\"\\"):
            raise UsageError(f"--append: no quotes and backslashes inside a word: {word}")
        _check_option(word)
    return words


def _check_option(word):
    """Of what the image itself reads: better to complain now than on a screen far away."""
    option = re.fullmatch(r"nestbench\.([^=]*)(=?)(.*)", word)
    if not option:
        return
    name, equals, value = option.groups()
    if name not in OPTIONS or not equals:
        known = ", ".join(f"nestbench.{name}=" for name in OPTIONS)
        raise UsageError(f"--append: {word}: known are {known}")
    if not re.fullmatch(OPTIONS[name], value):
        raise UsageError(f"--append: {word}: not of the form {OPTIONS[name]}")


def grub_config(words):
    """The menu; it waits a moment so that "e" can edit the command line, then starts the first.

    80x25 is too narrow for the table, so a graphical console is asked for where there is one.
    """
    line = " ".join([_CONSOLES, *(f"'{word}'" for word in words)])
    entries = [("nestbench", "")]
    entries += [(f"nestbench, profile {name}", f" nestbench.profile={name}")
                for name in ("quick", "standard", "thorough")]  # fmt: skip
    entries += [("nestbench, on a plain text screen", "")]
    text = ["set timeout=3", "set default=0", "insmod all_video"]
    text += ["if serial --unit=0 --speed=115200; then"]
    text += ["  terminal_input console serial", "  terminal_output console serial", "fi"]
    for title, more in entries:
        modes = "text" if "text screen" in title else _MODES
        text += [f"menuentry '{title}' {{", f"  set gfxpayload={modes}"]
        text += [f"  linux /boot/vmlinuz {line}{more}", "  initrd /boot/initrd.img", "}"]
    text += ["menuentry 'power off' {", "  halt", "}"]
    return "\n".join(text) + "\n"


def write_disk(path, content, size_mib):
    """The raw disk."""
    bios, esp, data = partitions = _layout(size_mib)
    identity = content.identity
    disk.create(path, size_mib)
    disk.write_table(path, partitions, identity)
    boot = need(f"{_GRUB}/i386-pc/boot.img", "grub-pc-bin").read_bytes()
    folder = path.parent
    core = _grub_program("i386-pc", "(,gpt2)/boot/grub", ["biosdisk"], folder)
    disk.embed_grub(path, boot, core.read_bytes(), bios)
    (folder / "grub.cfg").write_text(content.config, encoding="ascii")
    files = {
        "boot/grub/grub.cfg": folder / "grub.cfg",
        "boot/vmlinuz": content.kernel,
        "boot/initrd.img": content.initramfs,
        "EFI/BOOT/BOOTX64.EFI": _grub_program("x86_64-efi", "/boot/grub", [], folder),
    }
    _file_system(path, esp, "NB_BOOT", identity, files)
    (folder / "README.TXT").write_text(_README.replace("\n", "\r\n"), encoding="ascii", newline="")
    _file_system(path, data, LABEL, identity, {"README.TXT": folder / "README.TXT"})


def write_iso(path, content):
    """The ISO, by grub-mkrescue; only what it needs goes into it."""
    tree = path.parent / "iso"
    (tree / "boot" / "grub").mkdir(parents=True)
    os.link(content.initramfs, tree / "boot" / "initrd.img")
    (tree / "boot" / "vmlinuz").write_bytes(content.kernel.read_bytes())
    (tree / "boot" / "grub" / "grub.cfg").write_text(content.config, encoding="ascii")
    run(
        "grub-mkrescue", "-o", path, "--fonts=", "--locales=", "--themes=",
        f"--install-modules={_GRUB_MODULES}", tree, "--", "-volid", f"{LABEL}_ISO",
    )  # fmt: skip


def run(*command):
    """Runs a tool; on failure the last thing that it said is the error."""
    done = call([str(word) for word in command], _ENVIRONMENT, stderr=subprocess.STDOUT)
    if done.returncode:
        lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        name = os.path.basename(command[0])
        raise LabError(f"{name} failed ({done.returncode}); is the disk full?", lines[-5:])


def _layout(size_mib):
    """The last MiB holds the copy of the GPT."""
    bios = disk.Partition("BIOS boot", disk.BIOS_BOOT, 1, 1)
    esp = disk.Partition("ESP", disk.EFI_SYSTEM, 2, _ESP_MIB)
    rest = size_mib - 1 - (2 + _ESP_MIB)
    return bios, esp, disk.Partition(LABEL, disk.BASIC_DATA, 2 + _ESP_MIB, rest)


def _grub_program(platform, prefix, firmware, folder):
    """GRUB as one program with all that it needs inside."""
    target = folder / f"{platform}.img"
    modules = [*_GRUB_MODULES.split(), *firmware]
    run("grub-mkimage", "-O", platform, "-p", prefix, "-o", target, *modules)
    return target


def _file_system(path, partition, label, identity, files):
    """A FAT32 in its place on the disk, with files in it. No mount, so no root."""
    sizes = sum(os.path.getsize(source) for source in files.values())
    if sizes > (partition.size_mib - 2) * disk.MIB:
        raise LabError(f"{sizes >> 20} MiB do not fit on the {partition.size_mib} MiB of {label}")
    serial = uuid.uuid5(identity, label).hex[:8]
    run(
        need("mkfs.vfat", "dosfstools"), "--invariant", "-F", "32", "-n", label,
        "-i", serial, "-h", partition.first, f"--offset={partition.first}", path,
        partition.size_mib * 1024,
    )  # fmt: skip
    image = f"{path}@@{partition.offset}"
    folders = sorted({"/".join(name.split("/")[:n]) for name in files
                      for n in range(1, name.count("/") + 1)})  # fmt: skip
    if folders:
        run("mmd", "-i", image, *(f"::{name}" for name in folders))
    for name, source in files.items():
        run("mcopy", "-i", image, source, f"::{name}")
