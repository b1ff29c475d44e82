# SPDX-License-Identifier: EUPL-1.2
"""Things as entities: found by conditions, put together with the latest of their series.

A condition is first made into SQL that lets through at least what fulfils it; where that is not exact, what comes
through is decided in memory, and a question that would let through too much is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, Value

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.conditions import Call, Literal, Node, Path, Shape
from stoa.ground.geometry import Box
from stoa.ground.problems import Problem, Refused
from stoa.ground.words import say
from stoa.houses.observations.models import Datastream, SeriesState, Thing
from stoa.houses.observations.models.thing import ThingQuerySet
from stoa.houses.observations.queries.asking.budgets import check_time, timed
from stoa.houses.observations.rules.entities import (
    LOCATION,
    OWN_DESCRIPTION,
    OWN_NAME,
    THING,
    Kept,
    Latest,
    assembled,
)
from stoa.houses.observations.terms import ResultType
from stoa.standards.ngsild.kinds import Entity
from stoa.standards.ngsild.matching import holds
from stoa.standards.ngsild.patterns import each_watched
from stoa.standards.ngsild.places import DISTANCE

MOST_CANDIDATES = 20_000
_PORTION = 1_000
_METRES_PER_DEGREE = 111_000.0

__all__ = ["Found", "entities_of", "find", "latest_by_thing", "narrowed", "things_for"]


@dataclass(frozen=True, slots=True)
class Found:
    """A page of entities, and how many there are in all if that was asked."""

    entities: tuple[Entity, ...]
    count: int | None


@dataclass(frozen=True, slots=True)
class _Narrow:
    """A condition in SQL, and whether it says all of it."""

    condition: Q
    is_exact: bool


def things_for(city: City, by: Principal) -> ThingQuerySet:
    """All things that may be known."""
    return Thing.objects.filter(city=city).visible_to(by)


def entities_of(things: Sequence[Thing], by: Principal) -> list[Entity]:
    """The things as entities, in their order; one query more, whatever their number."""
    latest = latest_by_thing(things, by)
    return [assembled(_kept(thing, latest.get(thing.pk, ()))) for thing in things]


def _kept(thing: Thing, series: Iterable[Latest]) -> Kept:
    return Kept(
        uri=thing.uri,
        types=tuple(thing.types),
        scopes=tuple(thing.scopes),
        document=thing.attributes,
        created_at=thing.created_at,
        modified_at=thing.modified_at,
        name=thing.name,
        description=thing.description,
        place=thing.place,
        series=tuple(series),
    )


def latest_by_thing(things: Sequence[Thing], by: Principal) -> dict[int, list[Latest]]:
    """The newest values of the series of things that may be seen, by the thing's number."""
    visible = Datastream.objects.filter(thing__in=[thing.pk for thing in things]).exclude(attribute="")
    rows = SeriesState.objects.filter(datastream__in=visible.visible_to(by), at__isnull=False).values_list(
        "datastream__thing_id", "datastream__attribute", "datastream__dataset_id", "at", "number", "text", "json",
        "datastream__result_type", "received_at", "datastream__unit_code",
    )  # fmt: skip
    found: dict[int, list[Latest]] = {}
    for thing, attribute, dataset, at, number, text, json, kind, received, unit in rows:
        if at is not None:
            one = Latest(attribute, dataset, at, result_of(kind, number, text, json), received or at, unit)
            found.setdefault(thing, []).append(one)
    return found


def result_of(kind: str, number: float | None, text: str | None, json: Any) -> Any:
    """A result from its three columns."""
    if number is None:
        return json if text is None else text
    return bool(number) if kind == ResultType.TRUTH else number


def find(
    *, city: City, by: Principal, condition: Node | None, limit: int, offset: int = 0, has_count: bool = False
) -> Found:
    """Entities that fulfil a condition, oldest first; two or three queries if SQL can say it all, and three that keep the time.

    Raises Refused: `observations.entities_too_many` if too many would have to be looked at one by one,
    `observations.question_too_costly` if it takes too long.
    """
    narrow = narrowed(condition, by)
    asked = things_for(city, by).filter(narrow.condition).order_by("pk")
    with timed() as budget:
        if narrow.is_exact:
            page = list(asked[offset : offset + limit]) if limit else []
            return Found(tuple(entities_of(page, by)), asked.count() if has_count else None)
        with each_watched(budget.left):
            return _looked_at(asked, by, condition, (limit, offset, has_count))


def _looked_at(
    asked: ThingQuerySet, by: Principal, condition: Node | None, page: tuple[int, int, bool]
) -> Found:
    """One by one, in portions; ends early where nobody asked how many there are."""
    limit, offset, has_count = page
    fulfilled: list[Entity] = []
    count = seen = last = 0
    while things := list(asked.filter(pk__gt=last)[:_PORTION]):
        last = things[-1].pk
        seen += len(things)
        check_time()
        for entity in entities_of(things, by):
            if holds(condition, entity):
                count += 1
                if offset < count <= offset + limit:
                    fulfilled.append(entity)
        if len(fulfilled) == limit and not has_count:
            break
        if seen >= MOST_CANDIDATES and len(things) == _PORTION:
            raise _too_many()
    return Found(tuple(fulfilled), count if has_count else None)


def _too_many() -> Refused:
    return Refused(
        Problem(
            "observations.entities_too_many",
            say("The question would have to look at more than %(most)s entities.", most=MOST_CANDIDATES),
            say("Everybody else would have to wait."),
            say("Name a type, attributes or a place as well."),
        )
    )


# -- from conditions to SQL


_EVERYTHING = _Narrow(Q(), is_exact=False)
_NOTHING_SAID = _Narrow(Q(), is_exact=True)


def narrowed(node: Node | None, by: Principal) -> _Narrow:
    """SQL that holds at least where the condition does."""
    if node is None:
        return _NOTHING_SAID
    if not isinstance(node, Call):
        return _EVERYTHING
    if node.name in {"and", "or"}:
        return _joined(node, by)
    if node.name == "not":
        return _EVERYTHING
    first = node.args[0]
    if isinstance(first, Path):
        return _by_path(node, first, by)
    return _near(node, by) if isinstance(first, Call) else _EVERYTHING


def _joined(node: Call, by: Principal) -> _Narrow:
    parts = [narrowed(part, by) for part in node.args]
    condition = Q(pk__isnull=False) if node.name == "and" else Q()
    for part in parts:
        if node.name == "and":
            condition &= part.condition
        elif not part.condition:
            return _EVERYTHING
        else:
            condition |= part.condition
    return _Narrow(condition, all(part.is_exact for part in parts))


def _by_path(node: Call, path: Path, by: Principal) -> _Narrow:
    first = path.names[0]
    value = node.args[1] if len(node.args) > 1 else None
    if node.name == "eq" and isinstance(value, Literal) and len(path.names) == 1:
        if first == "id":
            return _Narrow(Q(uri=value.value), is_exact=True)
        if first == "type":
            return _Narrow(_of_type(str(value.value)), is_exact=True)
    if first in {"id", "type", "scope", "createdAt", "modifiedAt", "deletedAt"}:
        return _EVERYTHING
    if isinstance(value, Shape):
        return _Narrow(_has(first, by) & _in_box(node, first, value, 0), is_exact=False)
    return _Narrow(
        _has(first, by), is_exact=node.name == "exists" and len(path.names) == 1 and first != LOCATION
    )


def _of_type(name: str) -> Q:
    return Q(types__contains=[name]) | (Q(types=[]) if name == THING else Q(pk__in=[]))


class _HasOwnValue(Func):
    """Whether a document says a value of an attribute itself; what it leaves to a series has none."""

    arg_joiner = " -> "
    template = """jsonb_path_exists(%(expressions)s, '$[*] ? (exists(@.value) || @.type != "Property")')"""
    output_field = BooleanField()


def _has(name: str, by: Principal) -> Q:
    """Things with an attribute that may be seen: in the document, as a series, or of the thing itself."""
    series = Datastream.objects.filter(thing=OuterRef("pk"), attribute=name, state__at__isnull=False)
    said = Q(attributes__has_key=name) & Q(_HasOwnValue(F("attributes"), Value(name)))
    found: Q = said | Q(Exists(series.visible_to(by)))
    if name == LOCATION:
        return found | Q(place__isnull=False)
    if name == OWN_NAME:
        return found | (Q(types=[]) & ~Q(name=""))
    if name == OWN_DESCRIPTION:
        return found | (Q(types=[]) & ~Q(description=""))
    return found


def _in_box(node: Call, name: str, shape: Shape, degrees: float) -> Q:
    """Things whose place may lie so; only `location` has a box."""
    import shapely

    if name != LOCATION or node.name in {"st_disjoint", "ge", "gt"}:
        return Q()
    west, south, east, north = shapely.from_wkb(shape.wkb).bounds
    wide = Box(west - degrees, south - degrees, east + degrees, north + degrees)
    return Q(box__overlaps=wide)


def _near(node: Call, by: Principal) -> _Narrow:
    call, limit = node.args
    if not isinstance(call, Call) or call.name != DISTANCE or not isinstance(limit, Literal):
        return _EVERYTHING
    path, shape = call.args
    if not isinstance(path, Path) or not isinstance(shape, Shape):
        return _EVERYTHING
    import math

    import shapely

    north = min(
        89.0, max(abs(shapely.from_wkb(shape.wkb).bounds[1]), abs(shapely.from_wkb(shape.wkb).bounds[3]))
    )
    degrees = float(limit.value or 0) / _METRES_PER_DEGREE / math.cos(math.radians(north)) * 1.01
    inside = _in_box(node, path.names[0], shape, degrees) if degrees < 45 else Q()
    return _Narrow(_has(path.names[0], by) & inside, is_exact=False)
