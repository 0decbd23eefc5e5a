# SPDX-License-Identifier: Apache-2.0
"""The static binary that runs in the guest, where there is nothing but itself."""

import os
import pathlib
import struct
import subprocess

from .base import BUILD, ROOT, CannotRun, LabError, UsageError, locked, need, need_all, say
from .processes import call

BINARY = BUILD / "static" / "nestbench"
BUSYBOX = ("/bin/busybox", "busybox-static")

_PT_INTERP = 3


def static_binary(given=None):
    """The file that the user gave, or build/lab/static/nestbench, built or brought up to date."""
    if given:
        binary = pathlib.Path(given).resolve()
        _check(binary)
        return binary
    need_all([("cmake", "cmake"), ("cc", "gcc")])
    folder = BINARY.parent
    say("building the static binary into build/lab/static")
    with locked(folder, "builds it"):
        _logged(
            folder / "configure.log",
            ["cmake", "-S", ROOT, "-B", folder, "-G", "Unix Makefiles", "-DNB_STATIC=ON",
             "-DNB_TESTS=OFF", "-DCMAKE_BUILD_TYPE=Release"],
        )  # fmt: skip
        jobs = str(os.cpu_count() or 1)
        _logged(folder / "build.log", ["cmake", "--build", folder, "--parallel", jobs])
    _check(BINARY)
    return BINARY


def static_busybox(path=BUSYBOX[0]):
    """busybox, which like nestbench must run alone: Debian's package "busybox" brings one that
    wants libraries, under the same name."""
    busybox = need(path, BUSYBOX[1])
    if needs_libraries(busybox.read_bytes()):
        raise CannotRun(f"{path} is not static; as root, type: apt-get install {BUSYBOX[1]}")
    return busybox


def _logged(log, command):
    """Runs a command; on failure the end of what it said belongs to the error."""
    with open(log, "wb") as file:
        done = call(command, stdout=file, stderr=subprocess.STDOUT)
    if done.returncode:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        raise CannotRun(
            f"cannot build the static binary; scripts/run installs what a build needs (all: {log})",
            lines[-15:],
        )


def _check(binary):
    """The guest has no libraries, so a binary that wants some would not even start there."""
    if not os.access(binary, os.X_OK) or not binary.is_file():
        raise UsageError(f"{binary}: not a program; give --binary one built with -DNB_STATIC=ON")
    if needs_libraries(binary.read_bytes()):
        raise UsageError(f"{binary}: not static; build it with -DNB_STATIC=ON, or omit --binary")


def needs_libraries(data):
    """Whether an ELF program names a dynamic linker (https://refspecs.linuxfoundation.org/elf)."""
    if data[:5] != b"\x7fELF\x02":
        raise UsageError("--binary: not a 64-bit ELF program")
    try:
        (start,) = struct.unpack_from("<Q", data, 32)
        size, count = struct.unpack_from("<HH", data, 54)
        kinds = [struct.unpack_from("<I", data, start + size * i)[0] for i in range(count)]
    except struct.error as error:
        raise LabError(f"--binary: damaged: {error}") from error
    return _PT_INTERP in kinds
