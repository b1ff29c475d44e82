# SPDX-License-Identifier: EUPL-1.2
"""Paging by the last row seen: the rows after (or before) a sort value and a row number. Pure.

Order: by the sort key, empty values last in both directions, equal ones by row number. A token is that
position as URL-safe base64; it gives no right to anything, so it is not signed, but checked like any other
input.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from stoa.commons.lake.refusals import token_unreadable
from stoa.ground.tables import ROW

_MOST_TOKEN = 4000


@dataclass(frozen=True, slots=True)
class Order:
    """How the rows of a query stand."""

    key: str = ""
    """SQL of the sort key; empty: by row number alone."""
    sql_type: str = ""
    descending: bool = False
    row: str = "rowid"
    """SQL of the place in the table: it stands in the order of `_row`, so `rowid` gives the same order unread."""

    @property
    def forwards(self) -> str:
        return self._by("DESC" if self.descending else "ASC", "LAST", "ASC")

    @property
    def backwards(self) -> str:
        return self._by("ASC" if self.descending else "DESC", "FIRST", "DESC")

    def _by(self, direction: str, nulls: str, rows: str) -> str:
        by_row = f"{self.row} {rows}"
        return f"{self.key} {direction} NULLS {nulls}, {by_row}" if self.key else by_row


@dataclass(frozen=True, slots=True)
class Place:
    """A position in an order: the sort key of a row as text (None: empty) and its number."""

    value: str | None
    row: int


Step = tuple[str, list[Any]]
"""A condition and its values."""


def after(order: Order, place: Place) -> list[Step]:
    """The conditions for rows that stand behind a place, to be asked one after the other until there are enough.

    One condition with OR would say the same, but nothing of it could be skipped while reading.
    """
    if not order.key:
        return [(f"{ROW} > ?", [place.row])]
    empty = f"{order.key} IS NULL"
    if place.value is None:
        return [(f"{empty} AND {ROW} > ?", [place.row])]
    return [_beyond(order, place, "<" if order.descending else ">", ">"), (empty, [])]


def before(order: Order, place: Place) -> list[Step]:
    """The conditions for rows that stand in front of a place, nearest ones first."""
    if not order.key:
        return [(f"{ROW} < ?", [place.row])]
    if place.value is None:
        return [(f"{order.key} IS NULL AND {ROW} < ?", [place.row]), (f"{order.key} IS NOT NULL", [])]
    return [_beyond(order, place, ">" if order.descending else "<", "<")]


def _beyond(order: Order, place: Place, sign: str, row_sign: str) -> Step:
    """Whole blocks are skipped by the first part; the second decides among rows with the same key."""
    gap = f"?::{order.sql_type}"
    text = f"{order.key} {sign}= {gap} AND ({order.key} {sign} {gap} OR {ROW} {row_sign} ?)"
    return text, [place.value, place.value, place.row]


def token(place: Place, purpose: str) -> str:
    """The place as text for a link; `purpose` names version and order, so that it works nowhere else."""
    raw = json.dumps([_mark(purpose), place.value, place.row], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def place(text: str, purpose: str) -> Place:
    """The place that a token names; `Refused` (`lake.token_unreadable`) if it is none of ours.

    The value is only text here: DuckDB casts it to the type of the key, and refuses what does not fit.
    """
    try:
        if len(text) > _MOST_TOKEN:
            raise ValueError("too long")
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        mark, value, row = json.loads(raw.decode())
        good = mark == _mark(purpose) and type(row) is int and 0 <= row < 2**62
        if not good or not (value is None or isinstance(value, str)):
            raise ValueError("not ours")
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise token_unreadable() from None
    return Place(value, row)


def _mark(purpose: str) -> str:
    return hashlib.sha256(purpose.encode()).hexdigest()[:12]
