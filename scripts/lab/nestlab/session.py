# SPDX-License-Identifier: Apache-2.0
"""One visit to the lab: fetch a kernel, build, boot, bring back."""

import contextlib
import signal
import time
from dataclasses import dataclass

from . import bochs, build, debian, guest, nested, qemu, results, storage
from .base import BUILD, LabError, need_all, say, scratch
from .payload import Payload
from .processes import call

VENDORS = ("amd", "intel")
# Seconds until Linux must be up, and until all is done: several times what a busy machine needs.
LIMITS = {"amd": (60, 300), "intel": (600, 1800)}
_LIMITS_OF_STORAGE = (60, 1200)
# With several CPUs on as many threads, a third of the boots in QEMU stands still for ever.
_TRIES_WITH_CPUS = 2


@dataclass
class Wish:
    """What the user wants."""

    vendor: str
    command: list
    kernel: str | None = None
    deterministic: bool = False
    cpus: int = 1
    nested: bool = False
    storage: bool = False
    binary: str | None = None
    limit: float | None = None
    output: str | None = None
    keep: bool = False

    @property
    def limits(self):
        """Seconds until Linux is up, and until all is done."""
        if self.limit:
            return (self.limit, self.limit)
        return _LIMITS_OF_STORAGE if self.storage else LIMITS[self.vendor]

    @property
    def flavour(self):
        """Which of Debian's kernels."""
        return storage.FLAVOUR if self.storage else "cloud"

    @property
    def tries(self):
        """How often a guest may wedge."""
        return _TRIES_WITH_CPUS if self.cpus > 1 else 1

    @property
    def emulator(self):
        """What boots, in words."""
        if self.vendor == "intel":
            return "Bochs, which emulates VMX and takes minutes"
        clock = ", in deterministic mode" if self.deterministic else ""
        return f"QEMU, which emulates SVM{clock}"


def run(wish):
    """Boots and runs; the Results."""
    need(wish)
    kernel = debian.fetch(wish.kernel, wish.flavour)
    folder = results.choose_folder(wish.output, f"{wish.vendor}-{kernel.release}")
    try:
        binary = build.static_binary(wish.binary)
        payload = payload_of(wish, kernel, binary)
        # Beside the build, as /tmp may be small and in memory.
        with scratch(BUILD, "work", wish.keep) as work:
            data, console, left = _boot(wish, payload, work)
        found = results.unpack(data, console, folder)
        if wish.storage:
            (found.folder / "lab" / "left").write_text(left, encoding="utf-8")
        if wish.nested:
            _take_nested(found, binary)
        return found
    except BaseException:
        with contextlib.suppress(OSError):
            folder.rmdir()
        raise


def need(wish):
    """Complains about missing packages before minutes are spent on the rest."""
    needed = [*(bochs if wish.vendor == "intel" else qemu).NEEDED, build.BUSYBOX]
    if wish.nested:
        needed += nested.NEEDED
    if wish.storage:
        needed += storage.NEEDED
    need_all(needed)


def payload_of(wish, kernel, binary):
    """What the emulator boots."""
    intel = wish.vendor == "intel"
    disks = storage.choose() if wish.storage else None
    payload = Payload(
        kernel,
        binary,
        command_in_guest(wish, kernel, 1, disks.arguments if disks else ()),
        sink=bochs.SINK if intel else qemu.PORT,
        drain=5 if intel else 0,
        modules=bochs.MODULES if intel else qemu.MODULES,
        storage=disks,
    )
    if wish.nested:
        inner = Payload(
            kernel,
            binary,
            command_in_guest(wish, kernel, 2),
            sink=qemu.PORT,
            modules=qemu.MODULES,
            name="L2",
        )
        nested.put_inside(payload, inner)
    return payload


def command_in_guest(wish, kernel, level, more=()):
    """nestbench with the user's arguments; "run" learns where it runs, and gets more.

    The lab's Linux runs on an emulator. That is a hypervisor to everything in it: QEMU says so in
    CPUID (TCGTCGTCGTCG), Bochs does not, so nestbench would find L1 on the one and L0 on the other.
    Both are the same thing, a machine made of software, so we tell it that this Linux is L1: rows
    of user mode are L1, and those of the microguest, which runs on a true kvm-amd or kvm-intel
    one level deeper, are L2. What the user gives himself counts.
    """
    if wish.command[:1] != ["run"]:
        return ["nestbench", *wish.command]
    rest = wish.command[1:]
    command = ["nestbench", "run"]
    if wish.nested or not any(_is_level(word) for word in rest):
        command += ["--level", str(level)]
    for label in (f"lab={wish.vendor}", f"lab_kernel={kernel.release}"):
        key = label.split("=", maxsplit=1)[0]
        if not any(word.removeprefix("--label=").startswith(f"{key}=") for word in rest):
            command += ["--label", label]
    return [*command, *more, *rest]


@contextlib.contextmanager
def signals_end_it():
    """SIGTERM and SIGHUP end Python at once; as exceptions, everything is tidied up first."""

    def stop(number, _frame):
        raise KeyboardInterrupt(signal.Signals(number).name)

    # What is ignored stays so: nohup means it.
    wanted = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) != signal.SIG_IGN]
    old = {number: signal.signal(number, stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def merge(binary, target, sources):
    """Adds every session of the databases sources to target, by nestbench itself."""
    done = call([binary, "merge", "--db", target, *sources])
    if done.returncode:
        raise LabError(f"cannot merge into {target}", done.stderr.splitlines())


def _is_level(word):
    """--level, --level=N, or an abbreviation that getopt_long takes for it."""
    return word.startswith("--le") and "--level".startswith(word.split("=")[0])


def _boot(wish, payload, work):
    """What the guest sent, its console, and what it left in folders of this machine.

    Where guests are known to wedge, there is one more try.
    """
    for left in reversed(range(wish.tries)):
        folder = work / f"boot-{wish.tries - left}"
        folder.mkdir()
        machine = _machine(wish, payload, folder)
        say(f"booting Linux {payload.kernel.release} in {wish.emulator}")
        start = time.monotonic()
        try:
            data = guest.boot(machine, *wish.limits)
        except guest.Wedged as error:
            if not left:
                raise
            say(f"{error}; trying once more")
            continue
        say(f"it took {time.monotonic() - start:.0f} s")
        left = storage.left_behind(folder) if wish.storage else ""
        return data, machine.console_text(), left
    raise AssertionError("a wish has at least one try")


def _machine(wish, payload, folder):
    if wish.vendor == "intel":
        return bochs.machine(folder, payload)
    memory = nested.OUTER_MIB if wish.nested else qemu.MIB
    return qemu.machine(folder, payload, wish.deterministic, wish.cpus, memory)


def _take_nested(found, binary):
    """Unpacks what L2 sent through L1; its session goes into the same database."""
    data, console = nested.results_inside(found)
    inner = results.unpack(data, console, found.folder / "nested")
    if found.databases and inner.databases:
        merge(binary, found.databases[0], inner.databases)
