# SPDX-License-Identifier: EUPL-1.2
"""The body of an answer, unpacked and written to a file while it comes in, within limits."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from stoa.commons.fetching import words
from stoa.commons.fetching.wire import Exchange

_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class BodyLimits:
    sent_bytes: int
    unpacked_bytes: int


@dataclass(frozen=True, slots=True)
class Stored:
    bytes: int
    sha256: str


def store_body(exchange: Exchange, path: Path, limits: BodyLimits, host: str) -> Stored:
    """Write the body to `path`; `Refused` when it is too large, packed in an unknown way or cut short."""
    told = exchange.header("Content-Length")
    if told.isdigit() and int(told) > limits.sent_bytes:
        raise words.too_large(limits.sent_bytes)
    packing = exchange.header("Content-Encoding").strip().lower()
    pieces = _received(exchange, limits, host)
    if packing in {"gzip", "x-gzip", "deflate"}:
        pieces = _unpacked(pieces, packing, limits, host)
    elif packing not in {"", "identity"}:
        raise words.encoding_unknown(packing)
    digest, count = hashlib.sha256(), 0
    with path.open("wb") as out:
        for piece in pieces:
            out.write(piece)
            digest.update(piece)
            count += len(piece)
    return Stored(count, digest.hexdigest())


def _received(exchange: Exchange, limits: BodyLimits, host: str) -> Iterator[bytes]:
    """The bytes as sent; counted, because `http.client` is silent when an answer ends too early."""
    told, count = exchange.response.length, 0
    while True:
        try:
            piece = exchange.response.read1(_CHUNK)
        except HTTPException as error:
            raise words.broken(host) from error
        if not piece:
            break
        count += len(piece)
        if count > limits.sent_bytes:
            raise words.too_large(limits.sent_bytes)
        yield piece
    if told is not None and count < told:
        raise words.broken(host)


def _unpacked(pieces: Iterator[bytes], packing: str, limits: BodyLimits, host: str) -> Iterator[bytes]:
    """Undo gzip (several members too) or zlib, never more than a chunk in memory at once."""
    how = 16 + zlib.MAX_WBITS if packing != "deflate" else zlib.MAX_WBITS
    machine, count = zlib.decompressobj(how), 0
    for piece in pieces:
        rest = piece
        while rest:
            if machine.eof:
                machine = zlib.decompressobj(how)
            try:
                out = machine.decompress(rest, _CHUNK)
            except zlib.error as error:
                raise words.broken(host) from error
            rest = machine.unconsumed_tail or machine.unused_data
            count += len(out)
            if count > limits.unpacked_bytes:
                raise words.unpacks_too_far(limits.unpacked_bytes)
            yield out
    if not machine.eof:
        raise words.broken(host)
