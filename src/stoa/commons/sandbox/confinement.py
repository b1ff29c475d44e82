# SPDX-License-Identifier: EUPL-1.2
"""What the system itself forbids the child: memory, file size, open files, new rights, core dumps."""

from __future__ import annotations

import ctypes
import os
import resource
import sys

MIB = 1024 * 1024
PR_SET_NO_NEW_PRIVS = 38
NICE = 5
OPEN_FILES = 256


def confine(*, address_mib: int, file_mib: int) -> None:
    """Give up freedoms, irrevocably for this process."""
    _limit(resource.RLIMIT_AS, address_mib * MIB)
    _limit(resource.RLIMIT_FSIZE, file_mib * MIB)
    _limit(resource.RLIMIT_NOFILE, OPEN_FILES)
    _limit(resource.RLIMIT_CORE, 0)
    os.nice(NICE)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def _limit(kind: int, most: int) -> None:
    """Lower a limit; a system that does not know it (macOS and address space) is left as it is."""
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    try:
        resource.setrlimit(kind, (most, most))
    except (ValueError, OSError):
        return
