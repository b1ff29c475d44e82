# SPDX-License-Identifier: EUPL-1.2
"""Processes forked from one that has loaded everything: they hold what was loaded together, and start at once."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NoReturn

from stoa.site.child import Pauses
from stoa.site.processes import LINUX, call_itself, dies_with_parent

METHOD = "fork" if LINUX else "spawn"
"""Libraries of macOS do not bear a fork; there each process loads everything for itself."""
STOP_MOST_S = 6.5

Ask = Callable[[], None] | None


def after_fork(name: str, ask: Ask) -> None:
    """What every forked process does first: end with its parent, bear a name, look for garbage of its own."""
    call_itself(f"stoa {name}")
    if ask is not None:
        ask()
    gc.enable()


class Fork:
    """One of them: what it does, and when it is started again."""

    def __init__(self, name: str, work: Callable[[], object], log: Path | None = None) -> None:
        self.name, self._work, self._log = name, work, log
        self._pauses = Pauses()
        self.start()

    def start(self) -> None:
        ask = dies_with_parent(signal.SIGTERM)
        self.process: BaseProcess = multiprocessing.Process(
            target=_run, args=(self.name, self._work, ask, self._log)
        )
        self.process.start()
        self._started_at, self._due_at = time.monotonic(), 0.0

    def look_after(self) -> None:
        """Start it again if it ended, sooner or later by how often it did."""
        now = time.monotonic()
        if self.process.is_alive():
            return
        if not self._due_at:
            pause = self._pauses.after(now - self._started_at)
            self._due_at = now + pause
            told = (
                f"{self.name} ended unexpectedly ({self.process.exitcode}); starting it again in {pause:g} s"
            )
            print(told, file=sys.stderr, flush=True)  # noqa: T201 - for the operator
        if now >= self._due_at:
            self.start()


def _run(name: str, work: Callable[[], object], ask: Ask, log: Path | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    after_fork(name, ask)
    if log is not None:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
    work()


def watch(forks: Iterator[Fork]) -> NoReturn:
    """Start them one after the other, and start again who ends, until told to stop; then end with all of them."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    running: list[Fork] = []
    try:
        running.extend(forks)  # one by one: who was started is known if a signal comes in between
        while True:
            wait([one.process.sentinel for one in running if one.process.is_alive()], timeout=1.0)
            for one in running:
                one.look_after()
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for one in running:
            one.process.terminate()
        until = time.monotonic() + STOP_MOST_S
        for one in running:
            one.process.join(max(0.1, until - time.monotonic()))
            one.process.kill()
