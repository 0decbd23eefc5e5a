# SPDX-License-Identifier: Apache-2.0
"""The test lab: stock Debian kernels as true hypervisors inside emulators, and the image.

    base       errors, folders, locks, what is said on stderr
    cli        what the command lines share
    processes  programs as children that end with us
    debian     kernel packages: which there are, download, unpack
    modules    kernel modules in load order
    cpio       the newc archives that Linux takes as an initramfs
    build      our own static binary
    payload    the initramfs: busybox, the binary, modules, /init, arguments
    frames     results on a serial line: framed, checksummed
    guest      an emulator at work: its limits, its log, what it sends
    qemu       the AMD lab: QEMU emulates SVM, the guest runs kvm-amd
    bochs      the Intel lab: Bochs emulates VMX, the guest runs kvm-intel
    storage    disks and shared folders for io.*
    nested     one level more: QEMU inside the AMD lab
    results    what a boot brought back
    session    all of that in order: one visit to the lab

The image that boots in a candidate VM:

    image_payload  its initramfs: busybox, the binary, drivers
    image_boot     GRUB for BIOS and UEFI, the raw disk, the ISO
    image_files    every format that was asked for, or none
    disk           GPT, boot sector, partitions in a plain file
"""
