# SPDX-License-Identifier: EUPL-1.2
"""The quality report: six parts from 0 to 100, each with its reasons; the score is their mean. Pure.

The dimensions are those of ISO/IEC 25012 that can be measured on a table, with openness after the five stars of
open data. Every figure can be checked by hand from the numbers in its sentence.
"""

from __future__ import annotations

from dataclasses import dataclass

from stoa.ground.words import Saying, say
from stoa.houses.catalogue.rules.freshness import Freshness
from stoa.houses.catalogue.terms import Access, Part
from stoa.standards.vocabularies import LICENCES


@dataclass(frozen=True, slots=True)
class Measured:
    """What was counted of one version and what is said of its dataset."""

    rows: int
    cells: int
    empty: int
    unreadable: int
    without_place: int
    has_places: bool
    duplicate_rows: int
    key: tuple[str, ...]
    freshness: Freshness
    access: Access
    licence: str
    has_title: bool
    has_description: bool
    has_contact: bool
    has_keywords: bool
    has_period_or_area: bool
    columns: int
    described_columns: int
    too_wide_rows: int = 0
    """With cells behind the last heading, which no column holds."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One part of the score."""

    part: Part
    score: int
    reasons: tuple[Saying, ...]


def judge(measured: Measured) -> tuple[Judged, ...]:
    """All parts, in the order of `Part`."""
    return (
        _completeness(measured),
        _validity(measured),
        _uniqueness(measured),
        _timeliness(measured),
        _openness(measured),
        _documentation(measured),
    )


def score(parts: tuple[Judged, ...]) -> int:
    """The mean of the parts, rounded to a whole number."""
    return round(sum(part.score for part in parts) / len(parts))


def percent(good: int, all_of: int) -> int:
    """Share in percent, rounded down so that 100 means all; 100 of nothing."""
    return 100 if all_of <= 0 else max(0, good) * 100 // all_of


def _completeness(m: Measured) -> Judged:
    reason = say("%(empty)s of %(cells)s cells are empty.", empty=m.empty, cells=m.cells)
    return Judged(Part.COMPLETENESS, percent(m.cells - m.empty, m.cells), (reason,))


def _validity(m: Measured) -> Judged:
    filled = m.cells - m.empty
    reasons = [
        say(
            "%(n)s of %(filled)s filled cells could not be read as what their column holds.",
            n=m.unreadable,
            filled=filled,
        )
    ]
    result = percent(filled - m.unreadable, filled)
    if m.too_wide_rows:
        reasons.append(
            say(
                "%(n)s of %(rows)s rows hold more cells than there are headings; those cells are not published.",
                n=m.too_wide_rows,
                rows=m.rows,
            )
        )
        result = min(result, percent(m.rows - m.too_wide_rows, m.rows))
    if m.has_places:
        reasons.append(say("%(n)s of %(rows)s rows have no usable place.", n=m.without_place, rows=m.rows))
        result = min(result, percent(m.rows - m.without_place, m.rows))
    return Judged(Part.VALIDITY, result, tuple(reasons))


def _uniqueness(m: Measured) -> Judged:
    reasons = [say("%(n)s of %(rows)s rows are there more than once.", n=m.duplicate_rows, rows=m.rows)]
    if m.key:
        reasons.append(say("Rows are named by %(key)s.", key=", ".join(m.key)))
        return Judged(Part.UNIQUENESS, percent(m.rows - m.duplicate_rows, m.rows), tuple(reasons))
    reasons.append(say("No column names a row, so changes can only be seen as removed and added."))
    return Judged(Part.UNIQUENESS, percent(m.rows - m.duplicate_rows, m.rows) * 8 // 10, tuple(reasons))


_TIMELY = {
    Freshness.FRESH: (100, say("The promised update is kept.")),
    Freshness.DUE: (90, say("The next update is due.")),
    Freshness.LATE: (0, say("The promised update is late.")),
    Freshness.ENDED: (60, say("It is said openly that this is not updated any more.")),
    Freshness.NO_PROMISE: (40, say("No update is promised.")),
}


def _timeliness(m: Measured) -> Judged:
    points, reason = _TIMELY[m.freshness]
    return Judged(Part.TIMELINESS, points, (reason,))


_ACCESS_POINTS = {Access.OPEN: 50, Access.ENTITLED: 15, Access.ON_REQUEST: 20, Access.INTERNAL: 0}


def _openness(m: Measured) -> Judged:
    licence = LICENCES.get(m.licence)
    points = _ACCESS_POINTS[m.access]
    reasons = [
        say("Everybody may read the rows.")
        if m.access is Access.OPEN
        else say("Not everybody may read the rows.")
    ]
    if licence and licence.is_open:
        points += 50
        reasons.append(say("The licence allows every use."))
    elif licence and licence.code != "OP_DATPRO":
        points += 20
        reasons.append(say("The licence does not allow every use."))
    else:
        reasons.append(say("No licence is stated."))
    return Judged(Part.OPENNESS, points, tuple(reasons))


def _documentation(m: Measured) -> Judged:
    asked = (
        (m.has_title, 10, say("The title is missing.")),
        (m.has_description, 30, say("The description is missing.")),
        (m.has_contact, 15, say("There is nobody to ask.")),
        (m.has_keywords, 10, say("There are no keywords.")),
        (m.has_period_or_area, 15, say("Neither the period nor the area it covers is said.")),
    )
    points = sum(worth for is_there, worth, _missing in asked if is_there)
    reasons = [missing for is_there, _worth, missing in asked if not is_there]
    told = percent(m.described_columns, m.columns)
    points += told * 20 // 100
    reasons.append(
        say("%(n)s of %(columns)s columns are explained.", n=m.described_columns, columns=m.columns)
    )
    return Judged(Part.DOCUMENTATION, points, tuple(reasons))
