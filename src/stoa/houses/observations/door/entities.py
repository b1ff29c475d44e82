# SPDX-License-Identifier: EUPL-1.2
"""Things as entities: found, read over time, created, changed and removed.

Entities are values of `standards/ngsild/kinds.py`: names and types are IRIs, attributes are normalized.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stoa.commons.cities.models import City
from stoa.commons.roles.values import Principal
from stoa.ground.conditions import Node
from stoa.ground.problems import NotFound
from stoa.houses.observations.actions import entities as _entities
from stoa.houses.observations.actions.entities import How
from stoa.houses.observations.queries import entities as _found
from stoa.houses.observations.queries import entity_history as _history
from stoa.houses.observations.queries import entity_kinds as _kinds
from stoa.houses.observations.queries.entities import Found
from stoa.houses.observations.queries.entity_history import INSTANCE, Past
from stoa.standards.ngsild.changes import Changed
from stoa.standards.ngsild.describing import AttributeUse, TypeUse
from stoa.standards.ngsild.histories import TemporalQuery
from stoa.standards.ngsild.kinds import Entity

__all__ = [
    "INSTANCE", "Found", "How", "Past", "add_history", "attributes", "by_ids", "change", "change_instance", "create",
    "entity", "find", "histories", "remove", "remove_history", "types",
]  # fmt: skip


def find(
    *, city: City, by: Principal, condition: Node | None, limit: int, offset: int = 0, has_count: bool = False
) -> Found:
    """Entities that fulfil a condition, oldest first. Raises Refused (`observations.entities_too_many`)."""
    return _found.find(city=city, by=by, condition=condition, limit=limit, offset=offset, has_count=has_count)


def by_ids(*, city: City, by: Principal, uris: Sequence[str]) -> list[Entity]:
    """Those of these entities that `by` may know, in the order in which they were set up."""
    things = list(_found.things_for(city, by).filter(uri__in=list(uris)).order_by("pk"))
    return _found.entities_of(things, by)


def entity(*, city: City, by: Principal, uri: str) -> Entity:
    """One entity. Raises NotFound."""
    found = by_ids(city=city, by=by, uris=[uri])
    if not found:
        raise NotFound("entity", uri)
    return found[0]


def create(*, city: City, by: Principal, entity: Entity) -> Entity:
    """A new entity. Raises Refused (`observations.uri_taken` and others)."""
    return _entities.create_entity(city=city, by=by, entity=entity)


def change(*, city: City, by: Principal, uri: str, how: How) -> Changed:
    """Change an entity; `how` is given the entity and the instant. Raises NotFound, Refused."""
    return _entities.change_entity(city=city, by=by, uri=uri, how=how)


def remove(*, city: City, by: Principal, uri: str) -> None:
    """Remove an entity with its history. Raises NotFound, Refused."""
    _entities.remove_entity(city=city, by=by, uri=uri)


def histories(
    *, city: City, by: Principal, uris: Sequence[str], names: frozenset[str], query: TemporalQuery
) -> list[Past]:
    """Entities over time; only the attributes in `names` if there are any."""
    return _history.histories(city=city, by=by, uris=uris, names=names, query=query)


def add_history(*, city: City, by: Principal, entity: Entity) -> bool:
    """Add instances over time; says whether the entity is new. Raises Refused."""
    return _entities.add_history(city=city, by=by, entity=entity)


def change_instance(
    *, city: City, by: Principal, uri: str, name: str, instance: str, part: dict[str, Any]
) -> None:
    """Another value for one instance of an attribute. Raises NotFound, Refused."""
    observation = instance.removeprefix(INSTANCE)
    _entities.change_instance(city=city, by=by, uri=uri, name=name, observation=observation, part=part)


def remove_history(
    *, city: City, by: Principal, uri: str, name: str, instance: str = "", dataset: str = ""
) -> None:
    """Remove one instance of an attribute, or all of a dataset's. Raises NotFound, Refused."""
    observation = instance.removeprefix(INSTANCE)
    _entities.remove_history(city=city, by=by, uri=uri, name=name, observation=observation, dataset=dataset)


def types(*, city: City, by: Principal) -> list[TypeUse]:
    """All types with counts and attributes."""
    return _kinds.types(city=city, by=by)


def attributes(*, city: City, by: Principal) -> list[AttributeUse]:
    """All attributes with counts and types."""
    return _kinds.attributes(city=city, by=by)
