#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: nested_sample.py

Prints a session with rows of nested.*, made up from nothing: a VM on Intel with KVM, in which an
exit takes 1.2 us, 25 us in its guest and 300 us in that guest's own guest. No machine is needed,
and all of it is the same each time.
"""

import base64
import json

SAMPLES = 500
NULL_TICKS = 40
ROUNDS = 6
# Medians of rounds, around that of the series.
SPREAD = (-0.01, -0.004, 0.0, 0.0, 0.004, 0.01)

# benchmark, parameters, ns, exits per operation of KVM; user mode has no counters.
USER = (("exit.cpuid", {}, 1200), ("exit.pio", {}, 9000))
GUEST = (
    ("exit.cpuid", {}, 25100, 1.0),
    ("exit.hypercall", {}, 24000, 1.0),
    ("exit.pio_kernel", {}, 27500, 1.0),
    ("exit.mmio_kernel", {}, 31000, 1.0),
    ("exit.msr_write", {}, 26000, 1.0),
    ("exit.apic_eoi", {"apic": "x2apic"}, 160, 0.0),
    ("exit.hlt_wake", {}, 33000, 1.0),
    ("irq.self_ipi", {"apic": "x2apic", "wait": "enabled"}, 1900, 0.0),
    ("irq.timer_deadline", {"after": "100us", "wait": "busy"}, 28000, 1.0),
    ("exc.ud", {"to": "return"}, 27000, 1.0),
    ("exc.pf", {"cause": "not_present", "to": "return"}, 420, 0.0),
    ("paging.stage2_fault", {"page": "4k", "ring": "3", "state": "warm"}, 61000, 1.0),
    ("nested.roundtrip_cpuid", {"stage2": "off"}, 301000, 13.0),
    ("nested.roundtrip_cpuid", {"stage2": "on"}, 298000, 13.0),
    ("nested.roundtrip_hypercall", {"stage2": "on"}, 290000, 12.0),
    ("nested.roundtrip_pio", {}, 302000, 13.0),
    ("nested.roundtrip_msr", {"access": "intercepted"}, 299000, 13.0),
    ("nested.roundtrip_exception", {"exception": "ud"}, 305000, 13.0),
    ("nested.exception_passthrough", {"stage2": "on", "to": "return"}, 430, 0.0),
    ("nested.page_violation", {}, 340000, 14.0),
    ("nested.mmio_emulated", {}, 338000, 14.0),
    ("nested.interrupt_forward", {}, 410000, 17.0),
    ("nested.eoi", {}, 297000, 13.0),
    ("nested.timer", {"after": "100us"}, 610000, 26.0),
    ("nested.vmread", {"field": "shadowed"}, 90, 0.0),
    ("nested.vmread", {"field": "unshadowed"}, 23900, 1.0),
)
# What cannot run on this machine.
SKIPPED = (("nested.vmload", "an instruction of SVM, and this CPU has VMX"),)
TEXTS = (
    "platform instance host cpu_vendor cpu_brand microcode topology hypervisor "
    "hypervisor_version dmi_vendor dmi_product dmi_version dmi_bios cloud wsl container os kernel "
    "kernel_cmdline mitigations kvm_module kvm_parameters clocksource thp governor boot_id"
).split()
NUMBERS = "cpu_family cpu_model cpu_stepping cpus memory_bytes swap_bytes".split()
GUARDS = "switches migrations clocksource swap_ins".split()
GUARD_TIMES = (
    "wall_ms steal_ms tsc_ppm stall_us psi_cpu_ms canary_before_us canary_after_us".split()
)
VALUES = "min p50 p95 p99 p999 max".split()


def leb128(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(made) + bytes([number])


def histogram(ticks: int) -> str:
    """SAMPLES samples of one value, as harness/stats/histogram_code.c says."""
    bits = f"{SAMPLES:b}"
    bits = "0" * (len(bits) - 1) + bits
    bits += "0" * (-len(bits) % 8)
    counts = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
    return base64.b64encode(b"\1" + leb128(ticks) + leb128(0) + counts).decode()


def guards() -> dict:
    return {
        **{name: 0 for name in GUARDS},
        **{name: 0.0 for name in GUARD_TIMES},
        "tags": [],
    }


def evidence(nested: bool, exits: float | None) -> dict:
    """What KVM counted: of nested.*, entries of inner guests."""
    if exits is None:
        return {"exits_per_op": None, "expected": None, "evidence": "unavailable", "by_kind": {}}
    kinds = {"exits": round(exits * SAMPLES) + 2, "nested_run": SAMPLES, "irq_exits": 2}
    return {
        "exits_per_op": 1.0 if nested else exits,
        "expected": 1.0 if nested else exits,
        "evidence": "verified",
        "by_kind": kinds if nested else {"exits": kinds["exits"], "irq_exits": 2},
    }


def measured(ordinal: int, time: int, found: dict) -> dict:
    ticks = round(time * (1 + SPREAD[ordinal])) + NULL_TICKS
    return {
        "ordinal": ordinal,
        "outcome": "ok",
        "reason": None,
        "samples": SAMPLES,
        "batch": 1,
        "ops": SAMPLES,
        "tick_hz": 1e9,
        "null_ticks": float(NULL_TICKS),
        **{name: float(ticks - NULL_TICKS) for name in VALUES if name != "p999"},
        "p999": None,
        "clock": "guest-tsc" if found["exits_per_op"] is not None else "host",
        **found,
        "guards": guards(),
        "histogram": histogram(ticks),
    }


def skipped(reason: str) -> dict:
    made = measured(0, 1000, evidence(False, None))
    for name in ("tick_hz", "null_ticks", "histogram", *VALUES):
        made[name] = None
    made.update(outcome="skip", reason=reason, samples=0, batch=0, ops=0)
    return made


def result(vantage: str, benchmark: str, params: dict, rounds: list) -> dict:
    """A series with its rounds; sums over them are made by whoever reads it."""
    return {
        "benchmark": benchmark,
        "vantage": vantage,
        "params": params,
        "metric": "latency",
        "unit": "ns",
        "better": "lower",
        "round_data": rounds,
    }


def results() -> list:
    made = []
    for benchmark, params, time, exits in GUEST:
        # A read of the VMCS enters nobody.
        nested = benchmark.startswith("nested.") and exits > 1
        found = evidence(nested, exits)
        rounds = [measured(i, time, found) for i in range(ROUNDS)]
        made.append(result("guest", benchmark, params, rounds))
    for benchmark, reason in SKIPPED:
        made.append(result("guest", benchmark, {}, [skipped(reason)]))
    for benchmark, params, time in USER:
        rounds = [measured(i, time, evidence(False, None)) for i in range(ROUNDS)]
        made.append(result("user", benchmark, params, rounds))
    return made


def session() -> dict:
    machine = {**{name: "" for name in TEXTS}, **{name: None for name in NUMBERS}}
    machine.update(
        platform="KVMKVMKVM/cpu 6.85.7/1x2x1/L1/tsc",
        cpu_vendor="GenuineIntel",
        cpu_brand="Example CPU",
        hypervisor="KVMKVMKVM",
        kernel="6.1.0",
        kvm_module="kvm_intel",
        kvm_parameters="kvm.halt_poll_ns=200000 kvm_intel.enable_apicv=Y kvm_intel.ept=Y "
        "kvm_intel.nested=Y",
        clocksource="tsc",
        cpus=2,
    )
    return {
        "id": "01KDV8E4G0NESTEDSAMP1E0000",
        "started": "2026-01-01T00:00:00.000Z",
        "version": "0.1.0",
        "profile": "quick",
        "seed": 1,
        "labels": {},
        "platform": machine["platform"],
        "level": 1,
        "cpu": 1,
        "fifo": True,
        "locked": True,
        "machine": machine,
        "targets": [],
        "partial": False,
    }


def main() -> None:
    print(json.dumps({"schema": "nestbench/1", "session": session(), "results": results()}))


if __name__ == "__main__":
    main()
