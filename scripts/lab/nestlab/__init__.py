# SPDX-License-Identifier: Apache-2.0
"""The test lab: stock Debian kernels as true hypervisors inside emulators.

    base       errors, folders, what is said on stderr
    debian     kernel packages: which there are, download, unpack
    modules    kernel modules in load order
    cpio       the newc archives that Linux takes as an initramfs
    build      our own static binary
    payload    the initramfs: busybox, the binary, modules, /init, arguments
    frames     results on a serial line: framed, checksummed
    guest      an emulator as a child process: limits, its log, its end
    qemu       the AMD lab: QEMU emulates SVM, the guest runs kvm-amd
    bochs      the Intel lab: Bochs emulates VMX, the guest runs kvm-intel
    nested     one level more: QEMU inside the AMD lab
    results    what a boot brought back
"""
