# SPDX-License-Identifier: Apache-2.0
"""The AMD lab: QEMU emulates a CPU with SVM, so that the guest's kvm-amd is a real hypervisor."""

from .base import need
from .guest import Machine

PORT = "nestbench.results"
MODULES = (("kvm-amd", "nested=1"),)
# The emulated clock is exact: the kernel need not measure it, and so each boot gets the same.
_KERNEL = "console=ttyS0 panic=-1 tsc=reliable mitigations=off"
_KERNEL_DETERMINISTIC = f"{_KERNEL} nokaslr tsc_early_khz=1000000"
MIB = 1024
NEEDED = (("qemu-system-x86_64", "qemu-system-x86"),)


def machine(folder, payload, deterministic=False, cpus=1, memory_mib=MIB):
    """Writes the initramfs and the payload's storage into folder; the machine that boots them.

    deterministic: one executed instruction is one virtual nanosecond, on a single thread.
    """
    payload.archive().write(folder / "initramfs")
    command = [
        need(*NEEDED[0]), "-nodefaults", "-no-user-config", "-display", "none", "-monitor", "none",
        "-no-reboot",
        "-accel", f"tcg,thread={'single' if deterministic else 'multi'}",
        "-cpu", "EPYC,+svm,+npt", "-smp", str(cpus), "-m", str(memory_mib),
        "-rtc", f"base=utc,clock={'vm' if deterministic else 'host'}",
        "-kernel", str(payload.kernel.image), "-initrd", "initramfs",
        "-append", _KERNEL_DETERMINISTIC if deterministic else _KERNEL,
        "-chardev", "file,id=console,path=console", "-serial", "chardev:console",
        "-device", "virtio-serial-pci", "-chardev", "file,id=results,path=results",
        "-device", f"virtserialport,chardev=results,name={PORT}",
    ]  # fmt: skip
    if deterministic:
        command += ["-icount", "shift=0,sleep=off"]
    if not payload.storage:
        return Machine(command, folder)
    command += payload.storage.devices(folder, memory_mib)
    return Machine(command, folder, helpers=payload.storage.helpers)
