# SPDX-License-Identifier: EUPL-1.2
"""The catalogue as columns of numbers, so that filtering and counting all of it takes no time. Pure.

One line is one dataset that everybody may find. A shelf holds about a hundred bytes a line and never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Facets = dict[str, list[tuple[str, int]]]

LISTED = ("theme", "department", "licence", "format", "spatial", "place", "access", "origin")
"""The facets whose value stands fast; freshness depends on the hour."""
FRESHNESS = ("ended", "no_promise", "late", "fresh")
_NEVER_LATE = np.iinfo(np.int64).max
_ENDED, _NO_PROMISE, _LATE, _FRESH = range(4)


class Line(NamedTuple):
    """What filters, counts and orders need of one dataset. An empty value is counted nowhere."""

    pk: int
    theme: str
    department: str
    licence: str
    format: str
    spatial: str
    place: str
    access: str
    origin: str
    has_ended: bool
    late_at: datetime | None
    updated_at: datetime | None
    quality: int | None
    sort_key: bytes


@dataclass(frozen=True, slots=True)
class Shelf:
    """All lines of one catalogue, by column."""

    pks: Numbers
    """Ascending; a place on the shelf is a place in this column."""
    codes: Mapping[str, npt.NDArray[np.int32]]
    names: Mapping[str, Sequence[str]]
    """By facet: what the codes stand for."""
    has_ended: Mask
    late_at: Numbers
    """Microseconds since 1970; the greatest number where nothing was promised."""
    orders: Mapping[str, Numbers]
    """By order: the places from first to last."""
    _code_of: Mapping[str, Mapping[str, int]] = field(repr=False)

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Shelf:
        listed = sorted(lines)
        codes: dict[str, npt.NDArray[np.int32]] = {}
        names: dict[str, list[str]] = {}
        for facet in LISTED:
            values = [getattr(line, facet) or "" for line in listed]
            names[facet] = list(dict.fromkeys(values))
            number = {name: n for n, name in enumerate(names[facet])}
            codes[facet] = np.array([number[value] for value in values], dtype=np.int32)
        return cls(
            np.array([line.pk for line in listed], dtype=np.int64),
            codes,
            names,
            np.array([line.has_ended for line in listed], dtype=np.bool_),
            np.array([_micros(line.late_at) for line in listed], dtype=np.int64),
            {order: np.array(places, dtype=np.int64) for order, places in _orders(listed).items()},
            {facet: {name: n for n, name in enumerate(names[facet])} for facet in LISTED},
        )

    def places(self, pks: Sequence[int]) -> Numbers:
        """Where these datasets stand, in the order given; those that are not on the shelf are left out."""
        if not len(self.pks):
            return self.pks
        asked = np.array(pks, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.pks, asked), len(self.pks) - 1)
        found: Numbers = at[self.pks[at] == asked]
        return found

    def fitting(self, chosen: Mapping[str, str], now: datetime) -> Mask:
        """Which lines pass all filters; a filter without value filters nothing."""
        mask = np.ones(len(self.pks), dtype=np.bool_)
        for facet, value in chosen.items():
            if not value:
                continue
            if facet == "freshness":
                wanted = FRESHNESS.index(value) if value in FRESHNESS else _FRESH
                mask &= self._freshness(now) == wanted
            elif facet in self.codes:
                mask &= self.codes[facet] == self._code_of[facet].get(_meant(facet, value), -1)
        return mask

    def in_order(self, order: str, mask: Mask) -> Numbers:
        """The places that are set, in one of the orders; the newest first for one that nobody knows."""
        ordered = self.orders.get(order, self.orders["newest"])
        found: Numbers = ordered[mask[ordered]]
        return found

    def count(self, places: Numbers, now: datetime) -> Facets:
        """How many of these lines have each value of every facet, most first."""
        found: Facets = {
            facet: _counted(codes[places], self.names[facet]) for facet, codes in self.codes.items()
        }
        found["freshness"] = _counted(self._freshness(now)[places], FRESHNESS)
        return found

    def _freshness(self, now: datetime) -> npt.NDArray[np.int32]:
        late = np.where(self.late_at <= _micros(now), _LATE, _FRESH)
        promised = np.where(self.late_at == _NEVER_LATE, _NO_PROMISE, late)
        return np.where(self.has_ended, _ENDED, promised).astype(np.int32)


def _meant(facet: str, value: str) -> str:
    """Which value a filter names: a number may be written with zeros, and some filters know only two values."""
    if facet == "department":
        return str(int(value)) if value.isdecimal() and len(value) < 18 else ""
    if facet == "place":
        return "map" if value == "map" else "table"
    if facet == "origin":
        return "elsewhere" if value == "elsewhere" else "here"
    return value


def _micros(moment: datetime | None) -> int:
    return _NEVER_LATE if moment is None else round(moment.timestamp() * 1_000_000)


def _counted(codes: npt.NDArray[np.int32], names: Sequence[str]) -> list[tuple[str, int]]:
    counts = np.bincount(codes, minlength=len(names)).tolist()
    pairs = [(name, n) for name, n in zip(names, counts, strict=True) if n and name]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _orders(listed: Sequence[Line]) -> dict[str, list[int]]:
    """Places by order; equal ones by number, and what was never updated first, as the database has it."""
    places = range(len(listed))
    by_title = sorted(places, key=lambda n: (listed[n].sort_key, listed[n].pk))

    def newest(n: int) -> tuple[Any, ...]:
        moment = listed[n].updated_at
        return (moment is not None, -moment.timestamp() if moment else 0.0)

    def best(n: int) -> tuple[Any, ...]:
        quality = listed[n].quality
        return (quality is None, -(quality or 0))

    return {"newest": sorted(places, key=newest), "title": by_title, "quality": sorted(by_title, key=best)}
