# SPDX-License-Identifier: EUPL-1.2
"""One quick pass over the bytes of a text file: line ends, quotes, NULs, and whether it is valid UTF-8.

It works on the raw bytes of any encoding in which ASCII stands for itself, which is every one but UTF-16 and
UTF-32; those are turned into UTF-8 before.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path

CHUNK = 1024 * 1024
SLICE = 16 * 1024
SLICES = 12
_NO_MARKS = bytes(byte for byte in range(256) if byte not in b'"\n\r\0')


@dataclass(slots=True)
class Survey:
    """What the bytes of a text file look like."""

    size: int = 0
    lf: int = 0
    cr: int = 0
    nul: int = 0
    quotes: int = 0
    ends_with_lf: bool = True
    is_ascii: bool = True
    is_utf8: bool = True
    longest_line: int = 0
    """Bytes; exact for lines longer than one chunk, else a lower bound."""
    odd_lines: int = 0
    """Lines with an odd number of quotation marks: only then can a line break stand inside a cell."""
    slices: list[bytes] = field(default_factory=list)
    """Pieces of the file around bytes beyond ASCII, for the guess of the encoding."""

    @property
    def lines(self) -> int:
        return self.lf + (0 if self.ends_with_lf or not self.size else 1)


def survey(path: Path) -> Survey:
    """Count through the whole file, chunk by chunk."""
    found = Survey()
    decoder = codecs.getincrementaldecoder("utf-8")()
    rest = b""
    open_line = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            marks = chunk.translate(
                None, _NO_MARKS
            )  # once through all bytes; what is left is counted quickly
            found.size += len(chunk)
            _count(found, marks)
            open_line = _measure_lines(found, chunk, open_line)
            rest = _count_odd_lines(found, rest + marks)
            found.is_utf8 = found.is_utf8 and _decodes(decoder, chunk)
            _take_slice(found, chunk)
            found.ends_with_lf = chunk.endswith(b"\n")
    found.longest_line = max(found.longest_line, open_line)
    found.odd_lines += len(rest) & 1
    found.is_utf8 = found.is_utf8 and _decodes(decoder, b"", final=True)
    return found


def _count(found: Survey, marks: bytes) -> None:
    found.lf += marks.count(b"\n")
    found.cr += marks.count(b"\r")
    found.nul += marks.count(b"\0")
    found.quotes += marks.count(b'"')


def _measure_lines(found: Survey, chunk: bytes, open_line: int) -> int:
    """Add to the length of the line that runs on from the chunk before; return the length of the last one."""
    first = chunk.find(b"\n")
    if first < 0:
        open_line += len(chunk)
        found.longest_line = max(found.longest_line, open_line)
        return open_line
    found.longest_line = max(found.longest_line, open_line + first)
    return len(chunk) - chunk.rfind(b"\n") - 1


def _count_odd_lines(found: Survey, marks: bytes) -> bytes:
    """Count lines with an odd number of quotes; return the quotes of the unfinished last line.

    Of quotes and line ends alone, one quote is left of an odd line when pairs are taken out, none of an even one.
    """
    if b'"' not in marks:
        return b""
    left = marks.replace(b"\r", b"").replace(b"\0", b"").replace(b'""', b"")
    last = left[left.rfind(b"\n") + 1 :]
    found.odd_lines += left.count(b'"') - len(last)
    return last


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _take_slice(found: Survey, chunk: bytes) -> None:
    if chunk.isascii():
        return
    found.is_ascii = False
    if len(found.slices) < SLICES:
        place = len(chunk) - len(chunk.lstrip(bytes(range(128))))
        found.slices.append(chunk[max(0, place - 100) : place + SLICE])
