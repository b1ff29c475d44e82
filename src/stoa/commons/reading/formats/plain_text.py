# SPDX-License-Identifier: EUPL-1.2
"""Byte ranges of a text file, read as clean lines or written as plain UTF-8 with line feeds."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from stoa.commons.reading.formats.pieces import Pieces, Sink
from stoa.commons.reading.formats.survey import CHUNK, Survey

PIECE = CHUNK // 4
"""Small enough to stay in the processor's cache on its way through the codec."""
CARRIAGE_RETURNS = re.compile(rb"\r+\n")


@dataclass(frozen=True, slots=True)
class Source:
    """A text file in which the byte 10 ends a line and nothing else."""

    path: Path
    encoding: str
    errors: str
    found: Survey

    @property
    def start(self) -> int:
        """Where the text begins, behind a byte order mark."""
        with self.path.open("rb") as file:
            return 3 if file.read(3) == codecs.BOM_UTF8 else 0

    @property
    def codec(self) -> str:
        """The encoding of the bytes as they lie there: a wide one has become UTF-8 before."""
        return (
            "utf-8" if self.encoding.startswith(("utf-16", "utf-32", "utf_16", "utf_32")) else self.encoding
        )

    def raw_lines(self, start: int) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(start)
            yield from file

    def text(self, raw: bytes) -> str:
        return cleaned(raw).decode(self.codec, self.errors)

    def lines_from(self, start: int) -> Lines:
        return Lines(self, start)

    def start_of_last_lines(self, number: int) -> int:
        """The byte offset of the last so many lines."""
        size, window = self.found.size, CHUNK // 4
        with self.path.open("rb") as file:
            while True:
                start = max(self.start, size - window)
                file.seek(start)
                tail = file.read(size - start)
                breaks = tail.count(b"\n", 0, max(0, len(tail) - 1))
                if start == self.start or breaks >= number:
                    break
                window *= 4
        place = len(tail) - 1 if tail.endswith(b"\n") else len(tail)
        for _ in range(number):
            place = tail.rfind(b"\n", 0, max(0, place))
            if place < 0:
                return start
        return start + place + 1

    def ends_of_lines(self, numbers: list[int]) -> dict[int, int]:
        """The byte offset behind each of these lines (ascending, from 1)."""
        ends: dict[int, int] = {}
        seen, base, wanted = 0, self.start, iter(numbers)
        number = next(wanted, None)
        with self.path.open("rb") as file:
            file.seek(base)
            while number is not None and (chunk := file.read(CHUNK)):
                here, place = chunk.count(b"\n"), -1
                passed = seen
                while number is not None and number <= seen + here:
                    while passed < number:
                        place = chunk.find(b"\n", place + 1)
                        passed += 1
                    ends[number] = base + place + 1
                    number = next(wanted, None)
                seen, base = seen + here, base + len(chunk)
        return ends | {n: self.found.size for n in numbers if n not in ends}


class Lines:
    """Clean decoded lines for the CSV reader; `offset` is the byte behind the last line given."""

    def __init__(self, source: Source, start: int) -> None:
        self.offset = start
        self._source = source
        self._raw = source.raw_lines(start)

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        raw = next(self._raw)
        self.offset += len(raw)
        return self._source.text(raw)


def cleaned(raw: bytes) -> bytes:
    """The same bytes without NULs, with line feeds as the only line ends."""
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n")
        if b"\r" in raw:
            raw = CARRIAGE_RETURNS.sub(b"\n", raw).replace(b"\r", b" ")
    return raw.replace(b"\0", b"") if b"\0" in raw else raw


def write_ranges(source: Source, ranges: list[tuple[int, int]], target: Path) -> Path:
    """Write parts of a text as UTF-8; hands the file itself back where it is already what is wanted."""
    if is_plain(source) and ranges == [(0, source.found.size)]:
        return source.path
    with target.open("wb") as sink:
        _write(source, ranges, sink)
    return target


def write_in_pieces(source: Source, ranges: list[tuple[int, int]], target: Path) -> Pieces:
    """Write the same in pieces while others go on; only where a line is a row."""
    pieces = Pieces()
    pieces.write(lambda sink: _write(source, ranges, sink), target)
    return pieces


def is_plain(source: Source) -> bool:
    """Is the file already what is wanted, at least in parts?"""
    found = source.found
    return source.codec == "utf-8" and found.is_utf8 and not found.cr and not found.nul


def _write(source: Source, ranges: list[tuple[int, int]], sink: Sink) -> None:
    with source.path.open("rb") as file:
        for start, end in ranges:
            file.seek(start)
            if is_plain(source):
                _copy(file, sink, end - start)
            else:
                _transcode(source, file, sink, end - start)


def _copy(file: BinaryIO, sink: Sink, length: int) -> None:
    while length and (chunk := file.read(min(PIECE, length))):
        sink.write(chunk)
        length -= len(chunk)


def _transcode(source: Source, file: BinaryIO, sink: Sink, length: int) -> None:
    needs_decoding = not (source.codec == "utf-8" and source.found.is_utf8)
    to_utf8 = _Recoder(source.codec, source.errors)
    # As many of one as of the other: they stand in pairs, and leaving one out is twice as fast as replacing.
    in_pairs = source.found.cr == source.found.lf
    held = b""
    while length and (chunk := file.read(min(PIECE, length))):
        length -= len(chunk)
        chunk = held + chunk
        held = chunk[len(chunk.rstrip(b"\r")) :] if length else b""
        chunk = chunk[: len(chunk) - len(held)]
        plain = chunk.translate(None, b"\r\0") if in_pairs else cleaned(chunk)
        sink.write(to_utf8(plain) if needs_decoding else plain)


class _Recoder:
    """Bytes of an encoding as UTF-8, piece by piece.

    Windows-1252 is tried as Latin-1 first, which takes half the time: only from 0x80 to 0x9F they differ, and of
    those and their neighbours every one would begin with 0xC2.
    """

    def __init__(self, codec: str, errors: str) -> None:
        self._decoder = codecs.getincrementaldecoder(codec)(errors=errors)
        self._may_be_latin = codecs.lookup(codec).name == "cp1252"

    def __call__(self, raw: bytes) -> bytes:
        if self._may_be_latin:
            text = raw.decode("latin-1").encode("utf-8")
            if b"\xc2" not in text:
                return text
            self._may_be_latin = False  # where there is one there are more
        return self._decoder.decode(raw).encode("utf-8", "replace")
