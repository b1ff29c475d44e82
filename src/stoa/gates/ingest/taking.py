# SPDX-License-Identifier: EUPL-1.2
"""From what was sent to rows: rights and rules for each observation, the reason for each that cannot be taken."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from stoa.commons.roles.values import Principal
from stoa.houses.observations.door.streaming import (
    Permission,
    Row,
    Series,
    Turned,
    Wrong,
    id_of,
    judging,
    problem_of,
)

_encode = msgspec.json.Encoder().encode


class Sent(Protocol):
    """One observation as any of the formats has it."""

    @property
    def datastream(self) -> int: ...
    @property
    def at(self) -> str: ...
    @property
    def result(self) -> Any: ...
    @property
    def result_time(self) -> str | None: ...
    @property
    def quality(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def parameters(self) -> dict[str, Any] | None: ...


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends, and into what they may write."""

    city: int
    departments: frozenset[int] | None
    sees: frozenset[int] | None

    @classmethod
    def of(cls, principal: Principal, city: int) -> Sender:
        return cls(
            city,
            principal.departments_with(Permission.WRITE_OBSERVATION),
            principal.departments_with(Permission.SEE_INTERNAL),
        )

    @property
    def may_write(self) -> bool:
        """Somewhere at least."""
        return self.departments is None or bool(self.departments)

    def writable(self, series: Series | None) -> Series:
        """The series, if they may write into it. Raises Wrong, which says no more than they may know."""
        if series is None or series.city != self.city:
            raise Wrong("observations.series_unknown")
        if self.departments is None or series.department in self.departments:
            return series
        visible = series.is_open or self.sees is None or series.department in self.sees
        raise Wrong("observations.series_not_writable" if visible else "observations.series_unknown")


@dataclass(slots=True)
class Taken:
    """What a request comes to."""

    rows: list[Row] = field(default_factory=list)
    turned: list[Turned] = field(default_factory=list)
    wrong: dict[int, Wrong] = field(default_factory=dict)
    """By the place in what was sent."""

    def id_at(self, row: int) -> str:
        return id_of(*self.rows[row][:3])


def take(sent: Iterable[Sent], known: Mapping[int, Series], sender: Sender, now: int) -> Taken:
    """Judge everything that was sent."""
    taken = Taken()
    add, instant, judge = taken.rows.append, judging.instant, judging.judge
    departments, city = sender.departments, sender.city
    instants: dict[str, int] = {}
    """A gateway sends many values of one moment: each is read once."""
    for index, one in enumerate(sent):
        series = known.get(one.datastream)
        try:
            if series is None or departments is not None or series.city != city:
                series = sender.writable(series)
            text = one.at
            at = instants.get(text)
            is_instant = at is not None or "/" not in text
            if is_instant and one.result_time is None and one.parameters is None and one.quality == 2:
                if one.unit:
                    judging.check_unit(series, one.unit)
                if at is None:
                    at = instants[text] = instant(text)
                add(judge(series, at, one.result, now))
            else:
                add(_closely(one, series, now))
        except Wrong as wrong:
            taken.wrong[index] = wrong
            turn(taken, wrong, one, series if series is not None and series.city == city else None, city)
    return taken


def _closely(one: Sent, series: Series, now: int) -> Row:
    at, until = judging.times(one.at)
    judging.check_unit(series, one.unit)
    row = judging.judge(series, at, one.result, now)
    return row._replace(
        until=until,
        quality=judging.check_quality(one.quality),
        result_at=row.result_at if one.result_time is None else judging.instant(one.result_time),
        extra=judging.judge_json({"parameters": one.parameters}) if one.parameters else None,
    )


def turn(taken: Taken, wrong: Wrong, sent: Any, series: Series | None, city: int) -> None:
    """Keep what was sent for the quarantine."""
    try:
        payload = _encode(sent)
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError):
        payload = repr(sent).encode(errors="replace")
    taken.turned.append(Turned(city, series.pk if series else None, wrong.code, wrong.facts, payload))


def reason(wrong: Wrong) -> dict[str, Any]:
    """What is wrong, in words and with its stable code."""
    problem = problem_of(wrong.code, wrong.facts)
    return {
        "code": wrong.code,
        "what": str(problem.what),
        "why": str(problem.why),
        "do": str(problem.do),
    }


def reasons(taken: Taken, most: int) -> list[dict[str, Any]]:
    """The first of what was refused, each with its place in what was sent."""
    return [{"index": index} | reason(taken.wrong[index]) for index in sorted(taken.wrong)[:most]]


def as_json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
