# SPDX-License-Identifier: EUPL-1.2
"""From a condition of CQL2 to SQL with bound values. Pure: operators come from a list, names from the dictionary.

Unknown stays unknown: a comparison with an empty value is neither true nor false, and such rows are left out.
A day has a beginning and an end in the query's zone; an instant is both at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from stoa.commons.lake.engine import identifier, quoted
from stoa.commons.lake.filters import typed
from stoa.commons.lake.refusals import column_unknown, filter_unfit, too_much
from stoa.commons.lake.values import VersionRef
from stoa.commons.lake.where_parts import NUMBERS, Piece, bound, edges_of, exactly, family_of, like_pattern
from stoa.commons.lake.where_reckoned import compared_sets, known_number, reckoned
from stoa.ground.tables import GEOMETRY, SQL_TYPE, ColumnSpec, Kind
from stoa.ground.words import say
from stoa.standards.cql2.tree import (
    ARITHMETIC,
    ARRAYS,
    COMPARISONS,
    LOGICAL,
    SPATIAL,
    TEMPORAL,
    TEXTUAL,
    Array,
    Call,
    Literal,
    Moment,
    Node,
    Period,
    Property,
    Shape,
    Values,
    refused,
)

MOST_VALUES = 1000
MOST_SHAPES = 20
_TIMES = {Kind.DATE, Kind.DATETIME}
_NEVER, _FOR_EVER = "'-infinity'::TIMESTAMPTZ", "'infinity'::TIMESTAMPTZ"
_TIMELY = {
    "t_after": "{s1} > {e2}",
    "t_before": "{e1} < {s2}",
    "t_contains": "{s1} < {s2} AND {e1} > {e2}",
    "t_disjoint": "{e1} < {s2} OR {s1} > {e2}",
    "t_during": "{s1} > {s2} AND {e1} < {e2}",
    "t_equals": "{s1} = {s2} AND {e1} = {e2}",
    "t_finishedby": "{s1} < {s2} AND {e1} = {e2}",
    "t_finishes": "{s1} > {s2} AND {e1} = {e2}",
    "t_intersects": "{s1} <= {e2} AND {e1} >= {s2}",
    "t_meets": "{e1} = {s2}",
    "t_metby": "{s1} = {e2}",
    "t_overlappedby": "{s1} > {s2} AND {s1} < {e2} AND {e1} > {e2}",
    "t_overlaps": "{s1} < {s2} AND {e1} > {s2} AND {e1} < {e2}",
    "t_startedby": "{s1} = {s2} AND {e1} > {e2}",
    "t_starts": "{s1} = {s2} AND {e1} < {e2}",
}
"""Begin and end of the first and the second time (21-065r2, section 7.4)."""


class Compiler:
    """Writes one condition for one version."""

    def __init__(self, ref: VersionRef, zone: str) -> None:
        self._ref = ref
        self._zone = zone
        self._shapes = 0
        self.needs_spatial = False

    def condition(self, node: Node) -> Piece:
        """Something that is true, false or unknown for a row."""
        if isinstance(node, Literal) and isinstance(node.value, bool):
            return Piece("true" if node.value else "false", kind=Kind.BOOLEAN)
        if isinstance(node, Property):
            found = self._column(node)
            if found.kind is not Kind.BOOLEAN:
                raise filter_unfit(found.column or self._spec(node))
            return found
        if not isinstance(node, Call) or node.op in TEXTUAL | ARITHMETIC:
            raise refused(say("A part of the filter is no condition."))
        if node.op in LOGICAL:
            return self._logical(node)
        if node.op in SPATIAL:
            return self._spatial(node)
        if node.op in TEMPORAL:
            return self._temporal(node)
        return self._sets(node) if node.op in ARRAYS else self._compared(node)

    def _logical(self, node: Call) -> Piece:
        if node.op == "not":
            [part] = exactly(node, 1)
            inner = self.condition(part)
            return Piece(f"NOT ({inner.text})", inner.values, Kind.BOOLEAN)
        parts = [self.condition(part) for part in node.args]
        text = f" {node.op.upper()} ".join(f"({part.text})" for part in parts)
        return Piece(text, [value for part in parts for value in part.values], Kind.BOOLEAN)

    def _compared(self, node: Call) -> Piece:
        if node.op in COMPARISONS:
            left, right = self._pair(*exactly(node, 2))
            return Piece(f"{left.text} {node.op} {right.text}", left.values + right.values, Kind.BOOLEAN)
        return {"isnull": self._is_null, "like": self._like, "between": self._between, "in": self._one_of}[
            node.op
        ](node)

    # -- scalars

    def _spec(self, node: Property) -> ColumnSpec:
        column = self._ref.column(node.name)
        if column is None:
            raise column_unknown(node.name)
        return column

    def _column(self, node: Property) -> Piece:
        column = self._spec(node)
        return Piece(identifier(column.name), kind=column.kind, column=column)

    def _scalar(self, node: Node) -> Piece:
        """A column or a text function of one; a literal waits to know what it is compared with."""
        if isinstance(node, Property):
            return self._column(node)
        if isinstance(node, Call) and node.op in TEXTUAL:
            [part] = exactly(node, 1)
            inner = self._scalar(part) if not isinstance(part, Literal) else self._literal(part, None)
            if inner.kind is not Kind.TEXT:
                raise refused(say("“casei” and “accenti” are for texts only."))
            function = "lower" if node.op == "casei" else "strip_accents"
            return Piece(f"{function}({inner.text})", inner.values, Kind.TEXT)
        if isinstance(node, Call) and node.op in ARITHMETIC:
            return known_number(self._number(node))
        raise refused(say("A part of the filter cannot be compared."))

    def _number(self, node: Node) -> Piece:
        """A part of a sum, product or power."""
        if isinstance(node, Call) and node.op in ARITHMETIC:
            return reckoned(node.op, *map(self._number, exactly(node, 2)))
        found = bound(node.value) if isinstance(node, Literal) else self._scalar(node)
        if found.kind not in NUMBERS:
            raise refused(say("Only numbers can be reckoned with."))
        return found

    def _sets(self, node: Call) -> Piece:
        """Two lists, each as a set; unknown where a column in one of them is empty."""
        arrays = exactly(node, 2)
        listed = [part for array in arrays if isinstance(array, Array) for part in array.parts]
        if len(listed) > MOST_VALUES:
            raise too_much("values", MOST_VALUES)
        if not all(isinstance(array, Array) for array in arrays):
            raise refused(
                say("An array function compares two lists; no column here holds a list."),
                say("Write for example A_CONTAINEDBY((kind), ('Oak', 'Lime'))."),
            )
        beside = next((part for part in listed if not isinstance(part, Literal | Moment)), None)
        pieces = [self._pair(part, beside or listed[0])[0] for part in listed]
        first = len(arrays[0].parts) if isinstance(arrays[0], Array) else 0
        return compared_sets(node.op, pieces[:first], pieces[first:])

    def _pair(self, one: Node, other: Node) -> tuple[Piece, Piece]:
        """Two operands that can be compared with each other."""
        if isinstance(one, Literal | Moment) and isinstance(other, Literal | Moment):
            return self._literal(one, None), self._literal(other, None, beside=one)
        if isinstance(one, Literal | Moment):
            right = self._scalar(other)
            return self._literal(one, right), right
        left = self._scalar(one)
        if isinstance(other, Literal | Moment):
            return left, self._literal(other, left)
        right = self._scalar(other)
        if left.kind is not right.kind and not {left.kind, right.kind} <= NUMBERS:
            raise refused(say("Two parts of the filter are of different kinds and cannot be compared."))
        return left, right

    def _literal(
        self, node: Literal | Moment, beside_column: Piece | None, *, beside: Node | None = None
    ) -> Piece:
        """A value in the kind of what it is compared with."""
        if isinstance(node, Moment):
            return self._moment(node, beside_column)
        value = node.value
        kind = beside_column.kind if beside_column else None
        if beside is not None and (isinstance(beside, Moment) or family_of(beside) != family_of(node)):
            raise refused(say("Two parts of the filter are of different kinds and cannot be compared."))
        if isinstance(value, str) and kind in {Kind.DATE, Kind.DATETIME, Kind.TIME}:
            column = beside_column.column if beside_column else None
            if column is None:
                raise refused(say("A part of the filter cannot be compared."))
            return Piece(f"?::{SQL_TYPE[column.kind]}", [typed(column, value)], kind)
        fitting = {str: {Kind.TEXT}, bool: {Kind.BOOLEAN}, int: NUMBERS, float: NUMBERS}[type(value)]
        if kind is not None and kind not in fitting:
            raise refused(
                say("“%(value)s” is of another kind than what it is compared with.", value=str(value)[:60])
            )
        return bound(value)

    def _moment(self, node: Moment, beside: Piece | None) -> Piece:
        """An instant or a day beside a column of times; a day beside instants is its beginning."""
        kind = beside.kind if beside else None
        if kind is not None and kind not in _TIMES:
            raise refused(say("A time in the filter is compared with something that is none."))
        if kind is Kind.DATE:
            day = node.value
            if isinstance(day, datetime):
                day = day.astimezone(ZoneInfo(self._zone)).date()
            return Piece("?::DATE", [day.isoformat()], Kind.DATE)
        return Piece("?::TIMESTAMPTZ", [self._instants(node)[0]], Kind.DATETIME)

    def _is_null(self, node: Call) -> Piece:
        [part] = exactly(node, 1)
        if part == Property(GEOMETRY) and self._ref.column(GEOMETRY) is None and self._ref.has_geometry:
            return Piece("_x0 IS NULL", kind=Kind.BOOLEAN)
        inner = self._scalar(part)
        return Piece(f"{inner.text} IS NULL", inner.values, Kind.BOOLEAN)

    def _like(self, node: Call) -> Piece:
        left, right = exactly(node, 2)
        tested, pattern = self._scalar(left), right
        wraps = []
        while isinstance(pattern, Call) and pattern.op in TEXTUAL:
            wraps.append("lower" if pattern.op == "casei" else "strip_accents")
            [pattern] = exactly(pattern, 1)
        if (
            tested.kind is not Kind.TEXT
            or not isinstance(pattern, Literal)
            or not isinstance(pattern.value, str)
        ):
            raise refused(say("“like” compares a text with a pattern."))
        text = like_pattern(pattern.value)
        gap = "?::VARCHAR"
        for function in wraps:
            gap = f"{function}({gap})"
        return Piece(f"regexp_full_match({tested.text}, {gap}, 's')", [*tested.values, text], Kind.BOOLEAN)

    def _between(self, node: Call) -> Piece:
        tested, low, high = exactly(node, 3)
        (left, least), (again, most) = self._pair(tested, low), self._pair(tested, high)
        text = f"{left.text} >= {least.text} AND {again.text} <= {most.text}"
        return Piece(text, left.values + least.values + again.values + most.values, Kind.BOOLEAN)

    def _one_of(self, node: Call) -> Piece:
        tested, listed = exactly(node, 2)
        if not isinstance(listed, Values) or not listed.values:
            raise refused(say("“in” needs a list of values."))
        if len(listed.values) > MOST_VALUES:
            raise too_much("values", MOST_VALUES)
        if isinstance(tested, Literal | Moment):
            raise refused(say("A part of the filter cannot be compared."))
        left = self._scalar(tested)
        gaps = [self._literal(value, left) for value in listed.values]
        text = f"{left.text} IN ({', '.join(gap.text for gap in gaps)})"
        return Piece(text, left.values + [value for gap in gaps for value in gap.values], Kind.BOOLEAN)

    # -- places

    def _spatial(self, node: Call) -> Piece:
        one, other = exactly(node, 2)
        is_turned = isinstance(one, Shape)
        column, shape = (other, one) if is_turned else (one, other)
        if column != Property(GEOMETRY) or not isinstance(shape, Shape):
            raise refused(
                say("A condition on places compares the column “geometry” with a geometry."),
                say("Write for example S_INTERSECTS(geometry, POINT(7.6 51.9))."),
            )
        if not self._ref.has_geometry:
            raise column_unknown(GEOMETRY)
        self._shapes += 1
        if self._shapes > MOST_SHAPES:
            raise too_much("geometries", MOST_SHAPES)
        self.needs_spatial = True
        function = f"ST_{node.op[2:].capitalize()}"
        given = "ST_GeomFromWKB(?::BLOB)"
        # Data of others may hold shapes that GEOS gives up on: those are unknown, as if they were not there.
        test = f"{function}({given}, {GEOMETRY})" if is_turned else f"{function}({GEOMETRY}, {given})"
        if node.op == "s_disjoint":
            return Piece(f"CASE WHEN _x0 IS NOT NULL THEN TRY({test}) END", [shape.wkb], Kind.BOOLEAN)
        edges = edges_of(shape)
        near = "SELECT rowid FROM data WHERE _x1 >= ? AND _x0 <= ? AND _y1 >= ? AND _y0 <= ?"
        hits = f"SELECT rowid FROM data WHERE rowid IN ({near}) AND TRY({test})"
        return Piece(
            f"CASE WHEN _x0 IS NOT NULL THEN rowid IN ({hits}) END", [*edges, shape.wkb], Kind.BOOLEAN
        )

    # -- times

    def _temporal(self, node: Call) -> Piece:
        (s1, e1), (s2, e2) = (self._ends(part) for part in exactly(node, 2))
        ends, values = {"s1": s1, "e1": e1, "s2": s2, "e2": e2}, []
        text = _TIMELY[node.op]
        for part in text.replace("{", " {").split():
            if part.startswith("{"):
                values += ends[part.strip("{}")].values
        return Piece(text.format(**{name: end.text for name, end in ends.items()}), values, Kind.BOOLEAN)

    def _ends(self, node: Node) -> tuple[Piece, Piece]:
        """Begin and end of a time as instants."""
        if isinstance(node, Moment):
            begins, ends = self._instants(node)
            return Piece("?::TIMESTAMPTZ", [begins]), Piece("?::TIMESTAMPTZ", [ends])
        if isinstance(node, Property):
            return self._column_ends(node)
        if isinstance(node, Period):
            begins_sql = self._ends(node.begins)[0] if node.begins else Piece(_NEVER)
            ends_sql = self._ends(node.ends)[1] if node.ends else Piece(_FOR_EVER)
            return self._known(begins_sql, node.ends), self._known(ends_sql, node.begins)
        raise refused(say("A time in the filter is compared with something that is none."))

    def _known(self, one: Piece, other: Node | None) -> Piece:
        """One end of an interval, unknown where the other end is an empty column."""
        if not isinstance(other, Property):
            return one
        return Piece(
            f"CASE WHEN {identifier(self._spec(other).name)} IS NOT NULL THEN {one.text} END", one.values
        )

    def _column_ends(self, node: Property) -> tuple[Piece, Piece]:
        column = self._spec(node)
        name = identifier(column.name)
        if column.kind is Kind.DATETIME:
            return Piece(name), Piece(name)
        if column.kind is not Kind.DATE:
            raise filter_unfit(column)
        zone = quoted(self._zone)
        begins = f"({name}::TIMESTAMP AT TIME ZONE {zone})"
        ends = f"((({name} + 1)::TIMESTAMP AT TIME ZONE {zone}) - INTERVAL 1 MICROSECOND)"
        return Piece(begins), Piece(ends)

    def _instants(self, node: Moment) -> tuple[str, str]:
        """First and last microsecond, as texts in UTC."""
        value = node.value
        try:
            if isinstance(value, datetime):
                both = value.astimezone(UTC).isoformat()
                return both, both
            zone = ZoneInfo(self._zone)
            begins = datetime.combine(value, time.min, zone).astimezone(UTC)
            ends = datetime.combine(value + timedelta(days=1), time.min, zone).astimezone(UTC)
            return begins.isoformat(), (ends - timedelta(microseconds=1)).isoformat()
        except OverflowError:
            raise refused(say("A time in the filter is beyond the calendar.")) from None


def compiled(ref: VersionRef, node: Node, zone: str) -> tuple[str, list[Any], bool]:
    """The condition as SQL over the table `data`, its values, and whether it needs the spatial extension.

    Raises `Refused` where it asks for what is not there or compares what cannot be compared.
    """
    compiler = Compiler(ref, zone)
    try:
        found = compiler.condition(node)
    except RecursionError:
        raise refused(say("The filter is too large or nested too deeply.")) from None
    return found.text, found.values, compiler.needs_spatial
