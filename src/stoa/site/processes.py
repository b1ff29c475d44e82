# SPDX-License-Identifier: EUPL-1.2
"""What the operating system knows about processes: alive or zombie, whose, and dying with their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

LINUX = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
# Loaded before any fork: a forked child must not load libraries.
_LIBC = ctypes.CDLL(None, use_errno=True) if LINUX else None


def is_alive(pid: int) -> bool:
    """Whether the process runs. A zombie is dead: it keeps its number until somebody reaps it."""
    return _state(pid) not in {"", "Z", "X"}


def _state(pid: int) -> str:
    if LINUX:
        try:
            # The name in brackets may hold anything, so read from the last bracket on.
            return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0]
        except (OSError, IndexError):
            return ""
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return told.stdout.strip()[:1]


def command_line(pid: int) -> str:
    """The command of a process in one line; empty when there is none or it is not ours to see."""
    if LINUX:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    told = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()


def works_in(folder: Path) -> list[int]:
    """Living processes whose working folder is this one (PostgreSQL: its data folder)."""
    if not LINUX:
        return []
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                here = (entry / "cwd").readlink() == folder
            except OSError:
                continue
            if here and is_alive(int(entry.name)):
                found.append(int(entry.name))
    return found


def dies_with_parent(with_signal: signal.Signals) -> Callable[[], None] | None:
    """For `preexec_fn`: the kernel sends the signal when the parent is gone (Linux; elsewhere nothing)."""
    if _LIBC is None:
        return None
    libc, parent = _LIBC, os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(with_signal))
        if os.getppid() != parent:
            os._exit(1)

    return ask


def call_itself(name: str) -> None:
    """What `ps` and `top` show for this process: those that were forked have their parent's command (Linux; 15 bytes)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_NAME, name.encode()[:15])


def group_is_alive(group: int) -> bool:
    """Whether any process of the group still runs; zombies do not count where we can tell."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not LINUX or any(is_alive(pid) for pid in _members(group))


def _members(group: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            if len(fields) > 2 and int(fields[2]) == group:
                found.append(int(entry.name))
    return found


def signal_group(group: int, with_signal: signal.Signals) -> None:
    """Send to every process of the group; nothing happens when it is gone."""
    try:
        os.killpg(group, with_signal)
    except (ProcessLookupError, PermissionError):
        return


def wait_until(true: Callable[[], bool], seconds: float, *, every: float = 0.05) -> bool:
    """Ask again and again until it is true or the time is over; says which."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() >= end:
            return False
        time.sleep(every)
    return True
