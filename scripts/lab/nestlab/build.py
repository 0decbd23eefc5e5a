# SPDX-License-Identifier: Apache-2.0
"""The static binary that runs in the guest, where there is nothing but itself."""

import fcntl
import os
import pathlib
import struct
import subprocess

from .base import BUILD, ROOT, CannotRun, LabError, UsageError, need_program, say

_PT_INTERP = 3


def static_binary(given=None):
    """The file that the user gave, or build/lab/static/nestbench, built or brought up to date."""
    if given:
        binary = pathlib.Path(given).resolve()
        _check(binary)
        return binary
    need_program("cmake", "cmake")
    need_program("cc", "gcc")
    folder = BUILD / "static"
    folder.mkdir(parents=True, exist_ok=True)
    say("building the static binary into build/lab/static")
    with open(folder / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _logged(
            folder / "configure.log",
            ["cmake", "-S", ROOT, "-B", folder, "-G", "Unix Makefiles", "-DNB_STATIC=ON",
             "-DNB_TESTS=OFF", "-DCMAKE_BUILD_TYPE=Release"],
        )  # fmt: skip
        jobs = str(os.cpu_count() or 1)
        _logged(folder / "build.log", ["cmake", "--build", folder, "--parallel", jobs])
    _check(folder / "nestbench")
    return folder / "nestbench"


def _logged(log, command):
    """Runs a command; on failure the end of what it said belongs to the error."""
    with open(log, "wb") as file:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, check=False
        )
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
