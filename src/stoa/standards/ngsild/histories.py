# SPDX-License-Identifier: EUPL-1.2
"""Entities over time: what is asked of a history, and the three ways to write it (clauses 4.5.6 to 4.5.9, 4.11, 4.14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from stoa.ground.conditions import Period
from stoa.standards.ngsild import rendering
from stoa.standards.ngsild.contexts import Context
from stoa.standards.ngsild.durations import Length, length_of
from stoa.standards.ngsild.failures import malformed
from stoa.standards.ngsild.kinds import (
    VALUE_OF,
    Attributes,
    Entity,
    Instance,
    Kind,
    instant_of,
    kind_of,
    moment,
)
from stoa.standards.ngsild.parameters import Asked, listed, number, options
from stoa.standards.ngsild.rendering import Form, Wanted

TEMPORAL = frozenset(
    {"timerel", "timeAt", "endTimeAt", "timeproperty", "lastN", "aggrMethods", "aggrPeriodDuration"}
)
"""Parameters that ask for a time."""
TEMPORAL_OPTIONS = frozenset(
    {"normalized", "concise", "sysAttrs", "temporalValues", "aggregatedValues", "count"}
)
"""`count` as versions before 1.3 wrote it; what is counted is told by the parameter of that name."""
METHODS = ("totalCount", "distinctCount", "sum", "avg", "min", "max", "stddev", "sumsq")
TIMES = ("observedAt", "createdAt", "modifiedAt", "deletedAt")
MOST_LAST = 10_000
ALWAYS = Period(None, None)
EVERYTHING = Length(0, 0)
_PLURAL = {
    Kind.PROPERTY: "values",
    Kind.GEO: "values",
    Kind.RELATIONSHIP: "objects",
    Kind.LANGUAGE: "languageMaps",
    Kind.VOCAB: "vocabs",
    Kind.JSON: "jsons",
    Kind.LIST: "valueLists",
    Kind.LIST_RELATIONSHIP: "objectLists",
}


@dataclass(frozen=True, slots=True)
class TemporalQuery:
    """Which part of a history, and what is made of it."""

    period: Period = ALWAYS
    """Open at the end it names last: `after` and `before` leave their instant out, `between` leaves out its end."""
    relation: str = ""
    """`before`, `after`, `between`, or empty for all of it."""
    by: str = "observedAt"
    last: int = 0
    """The newest so many instances of each attribute; 0 for all."""
    is_simplified: bool = False
    """Values with their instants only (`temporalValues`)."""
    methods: tuple[str, ...] = ()
    """Aggregation, in this order; none for the instances themselves."""
    length: Length = EVERYTHING
    """Of the periods that are aggregated; everything as one if it is 0."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One figure of a method over one period."""

    value: Any
    begins: str
    ends: str


def temporal_query(asked: Asked, *, needs_time: bool) -> TemporalQuery:
    """What is asked of a history; `Failed` (InvalidRequest) if it does not fit together."""
    by = asked.get("timeproperty", "observedAt")
    if by not in TIMES:
        raise malformed(f"timeproperty is one of {', '.join(TIMES)}")
    words = options(asked, TEMPORAL_OPTIONS)
    if {"temporalValues", "aggregatedValues"} <= words:
        raise malformed("temporalValues and aggregatedValues exclude each other")
    found = replace(
        _period(asked, needs_time=needs_time),
        by=by,
        last=number(asked, "lastN", 0, MOST_LAST),
        is_simplified="temporalValues" in words,
    )
    if "lastN" in asked and found.last == 0:
        raise malformed("lastN is 1 at least")
    return _aggregated(found, asked, is_asked="aggregatedValues" in words)


def _period(asked: Asked, *, needs_time: bool) -> TemporalQuery:
    relation = asked.get("timerel", "")
    if not relation:
        if needs_time or "timeAt" in asked or "endTimeAt" in asked:
            raise malformed("A query of histories says timerel and timeAt")
        return TemporalQuery()
    if relation not in {"before", "after", "between"}:
        raise malformed("timerel is before, after or between")
    at = _instant(asked, "timeAt")
    if relation == "before":
        return TemporalQuery(Period(None, at), relation)
    if relation == "after":
        return TemporalQuery(Period(at, None), relation)
    end = _instant(asked, "endTimeAt")
    if end < at:
        raise malformed("endTimeAt is not before timeAt")
    return TemporalQuery(Period(at, end), relation)


def _instant(asked: Asked, name: str) -> datetime:
    if name not in asked:
        raise malformed(f"timerel needs {name}")
    return instant_of(moment(asked[name], name))


def _aggregated(found: TemporalQuery, asked: Asked, *, is_asked: bool) -> TemporalQuery:
    if not is_asked:
        if {"aggrMethods", "aggrPeriodDuration"} & asked.keys():
            raise malformed("aggrMethods and aggrPeriodDuration go with options=aggregatedValues")
        return found
    if "aggrMethods" not in asked:
        raise malformed("options=aggregatedValues needs aggrMethods")
    methods = tuple(dict.fromkeys(listed(asked["aggrMethods"], "aggrMethods")))
    if unknown := [name for name in methods if name not in METHODS]:
        raise malformed(f"There is no aggregation “{unknown[0][:40]}”; there are {', '.join(METHODS)}")
    text = asked.get("aggrPeriodDuration", "P0D")
    return replace(found, methods=methods, length=length_of(text))


def is_within(query: TemporalQuery, text: str) -> bool:
    """Whether an instant belongs to what is asked for."""
    when = instant_of(text)
    begins, ends = query.period.begins, query.period.ends
    if query.relation == "between":
        return begins is not None and ends is not None and begins <= when < ends
    return (begins is None or when > begins) and (ends is None or when < ends)


def narrowed(attributes: Attributes, query: TemporalQuery) -> Attributes:
    """Instances within the time asked for, newest first, at most the last so many of each attribute."""
    found = {}
    for name, many in attributes.items():
        there = [one for one in many if query.by in one and is_within(query, one[query.by])]
        there.sort(key=lambda one: instant_of(one[query.by]), reverse=True)
        if there:
            found[name] = there[: query.last or None]
    return found


def history(entity: Entity, context: Context, wanted: Wanted, query: TemporalQuery) -> dict[str, Any]:
    """The document of an entity over time: every attribute is a list, or one object of pairs if simplified."""
    wanted = replace(wanted, form=Form.NORMALIZED if wanted.form is Form.SIMPLIFIED else wanted.form)
    document = rendering.entity(replace(entity, attributes={}), context, wanted)
    for iri, many in rendering.shown(entity.attributes, wanted).items():
        name = context.compact(iri)
        if query.is_simplified:
            document[name] = _values(many, context, wanted, query.by)
        else:
            write = rendering.concise if wanted.form is Form.CONCISE else rendering.normalized
            document[name] = [write(one, context, wanted) for one in many]
    return document


def _values(many: list[Instance], context: Context, wanted: Wanted, by: str) -> Any:
    """Pairs of value and instant, one object for each dataset."""
    by_set: dict[str, list[Instance]] = {}
    for one in many:
        by_set.setdefault(one.get("datasetId", ""), []).append(rendering.in_language(one, wanted.language))
    found = []
    for dataset, instances in by_set.items():
        kind = kind_of(instances[0])
        pairs = [[_value(one, context), one.get(by, "")] for one in instances]
        document: dict[str, Any] = {"type": kind.value, _PLURAL[kind]: pairs}
        found.append(document | ({"datasetId": dataset} if dataset else {}))
    return found[0] if len(found) == 1 else found


def _value(one: Instance, context: Context) -> Any:
    value = rendering.normalized(one, context).get(VALUE_OF[kind_of(one)])
    return value.get("@value", value) if isinstance(value, dict) else value


Figures = Mapping[str, Mapping[str, list[Aggregate]]]
"""Aggregates by attribute (IRI) and method."""


def aggregated(entity: Entity, figures: Figures, context: Context, wanted: Wanted) -> dict[str, Any]:
    """The document of an entity with figures instead of values: `[value, from, to]` (clause 4.5.19)."""
    document = rendering.entity(replace(entity, attributes={}), context, wanted)
    for iri, by_method in figures.items():
        if wanted.attributes and iri not in wanted.attributes:
            continue
        many = entity.attributes.get(iri) or [{"type": Kind.PROPERTY.value}]
        found: dict[str, Any] = {"type": many[0]["type"]}
        for method, several in by_method.items():
            found[method] = [[one.value, one.begins, one.ends] for one in several]
        document[context.compact(iri)] = found
    return document
