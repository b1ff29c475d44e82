# SPDX-License-Identifier: EUPL-1.2
"""From a path of names to a column: tables are joined once for each relation that a question goes through."""

from __future__ import annotations

from dataclasses import dataclass, field

from stoa.commons.roles.values import Principal
from stoa.ground.conditions import Node, paths_of
from stoa.ground.words import say
from stoa.houses.observations.queries.asking.pieces import Place, Sql, Type, Value, joined, put, refused
from stoa.houses.observations.queries.asking.tables import KINDS, Column, Way
from stoa.houses.observations.queries.asking.visible import visible


@dataclass
class Joins:
    """The tables of one SELECT; rows that the principal may not know of are not joined."""

    kind: str
    principal: Principal
    alias: str = "a"
    observations: Sql | None = None
    """Where observations are looked up; None: in their table."""
    has_many: bool = False
    """Whether a row may come several times now."""
    _joined: dict[tuple[str, ...], str] = field(default_factory=dict)
    _clauses: list[Sql] = field(default_factory=list)

    @property
    def clauses(self) -> Sql:
        return joined(" ", self._clauses)

    def value(self, names: tuple[str, ...]) -> Value:
        """The property at the end of a path."""
        kind, alias = self.kind, self.alias
        way: tuple[str, ...] = ()
        rest = list(names)
        while rest and rest[0] in KINDS[kind].ways:
            step = rest.pop(0)
            found = KINDS[kind].ways[step]
            way = (*way, step)
            alias = self._join(way, alias, found)
            kind = found.kind
        if not rest:
            raise _unknown(names)
        return _property(kind, alias, rest, names)

    def _join(self, way: tuple[str, ...], alias: str, found: Way) -> str:
        known = self._joined.get(way)
        if known is not None:
            return known
        new = f"j{len(self._joined) + 1}"
        self._joined[way] = new
        target = KINDS[found.kind]
        conditions = [Sql(target.only.replace("{a}", new))] if target.only else []
        if found.is_many:
            self.has_many = True
            seen = visible(found.kind, new, self.principal)
            conditions += [seen] if seen is not None else []
        link, between = _link(found, alias, new)
        if between:
            self._clauses.append(Sql(between))
        on = joined(" and ", [Sql(link), *conditions])
        table = self.observations if found.kind == "observation" and self.observations else Sql(target.table)
        self._clauses.append(put(f"left join {{}} {new} on {{}}", table, on))
        return new


def _link(found: Way, alias: str, new: str) -> tuple[str, str]:
    """The condition of the join, and the join of the table between, if there is one."""
    if found.key:
        return f"{new}.id = {found.key.replace('{a}', alias)}", ""
    if found.between[0]:
        table, ours, theirs = found.between
        return f"{new}.id = {new}b.{theirs}", f"left join {table} {new}b on {new}b.{ours} = {alias}.id"
    return child_of(found, new, f"{alias}.id"), ""


def child_of(found: Way, alias: str, parent: str) -> str:
    """The condition that the row behind `alias` hangs on the parent with the id that `parent` is the SQL of."""
    if found.between[0]:
        table, ours, theirs = found.between
        return f"exists (select from {table} lb where lb.{theirs} = {alias}.id and lb.{ours} = {parent})"
    if found.hang:
        return found.hang.replace("{b}", alias).replace("{p}", parent)
    return f"{alias}.{found.back} = {parent}"


def goes_through_many(kind: str, node: Node) -> bool:
    """Whether a condition speaks of one of many related entities."""
    return any(_is_through_many(kind, path.names) for path in paths_of(node))


def _is_through_many(kind: str, names: tuple[str, ...]) -> bool:
    for name in names:
        way = KINDS[kind].ways.get(name)
        if way is None:
            return False
        if way.is_many:
            return True
        kind = way.kind
    return False


def _property(kind: str, alias: str, rest: list[str], names: tuple[str, ...]) -> Value:
    declared = KINDS[kind]
    name, inside = rest[0], rest[1:]
    if name in declared.parts and len(inside) == 1 and inside[0] in declared.parts[name]:
        return Value(Type.TEXT, Sql(f"nullif({declared.parts[name][inside[0]].replace('{a}', alias)}, '')"))
    column = declared.columns.get(name)
    if column is None:
        raise _unknown(names)
    if inside:
        return _inside(column, alias, inside, names)
    sql = Sql(column.sql.replace("{a}", alias))
    end = Sql(column.end.replace("{a}", alias)) if column.end else None
    place = Place(Sql(f"{alias}.id"), column.source, column.has_box) if column.type is Type.SHAPE else None
    return Value(column.type, sql, end, place)


def _inside(column: Column, alias: str, inside: list[str], names: tuple[str, ...]) -> Value:
    sql = column.sql.replace("{a}", alias)
    if column.type is Type.RESULT:
        sql = f"{alias}.json"
    elif column.type not in {Type.JSON, Type.SHAPE}:
        raise _unknown(names)
    return Value(Type.JSON, Sql(f"({sql} #> %s::text[])", (inside,)))


def _unknown(names: tuple[str, ...]) -> Exception:
    return refused(say("There is no property “%(name)s” here.", name="/".join(names)[:100]))
