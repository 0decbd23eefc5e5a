# SPDX-License-Identifier: Apache-2.0
"""Writes the image in every format that was asked for: all of them, or none.

Everything is made in a folder beside the results and renamed at the end, so that a full disk or a
kill leaves no half file under a final name.
"""

import errno
import os

from . import build, debian, image_boot, image_payload
from .base import LabError, UsageError, need_all, say, scratch

FORMATS = ("raw", "iso", "vmdk", "vhd")
_NAMES = {name: f"nestbench.{'img' if name == 'raw' else name}" for name in FORMATS}
# How qemu-img writes what a hypervisor takes. vmdk: what ESXi's import, ovftool, govc and
# Workstation read (its version 3 since QEMU 2.5.1). vhd: fixed, and with force_size exactly as
# large as the raw disk, as Azure wants whole MiB and a CHS geometry would round them.
_CONVERSIONS = {
    "vmdk": ("vmdk", "subformat=streamOptimized,adapter_type=lsilogic"),
    "vhd": ("vpc", "subformat=fixed,force_size=on"),
}


def formats(text):
    """--format as a list without repetition."""
    asked = text.split(",")
    for name in asked:
        if name not in FORMATS:
            raise UsageError(f"--format: no {name!r}; choose from {', '.join(FORMATS)}")
    return list(dict.fromkeys(asked))


def write(output, wanted, content_options, size_mib):
    """Makes the files; gives their paths.

    content_options: (kernel version or None, binary or None, words of the kernel command line).
    """
    _need_programs(wanted)
    try:
        with scratch(output, ".nestbench") as folder:
            content = _content(folder, *content_options)
            return _write_all(folder, output, wanted, content, size_mib)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        advice = "make room or choose another --output" if full else "choose another --output"
        raise LabError(f"{output}: {error.strerror or error}; {advice}") from error


def _need_programs(wanted):
    """Says what is missing before the minutes of work, not after them."""
    needed = [*image_boot.NEEDED, build.BUSYBOX]
    if "iso" in wanted:
        needed += image_boot.NEEDED_ISO
    if set(wanted) & set(_CONVERSIONS):
        needed.append(("qemu-img", "qemu-utils"))
    need_all(needed)


def _content(folder, version, binary, words):
    kernel = debian.fetch(version, "full")
    program = build.static_binary(binary)
    say(f"packing Linux {kernel.release} and {program.name}")
    initramfs = folder / "initrd.img"
    image_payload.write_initramfs(initramfs, kernel, program)
    return image_boot.Content(kernel.image, initramfs, image_boot.grub_config(words))


def _write_all(folder, output, wanted, content, size_mib):
    raw = folder / _NAMES["raw"]
    if set(wanted) != {"iso"}:
        image_boot.write_disk(raw, content, size_mib)
    for name in wanted:
        if name == "iso":
            image_boot.write_iso(folder / _NAMES[name], content)
        elif name in _CONVERSIONS:
            kind, options = _CONVERSIONS[name]
            target = folder / _NAMES[name]
            image_boot.run(
                "qemu-img", "convert", "-q", "-f", "raw", "-O", kind, "-o", options, raw, target
            )
    written = []
    for name in wanted:
        _flush(folder / _NAMES[name])
        os.replace(folder / _NAMES[name], output / _NAMES[name])
        written.append(output / _NAMES[name])
    return written


def _flush(path):
    """A full disk may show only when the data go there."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())
