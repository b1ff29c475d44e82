# SPDX-License-Identifier: EUPL-1.2
"""Cells that start warm: a child has imported what reading needs, and forks one cell for every order.

To import takes four times as long as to read a small table. The starter itself never sees a file and has one thread,
so forking is safe; it ends when our end of its socket is closed, however we ended. It alone reaps its cells, so the
number of a cell stays its own until we have said that we are done with it.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import IO, NoReturn

ANSWER_SECONDS = 10.0
"""A starter that does not even end a cell in this time is ended itself."""
GRACE_SECONDS = 2.0
_START, _END = range(2)
_ORDER = struct.Struct("!bq")
_CODE = struct.Struct("!q")
_PIPES = 3


class Cell:
    """One child process with its three pipes; it leads a group of its own."""

    def __init__(self, starter: Starter, ticket: int, ours: Sequence[int]) -> None:
        self._starter = starter
        self._ticket = ticket
        self._lock = threading.Lock()
        self._code: int | None = None
        self.stdin: IO[bytes] = os.fdopen(ours[0], "wb")
        self.stdout: IO[bytes] = os.fdopen(ours[1], "rb")
        self.stderr: IO[bytes] = os.fdopen(ours[2], "rb")

    def kill(self) -> int:
        """End the child and everything it started; its exit code, negative for a signal."""
        with self._lock:
            if self._code is None:
                self._code = self._starter.end(self._ticket)
            return self._code

    def end(self) -> int:
        """Kill it and close the pipes to it, but not its complaints."""
        code = self.kill()
        for pipe in (self.stdin, self.stdout):
            with suppress(OSError):
                pipe.close()
        return code


class Starter:
    """Our end of the child that forks cells."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.owner = os.getpid()
        self.working = 0
        self._lock = threading.Lock()
        self._tickets = count(1)
        self._socket, theirs = socket.socketpair()
        self._socket.settimeout(ANSWER_SECONDS)
        with theirs:
            self._child = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env=environment, start_new_session=True, close_fds=True,
            )  # fmt: skip

    def start(self) -> Cell:
        """A new cell, which gets ready while its order is still being written; `OSError` if the starter is gone."""
        ours, theirs = [], []
        for number in range(_PIPES):
            ends = os.pipe()
            theirs.append(ends[number > 0])
            ours.append(ends[number == 0])
        try:
            with self._lock:
                ticket = next(self._tickets)
                socket.send_fds(self._socket, [_ORDER.pack(_START, ticket)], theirs)
                self.working += 1
        except OSError:
            _close(ours)
            raise
        finally:
            _close(theirs)
        return Cell(self, ticket, ours)

    def end(self, ticket: int) -> int:
        """Kill a cell with everything it started; its exit code."""
        with self._lock:
            self.working -= 1
            try:
                self._socket.sendall(_ORDER.pack(_END, ticket))
                return int(_CODE.unpack(_whole(self._socket, _CODE.size))[0])
            except OSError:
                self._break()
                return -signal.SIGKILL

    def close(self) -> None:
        """Let the starter end; cells that still work are ended too."""
        with self._lock:
            self._break()

    def _break(self) -> None:
        self._socket.close()
        if self.owner != os.getpid():
            return
        try:
            self._child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            _kill_group(self._child.pid)
            self._child.wait()


def _close(numbers: Sequence[int]) -> None:
    for number in numbers:
        os.close(number)


def _whole(line: socket.socket, size: int, got: bytes = b"") -> bytes:
    """So many bytes; `OSError` if the other end was closed."""
    while len(got) < size:
        more = line.recv(size - len(got))
        if not more:
            raise ConnectionResetError
        got += more
    return got


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


# --- the starter's side ---


def serve(work: Callable[[], int]) -> None:
    """Fork a cell that does `work` whenever one is asked for on standard input, a socket."""
    line = socket.socket(fileno=os.dup(0))
    gc.freeze()  # what is here stays as it is, so that cells share its memory
    cells: dict[int, int] = {}
    with suppress(OSError):
        while True:
            data, files, _, _ = socket.recv_fds(line, _ORDER.size, _PIPES)
            what, ticket = _ORDER.unpack(_whole(line, _ORDER.size, data))
            if what == _START:
                cells[ticket] = os.fork()
                if cells[ticket] == 0:
                    _become(line, files, work)
                _close(files)
            else:
                line.sendall(_CODE.pack(_reaped(cells.pop(ticket))))
    for pid in cells.values():
        _reaped(pid)


def _reaped(pid: int) -> int:
    """Its exit code, after it was killed with its group unless it ended by itself."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)  # it may not lead its group yet
    _kill_group(pid)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _become(line: socket.socket, files: Sequence[int], work: Callable[[], int]) -> NoReturn:
    """The cell's first steps: a group of its own, its own pipes, and no way to the starter."""
    code = 1
    try:
        os.setsid()
        line.close()
        for number, file in enumerate(files):
            os.dup2(file, number)
            os.close(file)
        code = work()
    except BaseException:  # noqa: BLE001 - as at the end of any program, the parent reads it
        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stderr.flush()
        os._exit(code)
