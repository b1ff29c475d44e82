# SPDX-License-Identifier: EUPL-1.2
"""One process under `stoa up`: its command, its log, its restarts, its end."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from stoa.site.home import Home, write_private
from stoa.site.processes import (
    command_line,
    dies_with_parent,
    group_is_alive,
    is_alive,
    signal_group,
    wait_until,
)

LOG_MOST_BYTES = 10 * 1024 * 1024
CALM_S = 60.0
"""A process that ran this long is taken as healthy: the next restart is quick again."""
PAUSES_S = (0.2, 1.0, 2.0, 5.0, 15.0, 30.0)


class Pauses:
    """How long to wait before something that died is started again: the longer, the oftener it did of late."""

    def __init__(self) -> None:
        self._deaths = 0

    def after(self, lived_s: float) -> float:
        """Seconds to wait; call it once a death."""
        self._deaths = 1 if lived_s > CALM_S else self._deaths + 1
        return PAUSES_S[min(self._deaths, len(PAUSES_S)) - 1]


@dataclass
class Child:
    """A process and the way to start it again. It leads a process group of its own."""

    name: str
    title: str
    command: list[str]
    environment: dict[str, str]
    log: Path | None
    """None: it writes where we write."""
    more_logs: tuple[Path, ...] = ()
    """Of processes below it; kept small as well."""
    socket_files: tuple[Path, ...] = ()
    """Removed before each start and after the end: a killed server leaves them behind."""
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float | None = field(default=None)
    pauses: Pauses = field(default_factory=Pauses)

    def start(self) -> None:
        self._remove_sockets()
        ask = dies_with_parent(signal.SIGTERM)
        with contextlib.ExitStack() as stack:
            log: IO[bytes] | int = stack.enter_context(self._log_for_writing()) if self.log else 2
            self.process = subprocess.Popen(
                self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=ask,  # noqa: PLW1509 - we have no threads
                start_new_session=True, pass_fds=self.pass_fds,
            )  # fmt: skip
        self.started_at, self.due_at = time.monotonic(), None

    def _log_for_writing(self) -> IO[bytes]:
        assert self.log is not None
        self.trim_log()
        return self.log.open("ab")

    def trim_log(self) -> None:
        """Keep the logs small: what was written so far goes to `.1` (its writer keeps the file)."""
        for log in (self.log, *self.more_logs) if self.log else ():
            if log is not None and log.exists() and log.stat().st_size > LOG_MOST_BYTES:
                log.with_suffix(".log.1").write_bytes(log.read_bytes()[-LOG_MOST_BYTES:])
                with log.open("r+b") as file:
                    file.truncate(0)

    def look_after(self, say: Callable[[str], None]) -> bool:
        """Start it again if it died, sooner or later by how often it did; True when its number changed."""
        now = time.monotonic()
        if self.due_at is not None:
            if now >= self.due_at:
                self.start()
                return True
            return False
        if self.process is None or self.process.poll() is None:
            self.trim_log()
            return False
        signal_group(self.process.pid, signal.SIGKILL)  # what the dead one may have left
        pause = self.pauses.after(now - self.started_at)
        where = f"; its log: {self.log}" if self.log else ""
        how = _how(self.process.returncode)
        say(f"{self.title} ended unexpectedly ({how}); starting it again in {pause:g} s{where}")
        self.due_at = now + pause
        return False

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_gone(self, end: float) -> None:
        """Wait for it and for all it started; whoever is still there at `end` is killed."""
        if self.process is None:
            return
        process = self.process

        def gone() -> bool:
            return process.poll() is not None and not group_is_alive(process.pid)

        if not wait_until(gone, max(0.1, end - time.monotonic())):
            signal_group(process.pid, signal.SIGKILL)
            wait_until(gone, 2.0)
        self._remove_sockets()

    def _remove_sockets(self) -> None:
        for path in self.socket_files:
            path.unlink(missing_ok=True)


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def remember(home: Home, children: Iterable[Child]) -> None:
    """Write down who runs, for the `stoa up` after a kill -9 of this one."""
    running = {c.name: [c.process.pid, c.command[2]] for c in children if c.process is not None}
    write_private(home.run / "processes.json", json.dumps(running))


def clear_leftovers(home: Home) -> None:
    """End what a killed `stoa up` left behind; we hold its lock, so it is nobody else's."""
    try:
        running = json.loads((home.run / "processes.json").read_text())
    except (OSError, ValueError):
        return
    for pid, module in running.values():
        # The number may belong to somebody else by now: end only what looks like our module, or its orphans.
        if (not is_alive(pid) and group_is_alive(pid)) or module in command_line(pid):
            signal_group(pid, signal.SIGTERM)
            if not wait_until(lambda group=pid: not group_is_alive(group), 5.0):  # type: ignore[misc]
                signal_group(pid, signal.SIGKILL)
                wait_until(lambda group=pid: not group_is_alive(group), 2.0)  # type: ignore[misc]
