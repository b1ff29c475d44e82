# SPDX-License-Identifier: EUPL-1.2
"""The derived copy of a version that pages and tiles read: a DuckDB file, rebuilt whenever it is missing.

Table `data`: the rows by `_row`, which is also its index; beside the columns `_search` (all texts folded, for
the search), for every text column either `_r_<name>` (its place among few values) or `_f_<name>` (folded),
both for sorting as people do, and for rows with a place `_x0 _y0 _x1 _y1` (millionths of a degree, rounded
outwards). Table `places`: the numbers (`r`, as `rowid` of `data`) and boxes of the rows that have a place, along the
curve of the version's file, so that a look for what lies in a box reads only the parts near it. Table `map`: the
geometry in EPSG:3857 with its box in whole metres, rounded outwards, and the zoom `_z` from which it is drawn.
Nothing here is a source of truth.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from stoa.commons.lake import dictionary, levels
from stoa.commons.lake.dictionary import GEOMETRY_3857
from stoa.commons.lake.engine import identifier, open_engine, quoted
from stoa.commons.lake.filters import MICRO, SEARCH, folded
from stoa.commons.lake.values import Layout, VersionRef
from stoa.ground.tables import GEOMETRY, ROW, Kind

if TYPE_CHECKING:
    import duckdb

TABLE = "table.duckdb"
FORMAT = 6
BLOCK = 65_536
"""Bytes of a block, a quarter of the usual: to read one text DuckDB unpacks all those before it in its block, and a page
reads fifty rows that lie far apart (half the time for a third more space, measured)."""
FEW_VALUES = 50_000
"""Texts with fewer different values are sorted once, when the copy is built."""
_MIB = 1024 * 1024
_TOUCH_SECONDS = 60.0


def table_file(layout: Layout, ref: VersionRef) -> Path:
    """Where the copy stands, or will."""
    return dictionary.folder(layout.cache, ref.path) / TABLE


def ensure(layout: Layout, ref: VersionRef) -> Path:
    """The copy of a version, built if it is missing; one process builds, the others wait for it."""
    file = table_file(layout, ref)
    if not file.exists():
        dictionary.data_file(layout, ref)
        with _locked(layout, ref.path):
            if not file.exists():
                _build(layout, ref, file)
        evict(layout, keep=ref.path)
    _mark_used(file.parent)
    return file


@contextmanager
def _locked(layout: Layout, path: str) -> Iterator[None]:
    """One builder per version, over all processes; a killed one lets go by itself."""
    locks = layout.cache / ".locks"
    locks.mkdir(parents=True, exist_ok=True)
    with (locks / path.replace("/", "+")).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(layout: Layout, ref: VersionRef, file: Path) -> None:
    aside = layout.cache / ".building" / secrets.token_hex(8)
    aside.mkdir(parents=True)
    try:
        fresh = aside / TABLE
        with open_engine(layout, spatial=ref.has_geometry, scratch=aside / "spill") as connection:
            (aside / "spill").mkdir()
            connection.execute(f"ATTACH {quoted(str(fresh))} AS copy (BLOCK_SIZE {BLOCK})")
            source = f"read_parquet({quoted(str(dictionary.data_file(layout, ref)))})"
            connection.execute(f"CREATE TABLE copy.data AS {_data_sql(connection, ref, source)}")
            # For the few rows of a page: a scan would unpack two thousand neighbours of each.
            connection.execute(f"CREATE UNIQUE INDEX by_row ON copy.data ({ROW})")
            if ref.has_geometry:
                _make_places(connection, source)
                _make_map(connection, ref, source)
            connection.execute(f"CREATE TABLE copy.about AS SELECT {FORMAT} AS format")
            connection.execute("DETACH copy")
        fresh.chmod(0o444)
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.rename(file)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _data_sql(connection: duckdb.DuckDBPyConnection, ref: VersionRef, source: str) -> str:
    texts = [column.name for column in ref.columns if column.kind is Kind.TEXT]
    columns = [f"t.{identifier(name)}" for name in (ROW, *(column.name for column in ref.columns))]
    joins = []
    few = _few_valued(connection, texts, source)
    for n, name in enumerate(texts):
        quoted_name = identifier(name)
        if name in few:
            columns.append(f"r{n}.place AS {identifier(rank_column(name))}")
            joins.append(
                f"LEFT JOIN (SELECT v, row_number() OVER (ORDER BY {folded('v')}, v)::INTEGER AS place "
                f"FROM (SELECT DISTINCT {quoted_name} AS v FROM {source} "
                f"WHERE {quoted_name} IS NOT NULL)) AS r{n} "
                f"ON r{n}.v = t.{quoted_name}"
            )
        else:
            columns.append(f"{folded(f't.{quoted_name}')} AS {identifier(folded_column(name))}")
    if texts:
        everything = ", ".join(f"t.{identifier(name)}" for name in texts)
        columns.append(f"{folded(f'concat_ws(chr(31), {everything})')} AS {SEARCH}")
    if ref.has_geometry:
        columns += [f"t.{GEOMETRY}::GEOMETRY AS {GEOMETRY}", *_box_columns(f"t.{GEOMETRY}", MICRO, 2000)]
    return f"SELECT {', '.join(columns)} FROM {source} AS t {' '.join(joins)} ORDER BY t.{ROW}"


def rank_column(name: str) -> str:
    return f"_r_{name}"


def folded_column(name: str) -> str:
    return f"_f_{name}"


def _few_valued(connection: duckdb.DuckDBPyConnection, texts: list[str], source: str) -> set[str]:
    if not texts:
        return set()
    asked = ", ".join(f"approx_count_distinct({identifier(name)})" for name in texts)
    row = connection.execute(f"SELECT {asked} FROM {source}").fetchone()
    return {name for name, distinct in zip(texts, row or (), strict=True) if distinct <= FEW_VALUES}


def _box_columns(geometry: str, scale: int, most: int) -> list[str]:
    def edge(function: str, rounding: str, name: str) -> str:
        found = f"{function}({geometry})"
        inside = f"greatest(-{most}, least({most}, {found}))"  # both pass over NULL
        return f"CASE WHEN {found} IS NOT NULL THEN {rounding}({inside} * {scale})::INTEGER END AS {name}"

    return [
        edge("ST_XMin", "floor", "_x0"),
        edge("ST_YMin", "floor", "_y0"),
        edge("ST_XMax", "ceil", "_x1"),
        edge("ST_YMax", "ceil", "_y1"),
    ]


def _make_places(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """The boxes once more, as the file has them: in the order of rows they lie all over the place (a third of the time)."""
    boxes = ", ".join(_box_columns(GEOMETRY, MICRO, 2000))
    connection.execute(
        f"CREATE TABLE copy.places AS SELECT {ROW} - 1 AS r, {boxes} FROM {source} "
        f"WHERE {GEOMETRY} IS NOT NULL AND NOT ST_IsEmpty({GEOMETRY})"
    )


def _make_map(connection: duckdb.DuckDBPyConnection, ref: VersionRef, source: str) -> None:
    """The table of the map, farthest zoom first and then along the curve, so that far zooms read little."""
    boxes = ", ".join(_box_columns(GEOMETRY_3857, 1, 30_000_000))
    there = f"{GEOMETRY_3857} IS NOT NULL AND NOT ST_IsEmpty({GEOMETRY_3857})"
    zooms = levels.add_levels(connection, ref, f"SELECT {ROW}, {boxes} FROM {source} WHERE {there}")
    numbered = source[:-1] + ", file_row_number=true)"
    connection.execute(
        f"CREATE TABLE copy.map AS SELECT t.{ROW}, {levels.LEVEL}, {boxes}, "
        f"{GEOMETRY_3857}::GEOMETRY AS {GEOMETRY_3857} "
        f"FROM {numbered} AS t JOIN ({zooms}) AS z ON z.{ROW} = t.{ROW} "
        f"ORDER BY {levels.LEVEL}, file_row_number"
    )


def forget(layout: Layout, path: str) -> None:
    """Delete everything derived from a version; it will be built again when somebody asks."""
    target = dictionary.folder(layout.cache, path)
    aside = layout.cache / ".building" / secrets.token_hex(8)
    aside.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        target.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)


def _mark_used(folder: Path) -> None:
    """Note the time of use, at most once a minute, for `evict`."""
    with suppress(OSError):
        if time.time() - folder.stat().st_mtime > _TOUCH_SECONDS:
            os.utime(folder)


def evict(layout: Layout, *, keep: str = "") -> int:
    """Delete the longest unused copies until the cache fits its bound; the number of versions deleted."""
    sizes: dict[Path, int] = {}
    for file in layout.cache.rglob("*"):
        with suppress(OSError):
            if file.name == TABLE or "tiles" in file.parts:
                folder = file.parent if file.name == TABLE else _version_of(layout, file)
                sizes[folder] = sizes.get(folder, 0) + (file.stat().st_size if file.is_file() else 0)
    total, removed = sum(sizes.values()), 0
    for folder in sorted(sizes, key=_last_used):
        path = folder.relative_to(layout.cache).as_posix()
        if total <= layout.cache_mib * _MIB:
            break
        if path != keep and not path.startswith("."):
            forget(layout, path)
            total, removed = total - sizes[folder], removed + 1
    return removed


def _version_of(layout: Layout, file: Path) -> Path:
    parts = file.relative_to(layout.cache).parts
    return layout.cache.joinpath(*parts[: parts.index("tiles")])


def _last_used(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
