# SPDX-License-Identifier: EUPL-1.2
"""Keeping observations inside a transaction of Django's; the hot path is `streaming.py`, the writing is the same."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import psycopg
from django.db import connection, transaction
from django.utils import timezone

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import Problem
from stoa.ground.words import Fact
from stoa.houses.observations.actions.hiding import count_once, look_for, old_keys
from stoa.houses.observations.actions.packing import packing_cursor
from stoa.houses.observations.actions.quarantining import Turned, quarantine
from stoa.houses.observations.actions.writing import Written, days_of, make_days, write
from stoa.houses.observations.queries.series_facts import series_by_id
from stoa.houses.observations.queries.usable_features import usable_features
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules import judging
from stoa.houses.observations.rules.ids import id_of
from stoa.houses.observations.rules.instants import moment_of, us_of
from stoa.houses.observations.rules.judging import Series, Wrong
from stoa.houses.observations.rules.refusals import problem_of
from stoa.houses.observations.rules.rows import Row
from stoa.houses.observations.terms import Quality, Way

PORTION = 10_000
"""Rows that are written at once."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One observation as a gate hands it in."""

    series: int
    at: datetime
    """When it was so, or the begin of the interval."""
    result: Any
    until: datetime | None = None
    result_at: datetime | None = None
    quality: int = Quality.NOT_EVALUATED
    feature: int | None = None
    extra: Mapping[str, Any] | None = None
    """Parameters, valid time and quality as they were sent."""
    unit: str = ""
    """In which unit the sender says that it is; must be the series' own."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one of the observations was not taken."""

    index: int
    series: int
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def problem(self) -> Problem:
        return problem_of(self.code, self.facts)


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the observations that were handed in."""

    written: int
    corrected: int
    unchanged: int
    refused: tuple[Refusal, ...]
    ids: tuple[str | None, ...]
    """One for each that was handed in, in its order; None where it was refused."""
    received_at: datetime
    """When they came in, as it stands with each of them."""


@transaction.atomic
def keep_observations(
    *,
    city: City,
    observations: Sequence[Observed],
    by: Principal,
    way: Way,
    origin: str = "",
    quarantines: bool = True,
) -> Kept:
    """Write what can be taken, quarantine the rest with its reason."""
    now = us_of(timezone.now())
    with packing_cursor(psycopg_connection()) as cursor:
        known = series_by_id(cursor, {one.series for one in observations})
        usable = usable_features(city=city, by=by, pairs=_features_of(observations, known))
        rows, refused = _judged(observations, known, by, now, usable)
        old = old_keys(rows.values(), now)
        look = look_for(city.pk, old) if old else None
        written = _write(cursor, list(rows.values()), now)
        in_lake = count_once(cursor, city.pk, look) if look else set()
        if refused and quarantines:
            quarantine(
                cursor,
                _turned(city, refused, observations, known),
                way=way,
                origin=origin,
                received=now,
            )
    ids = tuple(id_of(*rows[n][:3]) if n in rows else None for n in range(len(observations)))
    new = len(written.new - in_lake)
    corrected = len(written.new) + len(written.corrected) - new
    return Kept(new, corrected, len(rows) - new - corrected, tuple(refused), ids, moment_of(now))


def psycopg_connection() -> psycopg.Connection[Any]:
    connection.ensure_connection()
    return cast("psycopg.Connection[Any]", connection.connection)


def _write(cursor: psycopg.Cursor[Any], rows: list[Row], now: int) -> Written:
    make_days(cursor, days_of(rows))
    new: set[tuple[int, ...]] = set()
    corrected: set[tuple[int, ...]] = set()
    for begin in range(0, len(rows), PORTION):
        part = write(cursor, rows[begin : begin + PORTION], received=now)
        new |= part.new
        corrected |= part.corrected - new
    return Written(frozenset(new), frozenset(corrected))


def _features_of(observations: Iterable[Observed], known: Mapping[int, Series]) -> set[tuple[int, int]]:
    return {
        (one.series, one.feature) for one in observations if one.feature is not None and one.series in known
    }


def _judged(
    observations: Sequence[Observed],
    known: Mapping[int, Series],
    by: Principal,
    now: int,
    usable: frozenset[tuple[int, int]],
) -> tuple[dict[int, Row], list[Refusal]]:
    rows: dict[int, Row] = {}
    refused: list[Refusal] = []
    for index, one in enumerate(observations):
        try:
            row = row_of(one, writable(known.get(one.series), by), now)
            if one.feature is not None and (one.series, one.feature) not in usable:
                raise Wrong("observations.feature_unknown")
            rows[index] = row
        except Wrong as wrong:
            refused.append(Refusal(index, one.series, wrong.code, wrong.facts))
    return rows, refused


def writable(series: Series | None, by: Principal) -> Series:
    """The series if `by` may write into it. Raises Wrong, which says no more than `by` may know."""
    if series is None:
        raise Wrong("observations.series_unknown")
    if not by.may(Permission.WRITE_OBSERVATION, series.department):
        visible = series.is_open or by.may(Permission.SEE_INTERNAL, series.department)
        raise Wrong("observations.series_not_writable" if visible else "observations.series_unknown")
    return series


def row_of(one: Observed, series: Series, now: int) -> Row:
    """The row of an observation. Raises Wrong."""
    row = judging.judge(series, judging.moment_us(one.at), one.result, now)
    until = None if one.until is None else judging.moment_us(one.until)
    judging.check_interval(row.at, until)
    judging.check_unit(series, one.unit)
    return row._replace(
        result_at=row.result_at if one.result_at is None else judging.moment_us(one.result_at),
        until=until,
        quality=judging.check_quality(one.quality),
        feature=one.feature,
        extra=judging.judge_json(one.extra) if one.extra else None,
    )


def _turned(
    city: City, refused: Iterable[Refusal], observations: Sequence[Observed], known: Mapping[int, Series]
) -> list[Turned]:
    return [
        Turned(
            city.pk,
            one.series if one.series in known else None,
            one.code,
            one.facts,
            _payload(observations[one.index]),
        )
        for one in refused
    ]


def _payload(one: Observed) -> bytes:
    told = {"Datastream": one.series, "phenomenonTime": one.at, "result": one.result, "extra": one.extra}
    return json.dumps(told, default=str).encode(errors="replace")
