# SPDX-License-Identifier: EUPL-1.2
"""Runs the processes that answer pages: `python -m stoa.site.portal_server --uds SOCKET [--uds SOCKET ...]`.

The portal is loaded once and then forked for each socket: what was loaded is held by all of them together, and
one that died is back at once. So nothing may begin before the forks: no thread, no connection, no engine.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from stoa.commons.jobs.serving import begin_serving
from stoa.site.processes import LINUX, dies_with_parent
from stoa.site.settled import settle

WSGI = "stoa.site.wsgi:application"
THREADS = 8
STOP_MOST_S = 6.0
CALM_S = 10.0
"""One that ended sooner than this is not started again from here: the supervisor starts all anew, ever more slowly."""

Ask = Callable[[], None] | None


def loaded() -> Any:
    """The portal as a WSGI application, loaded by the first call; STOA_WSGI is for tests."""
    module, _, name = os.environ.get("STOA_WSGI", WSGI).partition(":")
    return getattr(importlib.import_module(module), name)


def begun(ask: Ask) -> Any:
    """The portal in the process that answers, with all that runs beside the answers."""
    _after_fork(ask)
    application = loaded()
    begin_serving()
    return application


def serve(uds: Path, ask: Ask) -> None:
    """Answer on a socket until told to stop. Granian stays as a watcher and forks the process that answers."""
    _after_fork(ask)
    uds.unlink(missing_ok=True)  # a killed one leaves it behind
    Granian(
        WSGI, uds=uds, uds_permissions=0o600, interface=Interfaces.WSGI, websockets=False, workers=1,
        blocking_threads=THREADS, workers_kill_timeout=5, respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve(target_loader=partial(begun, dies_with_parent(signal.SIGTERM)), wrap_loader=False)  # fmt: skip


def _after_fork(ask: Ask) -> None:
    gc.enable()
    if ask is not None:
        ask()


class Seat:
    """One of the sockets, and who answers on it."""

    def __init__(self, uds: Path) -> None:
        self.uds = uds
        self.start()

    def start(self) -> None:
        self.process: BaseProcess = multiprocessing.Process(
            target=serve, args=(self.uds, dies_with_parent(signal.SIGTERM))
        )
        self.process.start()
        self._started_at = time.monotonic()

    def look_after(self) -> None:
        """Fork again if it ended."""
        if self.process.is_alive():
            return
        told = f"{self.uds.name} ended unexpectedly ({self.process.exitcode})"
        if time.monotonic() < self._started_at + CALM_S:
            sys.exit(told)
        print(told, file=sys.stderr, flush=True)  # noqa: T201 - for the operator
        self.start()

    def end(self, until: float) -> None:
        self.process.join(max(0.1, until - time.monotonic()))
        if self.process.is_alive():
            self.process.kill()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--uds", type=Path, required=True, action="append")
    given = parser.parse_args()
    # Libraries of macOS do not bear a fork; there each process loads the portal for itself.
    multiprocessing.set_start_method("fork" if LINUX else "spawn")
    # What is freed while loading would leave holes in pages that all could hold together.
    gc.disable()
    loaded()
    settle()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    seats: list[Seat] = []
    try:
        seats += [Seat(uds) for uds in given.uds]
        while True:
            wait([seat.process.sentinel for seat in seats])
            for seat in seats:
                seat.look_after()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for seat in seats:
            seat.process.terminate()
        until = time.monotonic() + STOP_MOST_S
        for seat in seats:
            seat.end(until)


if __name__ == "__main__":
    main()
