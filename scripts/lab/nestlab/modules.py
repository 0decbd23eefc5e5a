# SPDX-License-Identifier: Apache-2.0
"""Kernel modules of an unpacked package: what each stands on, in the order to load them.

A Debian package has no modules.dep (depmod writes it where a kernel is installed, and ours never
is), so what a module stands on is read where depmod reads it: from the module itself.
"""

import lzma
import re

from .base import LabError

_DEPENDS = re.compile(rb"\0depends=([^\0]*)\0")
_ENDINGS = (".ko", ".ko.xz")


def closure(kernel, names, optional=()):
    """The files to load for modules of these names, in load order.

    What is built into the kernel is left out, and so are optional ones that it does not have.
    """
    files = _files(kernel.modules)
    built_in = _built_in(kernel.modules)
    order = []
    for name in names:
        if _plain(name) not in files and _plain(name) not in built_in:
            raise LabError(f"{kernel.package} has no module {name}: choose another --kernel")
        _visit(_plain(name), files, order)
    for name in optional:
        _visit(_plain(name), files, order)
    return [files[name] for name in order]


def load(path):
    """A module's bytes, decompressed, as the insmod of any kernel takes them."""
    data = path.read_bytes()
    try:
        return lzma.decompress(data) if path.name.endswith(".xz") else data
    except lzma.LZMAError as error:
        raise LabError(f"{path}: {error}; remove build/lab/cache and try again") from error


def name_in_guest(path):
    """The name under which a module goes into an initramfs: always uncompressed."""
    return path.name.removesuffix(".xz")


def _visit(name, files, order):
    """Appends a module after those that it stands on; built-in ones have no file."""
    if name not in files or name in order:
        return
    match = _DEPENDS.search(load(files[name]))
    for other in (match[1].decode().split(",") if match else ()):
        _visit(_plain(other), files, order)
    order.append(name)


def _files(folder):
    found = {}
    for ending in _ENDINGS:
        for path in sorted(folder.rglob(f"*{ending}")):
            found[_plain(path.name.removesuffix(ending))] = path
    return found


def _built_in(folder):
    lines = (folder / "modules.builtin").read_text(encoding="utf-8").splitlines()
    return {_plain(line.rsplit("/", 1)[-1].removesuffix(".ko")) for line in lines}


def _plain(name):
    """File names say kvm-amd, modules themselves kvm_amd."""
    return name.replace("-", "_")
