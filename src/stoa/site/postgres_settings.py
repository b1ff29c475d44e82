# SPDX-License-Identifier: EUPL-1.2
"""How the packaged PostgreSQL is set up, by the memory of the machine."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

MIB = 1024 * 1024
BUFFERS_MIB = (64, 512)
"""Of the server's own cache; only what is in use takes memory."""
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    # The first change of a page after a checkpoint writes all of it to the log. Sensors change the same pages again and
    # again, so checkpoints that are further apart save part of what is written.
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_buffers": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    # Statements may hold personal data: never write them to the log.
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def memory_mib() -> int:
    """Memory that we may use: the machine's, or what the container is given."""
    found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError, ValueError):
        found = min(found, int(CGROUP_LIMIT.read_text()))
    return found // MIB


def sized(memory: int) -> dict[str, str]:
    """What depends on the memory, in MiB.

    >>> sized(2048)["shared_buffers"], sized(8192)["shared_buffers"], sized(65536)["shared_buffers"]
    ('64MB', '256MB', '512MB')
    """
    least, most = BUFFERS_MIB
    return {
        "shared_buffers": f"{min(max(memory // 32, least), most)}MB",
        "effective_cache_size": f"{max(memory // 4, 256)}MB",
    }


def settings_for(sockets: Path, *, for_tests: bool = False) -> dict[str, str]:
    """Everything that is said to the server when it starts."""
    told = SETTINGS | sized(memory_mib()) | {"unix_socket_directories": str(sockets)}
    return told | FOR_TESTS if for_tests else told
