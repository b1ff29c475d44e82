# SPDX-License-Identifier: EUPL-1.2
"""Single entities: whether they are there, may be known of, and where they lead; observations of the lake too."""

from __future__ import annotations

from django.db import connection

from stoa.commons.roles.values import Principal
from stoa.ground.problems import NotFound
from stoa.houses.observations.models import Observation
from stoa.houses.observations.queries.asking.history import table_of_one
from stoa.houses.observations.queries.asking.joins import child_of
from stoa.houses.observations.queries.asking.pieces import Sql, joined, put
from stoa.houses.observations.queries.asking.questions import Id
from stoa.houses.observations.queries.asking.tables import KINDS
from stoa.houses.observations.queries.asking.visible import visible
from stoa.houses.observations.rules.ids import key_of
from stoa.houses.observations.rules.instants import moment_of

Start = tuple[str, Id, str]
"""A kind, the id of one of it, and the relation that leads on."""


def table_of(kind: str, given: Id) -> Sql:
    """Where an entity lies: in the table of its kind, or, an old observation, in the lake."""
    usual = Sql(KINDS[kind].table)
    key = key_of(given) if kind == "observation" and isinstance(given, str) else None
    if key is None:
        return usual
    hot = Observation.objects.filter(
        datastream_id=key.series, at=moment_of(key.at), result_at=moment_of(key.result_at)
    )
    return usual if hot.exists() else table_of_one(key) or usual


def leads_to(*, start: Start, by: Principal) -> Id:
    """The id at the other end of a relation to one; NotFound if there is none or it is not to be known of."""
    kind, id_, relation = start
    way = KINDS[kind].ways[relation]
    where = identity(kind, "a", id_)
    if where is None or way.is_many:
        raise NotFound(kind, str(id_))
    asked = put(f"select {way.key.replace('{a}', 'a')} from {{}} a where {{}}", table_of(kind, id_), where)
    with connection.cursor() as cursor:
        cursor.execute(asked.text, asked.values)
        row = cursor.fetchone()
    if row is None or row[0] is None:
        raise NotFound(relation)
    found: Id = row[0]
    exists(kind=way.kind, id=found, by=by)
    return found


def exists(*, kind: str, id: Id, by: Principal, start: Start | None = None) -> None:  # noqa: A002 - as above
    """NotFound unless the entity is there, may be known of, and hangs on where one comes from."""
    where = identity(kind, "a", id)
    if where is None:
        raise NotFound(kind, str(id))
    seen = visible(kind, "a", by)
    conditions = [where, *([seen] if seen is not None else []), *kind_only(kind), *hanging(start)]
    asked = put("select 1 from {} a where {}", table_of(kind, id), joined(" and ", conditions))
    with connection.cursor() as cursor:
        cursor.execute(asked.text, asked.values)
        if cursor.fetchone() is None:
            raise NotFound(kind, str(id))


def identity(kind: str, alias: str, given: Id) -> Sql | None:
    """The condition that the row is the one with this id; None if there can be none."""
    if kind != "observation":
        return Sql(f"{alias}.id = %s", (given,)) if isinstance(given, int) else None
    key = key_of(given) if isinstance(given, str) else None
    if key is None:
        return None
    return Sql(
        f"{alias}.datastream_id = %s and {alias}.at = %s and {alias}.result_at = %s",
        (key.series, moment_of(key.at), moment_of(key.result_at)),
    )


def kind_only(kind: str) -> list[Sql]:
    return [Sql(KINDS[kind].only.replace("{a}", "a"))] if KINDS[kind].only else []


def hanging(start: Start | None) -> list[Sql]:
    """The condition that a row hangs on where one comes from."""
    if start is None:
        return []
    kind, given, relation = start
    way = KINDS[kind].ways[relation]
    if way.is_many:
        text = child_of(way, "a", "%s")
        return [Sql(text, (given,) * text.count("%s"))]
    where = identity(kind, "sa", given)
    if where is None:
        return [Sql("false")]
    target = way.key.replace("{a}", "sa")
    return [put(f"a.id = (select {target} from {KINDS[kind].table} sa where {{}})", where)]
