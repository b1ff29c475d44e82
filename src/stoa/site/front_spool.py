# SPDX-License-Identifier: EUPL-1.2
"""Between slow callers and Django's few threads: bodies are gathered before, answers are taken over after.

A Django thread is busy only as long as Django itself needs, however slowly the caller sends or reads.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import IO, Any, cast

Receive = Callable[[], Awaitable[Any]]

MEMORY_MOST = 256 * 1024
PIECE = 64 * 1024
SILENCE_MOST_S = 30.0
SLOWEST_BYTES_S = 1024
GRACE_S = 60.0
KEEP_FREE = 256 * 1024 * 1024
ANSWER_MOST = 8 * 1024 * 1024 * 1024
LOOK_EVERY = 16 * 1024 * 1024
"""After so many bytes of an answer it is looked whether the disk still has room for more."""


class BodyRefused(Exception):  # noqa: N818 - reads as what it is
    """The body was not taken; carries the HTTP status (0: the caller is gone)."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(str(status))


class _Coming:
    """How many bytes of all bodies that are being gathered are still to come: they will need room as well."""

    bytes = 0


async def gather_body(receive: Receive, length: int, folder: Path) -> IO[bytes]:
    """The whole body in memory or, when large, in a nameless file. The caller closes it."""
    if length > MEMORY_MOST and shutil.disk_usage(folder).free < length + _Coming.bytes + KEEP_FREE:
        raise BodyRefused(507)
    _Coming.bytes += length
    body = _spooled(folder)
    got = 0
    try:
        async for piece in _pieces(receive, length):
            body.write(piece)
            got += len(piece)
            _Coming.bytes -= len(piece)
    except BaseException:
        body.close()
        raise
    finally:
        _Coming.bytes -= length - got
    body.seek(0)
    return body


async def _pieces(receive: Receive, length: int) -> AsyncIterator[bytes]:
    began, got, more = time.monotonic(), 0, True
    while more:
        try:
            async with asyncio.timeout(SILENCE_MOST_S):
                message = await receive()
        except TimeoutError:
            raise BodyRefused(408) from None
        if message["type"] == "http.disconnect":
            raise BodyRefused(0)
        piece = message.get("body", b"")
        got += len(piece)
        if got > length:
            raise BodyRefused(400)
        took = time.monotonic() - began
        if took > GRACE_S and got < SLOWEST_BYTES_S * took:
            raise BodyRefused(408)
        yield piece
        more = message.get("more_body", False)


def _spooled(folder: Path) -> IO[bytes]:
    """A file that stands in memory while it is small; the caller closes it."""
    file = tempfile.SpooledTemporaryFile(max_size=MEMORY_MOST, dir=str(folder))  # noqa: SIM115
    return cast("IO[bytes]", file)


async def pieces_of(body: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := body.read(PIECE):
        yield piece


class Answer:
    """An answer that is read from Django at full speed and sent at the caller's speed.

    One writer, one reader. What the reader has not sent yet stands in memory up to MEMORY_MOST, beyond that
    in a nameless file; when the disk has no room for that, Django waits for the caller.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = _spooled(folder)
        self._look_at = LOOK_EVERY
        self._written = self._read = 0
        self._over = False
        self._failed: BaseException | None = None
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()

    async def fill(self, source: AsyncIterator[bytes]) -> None:
        """Read the source to its end; a failure is handed on to the reader."""
        try:
            async for piece in source:
                await self._room.wait()
                self._file.seek(self._written)
                self._file.write(piece)
                self._written += len(piece)
                if self._written >= ANSWER_MOST or self._fills_the_disk():
                    self._room.clear()
                self._news.set()
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader must hear of it
            self._failed = error
        finally:
            self._over = True
            self._news.set()

    def _fills_the_disk(self) -> bool:
        if self._written < self._look_at:
            return False
        self._look_at = self._written + LOOK_EVERY
        return shutil.disk_usage(self._folder).free < KEEP_FREE

    async def pieces(self) -> AsyncIterator[bytes]:
        """What was written, in order, as it comes."""
        while True:
            if self._read < self._written:
                self._file.seek(self._read)
                piece = self._file.read(min(PIECE, self._written - self._read))
                self._read += len(piece)
                yield piece
                if self._read == self._written and self._written > MEMORY_MOST:
                    # The reader has caught up: begin anew instead of growing for ever.
                    self._file.seek(0)
                    self._file.truncate()
                    self._read = self._written = 0
                    self._look_at = LOOK_EVERY
                    self._room.set()
            elif self._over:
                if self._failed is not None:
                    raise self._failed
                return
            else:
                self._news.clear()
                await self._news.wait()

    def close(self) -> None:
        self._file.close()
