# SPDX-License-Identifier: EUPL-1.2
"""From `stoa up` to the first page, and what the idle tree holds of the memory."""

from __future__ import annotations

import statistics
import time

from tests.perf.figures import Figure, at_most
from tests.perf.machine import tree_mib
from tests.perf.workshop import start_portal, workshop

ANSWERS = ("start", "start memory")
RUNS = 3
IDLE_S = 20


def measure(scale: float) -> list[Figure]:
    """Warm: the data folder is made, its tables are up to date, the programs were read from disk before."""
    shop = workshop()
    shop.dataset(scale)
    with shop.portal():
        pass
    seconds, memory = [], 0.0
    for n in range(RUNS):
        portal = start_portal(shop)
        try:
            seconds.append(portal.wait_for("/"))
            if n == RUNS - 1:
                time.sleep(IDLE_S)
                memory = tree_mib(portal.process.pid)
        finally:
            portal.stop()
    runs = ", ".join(f"{one:.1f}" for one in seconds)
    return [
        at_most("start", statistics.median(seconds), "s", 6, f"`stoa up` to the home page, median of {runs} s"),
        at_most(
            "start memory", memory, "MiB", 450,
            f"PSS of the whole tree with PostgreSQL, {IDLE_S} s after its first page",
        ),
    ]  # fmt: skip
