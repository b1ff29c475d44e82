# SPDX-License-Identifier: EUPL-1.2
"""Paging by the last row seen: the rows after (or before) its sort values and its row number. Pure.

Order: by the sort keys, empty values last in both directions, equal ones by row number. A token is that
position as URL-safe base64; it gives no right to anything, so it is not signed, but checked like any other
input.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from stoa.commons.lake.refusals import token_unreadable
from stoa.ground.tables import ROW

_MOST_TOKEN = 4000


@dataclass(frozen=True, slots=True)
class Key:
    """One column of an order."""

    sql: str
    sql_type: str
    descending: bool = False

    def by(self, *, backwards: bool) -> str:
        """The part of ORDER BY."""
        nulls = "FIRST" if backwards else "LAST"
        return f"{self.sql} {'DESC' if self.descending != backwards else 'ASC'} NULLS {nulls}"


@dataclass(frozen=True, slots=True)
class Order:
    """How the rows of a query stand."""

    keys: tuple[Key, ...] = ()
    """The most important one first; none: by row number alone."""
    row: str = "rowid"
    """SQL of the place in the table: it stands in the order of `_row`, so `rowid` gives the same order unread."""

    @property
    def forwards(self) -> str:
        return ", ".join([*(key.by(backwards=False) for key in self.keys), f"{self.row} ASC"])

    @property
    def backwards(self) -> str:
        return ", ".join([*(key.by(backwards=True) for key in self.keys), f"{self.row} DESC"])

    @property
    def texts(self) -> str:
        """SQL of the keys of a row as a list of texts."""
        return f"[{', '.join(f'{key.sql}::VARCHAR' for key in self.keys)}]::VARCHAR[]"


@dataclass(frozen=True, slots=True)
class Place:
    """A position in an order: the keys of a row as texts (None: empty) and its number."""

    values: tuple[str | None, ...]
    row: int


Step = tuple[str, list[Any]]
"""A condition and its values."""


def after(order: Order, place: Place) -> list[Step]:
    """The conditions for rows that stand behind a place, to be asked one after the other until there are enough.

    One condition with OR would say the same, but nothing of it could be skipped while reading.
    """
    text, values = _beyond(order.keys, place, is_behind=True)
    if not order.keys or place.values[0] is None:
        return [(text, values)]
    return [(text, values), (f"{order.keys[0].sql} IS NULL", [])]


def before(order: Order, place: Place) -> list[Step]:
    """The conditions for rows that stand in front of a place, nearest ones first."""
    text, values = _beyond(order.keys, place, is_behind=False)
    if order.keys and place.values[0] is None:
        return [(text, values), (f"{order.keys[0].sql} IS NOT NULL", [])]
    return [(text, values)]


def _beyond(keys: Sequence[Key], place: Place, *, is_behind: bool) -> Step:
    """Rows beyond a place: by the first key, or among those that share it by the rest; empty ones of it not counted.

    Whole blocks are skipped by the first part; the second decides among rows with the same key.
    """
    if not keys:
        return f"{ROW} {'>' if is_behind else '<'} ?", [place.row]
    key, value = keys[0], place.values[-len(keys)]
    rest, values = _beyond(keys[1:], place, is_behind=is_behind)
    if len(keys) > 1:
        rest = _with_empty(keys[1], place.values[1 - len(keys)], rest, is_behind=is_behind)
    if value is None:
        return f"{key.sql} IS NULL AND ({rest})", values
    sign, gap = "<" if key.descending == is_behind else ">", f"?::{key.sql_type}"
    text = f"{key.sql} {sign}= {gap} AND ({key.sql} {sign} {gap} OR ({rest}))"
    return text, [value, value, *values]


def _with_empty(key: Key, value: str | None, beyond: str, *, is_behind: bool) -> str:
    """Empty values stand last: behind everything that is filled, and everything filled in front of them."""
    if is_behind and value is not None:
        return f"({beyond}) OR {key.sql} IS NULL"
    if not is_behind and value is None:
        return f"({beyond}) OR {key.sql} IS NOT NULL"
    return beyond


def token(place: Place, purpose: str) -> str:
    """The place as text for a link; `purpose` names version and order, so that it works nowhere else."""
    raw = json.dumps([_mark(purpose), place.values, place.row], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def place(text: str, purpose: str, keys: int) -> Place:
    """The place in an order of so many keys that a token names; `Refused` (`lake.token_unreadable`) if it is none.

    The values are only texts here: DuckDB casts them to the types of the keys, and refuses what does not fit.
    """
    try:
        if len(text) > _MOST_TOKEN:
            raise ValueError("too long")
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        mark, values, row = json.loads(raw.decode())
        good = mark == _mark(purpose) and type(row) is int and 0 <= row < 2**62
        if not good or not all(value is None or isinstance(value, str) for value in values):
            raise ValueError("not ours")
        if len(values) != keys:
            raise ValueError("of another order")
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise token_unreadable() from None
    return Place(tuple(values), row)


def _mark(purpose: str) -> str:
    return hashlib.sha256(purpose.encode()).hexdigest()[:12]
