# SPDX-License-Identifier: Apache-2.0
"""Writes newc archives, which Linux unpacks as its initramfs, without a cpio program.

The same entries give the same bytes: times are 0 and inode numbers are counted. Everything belongs
to root. Format: the kernel's Documentation/driver-api/early-userspace/buffer-format.rst.
"""

import gzip
import os
import pathlib
import stat


class Archive:
    """Entries in the order in which they came; folders above an entry come by themselves."""

    def __init__(self):
        self._entries = {}

    def folder(self, path, mode=0o755):
        """An empty folder, and those above it."""
        self._add(path, stat.S_IFDIR | mode, b"")

    def file(self, path, data, mode=0o644):
        """A file; data is bytes, text, or the Path of a file to read."""
        if isinstance(data, pathlib.Path):
            data = data.read_bytes()
        elif isinstance(data, str):
            data = data.encode()
        self._add(path, stat.S_IFREG | mode, data)

    def link(self, path, target):
        """A symbolic link."""
        self._add(path, stat.S_IFLNK | 0o777, os.fsencode(target))

    def device(self, path, kind, major, minor, mode=0o600):
        """A device node; kind is "c" or "b"."""
        bits = {"c": stat.S_IFCHR, "b": stat.S_IFBLK}[kind]
        self._add(path, bits | mode, b"", (major, minor))

    def write(self, path, level=1):
        """Writes the archive to a file, compressed by gzip; level 0 leaves it plain."""
        with open(path, "wb") as file:
            file.write(self.data(level))

    def data(self, level=1):
        """The archive as bytes, compressed by gzip; level 0 leaves it plain."""
        parts = []
        for number, (name, (mode, data, device)) in enumerate(self._entries.items(), 1):
            parts += _record(number, name, mode, data, device)
        parts += _record(0, "TRAILER!!!", 0, b"", (0, 0))
        plain = b"".join(parts)
        return gzip.compress(plain, level, mtime=0) if level else plain

    def _add(self, path, mode, data, device=(0, 0)):
        name = str(path).strip("/")
        if not name or ".." in name.split("/"):
            raise ValueError(f"no name for an archive entry: {path!r}")
        above = os.path.dirname(name)
        if above and above not in self._entries:
            self.folder(above)
        self._entries[name] = (mode, data, device)


def _record(number, name, mode, data, device):
    """One entry: header and name, then data, each padded to four bytes."""
    raw = os.fsencode(name) + b"\0"
    links = 2 if stat.S_ISDIR(mode) else 1
    fields = (number, mode, 0, 0, links, 0, len(data), 0, 0, *device, len(raw), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    return (_padded(header + raw), _padded(data))


def _padded(data):
    return data + bytes(-len(data) % 4)
