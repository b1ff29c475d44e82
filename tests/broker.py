# SPDX-License-Identifier: EUPL-1.2
"""A real Mosquitto for tests, with a configuration of the test's own, on a free port of this machine.

    with broker(tmp_path) as running:
        client.connect("127.0.0.1", running.port)
        running.kill()      # as a power cut would
        running.start()     # the same port, the same stored sessions

Skips loudly where no Mosquitto is installed; fails there when `STOA_MOSQUITTO_REQUIRED=1`, as CI sets it.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from stoa.site.processes import wait_until

OPEN_TO_ALL = ("allow_anonymous true",)
"""Enough for tests that are not about rights."""


@dataclass
class Broker:
    """A Mosquitto that this test started, and may kill."""

    folder: Path
    port: int
    lines: Sequence[str]
    files: Mapping[str, str] = field(default_factory=dict, repr=False)
    """As `stoa mqtt config` writes them: nothing of ours is added but who runs it."""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "mosquitto.log").read_text(errors="replace")

    def start(self) -> None:
        """Write the configuration, start unless it runs, and return when it accepts connections."""
        if self.process:
            return
        config = self.folder / "mosquitto.conf"
        for name, text in (self.files or {"mosquitto.conf": self._own()}).items():
            (self.folder / name).write_text(text, encoding="utf-8")
        with config.open("a", encoding="utf-8") as file:
            file.write(f"\nuser {getpass.getuser()}\n")
        (self.folder / "store").mkdir(exist_ok=True)
        with (self.folder / "mosquitto.log").open("ab") as log:
            self.process = subprocess.Popen([mosquitto(), "-c", str(config)], stdout=log, stderr=log)
        started = wait_until(self._accepts, 20)
        assert started, f"Mosquitto did not start: {self.log[-2000:]}"

    def _own(self) -> str:
        lines = (
            "persistence true",
            f"persistence_location {self.folder}/store/",
            "autosave_interval 1",
            "max_queued_messages 1000000",
            "max_inflight_messages 0",
            f"listener {self.port} 127.0.0.1",
            *self.lines,
        )
        return "\n".join(lines) + "\n"

    def has_saved(self, text: bytes) -> bool:
        """Whether this stands in its store: what does not, it forgets when it is killed."""
        store = self.folder / "store" / "mosquitto.db"
        return store.exists() and text in store.read_bytes()

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order: it stores what it holds."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process:
            with suppress(ProcessLookupError):
                self.process.send_signal(how)
            self.process.wait(20)
            self.process = None

    def _accepts(self) -> bool:
        assert self.process
        if self.process.poll() is not None:
            return True
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


@contextmanager
def broker(
    folder: Path,
    lines: Sequence[str] = OPEN_TO_ALL,
    *,
    files: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Iterator[Broker]:
    """A running broker that is ended with the block."""
    needed()
    folder.mkdir(parents=True, exist_ok=True)
    running = Broker(folder, port or free_port(), lines, files or {})
    running.start()
    try:
        yield running
    finally:
        running.kill()


def needed() -> None:
    """Skip, or fail where it is required, when no Mosquitto is installed."""
    if not mosquitto():
        if os.environ.get("STOA_MOSQUITTO_REQUIRED") == "1":
            pytest.fail("Mosquitto is required and not installed (apt-get install mosquitto)")
        pytest.skip("MOSQUITTO IS NOT INSTALLED: nothing of MQTT is tested (apt-get install mosquitto)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def mosquitto() -> str:
    """Where the program is; empty if it is not installed."""
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or ""
