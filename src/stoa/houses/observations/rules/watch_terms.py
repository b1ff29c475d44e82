# SPDX-License-Identifier: EUPL-1.2
"""The terms of a rule that watches series: what may stand in them, kind by kind. Pure.

Spans are whole seconds (`..._s`), limits are in the unit of the series.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.rules.places import geometry_of
from stoa.houses.observations.terms import RuleKind

SPAN_MOST_S = 31 * 86_400
LETTERS = "abcdef"
PER_S = (60, 3_600, 86_400)
"""In which unit of time a rate may be told: minute, hour, day."""
WEEKS_MOST = 12


@dataclass(frozen=True, slots=True)
class Threshold:
    """Above or below `limit` for so long; over once it has passed `back`, which lies on the other side of it."""

    side: str
    limit: float
    back: float
    for_s: int


@dataclass(frozen=True, slots=True)
class Rate:
    """Rises, falls or either by more than `change` every `per_s`, looked at over `window_s`."""

    side: str
    change: float
    per_s: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing for so long, by the time of the values or by the time at which they came in."""

    after_s: int | None
    """None: what the series itself says, see `rules/silence.py`."""
    by: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """The same value within `tolerance` for so long and at least so many times; `but` may stand for ever."""

    for_s: int
    count: int
    tolerance: float
    but: float | None


@dataclass(frozen=True, slots=True)
class Outlier:
    """Further from the mean of the same hour of past weeks than `times` their spread, and than `least`."""

    side: str
    weeks: int
    least_weeks: int
    times: float
    least: float
    for_s: int


@dataclass(frozen=True, slots=True)
class Geofence:
    """The thing is outside (`leaves`) or inside (`enters`) the area for so long."""

    side: str
    area: Mapping[str, Any]
    for_s: int


@dataclass(frozen=True, slots=True)
class Condition:
    """One of a combination: the series with this letter is above or below a limit."""

    letter: str
    side: str
    limit: float


@dataclass(frozen=True, slots=True)
class Combination:
    """All or any of the conditions, each on a value that is not older than `fresh_s`, for so long."""

    needs_all: bool
    conditions: tuple[Condition, ...]
    fresh_s: int
    for_s: int


Terms = Threshold | Rate | Missing | Stuck | Outlier | Geofence | Combination


def read_terms(kind: RuleKind, told: Any) -> Terms:
    """The terms of a kind from JSON. Raises Refused `observations.rule_term_wrong`, whose field is the term."""
    if not isinstance(told, Mapping):
        raise wrong("terms")
    return _READERS[kind](told)


def as_json(terms: Terms) -> dict[str, Any]:
    """What `read_terms` reads."""
    return asdict(terms)


def span_us(terms: Terms) -> int:
    """How far back a rule that begins to watch has to look, microseconds: at least a day, at most 31."""
    spans = [getattr(terms, name, 0) for name in ("for_s", "window_s", "fresh_s")]
    return min(max(86_400, 2 * sum(spans)), SPAN_MOST_S) * 1_000_000


def _threshold(told: Mapping[str, Any]) -> Threshold:
    side = _one_of(told, "side", ("above", "below"))
    limit = _number(told, "limit")
    back = _number(told, "back") if told.get("back") is not None else limit
    if (back > limit) if side == "above" else (back < limit):
        raise wrong("back")
    return Threshold(side, limit, back, _span(told, "for_s"))


def _rate(told: Mapping[str, Any]) -> Rate:
    change = _number(told, "change")
    if change <= 0:
        raise wrong("change")
    per_s, window_s = told.get("per_s"), _span(told, "window_s")
    if per_s not in PER_S:
        raise wrong("per_s")
    if window_s < 1:
        raise wrong("window_s")
    return Rate(_one_of(told, "side", ("rise", "fall", "both")), change, per_s, window_s)


def _missing(told: Mapping[str, Any]) -> Missing:
    after_s = _span(told, "after_s") if told.get("after_s") is not None else None
    if after_s == 0:
        raise wrong("after_s")
    return Missing(after_s, _one_of({"by": "phenomenon", **told}, "by", ("phenomenon", "received")))


def _stuck(told: Mapping[str, Any]) -> Stuck:
    tolerance = _number({"tolerance": 0, **told}, "tolerance")
    if tolerance < 0:
        raise wrong("tolerance")
    but = _number(told, "but") if told.get("but") is not None else None
    return Stuck(_span(told, "for_s"), _whole({"count": 2, **told}, "count", 2, 10_000), tolerance, but)


def _outlier(told: Mapping[str, Any]) -> Outlier:
    weeks = _whole(told, "weeks", 1, WEEKS_MOST)
    times, least = _number(told, "times"), _number({"least": 0, **told}, "least")
    if times <= 0:
        raise wrong("times")
    if least < 0:
        raise wrong("least")
    side = _one_of({"side": "both", **told}, "side", ("above", "below", "both"))
    needed = _whole({"least_weeks": min(2, weeks), **told}, "least_weeks", 1, weeks)
    return Outlier(side, weeks, needed, times, least, _span(told, "for_s"))


def _geofence(told: Mapping[str, Any]) -> Geofence:
    try:
        area = geometry_of(told.get("area"))
    except Refused as refused:
        raise wrong("area") from refused
    if area["type"] not in {"Polygon", "MultiPolygon"}:
        raise wrong("area")
    return Geofence(_one_of(told, "side", ("leaves", "enters")), area, _span(told, "for_s"))


def _combination(told: Mapping[str, Any]) -> Combination:
    conditions = told.get("conditions")
    if not isinstance(conditions, list | tuple) or not 1 < len(conditions) <= 2 * len(LETTERS):
        raise wrong("conditions")
    fresh_s = _span(told, "fresh_s")
    if fresh_s < 1:
        raise wrong("fresh_s")
    needs_all = told.get("needs_all", True)
    if not isinstance(needs_all, bool):
        raise wrong("needs_all")
    read = tuple(_condition(one) for one in conditions)
    return Combination(needs_all, read, fresh_s, _span(told, "for_s"))


def _condition(told: Any) -> Condition:
    if not isinstance(told, Mapping):
        raise wrong("conditions")
    try:
        letter = _one_of(told, "letter", tuple(LETTERS))
        return Condition(letter, _one_of(told, "side", ("above", "below")), _number(told, "limit"))
    except Refused as refused:
        raise wrong("conditions") from refused


def _one_of(told: Mapping[str, Any], name: str, offered: tuple[str, ...]) -> str:
    found = told.get(name)
    if not isinstance(found, str) or found not in offered:
        raise wrong(name)
    return found


def _number(told: Mapping[str, Any], name: str) -> float:
    found = told.get(name)
    if isinstance(found, bool) or not isinstance(found, int | float) or not abs(found) <= 1e300:
        raise wrong(name)
    return float(found) if math.isfinite(found) else 0.0


def _span(told: Mapping[str, Any], name: str) -> int:
    return _whole({name: 0, **told}, name, 0, SPAN_MOST_S)


def _whole(told: Mapping[str, Any], name: str, least: int, most: int) -> int:
    found = told.get(name)
    if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
        raise wrong(name)
    return found


def wrong(name: str) -> Refused:
    """What to raise about one of the terms."""
    return Refused(
        Problem(
            "observations.rule_term_wrong",
            say("A term of the rule is missing or cannot be: “%(name)s”.", name=name),
            say("A rule with terms that nobody understands would fire at random, or never."),
            say("Fill in the field; the text beside it says what may stand there."),
            field=name,
        )
    )


_READERS: dict[RuleKind, Callable[[Mapping[str, Any]], Terms]] = {
    RuleKind.THRESHOLD: _threshold,
    RuleKind.RATE: _rate,
    RuleKind.MISSING: _missing,
    RuleKind.STUCK: _stuck,
    RuleKind.OUTLIER: _outlier,
    RuleKind.GEOFENCE: _geofence,
    RuleKind.COMBINATION: _combination,
}
