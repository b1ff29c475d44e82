# SPDX-License-Identifier: EUPL-1.2
"""Our own way to send many observations at once: a list, columns, JSON lines or MessagePack. A pure codec.

Each observation: `datastream`, `at` (ISO 8601 with zone, or begin/end), `result`; and if need be `resultTime`,
`quality`, `unit`, `parameters`. As columns each of them is a list; `datastream` and `unit` may be one value for all.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import Any

import msgspec

ROWS_MOST = 50_000
LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-seq")
PACKED = ("application/msgpack", "application/x-msgpack", "application/vnd.msgpack")


class Sent(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One observation as it was sent."""

    datastream: int
    at: str
    result: Any
    result_time: str | None = msgspec.field(name="resultTime", default=None)
    quality: int = 2
    unit: str = ""
    parameters: dict[str, Any] | None = None


class Columns(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Many observations, one list for each of their parts."""

    datastream: int | list[int]
    at: list[str]
    result: list[Any]
    result_time: list[str | None] | None = msgspec.field(name="resultTime", default=None)
    quality: list[int] | None = None
    unit: str = ""


class Unreadable(Exception):  # noqa: N818 - reads as what it is
    """No batch of observations; says where it stops being one."""


class TooMany(Exception):  # noqa: N818 - reads as what it is
    """More than ROWS_MOST at once."""


_list = msgspec.json.Decoder(list[Sent])
_columns = msgspec.json.Decoder(Columns)
_line = msgspec.json.Decoder(Sent)
_packed_list = msgspec.msgpack.Decoder(list[Sent])
_packed_columns = msgspec.msgpack.Decoder(Columns)


def read_batch(body: bytes, content_type: str) -> list[Sent]:
    """The observations of a body. Raises Unreadable, TooMany."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        found = _reader(kind, body)(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)[:200]) from None
    except RecursionError:
        raise Unreadable("nested too deeply") from None
    rows = _rows(found) if isinstance(found, Columns) else found
    if len(rows) > ROWS_MOST:
        raise TooMany
    return rows


def _reader(kind: str, body: bytes) -> Callable[[bytes], list[Sent] | Columns]:
    if kind in LINES:
        return _line.decode_lines
    if kind in PACKED:
        # A map begins with 0x80..0x8f, 0xde or 0xdf.
        is_map = body[:1] and (0x80 <= body[0] <= 0x8F or body[0] in {0xDE, 0xDF})
        return _packed_columns.decode if is_map else _packed_list.decode
    return _columns.decode if body.lstrip()[:1] == b"{" else _list.decode


def _rows(columns: Columns) -> list[Sent]:
    many = len(columns.at)
    named = columns.datastream
    lists = [columns.result, columns.result_time, columns.quality, named if isinstance(named, list) else None]
    if any(one is not None and len(one) != many for one in lists):
        raise Unreadable("columns of different length")
    if many > ROWS_MOST:
        raise TooMany
    series = named if isinstance(named, list) else repeat(named)
    times = columns.result_time or repeat(None)
    qualities = columns.quality or repeat(2)
    return [
        Sent(*parts, columns.unit)
        for parts in zip(series, columns.at, columns.result, times, qualities, strict=False)
    ]
