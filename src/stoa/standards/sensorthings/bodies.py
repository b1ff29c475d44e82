# SPDX-License-Identifier: EUPL-1.2
"""Entities that somebody sends (18-088, clause 10): whole, in part, with others inside of them, or as links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stoa.ground.words import say
from stoa.standards.sensorthings.model import KINDS, OBSERVATION, Kind, Relation
from stoa.standards.sensorthings.paths import Id
from stoa.standards.sensorthings.problems import body_refused
from stoa.standards.sensorthings.values import read_value

MOST_LEVELS, MOST_ENTITIES = 8, 10_000


@dataclass(frozen=True, slots=True)
class Link:
    """An entity that exists already."""

    id: Id


@dataclass(frozen=True, slots=True)
class Draft:
    """An entity as somebody wishes it: neutral names, times as times."""

    kind: str
    """Neutral name."""
    values: Mapping[str, Any]
    related: Mapping[str, tuple[Draft | Link, ...]]
    """By the neutral name of the relation."""


def read_new(body: Any, kind: Kind, implied: str = "") -> Draft:
    """An entity to be made, with all that is inside of it; `implied` is the relation that the address stands for.

    The id of the entity itself is passed over, and so is what the server works out.
    """
    return _new(body, kind, implied, 0, iter(range(MOST_ENTITIES)))


def read_whole(body: Any, kind: Kind) -> Draft:
    """A replacement (PUT): all values, and links if somebody wants to change them."""
    found = read_change(body, kind)
    _need_all(found.values, kind)
    missing = {
        one.neutral: None for one in kind.listed if not one.is_computed and one.neutral not in found.values
    }
    return Draft(found.kind, {**found.values, **missing}, found.related)


def read_change(body: Any, kind: Kind) -> Draft:
    """A change (PATCH): only what is named changes; entities inside are refused (clause 10.3.1)."""
    values, related = {}, {}
    for name, value in _members(body, kind):
        if name in kind.properties:
            known = kind.properties[name]
            if not known.is_computed:
                values[known.neutral] = read_value(known, value)
        else:
            relation = kind.relations[name]
            links = [_link(one) for one in _listed(value, relation)]
            if None in links:
                what = say("“%(name)s” can only be a link here, not an entity.", name=name)
                raise body_refused(what, name)
            related[relation.neutral] = tuple(link for link in links if link is not None)
    return Draft(kind.neutral, values, related)


def _new(body: Any, kind: Kind, implied: str, level: int, budget: Iterator[int]) -> Draft:
    if level > MOST_LEVELS or next(budget, None) is None:
        raise body_refused(say("There are too many entities inside of one another."))
    values: dict[str, Any] = {}
    related: dict[str, tuple[Draft | Link, ...]] = {}
    for name, value in _members(body, kind):
        if name in kind.properties:
            known = kind.properties[name]
            if not known.is_computed:
                values[known.neutral] = read_value(known, value)
            continue
        relation = kind.relations[name]
        back = _way_back(kind, relation)
        related[relation.neutral] = tuple(
            _link(one) or _new(one, KINDS[relation.target], back, level + 1, budget)
            for one in _listed(value, relation)
        )
    _need_all(values, kind)
    _need_related({*related, implied}, kind)
    return Draft(kind.neutral, values, related)


def _members(body: Any, kind: Kind) -> Iterator[tuple[str, Any]]:
    """What the body says; annotations are passed over, misspelt names are not."""
    if not isinstance(body, dict):
        raise body_refused(say("The body of “%(kind)s” must be a JSON object.", kind=kind.name))
    for name, value in body.items():
        if name in kind.properties or name in kind.relations:
            yield name, value
        elif "@iot." not in name and name not in {"id", "selfLink"}:
            what = say("“%(kind)s” has no property “%(name)s”.", kind=kind.name, name=name[:60])
            raise body_refused(what, name[:60], say("Put your own facts into “properties”."))


def _listed(value: Any, relation: Relation) -> list[Any]:
    """The entities of a relation: a list where there may be many, one object otherwise."""
    found = value if relation.is_many and isinstance(value, list) else [value]
    if not all(isinstance(one, dict) for one in found):
        raise body_refused(say("“%(name)s” must hold entities or links.", name=relation.name), relation.name)
    return found


def _link(value: Mapping[str, Any]) -> Link | None:
    """The link, if the object has an id: clients send along what they know of an entity that exists."""
    return read_link(value) if "@iot.id" in value else None


def read_link(value: Any) -> Link:
    """An object like `{"@iot.id": 1}`."""
    found = value.get("@iot.id") if isinstance(value, dict) else None
    if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 10**18:
        return Link(found)
    if isinstance(found, str) and 0 < len(found) <= 300:
        return Link(found)
    raise body_refused(say("A link needs an @iot.id that is a number or a text."), "@iot.id")


def _way_back(kind: Kind, relation: Relation) -> str:
    """The neutral name of the relation from the entity inside to the one around it."""
    back = KINDS[relation.target].relations
    for name in (kind.name, kind.set_name):
        if name in back:
            return back[name].neutral
    return ""


def _need_all(values: Mapping[str, Any], kind: Kind) -> None:
    for known in kind.listed:
        if known.is_needed and not known.is_computed and known.neutral not in values:
            what = say("“%(kind)s” needs “%(name)s”.", kind=kind.name, name=known.name)
            raise body_refused(what, known.name)


def _need_related(given: set[str], kind: Kind) -> None:
    needed = [relation.neutral for relation in kind.ways if relation.is_needed]
    if kind is OBSERVATION and not given & {"datastream", "multi_datastream"}:
        needed = ["datastream"]
    for relation in kind.ways:
        if relation.neutral in needed and relation.neutral not in given:
            what = say("“%(kind)s” needs “%(name)s”.", kind=kind.name, name=relation.name)
            raise body_refused(what, relation.name)
