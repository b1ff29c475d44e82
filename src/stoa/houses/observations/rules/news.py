# SPDX-License-Identifier: EUPL-1.2
"""News of new observations for whoever watches, small enough for PostgreSQL's NOTIFY. Pure.

A message is JSON: `{"c": city, "o": origin, "v": [[series, at, number or text, quality, result time, more], ...]}`
with moments in microseconds since 1970; without the last where there is no more to the observation (an end, a feature,
parameters), and without the last two where no result time was told either. Or `{"c": ..., "m": [series, ...]}`:
something is new there, ask for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

import msgspec

from stoa.houses.observations.rules.instants import NO_RESULT_US
from stoa.houses.observations.rules.rows import NOTHING_ELSE, Row

MOST_BYTES = 7600
"""PostgreSQL takes 8000."""
SINGLY = 300
"""Up to so many observations are told one by one; of more only the newest of each series."""
VALUES = 3000
"""Up to so many are told with their values; of more only the names of the series."""
TEXT_MOST = 200
TOGETHER = 180
"""So many usually fit."""

_encode = msgspec.json.Encoder().encode


class News(msgspec.Struct, frozen=True, gc=False):
    """One message, decoded."""

    c: int
    o: str = ""
    v: list[tuple[Any, ...]] = []
    m: list[int] = []


decode_news = msgspec.json.Decoder(News).decode


def news_of(rows: Sequence[Row], origin: str, *, are_plain: bool = False) -> list[str]:
    """Messages for rows that are new or corrected, which come sorted by key.

    `are_plain`: all of them are known to be numbers at instants, without a time of their results.
    """
    if len(rows) > SINGLY:
        rows = list({row[0]: row for row in rows}.values())
    cities = {row[3] for row in rows}
    by_city = {city: [row for row in rows if row[3] == city] if len(cities) > 1 else rows for city in cities}
    return [
        message
        for city, listed in by_city.items()
        for message in _told(city, listed, origin, values=len(rows) <= VALUES, are_plain=are_plain)
    ]


def _told(city: int, rows: Sequence[Row], origin: str, *, values: bool, are_plain: bool) -> Iterator[str]:
    is_short = values and are_plain
    small: list[tuple[Any, ...]] = [*map(_number, rows)] if is_short else []
    large: set[int] = set()
    for row in () if is_short else rows:
        if not values or row[8] is not None:
            large.add(row[0])
        elif row[2] == NO_RESULT_US and row[6:] == NOTHING_ELSE:  # what nearly all are
            small.append(_number(row))
        elif row[7] is None or len(row[7].encode()) <= TEXT_MOST:
            small.append(_values(row))
        else:
            large.add(row[0])
    head = _encode({"c": city, "o": origin})[:-1].decode()
    for name, listed in (("v", small), ("m", sorted(large))):
        for piece in _pieces(listed, MOST_BYTES - len(head) - 8):
            yield f'{head},"{name}":{piece}}}'


_number = itemgetter(0, 1, 4, 5)


def _values(row: Row) -> tuple[Any, ...]:
    value = row[4] if row[7] is None else row[7]
    told = (row[0], row[1], value, row[5])
    if row[6] is not None or row[9] is not None or row[10] is not None:
        return (*told, row[2], 1)
    return told if row[2] == NO_RESULT_US else (*told, row[2])


def _pieces(listed: Sequence[Any], most: int) -> Iterator[str]:
    """JSON lists of up to so many bytes; halved until they fit."""
    for begin in range(0, len(listed), TOGETHER):
        yield from _fitting(listed[begin : begin + TOGETHER], most)


def _fitting(listed: Sequence[Any], most: int) -> Iterator[str]:
    encoded = _encode(listed)
    if len(encoded) <= most or len(listed) == 1:
        yield encoded.decode()
        return
    half = len(listed) // 2
    yield from _fitting(listed[:half], most)
    yield from _fitting(listed[half:], most)
