# SPDX-License-Identifier: EUPL-1.2
"""Resource paths (18-088, clause 9.2): sets, entities, what hangs on them, their properties and addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from stoa.ground.problems import NotFound
from stoa.standards.sensorthings.model import IDS, KINDS, SETS, Kind, Property, Relation

MOST_STEPS = 12
_PART = re.compile(r"([A-Za-z]+)(?:\((?:(\d{1,18})|'((?:[^']|'')*)')\))?", re.ASCII)

Id = int | str


class Shape(StrEnum):
    """What of the resource is asked."""

    WHOLE = "whole"
    REF = "$ref"
    VALUE = "$value"


@dataclass(frozen=True, slots=True)
class Step:
    """A set, or one entity of it; or where a relation leads."""

    kind: Kind
    via: Relation | None = None
    """The relation that led here; None at the first step."""
    id: Id | None = None

    @property
    def is_many(self) -> bool:
        return self.id is None and (self.via is None or self.via.is_many)


@dataclass(frozen=True, slots=True)
class Resource:
    """What an address names."""

    steps: tuple[Step, ...]
    within: tuple[str, ...] = ()
    """The property by its name on the wire, and names inside of it."""
    shape: Shape = Shape.WHOLE

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def kind(self) -> Kind:
        return self.last.kind

    @property
    def is_many(self) -> bool:
        return self.last.is_many

    @property
    def property(self) -> Property | None:
        return self.kind.properties[self.within[0]] if self.within and self.within[0] not in IDS else None


def read_path(text: str) -> Resource:
    """The resource of a path relative to the service's root, percent signs decoded; `NotFound` if there is none."""
    if len(text) > 4000 or "\0" in text:
        raise NotFound("address")
    parts = _parts(text.strip("/"))
    if len(parts) > MOST_STEPS:
        raise NotFound("address")
    shape = Shape(parts.pop()) if parts[-1] in {"$ref", "$value"} else Shape.WHOLE
    steps: list[Step] = []
    while parts:
        step = _step(steps[-1] if steps else None, parts[0])
        if step is None:
            break
        steps.append(step)
        parts.pop(0)
    if not steps:
        raise NotFound("address")
    return _checked(Resource(tuple(steps), tuple(parts), shape))


def _parts(text: str) -> list[str]:
    """What stands between slashes outside of quotes."""
    pieces = text.split("'")
    pieces[::2] = [piece.replace("/", "\0") for piece in pieces[::2]]
    return "'".join(pieces).split("\0")


def _step(before: Step | None, part: str) -> Step | None:
    """The step that this part takes; None if it is not one, so perhaps a property."""
    match = _PART.fullmatch(part)
    if match is None:
        return None
    name, number, text = match.groups()
    given: Id | None = int(number) if number else text.replace("''", "'") if text is not None else None
    if before is None:
        return Step(SETS[name], None, given) if name in SETS else None
    relation = before.kind.relations.get(name)
    if relation is None:
        return None
    if before.is_many or (given is not None and not relation.is_many):
        raise NotFound("address")
    return Step(KINDS[relation.target], relation, given)


def _checked(found: Resource) -> Resource:
    """The resource, unless it asks a set for a property, or something for a form that it has not."""
    name = found.within[0] if found.within else ""
    known = name in IDS or name in found.kind.properties
    if found.within and (found.is_many or not known):
        raise NotFound("address")
    if len(found.within) > 1 and (found.property is None or not found.property.has_parts):
        raise NotFound("address")
    if (found.shape is Shape.VALUE and not found.within) or (found.shape is Shape.REF and found.within):
        raise NotFound("address")
    return found


def key(given: Id) -> str:
    """An id in brackets: numbers bare, texts in quotes.

    >>> key(7), key("o'clock")
    ('(7)', "('o%27%27clock')")
    """
    return (
        f"({given})" if isinstance(given, int) else "('" + quote(given.replace("'", "''"), safe=".:-_") + "')"
    )


def address(kind: Kind, given: Id) -> str:
    """The path of one entity, relative to the root."""
    return f"{kind.set_name}{key(given)}"
