# SPDX-License-Identifier: EUPL-1.2
"""What the system itself forbids the reading child: memory, file size, time of work, outliving its parent."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

from stoa.commons.reading.door import Limits

PR_SET_PDEATHSIG = 1
CPU_FACTOR = 2
"""The child may use two processors at once."""
NICE = 5


def confine(limits: Limits) -> None:
    """Give up freedoms, irrevocably for this process."""
    _limit(resource.RLIMIT_AS, limits.memory_bytes)
    _limit(resource.RLIMIT_FSIZE, limits.unpacked_bytes)
    _limit(resource.RLIMIT_CPU, limits.seconds * CPU_FACTOR)
    _limit(resource.RLIMIT_CORE, 0)
    os.nice(NICE)
    _die_with_parent()


def _limit(kind: int, most: int) -> None:
    """Lower a limit; a system that does not know it (macOS and address space) is left as it is."""
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    try:
        resource.setrlimit(kind, (most, most))
    except (ValueError, OSError):
        return


def _die_with_parent() -> None:
    """On Linux the kernel ends this process when its parent ends."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent == 1 or os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)
