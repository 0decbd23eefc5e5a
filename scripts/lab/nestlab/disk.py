# SPDX-License-Identifier: Apache-2.0
"""A bootable raw disk in a plain file: GPT, GRUB for BIOS, FAT file systems. Needs no root.

Sources: UEFI specification 2.10, section 5.3 (GPT). GRUB 2.06, for what grub-bios-setup would do on
a true disk: include/grub/i386/pc/boot.h (GRUB_BOOT_MACHINE_KERNEL_SECTOR 0x5c, _BOOT_DRIVE 0x64,
_DRIVE_CHECK 0x66, _LIST_SIZE 12), include/grub/offsets.h (the block list ends the first sector of
core.img) and util/setup.c, which fills them in.
"""

import os
import struct
import uuid
import zlib
from dataclasses import dataclass

from .base import LabError

SECTOR = 512
MIB = 1 << 20

BIOS_BOOT = uuid.UUID("21686148-6449-6e6f-744e-656564454649")
EFI_SYSTEM = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
# What Windows gives a drive letter, unlike an EFI system partition.
BASIC_DATA = uuid.UUID("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7")

_ENTRIES = 128
_ENTRY = struct.Struct("<16s16sQQQ72s")
_HEADER = struct.Struct("<8sIIIIQQQQ16sQIII")
_TABLE_SECTORS = _ENTRIES * _ENTRY.size // SECTOR

_MBR_KERNEL_SECTOR = 0x5C
_MBR_DRIVE_CHECK = 0x66
_MBR_CODE_END = 0x1B8
_CORE_LIST = struct.Struct("<QHH")
_CORE_LIST_AT = SECTOR - _CORE_LIST.size


@dataclass(frozen=True)
class Partition:
    """A piece of the disk, in whole MiB, so that every hypervisor's alignment suits."""

    name: str
    kind: uuid.UUID
    start_mib: int
    size_mib: int

    @property
    def offset(self):
        """Its first byte."""
        return self.start_mib * MIB

    @property
    def first(self):
        """Its first sector."""
        return self.offset // SECTOR

    @property
    def last(self):
        """Its last sector."""
        return self.first + self.size_mib * MIB // SECTOR - 1


def create(path, size_mib):
    """An empty disk; what nobody writes to takes no room."""
    with open(path, "wb") as file:
        file.truncate(size_mib * MIB)


def write_table(path, partitions, identity):
    """Writes a GPT, its copy at the end and the protective MBR.

    identity is a UUID from which those of the disk and its partitions follow, so that the same
    content makes the same disk.
    """
    sectors = os.path.getsize(path) // SECTOR
    table = _table(partitions, identity)
    end = sectors - 1
    with open(path, "r+b") as file:
        _write_at(file, _MBR_CODE_END, _protective_mbr(sectors))
        _write_at(file, SECTOR, _header(1, end, 2, table, identity))
        _write_at(file, 2 * SECTOR, table)
        _write_at(file, (end - _TABLE_SECTORS) * SECTOR, table)
        _write_at(file, end * SECTOR, _header(end, 1, end - _TABLE_SECTORS, table, identity))


def read_partitions(path):
    """The partitions of a disk that write_table() wrote, by name."""
    found = {}
    with open(path, "rb") as file:
        file.seek(2 * SECTOR)
        table = file.read(_ENTRIES * _ENTRY.size)
    for kind, _, first, last, _, name in _ENTRY.iter_unpack(table):
        if kind == bytes(16):
            continue
        text = name.decode("utf-16-le").rstrip("\0")
        start = first * SECTOR // MIB
        size = (last - first + 1) * SECTOR // MIB
        found[text] = Partition(text, uuid.UUID(bytes_le=kind), start, size)
    return found


def embed_grub(path, boot, core, partition):
    """Makes BIOSes start core.img, which lies in a BIOS boot partition.

    boot and core are the contents of GRUB's boot.img and of what grub-mkimage made for i386-pc.
    """
    _check_grub(boot, core, partition)
    mbr = bytearray(boot[:_MBR_CODE_END])
    struct.pack_into("<Q", mbr, _MBR_KERNEL_SECTOR, partition.first)
    # Two no-ops instead of a jump: do not believe a BIOS that names another drive (util/setup.c).
    mbr[_MBR_DRIVE_CHECK : _MBR_DRIVE_CHECK + 2] = b"\x90\x90"
    core = bytearray(core)
    _, count, segment = _CORE_LIST.unpack_from(core, _CORE_LIST_AT)
    _CORE_LIST.pack_into(core, _CORE_LIST_AT, partition.first + 1, count, segment)
    with open(path, "r+b") as file:
        _write_at(file, 0, mbr)
        _write_at(file, partition.offset, core)


def _check_grub(boot, core, partition):
    """These fields are GRUB's inside: better no image than one that does not boot."""
    if len(boot) != SECTOR or boot[-2:] != b"\x55\xaa" or len(core) <= SECTOR:
        raise LabError("boot.img or core.img is not what GRUB 2 makes; reinstall grub-pc-bin")
    _, count, _ = _CORE_LIST.unpack_from(core, _CORE_LIST_AT)
    kernel_sector = struct.unpack_from("<Q", boot, _MBR_KERNEL_SECTOR)[0]
    if kernel_sector != 1 or count != -(-len(core) // SECTOR) - 1:
        raise LabError("this GRUB's block lists are not those of GRUB 2.06; install Debian's")
    if len(core) > partition.size_mib * MIB:
        raise LabError(f"core.img has {len(core)} bytes, too many for {partition.size_mib} MiB")


def _table(partitions, identity):
    entries = []
    for number, partition in enumerate(partitions, 1):
        own = uuid.uuid5(identity, f"partition {number}")
        name = partition.name.encode("utf-16-le")
        entries.append(
            _ENTRY.pack(
                partition.kind.bytes_le, own.bytes_le, partition.first, partition.last, 0, name
            )
        )
    return b"".join(entries).ljust(_ENTRIES * _ENTRY.size, b"\0")


def _header(here, there, table_at, table, identity):
    """One of the two headers; both CRCs are the plain CRC-32 of zlib."""
    last_usable = max(here, there) - _TABLE_SECTORS - 1
    fields = [b"EFI PART", 0x10000, _HEADER.size, 0, 0, here, there]
    fields += [2 + _TABLE_SECTORS, last_usable, identity.bytes_le, table_at]
    fields += [_ENTRIES, _ENTRY.size, zlib.crc32(table)]
    fields[3] = zlib.crc32(_HEADER.pack(*fields))
    return _HEADER.pack(*fields).ljust(SECTOR, b"\0")


def _protective_mbr(sectors):
    """One entry of type 0xee over the whole disk, and the signature."""
    size = min(sectors - 1, 0xFFFFFFFF)
    entry = struct.pack("<B3sB3sII", 0, b"\x00\x02\x00", 0xEE, b"\xff\xff\xff", 1, size)
    return bytes(6) + entry + bytes(48) + b"\x55\xaa"


def _write_at(file, offset, data):
    file.seek(offset)
    file.write(data)
