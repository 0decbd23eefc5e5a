# SPDX-License-Identifier: Apache-2.0
"""The initramfs of the candidate image: the binary, busybox, and drivers for every likely VM.

    /init                 guest/image-init
    /bin/nestbench        the static binary
    /modules/*.ko         what the three lists name
    /etc/modules.drivers  one file a line, in load order
    /etc/modules.intel    KVM on a CPU with vmx
    /etc/modules.amd      KVM on a CPU with svm
    /etc/os-release       what doctor calls this system
"""

import pathlib

from . import build, modules
from .base import LabError
from .cpio import Archive

INIT = pathlib.Path(__file__).resolve().parents[1] / "guest" / "image-init"

# Without these no result could be written, so a kernel must have them.
_NEEDED = ("sd_mod", "fat", "vfat", "nls_cp437", "nls_ascii")
# Which VM has which disk. A driver whose device is not there costs a few milliseconds.
_DRIVERS = (
    *("vmw_pvscsi", "mptspi", "mptsas"),  # ESXi, Workstation
    *("hv_vmbus", "hv_storvsc", "hyperv_keyboard"),  # Hyper-V, Azure
    "xen_blkfront",  # XenServer
    *("virtio_pci", "virtio_blk", "virtio_scsi"),  # KVM: Proxmox, Nutanix, clouds
    *("ahci", "ata_piix", "ata_generic", "nvme", "sr_mod"),  # what each can emulate
    *("xhci_pci", "ehci_pci", "uhci_hcd", "usb_storage", "uas"),  # sticks
    *("usbhid", "hid_generic"),  # a keyboard for the menu
    *("nls_iso8859_1", "nls_utf8", "isofs"),
    *("crc32c_generic", "crc32c_intel", "ext4", "ntfs3", "exfat"),  # a second disk may bring those
)
_SIZE_MAX = 40 << 20  # a VM of 1 GiB holds it twice while it unpacks


def write_initramfs(path, kernel, binary):
    """Packs everything; the same inputs give the same bytes."""
    archive = Archive()
    archive.file("init", INIT, 0o755)
    archive.file("bin/busybox", build.static_busybox(), 0o755)
    archive.link("bin/sh", "busybox")
    archive.file("bin/nestbench", binary, 0o755)
    for folder in ("proc", "sys", "dev", "run", "tmp", "mnt", "root"):
        archive.folder(folder)
    archive.file("etc/os-release", 'NAME=nestbench\nPRETTY_NAME="nestbench image"\n')
    packed = set()
    lists = {
        "drivers": modules.closure(kernel, _NEEDED, _DRIVERS),
        "intel": modules.closure(kernel, [], ["kvm_intel"]),
        "amd": modules.closure(kernel, [], ["kvm_amd"]),
    }
    for name, files in lists.items():
        _add_modules(archive, name, files, packed)
    data = archive.data(9)
    if len(data) > _SIZE_MAX:
        raise LabError(f"the initramfs has {len(data) >> 20} MiB: strip the binary or drop drivers")
    path.write_bytes(data)


def _add_modules(archive, name, files, packed):
    """One list in load order, and the files that no list before it brought."""
    names = [modules.name_in_guest(file) for file in files]
    archive.file(f"etc/modules.{name}", "".join(f"{module}\n" for module in names))
    for module, file in zip(names, files):
        if module not in packed:
            archive.file(f"modules/{module}", modules.load(file))
            packed.add(module)
