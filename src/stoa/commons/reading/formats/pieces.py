# SPDX-License-Identifier: EUPL-1.2
"""A text written in pieces that end with a line, so that the first can be read while the next is written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

PIECE_BYTES = 16 * 1024 * 1024
"""Large enough for one row group and for the sample, small enough that two threads end together."""


class Pieces:
    """The files of one text in order; who asks for one that is not written yet waits for it."""

    def __init__(self, *finished: Path) -> None:
        self._paths = list(finished)
        self._error: BaseException | None = None
        self._is_done = bool(finished)
        self._is_unwanted = False
        self._change = threading.Condition()

    def __iter__(self) -> Iterator[Path]:
        place = 0
        while (path := self._wait_for(place)) is not None:
            yield path
            place += 1

    def _wait_for(self, place: int) -> Path | None:
        with self._change:
            self._change.wait_for(lambda: self._is_done or len(self._paths) > place)
            if len(self._paths) > place:
                return self._paths[place]
            if self._error is not None:
                raise self._error
            return None

    @property
    def first(self) -> Path:
        return next(iter(self))

    def all(self) -> tuple[Path, ...]:
        return tuple(self)

    # -- the writer's side

    def write(self, work: Callable[[PieceSink], None], target: Path) -> None:
        """Let a thread write pieces beside `target`, numbered in order."""
        threading.Thread(target=self._write, args=(work, target), daemon=True).start()

    def _write(self, work: Callable[[PieceSink], None], target: Path) -> None:
        try:
            with PieceSink(target, self._add) as sink:
                work(sink)
        except BaseException as error:  # noqa: BLE001 - it is raised again where the pieces are read
            self._error = error
        finally:
            with self._change:
                self._is_done = True
                self._change.notify_all()

    def _add(self, path: Path) -> None:
        with self._change:
            if self._is_unwanted:
                raise InterruptedError
            self._paths.append(path)
            self._change.notify_all()

    def stop(self) -> None:
        """Nobody wants the rest: the writer ends at the next piece, and this waits for it."""
        with self._change:
            self._is_unwanted = True
            self._change.wait_for(lambda: self._is_done)


class PieceSink:
    """Takes bytes and cuts them into files behind a line end; there is always at least one file."""

    def __init__(self, target: Path, done: Callable[[Path], None]) -> None:
        self._target, self._done = target, done
        self._number, self._size = 0, 0
        self._file = self._path.open("wb")

    @property
    def _path(self) -> Path:
        return self._target.with_name(f"{self._target.stem}-{self._number:05}{self._target.suffix}")

    def write(self, raw: bytes) -> None:
        while self._size + len(raw) >= PIECE_BYTES:
            cut = raw.find(b"\n", max(0, PIECE_BYTES - self._size - 1)) + 1
            if not cut:
                break
            self._file.write(raw[:cut])
            self._close()
            self._number, self._size, raw = self._number + 1, 0, raw[cut:]
            self._file = self._path.open("wb")
        self._file.write(raw)
        self._size += len(raw)

    def _close(self) -> None:
        self._file.close()
        self._done(self._path)

    def __enter__(self) -> PieceSink:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None and (self._size or not self._number):
            self._close()
        else:
            self._file.close()


Sink = BinaryIO | PieceSink
