# SPDX-License-Identifier: EUPL-1.2
"""Things that an entity points to, brought along with it (clause 4.5.23)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from stoa.standards.ngsild.kinds import Entity, Instance, Kind

Links = Mapping[str, frozenset[str]]


def pointed_to(entities: Iterable[Entity], shown: frozenset[str] = frozenset()) -> list[str]:
    """Ids that relationships of the entities name, without repeats; only of the attributes in `shown` if there are any."""
    found: dict[str, None] = {}
    for entity in entities:
        for name, many in entity.attributes.items():
            if not shown or name in shown:
                found |= dict.fromkeys(target for one in many for target in targets(one))
    return list(found)


def targets(instance: Instance) -> Iterator[str]:
    """The ids that one relationship points to."""
    value = {Kind.RELATIONSHIP: "object", Kind.LIST_RELATIONSHIP: "objectList"}.get(Kind(instance["type"]))
    said = instance.get(value, []) if value else []
    yield from said if isinstance(said, list) else [said]


def inlined(
    entity: Entity, there: Mapping[str, Entity], links: Links, level: int, above: tuple[str, ...] = ()
) -> Entity:
    """The entity with those it points to inside of it, down to a level; nothing stands inside itself."""
    if level <= 0:
        return entity
    passed = (*above, entity.id)
    attributes = {
        name: [_joined(one, name, (there, links, level, passed)) for one in many]
        for name, many in entity.attributes.items()
    }
    return replace(entity, attributes=attributes)


def _joined(
    one: Instance, name: str, where: tuple[Mapping[str, Entity], Links, int, tuple[str, ...]]
) -> Instance:
    there, links, level, passed = where
    found = [there[target] for target in targets(one) if target in there and target not in passed]
    if not found:
        return one
    pick = links.get(name, frozenset())
    inner: list[Any] = [(inlined(target, there, {}, level - 1, passed), pick) for target in found]
    is_one = one["type"] == Kind.RELATIONSHIP and not isinstance(one.get("object"), list)
    return one | ({"entity": inner[0]} if is_one else {"entityList": inner})
