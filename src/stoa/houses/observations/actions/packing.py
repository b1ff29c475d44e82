# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL's binary forms, packed by hand: rows for COPY, arrays for `unnest`.

The driver's general way costs a microsecond a value; a batch has thousands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from struct import Struct, pack
from typing import Any

import psycopg
from psycopg.adapt import Dumper, Loader
from psycopg.pq import Format

from stoa.houses.observations.rules.instants import us_of
from stoa.houses.observations.rules.rows import Row
from stoa.houses.observations.terms import NO_RESULT_TIME

SINCE_2000 = us_of(NO_RESULT_TIME.replace(year=2000))
"""PostgreSQL counts from 2000, everybody else from 1970."""

COPY_BEGIN = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END = b"\xff\xff"
PLAIN_COLUMNS = "city_id, datastream_id, at, result_at, number, quality, received_at"
ALL_COLUMNS = "city_id, datastream_id, at, result_at, until, number, text, json, quality, feature_id, extra, received_at"

_plain = Struct(">18sq4sq4sq4sd18s")
_begin, _end, _length = Struct(">hiqi"), Struct(">ihiq"), pack(">i", 8)
_eight = Struct(">iq")
_nothing = pack(">i", -1)


def copy_plain(rows: Iterable[Row], received: int) -> bytes:
    """Rows with PLAIN_COLUMNS for COPY in binary form."""
    to_pg = SINCE_2000
    begins, ends = _Begins(), _Ends(received - to_pg)
    pack_row, size = _plain.pack, _length
    parts = [
        pack_row(begins[r[3]], r[0], size, r[1] - to_pg, size, r[2] - to_pg, size, r[4], ends[r[5]])
        for r in rows
    ]
    return b"".join((COPY_BEGIN, *parts, COPY_END))


class _Begins(dict[int, bytes]):
    """By the city, what stands in front of the series: a batch has few of them, and each is packed once."""

    def __missing__(self, city: int) -> bytes:
        return self.setdefault(city, _begin.pack(7, 8, city, 8))


class _Ends(dict[int, bytes]):
    """By the quality, what stands behind the number."""

    def __init__(self, received: int) -> None:
        super().__init__()
        self._received = received

    def __missing__(self, quality: int) -> bytes:
        return self.setdefault(quality, _end.pack(2, quality, 8, self._received))


def copy_all(rows: Iterable[Row], received: int) -> bytes:
    """Rows with ALL_COLUMNS for COPY in binary form."""
    then = _moment(received)
    parts = [
        part
        for r in rows
        for part in (
            b"\0\x0c", _whole(r.city), _whole(r.series), _moment(r.at), _moment(r.result_at), _moment(r.until),
            _number(r.number), _text(r.text), _jsonb(r.json), pack(">ih", 2, r.quality),
            _whole(r.feature), _jsonb(r.extra), then,
        )
    ]  # fmt: skip
    return b"".join((COPY_BEGIN, *parts, COPY_END))


def _whole(value: int | None) -> bytes:
    return _nothing if value is None else _eight.pack(8, value)


def _moment(value: int | None) -> bytes:
    return _nothing if value is None else _eight.pack(8, value - SINCE_2000)


def _number(value: float | None) -> bytes:
    return _nothing if value is None else pack(">id", 8, value)


def _text(value: str | None) -> bytes:
    if value is None:
        return _nothing
    data = value.encode()
    return pack(">i", len(data)) + data


def _jsonb(value: bytes | None) -> bytes:
    return _nothing if value is None else pack(">i", len(value) + 1) + b"\1" + value


class Packed(bytes):
    """An array in PostgreSQL's binary form; the class says of what."""


class Wholes(Packed):
    """int8[]"""


class Moments(Packed):
    """timestamptz[]"""


class Numbers(Packed):
    """float8[]"""


class Smalls(Packed):
    """int2[]"""


class Texts(Packed):
    """text[]"""


class Jsons(Packed):
    """jsonb[]"""


_OIDS: dict[type[Packed], tuple[int, int]] = {
    Wholes: (1016, 20),
    Moments: (1185, 1184),
    Numbers: (1022, 701),
    Smalls: (1005, 21),
    Texts: (1009, 25),
    Jsons: (3807, 3802),
}
_EMPTY = Struct(">iii")


def _head(element: int, count: int, *, gaps: bool) -> bytes:
    return pack(">iiiii", 1, int(gaps), element, count, 1)


def _fixed(letter: str, size: int, element: int, values: Sequence[Any]) -> bytes:
    if not values:
        return _EMPTY.pack(0, 0, element)
    many, head = len(values), _head(element, len(values), gaps=False)
    if letter != "d" and values.count(values[0]) == many:  # counts and qualities mostly are; 0.0 equals -0.0
        return head + pack(f">i{letter}", size, values[0]) * many
    return head + pack(
        f">{f'i{letter}' * many}", *chain.from_iterable(zip(repeat(size), values, strict=False))
    )


def _open(element: int, values: Sequence[Any], field: Callable[[Any], bytes]) -> bytes:
    """An array with gaps; without any value at all it is empty, which `unnest` fills up with nulls."""
    if values.count(None) == len(values):
        return _EMPTY.pack(0, 0, element)
    return _head(element, len(values), gaps=True) + b"".join([field(value) for value in values])


def wholes(values: Sequence[int]) -> Wholes:
    return Wholes(_fixed("q", 8, 20, values))


def smalls(values: Sequence[int]) -> Smalls:
    return Smalls(_fixed("h", 2, 21, values))


def moments(values: Sequence[int]) -> Moments:
    return Moments(_fixed("q", 8, 1184, [value - SINCE_2000 for value in values]))


def wholes_or_none(values: Sequence[int | None]) -> Wholes:
    return Wholes(_open(20, values, _whole))


def moments_or_none(values: Sequence[int | None]) -> Moments:
    return Moments(_open(1184, values, _moment))


def numbers_or_none(values: Sequence[float | None]) -> Numbers:
    if None not in values:
        return Numbers(_fixed("d", 8, 701, values))
    return Numbers(_open(701, values, _number))


def texts_or_none(values: Sequence[str | None]) -> Texts:
    return Texts(_open(25, values, _text))


def jsons_or_none(values: Sequence[bytes | None]) -> Jsons:
    return Jsons(_open(3802, values, _jsonb))


def _dumper(kind: type[Packed]) -> type[Dumper]:
    class PackedDumper(Dumper):
        format = Format.BINARY
        oid = _OIDS[kind][0]

        def dump(self, obj: Any) -> bytes:
            return bytes(obj)

    return PackedDumper


_DUMPERS = [(kind, _dumper(kind)) for kind in _OIDS]


class MicrosLoader(Loader):
    """A timestamptz as microseconds since 1970."""

    format = Format.BINARY

    def load(self, data: Any) -> int:
        return int.from_bytes(bytes(data), "big", signed=True) + SINCE_2000


def packing_cursor(connection: psycopg.Connection[Any]) -> psycopg.Cursor[Any]:
    """A plain cursor that knows the packed forms; whatever Django put on the connection stays out of it."""
    cursor = psycopg.Cursor(connection)
    cursor.format = Format.BINARY
    for kind, dumper in _DUMPERS:
        cursor.adapters.register_dumper(kind, dumper)
    cursor.adapters.register_loader("timestamptz", MicrosLoader)
    return cursor
