# SPDX-License-Identifier: EUPL-1.2
"""Whether an extract is whole. GDAL stops at the first damage and says nothing: half a town would be drawn.

Format of the PBF: https://wiki.openstreetmap.org/wiki/PBF_Format (blob header up to 64 KiB, blob up to 32 MiB).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

MOST_HEADER = 64 * 1024
MOST_BLOB = 32 * 1024 * 1024
_PIECE = 1024 * 1024
_DATASIZE, _ZLIB = 3, 3


def is_whole(path: Path, *, is_pbf: bool) -> bool:
    """Read the file once to its end: every blob unpacks, or the XML is well formed and declares no entities."""
    with path.open("rb") as file:
        try:
            return _blobs_unpack(file) if is_pbf else _is_well_formed(file)
        except (ValueError, IndexError, zlib.error, expat.ExpatError):
            return False


def _blobs_unpack(file: BinaryIO) -> bool:
    while start := file.read(4):
        size = int.from_bytes(start, "big")
        header = file.read(size) if len(start) == 4 and size <= MOST_HEADER else b""
        length = next((int(v) for n, v in _fields(header) if n == _DATASIZE and isinstance(v, int)), -1)
        if not 0 <= length <= MOST_BLOB:
            return False
        blob = file.read(length)
        if len(header) < size or len(blob) < length:
            return False
        for number, value in _fields(blob):
            if number == _ZLIB and isinstance(value, bytes):
                unpacking = zlib.decompressobj()
                unpacking.decompress(value, MOST_BLOB)
                if not unpacking.eof:
                    return False
    return True


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of the fields of a protobuf message; only the two kinds that blobs have."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        value, at = _varint(message, at)
        if tag & 7 == 0:
            yield tag >> 3, value
        elif tag & 7 == 2 and at + value <= len(message):
            yield tag >> 3, message[at : at + value]
            at += value
        else:
            raise ValueError("no field of a blob")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 64:
        byte = message[at]
        value, at, shift = value | (byte & 127) << shift, at + 1, shift + 7
        if byte < 128:
            return value, at
    raise ValueError("a number that does not end")


def _is_well_formed(file: BinaryIO) -> bool:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    while piece := file.read(_PIECE):
        parser.Parse(piece, False)
    parser.Parse(b"", True)
    return True


def _refuse(*_parts: object) -> None:
    raise ValueError("a document type")
