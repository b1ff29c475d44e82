# SPDX-License-Identifier: EUPL-1.2
"""What changed between two versions: by key where there is one, else by whole rows (TECH 16).

Only columns that both versions have with the same kind are compared; the others are schema changes. The rows
that differ are written once to a small Parquet file in the cache, from which every page of the comparison is
read.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.commons.lake import dictionary, refusals
from stoa.commons.lake.engine import fetched, identifier, open_engine, quoted
from stoa.commons.lake.reader import limited, turn
from stoa.commons.lake.values import ChangedRow, Comparison, Layout, SchemaChange, VersionRef
from stoa.ground.tables import GEOMETRY, ROW, ColumnSpec, Kind

if TYPE_CHECKING:
    import duckdb

MOST_ROWS = 1000
SECONDS = 120.0
FORMAT = 1


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two versions and what of them can be compared."""

    layout: Layout
    old: VersionRef
    new: VersionRef
    shared: tuple[ColumnSpec, ...]
    with_geometry: bool

    @property
    def names(self) -> tuple[str, ...]:
        return (*(column.name for column in self.shared), *((GEOMETRY,) if self.with_geometry else ()))

    def source(self, ref: VersionRef) -> str:
        return f"read_parquet({quoted(str(dictionary.data_file(self.layout, ref)))})"

    @property
    def folder(self) -> Path:
        """In the new version's folder, so that it goes when that goes."""
        mark = hashlib.sha256(f"{FORMAT} {self.old.path} {self.old.content_hash}".encode()).hexdigest()[:20]
        return dictionary.folder(self.layout.cache, self.new.path) / "changes" / mark


def schema_change(old: VersionRef, new: VersionRef) -> SchemaChange:
    """Columns that came, went, or kept their name but not their kind or unit."""
    before, after = ({column.name: column for column in ref.columns} for ref in (old, new))
    retyped = tuple(
        (before[name], column)
        for name, column in after.items()
        if name in before and dictionary.described(before[name]) != dictionary.described(column)
    )
    return SchemaChange(
        added=tuple(column for column in new.columns if column.name not in before),
        removed=tuple(column for column in old.columns if column.name not in after),
        retyped=retyped,
    )


def compare(
    layout: Layout, old: VersionRef, new: VersionRef, *, limit: int = 50, offset: int = 0
) -> Comparison:
    """What changed from the old to the new version, with one page of the rows that differ."""
    if not 1 <= limit <= MOST_ROWS or offset < 0:
        raise refusals.too_much("limit", MOST_ROWS)
    pair = _pair(layout, old, new)
    folder = pair.folder
    if not (folder / "summary.json").exists():
        _work_out(pair, folder)
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return Comparison(
        schema=schema_change(old, new),
        by_key=tuple(summary["by_key"]),
        added=summary["added"],
        removed=summary["removed"],
        changed=summary["changed"],
        same=summary["same"],
        changed_by_column=summary["changed_by_column"],
        sample=_sample(pair, folder / "changes.parquet", limit, offset),
    )


def _pair(layout: Layout, old: VersionRef, new: VersionRef) -> _Pair:
    kinds = {column.name: column.kind for column in old.columns}
    shared = tuple(column for column in new.columns if kinds.get(column.name) == column.kind)
    return _Pair(layout, old, new, shared, old.has_geometry and new.has_geometry)


def _work_out(pair: _Pair, folder: Path) -> None:
    aside = pair.layout.cache / ".building" / secrets.token_hex(8)
    aside.mkdir(parents=True)
    try:
        with turn(), open_engine(pair.layout, spatial=False, scratch=aside / "spill") as connection:
            (aside / "spill").mkdir()
            with limited(connection, SECONDS):
                key = _usable_key(connection, pair)
                file = aside / "changes.parquet"
                connection.execute(
                    f"COPY ({_keyed(pair, key) if key else _whole(pair)}) TO {quoted(str(file))} "
                    "(FORMAT parquet, COMPRESSION zstd)"
                )
                summary = _summary(connection, pair, key, file)
        (aside / "spill").rmdir()
        (aside / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
        _put(aside, folder)
    finally:
        import shutil

        shutil.rmtree(aside, ignore_errors=True)


def _put(aside: Path, folder: Path) -> None:
    """Move the finished answer into place; somebody else may have been quicker with the same one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        aside.rename(folder)
    except OSError:
        if not (folder / "summary.json").exists():
            raise


def _usable_key(connection: duckdb.DuckDBPyConnection, pair: _Pair) -> tuple[str, ...]:
    """The key of both versions if it is the same, never empty and never double in either; else nothing."""
    key = pair.new.key
    if not key or pair.old.key != key or not set(key) <= {column.name for column in pair.shared}:
        return ()
    names = ", ".join(identifier(name) for name in key)
    empty = " OR ".join(f"{identifier(name)} IS NULL" for name in key)
    for ref in (pair.old, pair.new):
        row = connection.execute(
            f"SELECT count(*) = count(DISTINCT ({names})) AND NOT coalesce(bool_or({empty}), false) "
            f"FROM {pair.source(ref)}"
        ).fetchone()
        if not row or not row[0]:
            return ()
    return key


def _values(pair: _Pair, alias: str, skip: Sequence[str] = ()) -> list[str]:
    """The compared values of a row; geometry as its bytes."""
    return [
        f"ST_AsWKB({alias}.{name})" if name == GEOMETRY else f"{alias}.{identifier(name)}"
        for name in pair.names
        if name not in skip
    ]


def _hash(values: list[str]) -> str:
    return f"hash({', '.join(values)})" if values else "0"


def _packed(pair: _Pair, alias: str) -> str:
    """One side of a differing row: `NULL` where it has none."""
    parts = [
        f"{identifier(name)} := {value}" for name, value in zip(pair.names, _values(pair, alias), strict=True)
    ]
    packed = ", ".join([f"{ROW} := {alias}.{ROW}", *parts])
    return f"CASE WHEN {alias}.{ROW} IS NOT NULL THEN struct_pack({packed}) END"


def _keyed(pair: _Pair, key: tuple[str, ...]) -> str:
    """Which keys differ by the hash of the other columns; only those rows are then fetched in full."""
    names = ", ".join(identifier(name) for name in key)
    sides = [
        f"SELECT {ROW}, {names}, {_hash(_values(pair, 's', key))} AS h FROM {pair.source(ref)} AS s"
        for ref in (pair.old, pair.new)
    ]
    same = " AND ".join(f"a.{identifier(name)} = b.{identifier(name)}" for name in key)
    return (
        f"WITH differing AS (SELECT a.{ROW} AS o, b.{ROW} AS n "
        f"FROM ({sides[0]}) AS a FULL JOIN ({sides[1]}) AS b "
        f"ON {same} WHERE a.{ROW} IS NULL OR b.{ROW} IS NULL OR a.h <> b.h) "
        f"SELECT CASE WHEN o IS NULL THEN 1 WHEN n IS NULL THEN 2 ELSE 0 END AS what, "
        f"{_packed(pair, 'x')} AS before, {_packed(pair, 'y')} AS after "
        f"FROM differing LEFT JOIN {pair.source(pair.old)} AS x ON x.{ROW} = o "
        f"LEFT JOIN {pair.source(pair.new)} AS y ON y.{ROW} = n ORDER BY what, coalesce(n, o)"
    )


def _whole(pair: _Pair) -> str:
    """Rows as a multiset: of those that occur more often on one side, the surplus ones by row number."""
    sides = [
        f"SELECT {side} AS side, {ROW}, h, row_number() OVER (PARTITION BY h ORDER BY {ROW}) AS copy FROM "
        f"(SELECT {ROW}, {_hash(_values(pair, 's'))} AS h FROM {pair.source(ref)} AS s)"
        for side, ref in ((-1, pair.old), (1, pair.new))
    ]
    hashes = [
        f"SELECT {side} AS d, {_hash(_values(pair, 's'))} AS h FROM {pair.source(ref)} AS s"
        for side, ref in ((-1, pair.old), (1, pair.new))
    ]
    numbered = [
        f"SELECT p.{ROW} AS found FROM ({side}) AS p JOIN surplus USING (h) "
        f"WHERE sign(d) = {sign} AND copy > common"
        for side, sign in zip(sides, (-1, 1), strict=True)
    ]
    return (
        "WITH surplus AS (SELECT h, sum(d) AS d, "
        "least(count(*) FILTER (d < 0), count(*) FILTER (d > 0)) AS common "
        f"FROM ({' UNION ALL '.join(hashes)}) GROUP BY h HAVING sum(d) <> 0), "
        f"gone AS ({numbered[0]}), come AS ({numbered[1]}) "
        f"SELECT 1 AS what, NULL AS before, {_packed(pair, 'y')} AS after, y.{ROW} AS place "
        f"FROM come JOIN {pair.source(pair.new)} AS y ON y.{ROW} = found UNION ALL "
        f"SELECT 2, {_packed(pair, 'x')}, NULL, x.{ROW} "
        f"FROM gone JOIN {pair.source(pair.old)} AS x ON x.{ROW} = found "
        "ORDER BY what, place"
    )


def _summary(
    connection: duckdb.DuckDBPyConnection, pair: _Pair, key: tuple[str, ...], file: Path
) -> dict[str, Any]:
    source = f"read_parquet({quoted(str(file))})"
    tests = [f"count(*) FILTER (what = 0 AND {_differs(name)})" for name in pair.names]
    asked = ", ".join([*(f"count(*) FILTER (what = {what})" for what in (0, 1, 2)), *tests])
    row = connection.execute(f"SELECT {asked} FROM {source}").fetchone()
    assert row is not None
    changed, added, removed = (int(n) for n in row[:3])
    by_column = {name: int(n) for name, n in zip(pair.names, row[3:], strict=True) if n}
    return {
        "by_key": list(key),
        "added": added,
        "removed": removed,
        "changed": changed,
        "same": pair.new.rows - added - changed,
        "changed_by_column": by_column,
    }


def _differs(name: str) -> str:
    field = identifier(name)
    return f"before.{field} IS DISTINCT FROM after.{field}"


def _sample(pair: _Pair, file: Path, limit: int, offset: int) -> tuple[ChangedRow, ...]:
    names = [ROW, *pair.names]
    by_name = {column.name: column for column in pair.shared}
    asked = [_field(side, name, by_name.get(name)) for side in ("before", "after") for name in names]
    asked += [_differs(name) for name in pair.names]
    with turn(), open_engine(pair.layout, spatial=pair.with_geometry) as connection, limited(connection):
        found = connection.execute(
            f"SELECT what, {', '.join(asked)} FROM read_parquet({quoted(str(file))}, file_row_number=true) "
            f"ORDER BY file_row_number LIMIT {int(limit)} OFFSET {int(offset)}"
        ).fetchall()
    return tuple(_changed_row(pair, row) for row in found)


def _field(side: str, name: str, column: ColumnSpec | None) -> str:
    field = f"{side}.{identifier(name)}"
    if name == GEOMETRY:
        return f"ST_AsGeoJSON(ST_GeomFromWKB({field}))::VARCHAR"
    return f"timezone('UTC', {field})" if column and column.kind is Kind.DATETIME else field


def _changed_row(pair: _Pair, row: tuple[Any, ...]) -> ChangedRow:
    width = len(pair.names) + 1
    sides = [_side(pair, row[1 + start : 1 + start + width]) for start in (0, width)]
    differing = tuple(name for name, differs in zip(pair.names, row[1 + 2 * width :], strict=True) if differs)
    return ChangedRow(
        before=None if row[0] == 1 else sides[0],
        after=None if row[0] == 2 else sides[1],
        columns=differing if row[0] == 0 else (),
    )


def _side(pair: _Pair, cells: tuple[Any, ...]) -> dict[str, Any]:
    values = {ROW: cells[0]}
    values |= {
        column.name: fetched(column, cell) for column, cell in zip(pair.shared, cells[1:], strict=False)
    }
    if pair.with_geometry:
        values[GEOMETRY] = cells[-1]
    return values
