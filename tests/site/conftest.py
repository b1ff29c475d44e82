# SPDX-License-Identifier: EUPL-1.2
"""Real processes: `stoa up` on a data folder of its own, with a small Django project."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parent.parent.parent
MOST_S = 90


@dataclass
class Up:
    """One `stoa up` and how to look at it from outside."""

    home: Path
    port: int
    process: subprocess.Popen[str]
    told: list[str] = field(default_factory=list)

    def wait_ready(self) -> None:
        end = time.monotonic() + MOST_S
        while time.monotonic() < end and self.process.poll() is None:
            if select.select([self.process.stdout], [], [], 0.2)[0]:
                line = self.process.stdout.readline()  # type: ignore[union-attr]
                if line:
                    self.told.append(line)
                    if json.loads(line)["event"] == "ready":
                        return
        raise AssertionError(f"not ready: {self.said()}")

    def said(self) -> str:
        return (self.home / "up.err").read_text()

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self.ask("GET", path, headers=headers)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        call = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(call):
            call.request(method, path, body, headers or {})
            answer = call.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def answers(self) -> bool:
        try:
            return self.get("/-/ready")[0] == 200
        except OSError:
            return False

    def tree(self) -> dict[str, psutil.Process]:
        """The parts by name; `all` is not among them."""
        found: dict[str, psutil.Process] = {}
        for process in psutil.Process(self.process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):  # gone or a zombie by now
                if process.name() in FORKED:
                    found[FORKED[process.name()]] = process
                    continue
                line = " ".join(process.cmdline())
                for name, sign in SIGNS.items():
                    if sign in line and process.ppid() == self.process.pid:
                        found[name] = process
        return found

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


SIGNS = {"postgres": "bin/postgres -D", "portal": "portal_server", "front": "front_server"}
FORKED = {"stoa watch 1": "watcher", "stoa web 1": "worker", "stoa jobs": "jobs"}
"""These have the command of the portal, which forks them."""


def until(true: Callable[[], object], seconds: float = MOST_S) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def small_environment(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL" and not k.startswith("STOA_")}
    return kept | {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(Path(__file__).parent / "small")]),
        "DJANGO_SETTINGS_MODULE": "small_project",
        "STOA_WSGI": "small_project:application",
        "STOA_HOME": str(home),
    }


def start_up(home: Path, port: int, *options: str) -> Up:
    home.mkdir(mode=0o711, exist_ok=True)
    with (home / "up.err").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "stoa.site", "up", "--port", str(port), "--workers", "1", *options],
            env=small_environment(home), stdout=subprocess.PIPE, stderr=said, text=True,
            start_new_session=True,
        )  # fmt: skip
    return Up(home, port, process)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A short folder that the database's user can reach (pytest's own can be neither)."""
    folder = Path(tempfile.mkdtemp(prefix="stoa-site-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def up(place: Path) -> Iterator[Up]:
    """A portal that runs for all tests of a module."""
    running = start_up(place / "home", free_port())
    try:
        running.wait_ready()
        yield running
    finally:
        running.stop()
