# SPDX-License-Identifier: EUPL-1.2
"""At most two children a process: started when first needed, kept warm for a minute, replaced when they break."""

from __future__ import annotations

import json
import logging
import os
import secrets
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from stoa.commons.lake.turnstile import Turnstile
from stoa.commons.sandbox import refusals

log = logging.getLogger(__name__)

KEPT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
MOST_WORKERS = 2
MOST_WAITING = 2
"""Few: a question that waits holds a thread of the portal, which has eight."""
WAIT_SECONDS = 15.0
IDLE_SECONDS = 60.0
QUESTIONS = 500
"""After so many questions a child is replaced, so that nothing can pile up in it."""
GRACE_SECONDS = 2.0
START_SECONDS = 30.0
LOOK_SECONDS = 0.2
MOST_MESSAGE = 256 * 1024 * 1024


class Broken(Exception):  # noqa: N818 - reads as what it is
    """The child is gone or does not obey."""


class Worker:
    """The parent's end of one child."""

    def __init__(self, scratch: Path) -> None:
        self.home = scratch / secrets.token_hex(8)
        self.home.mkdir(parents=True, mode=0o700)
        self.questions = 0
        self.idle_since = time.monotonic()
        self._left = b""
        self._child = subprocess.Popen(
            [sys.executable, "-m", "stoa.commons.sandbox.worker", str(self.home.absolute())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env=_environment(self.home), start_new_session=True, close_fds=True,
        )  # fmt: skip
        if "ready" not in self.hear(time.monotonic() + START_SECONDS):
            self.end()
            raise Broken

    def tell(self, message: Mapping[str, Any]) -> None:
        assert self._child.stdin
        try:
            self._child.stdin.write(json.dumps(message).encode() + b"\n")
            self._child.stdin.flush()
        except (BrokenPipeError, OSError) as error:
            raise Broken from error

    def hear(self, until: float, look: Callable[[], None] = lambda: None) -> dict[str, Any]:
        """The child's next line; `look` is called a few times a second; raises `Broken` or `TimeoutError`."""
        assert self._child.stdout
        pipe, parts = self._child.stdout.fileno(), [self._left]
        size = len(self._left)
        poll = select.poll()
        poll.register(pipe, select.POLLIN | select.POLLHUP)
        while b"\n" not in parts[-1]:
            look()
            if time.monotonic() > until:
                raise TimeoutError
            if not poll.poll(1000 * LOOK_SECONDS):
                continue
            chunk = os.read(pipe, 1 << 20)
            size += len(chunk)
            if not chunk or size > MOST_MESSAGE:
                raise Broken
            parts.append(chunk)
        line, _, self._left = b"".join(parts).partition(b"\n")
        try:
            message = json.loads(line)
        except ValueError as error:
            raise Broken from error
        return message if isinstance(message, dict) else {}

    @property
    def is_fit(self) -> bool:
        return self._child.poll() is None and self.questions < QUESTIONS

    def end(self) -> None:
        """End the child whatever it does, and remove its folder."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        shutil.rmtree(self.home, ignore_errors=True)


def _environment(home: Path) -> dict[str, str]:
    """What the child may know: where programs and our own code are; no secrets."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    paths = [str(Path(__file__).resolve().parents[3]), *filter(None, [kept.get("PYTHONPATH")])]
    own = {"HOME": str(home), "TMPDIR": str(home), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    # Fewer memory arenas: their address space counts against the limit.
    return kept | own | {"PYTHONPATH": os.pathsep.join(paths), "MALLOC_ARENA_MAX": "2"}


class Pool:
    """The children of this process."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._turnstile = Turnstile(running=MOST_WORKERS, waiting=MOST_WAITING, seconds=WAIT_SECONDS)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._reaper: threading.Timer | None = None

    @contextmanager
    def worker(self) -> Iterator[Worker]:
        """A child for one question, in turn; `Refused` (`lake.busy`) at the end of patience.

        Whatever leaves the block as an exception other than a refusal ends the child.
        """
        with self._turnstile.passed():
            worker = self._take()
            is_whole = False
            try:
                yield worker
                is_whole = True
            finally:
                if is_whole and worker.is_fit:
                    self._put_back(worker)
                else:
                    worker.end()

    def _take(self) -> Worker:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.is_fit:
                    return worker
                worker.end()
        try:
            return Worker(self._scratch)
        except (Broken, TimeoutError, OSError) as error:
            log.warning("sandbox_start_failed")
            raise refusals.broke() from error

    def _put_back(self, worker: Worker) -> None:
        worker.questions += 1
        worker.idle_since = time.monotonic()
        with self._lock:
            self._idle.append(worker)
            self._watch()

    def _watch(self) -> None:
        if self._reaper is None and self._idle:
            self._reaper = threading.Timer(IDLE_SECONDS, self._reap)
            self._reaper.daemon = True
            self._reaper.start()

    def _reap(self) -> None:
        """End children that nobody needed for a while."""
        with self._lock:
            self._reaper = None
            before = time.monotonic() - IDLE_SECONDS
            old = [worker for worker in self._idle if worker.idle_since <= before]
            self._idle = [worker for worker in self._idle if worker.idle_since > before]
            self._watch()
        for worker in old:
            worker.end()

    def close(self) -> None:
        """End all idle children."""
        with self._lock:
            old, self._idle = self._idle, []
        for worker in old:
            worker.end()


_pools: dict[Path, Pool] = {}
_pools_lock = threading.Lock()


def pool(scratch: Path) -> Pool:
    """The one pool of this process for a scratch folder."""
    with _pools_lock:
        return _pools.setdefault(scratch, Pool(scratch))
