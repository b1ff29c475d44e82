# SPDX-License-Identifier: EUPL-1.2
"""Whether a rule can be as somebody wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound, Problem, Refused
from stoa.ground.words import Saying, say
from stoa.houses.observations.actions.rights import need
from stoa.houses.observations.models import Datastream
from stoa.houses.observations.models.alert import may_watch
from stoa.houses.observations.roles import Permission
from stoa.houses.observations.rules.places import geometry_of
from stoa.houses.observations.rules.watch_terms import (
    LETTERS,
    Combination,
    Missing,
    Terms,
    as_json,
    read_terms,
    wrong,
)
from stoa.houses.observations.terms import Quality, ResultType, RuleKind, Severity
from stoa.standards.rdf.values import spoken

SERIES_MOST = 200
TITLE_MOST = 200
WORDS_MOST = 2_000
RADIUS_MOST_M = 50_000
_NUMBERED = {ResultType.NUMBER, ResultType.COUNT, ResultType.TRUTH}
_OF_NUMBERS = {RuleKind.THRESHOLD, RuleKind.RATE, RuleKind.OUTLIER, RuleKind.COMBINATION}
FACTS = frozenset(
    {
        "severity", "flag", "raises_alerts", "is_public", "event", "instruction", "area", "area_name",
        "area_radius_m", "quiet_from", "quiet_until",
    }
)  # fmt: skip


def checked(
    *,
    kind: RuleKind,
    terms: Mapping[str, Any],
    series: Sequence[Datastream],
    title: str,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """The terms in their plain form. Raises Refused for whatever cannot be."""
    if not 0 < len(title.strip()) <= TITLE_MOST:
        raise wrong("title")
    read = read_terms(kind, terms)
    if not series or len(series) > SERIES_MOST or len({one.pk for one in series}) != len(series):
        raise wrong("series")
    _check_letters(read, series)
    if (
        isinstance(read, Missing)
        and read.after_s is None
        and not all(one.expected_interval_s for one in series)
    ):
        raise wrong("after_s")
    _check_facts(facts)
    told = as_json(read)
    return told | {"conditions": list(told["conditions"])} if isinstance(read, Combination) else told


def _check_letters(terms: Terms, series: Sequence[Datastream]) -> None:
    if not isinstance(terms, Combination):
        return
    if not 1 < len(series) <= len(LETTERS):
        raise wrong("series")
    if {one.letter for one in terms.conditions} != set(LETTERS[: len(series)]):
        raise wrong("conditions")


def _check_facts(facts: Mapping[str, Any]) -> None:
    if not set(facts) <= FACTS:
        raise TypeError(f"a rule has no {sorted(set(facts) - FACTS)}")
    if facts.get("severity", Severity.MODERATE) not in set(Severity):
        raise wrong("severity")
    if facts.get("flag") not in {None, Quality.SUSPECT, Quality.FAIL}:
        raise wrong("flag")
    _check_area(facts)
    for name in ("event", "instruction", "area_name"):
        words = facts.get(name) or {}
        if not isinstance(words, Mapping) or not all(
            isinstance(one, str) and len(one) <= WORDS_MOST for one in words.values()
        ):
            raise wrong(name)
    for name in ("quiet_from", "quiet_until"):
        if not isinstance(facts.get(name), time | None):
            raise wrong(name)
    if (facts.get("quiet_from") is None) != (facts.get("quiet_until") is None):
        raise wrong("quiet_until")


def _check_area(facts: Mapping[str, Any]) -> None:
    if facts.get("area") is not None:
        geometry_of(facts["area"])
    radius = facts.get("area_radius_m")
    if radius is not None and (
        isinstance(radius, bool) or not isinstance(radius, int) or not 10 <= radius <= RADIUS_MOST_M
    ):
        raise wrong("area_radius_m")


def check_series(
    *, city: City, by: Principal, kind: RuleKind, series: Sequence[Datastream], department: int
) -> None:
    """Series that may be seen and that a rule of this kind can watch. Raises NotFound, Refused. One query.

    What is not public is watched by rules of its own department only: whoever sees the rule reads its values.
    """
    numbers = {one.pk for one in series}
    seen = Datastream.objects.filter(city=city, pk__in=numbers).visible_to(by).select_related("thing")
    told = {one.pk: one for one in seen}
    for one in series:
        if one.pk not in told:
            raise NotFound("datastream", str(one.uid))
        if not may_watch(told[one.pk], department):
            raise refusal(
                "observations.rule_department_other",
                say("The series “%(name)s” of another department is not public.", name=one.name),
                say("People of the rule's department would read values that were never meant for them."),
                say("Have the rule answered for by the department of the series."),
                field="department",
            )
        if kind in _OF_NUMBERS and (one.result_type not in _NUMBERED or one.multi is not None):
            raise refusal(
                "observations.rule_needs_numbers",
                say("The series “%(name)s” has no single numbers.", name=one.name),
                say("A limit can only be compared with a number."),
                say("Choose another series, or a rule for missing or unchanged values."),
                field="series",
            )


def in_plain_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with what the public reads in letters only: nothing that is blank, no signs that no letter or page holds."""
    told = dict(facts)
    for name in ("event", "instruction", "area_name"):
        if told.get(name):
            plain = {code: spoken(words).strip() for code, words in told[name].items()}
            told[name] = {code: words for code, words in plain.items() if words}
    return told


def check_flag(*, by: Principal, flag: object, series: Sequence[Datastream]) -> None:
    """Whoever has a rule mark values may judge them by hand, too. Raises Refused."""
    if flag is not None:
        for department in sorted({one.thing.department_id for one in series}):
            need(by, Permission.JUDGE_QUALITY, department)


def refusal(code: str, what: Saying, why: Saying, do: Saying, field: str = "") -> Refused:
    """A refusal about a rule."""
    return Refused(Problem(code, what, why, do, field=field))
