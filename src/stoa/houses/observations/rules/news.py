# SPDX-License-Identifier: EUPL-1.2
"""News of new observations for whoever watches, small enough for PostgreSQL's NOTIFY. Pure.

A message is JSON: `{"c": city, "o": origin, "v": [[series, at, number or text, quality, result time], ...]}`
with moments in microseconds since 1970 and no result time where none was told; or `{"c": ..., "m": [series, ...]}`:
something is new there, ask for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from stoa.houses.observations.rules.instants import NO_RESULT_US
from stoa.houses.observations.rules.rows import Row

MOST_BYTES = 7600
"""PostgreSQL takes 8000."""
SINGLY = 300
"""Up to so many observations are told one by one; of more only the newest of each series."""
VALUES = 3000
"""Up to so many are told with their values; of more only the names of the series."""
TEXT_MOST = 200

_encode = msgspec.json.Encoder().encode


class News(msgspec.Struct, frozen=True, gc=False):
    """One message, decoded."""

    c: int
    o: str = ""
    v: list[tuple[Any, ...]] = []
    m: list[int] = []


decode_news = msgspec.json.Decoder(News).decode


def news_of(rows: Sequence[Row], origin: str) -> list[str]:
    """Messages for rows that are new or corrected, which come sorted by key."""
    if len(rows) > SINGLY:
        rows = list({row[0]: row for row in rows}.values())
    by_city: dict[int, list[Row]] = {}
    for row in rows:
        by_city.setdefault(row[3], []).append(row)
    return [
        message
        for city, listed in by_city.items()
        for message in _told(city, listed, origin, values=len(rows) <= VALUES)
    ]


def _told(city: int, rows: list[Row], origin: str, *, values: bool) -> Iterator[str]:
    small = [row for row in rows if values and _is_small(row)]
    large = sorted({row[0] for row in rows if not (values and _is_small(row))})
    head = _encode({"c": city, "o": origin})[:-1]
    for name, parts in ((b"v", [_encode(_values(row)) for row in small]), (b"m", [b"%d" % n for n in large])):
        for piece in _pieces(parts, MOST_BYTES - len(head) - 8):
            yield (head + b',"' + name + b'":[' + piece + b"]}").decode()


def _is_small(row: Row) -> bool:
    return row[8] is None and (row[7] is None or len(row[7].encode()) <= TEXT_MOST)


def _values(row: Row) -> tuple[Any, ...]:
    value = row[4] if row[7] is None else row[7]
    return (row[0], row[1], value, row[5]) if row[2] == NO_RESULT_US else (*row[:2], value, row[5], row[2])


def _pieces(parts: list[bytes], most: int) -> Iterator[bytes]:
    taken: list[bytes] = []
    size = 0
    for part in parts:
        if taken and size + len(part) + 1 > most:
            yield b",".join(taken)
            taken, size = [], 0
        taken.append(part)
        size += len(part) + 1
    if taken:
        yield b",".join(taken)
