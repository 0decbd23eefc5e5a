# SPDX-License-Identifier: Apache-2.0
"""What the tests of the candidate image share: its packages, its script, a boot in QEMU."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lab"))

BINARY = os.path.abspath(os.environ["NB_BINARY"])
IMAGE = ROOT / "scripts" / "lab" / "image"
OVMF = pathlib.Path("/usr/share/OVMF")
# Seconds; a boot takes 20 to 30 on an idle core.
BOOT_LIMIT = 120
TOOL_LIMIT = 120
PACKAGES = {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "grub-mkrescue": "grub-common",
    "xorriso": "xorriso",
    "mcopy": "mtools",
    "/usr/sbin/mkfs.vfat": "dosfstools",
    "/usr/lib/grub/i386-pc/boot.img": "grub-pc-bin",
    "/usr/lib/grub/x86_64-efi/moddep.lst": "grub-efi-amd64-bin",
    "/bin/busybox": "busybox-static",
    str(OVMF / "OVMF_CODE.fd"): "ovmf",
    "apt-get": "apt",
}


def skip_without_packages():
    """Ends the program as a skip, saying what apt-get install has to be told."""
    missing = sorted(
        package
        for name, package in PACKAGES.items()
        if not (os.path.exists(name) if name[0] == "/" else shutil.which(name))
    )
    if missing:
        print(f"skipped; as root, type: apt-get install {' '.join(missing)}")
        sys.exit(77)


def call(*command, **options):
    """A program that ends by itself and has its output caught."""
    return subprocess.run(
        [str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=TOOL_LIMIT, check=False, **options,
    )  # fmt: skip


def write_image(output, *options, **more):
    """Runs scripts/lab/image."""
    return call(IMAGE, "--output", output, "--binary", BINARY, *options, **more)


class Machine:
    """One boot: QEMU with these devices until it switches itself off."""

    def __init__(self, folder, uefi, *devices):
        self.serial = folder / "serial"
        self.command = [
            "timeout", "--signal=KILL", str(BOOT_LIMIT + 5),
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot",
            "-accel", "tcg", "-cpu", "EPYC,+svm,+npt", "-smp", "1", "-m", "1024",
            "-vga", "std", "-display", "none", "-serial", f"file:{self.serial}", *devices,
        ]  # fmt: skip
        if uefi:
            shutil.copyfile(OVMF / "OVMF_VARS.fd", folder / "vars.fd")
            for file, mode in ((OVMF / "OVMF_CODE.fd", "on"), (folder / "vars.fd", "off")):
                flash = f"if=pflash,format=raw,readonly={mode},file={file}"
                self.command += ["-drive", flash]

    def boot(self):
        """What came out of the serial port."""
        start = time.monotonic()
        with subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, start_new_session=True,
        ) as process:  # fmt: skip
            try:
                said = process.communicate(timeout=BOOT_LIMIT)[1].decode(errors="replace")
            except subprocess.TimeoutExpired:
                said = f"not done after {BOOT_LIMIT} s"
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
        text = self.serial.read_text("utf-8", "replace") if self.serial.exists() else ""
        if process.returncode:
            end = "\n".join(text.splitlines()[-15:])
            raise AssertionError(f"QEMU ended with {process.returncode}: {said}\n{end}")
        print(f"booted in {time.monotonic() - start:.1f} s", file=sys.stderr)
        return text
