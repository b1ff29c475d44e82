# SPDX-License-Identifier: EUPL-1.2
"""What the machine is, and what processes of ours take of it."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

MIB = 1024 * 1024


def described() -> dict[str, str]:
    """Cores, memory, processor, system and the versions that decide; no names of hosts, no paths."""
    import duckdb

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "Cores": str(cores),
        "Memory": f"{psutil.virtual_memory().total / MIB / 1024:.1f} GiB",
        "Processor": _processor(),
        "System": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "DuckDB": duckdb.__version__,
        "Load before the run": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown"
    )


def pss_mib(pid: int) -> float:
    """Proportional set size of a process; its resident size where the kernel does not tell; 0 when gone."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    try:
        return float(psutil.Process(pid).memory_info().rss / MIB)
    except psutil.Error:
        return 0.0


def tree_mib(pid: int) -> float:
    """Memory of a process and everything below it: PSS, so that shared pages count once."""
    try:
        top = psutil.Process(pid)
        below = top.children(recursive=True)
    except psutil.Error:
        return 0.0
    return sum(pss_mib(process.pid) for process in (top, *below))


def tree_cpu_s(pid: int) -> float:
    """Seconds of processor time that a process and everything below it took so far: other load does not count."""
    spent = 0.0
    for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        with suppress(psutil.Error):
            times = process.cpu_times()
            spent += times.user + times.system
    return spent


class Peak:
    """The highest sum seen while watching."""

    def __init__(self) -> None:
        self.mib = 0.0
        self.looks = 0


@contextmanager
def watched(pid: int, every: float = 0.05) -> Iterator[Peak]:
    """Look at the tree of a process all the time."""
    peak, over = Peak(), threading.Event()

    def look() -> None:
        while not over.wait(every):
            peak.mib = max(peak.mib, tree_mib(pid))
            peak.looks += 1

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()
