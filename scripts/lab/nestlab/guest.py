# SPDX-License-Identifier: Apache-2.0
"""An emulator as a child process: watched through its console, and ended whatever happens."""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field

from . import frames
from .base import LabError, say
from .processes import started

FRAME = "results"
_PAUSE = 0.1
_GRACE = 2
_NEWS = 30
_LINES_SHOWN = 12
_LITTLE = 1 << 20
_STEP = re.compile(r"^lab: (.*)\n", re.M)
_PANIC = "Kernel panic"


class Wedged(LabError):
    """The guest did not go on in time; where emulators are known for it, one retry is worth it."""


@dataclass
class Helper:
    """A server that the emulator connects to.

    In its command "{fd}" is the socket to accept on, and "{folder}" the machine's folder.
    """

    command: list
    socket: str
    """The socket's name in the machine's folder."""


@dataclass
class Machine:
    """An emulator ready to start: its command, and what it writes in its folder."""

    command: list
    folder: pathlib.Path
    console: str = "console"
    results: str = "results"
    environment: dict = field(default_factory=dict)
    helpers: list = field(default_factory=list)

    def console_text(self):
        """What the guest's kernel and /init have said so far."""
        return _read(self.folder / self.console).decode(errors="replace").replace("\r", "")

    def results_raw(self):
        """What came through the sink so far."""
        return _read(self.folder / self.results)


def boot(machine, boot_limit, limit):
    """Runs a machine until its results are complete; their bytes, checked.

    Linux must be up within boot_limit seconds, and all be done within limit. Fails with the last
    lines of the console when the guest panics, ends without results, or does not end in time.
    Never leaves the emulator running.
    """
    with _started(machine) as process:
        _watch(machine, process, boot_limit, limit)
    raw = machine.results_raw()
    if not frames.is_complete(raw, FRAME):
        raise _fault(machine, process, raw)
    try:
        return frames.decode(raw, FRAME)
    except LabError as error:
        raise LabError(str(error), _last_lines(machine.console_text())) from error


def stage(console):
    """How far the guest came, in words."""
    steps = _STEP.findall(console)
    if steps:
        return f'at "{steps[-1]}"'
    return "while Linux booted" if console.strip() else "before the kernel said anything"


@contextlib.contextmanager
def _started(machine):
    """The emulator, which is ended with the block, and after it those that help it."""
    with contextlib.ExitStack() as stack:
        said = stack.enter_context(open(machine.folder / "emulator", "wb"))
        options = {"cwd": machine.folder, "stdout": said, "stderr": subprocess.STDOUT}
        for helper in machine.helpers:
            stack.enter_context(_helping(helper, options))
        yield stack.enter_context(started(machine.command, machine.environment, **options))


@contextlib.contextmanager
def _helping(helper, options):
    """Listens for the helper, so that the emulator can connect however long its start takes."""
    with socket.socket(socket.AF_UNIX) as listener:
        folder = os.open(options["cwd"], os.O_PATH)
        try:
            # By this name, since that of a folder may be longer than an address can be.
            listener.bind(f"/proc/self/fd/{folder}/{helper.socket}")
        finally:
            os.close(folder)
        listener.listen()
        words = {"fd": listener.fileno(), "folder": options["cwd"]}
        command = [word.format(**words) for word in helper.command]
        with started(command, pass_fds=(listener.fileno(),), **options) as process:
            listener.close()
            yield process


def _watch(machine, process, boot_limit, limit):
    """Returns once there is nothing more to wait for."""
    start = told = time.monotonic()
    panicked = None
    while process.poll() is None:
        time.sleep(_PAUSE)
        if frames.is_complete(machine.results_raw(), FRAME):
            return
        now = time.monotonic()
        console = machine.console_text()
        if panicked is None and _PANIC in console:
            panicked = now
        # The lines after the panic say more than the first, so wait for them.
        if panicked is not None and now - panicked > _GRACE:
            return
        allowed = limit if _STEP.search(console) else boot_limit
        if now - start > allowed:
            raise Wedged(
                f"the guest hung {stage(console)}: not done within {allowed:g} s;"
                " --limit gives it longer",
                _last_lines(console),
            )
        if now - told > _NEWS:
            say(f"{now - start:.0f} s: {stage(console)}")
            told = now


def _fault(machine, process, raw):
    """The guest is gone and the results are not complete: says why."""
    console = machine.console_text()
    if shutil.disk_usage(machine.folder).free < _LITTLE:
        full = f"the disk with {machine.folder} is full: free some of it"
        return LabError(full, _last_lines(console))
    if _PANIC in console:
        return LabError(f"the guest's kernel panicked {stage(console)}", _last_lines(console))
    if raw.strip():
        try:
            frames.decode(raw, FRAME)
        except LabError as error:
            return LabError(str(error), _last_lines(console))
    said = _read(machine.folder / "emulator").decode(errors="replace")
    return LabError(
        f"{os.path.basename(machine.command[0])} ended ({process.returncode}) without results,"
        f" {stage(console)}",
        _last_lines(console) or _last_lines(said),
    )


def _last_lines(text):
    """The end; but of a panic its beginning, for the trace below it is long and tells little."""
    lines = [line for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        if _PANIC in line:
            start = max(0, number - 2)
            return lines[start : start + _LINES_SHOWN]
    return lines[-_LINES_SHOWN:]


def _read(path):
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
