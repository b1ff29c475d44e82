# SPDX-License-Identifier: EUPL-1.2
"""The way into the lake: versions go in whole and never change; pages, charts, tiles, differences come out.

Everything is a plain function over values. DuckDB is imported when the first question comes, not with this
module, so that an idle process stays small.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.commons.lake.values import (
    ColumnStatistics,
    Comparison,
    Facet,
    FeaturePage,
    FeatureRow,
    GroupBy,
    Groups,
    Layout,
    Page,
    Query,
    Sql,
    StagedTable,
    Swept,
    TileSet,
    VersionRef,
    Written,
)
from stoa.ground.geometry import Box, Tile
from stoa.ground.tables import ColumnSpec

if TYPE_CHECKING:
    import duckdb

    from stoa.commons.lake.records import RecordQuery, Records


def write_version(
    layout: Layout,
    staged: StagedTable,
    *,
    path: str,
    columns: tuple[ColumnSpec, ...],
    key: tuple[str, ...] = (),
) -> Written:
    """Make a staged table a version: `<lake>/<path>/data.parquet` (GeoParquet 1.1) and `dictionary.json`.

    Whole or not at all, whenever the process is killed. Raises `Refused` (`lake.version_exists`).
    """
    from stoa.commons.lake import writing

    return writing.write_version(layout, staged, path=path, columns=columns, key=key)


def read_dictionary(layout: Layout, path: str) -> Written:
    """What the lake itself knows of a version; raises `NotFound`."""
    from stoa.commons.lake import dictionary

    return dictionary.read(layout, path)


def file_of(layout: Layout, ref: VersionRef) -> Path:
    """The Parquet file of a version, for readers of their own; raises `NotFound`."""
    from stoa.commons.lake import dictionary

    return dictionary.data_file(layout, ref)


def remove_version(layout: Layout, ref: VersionRef) -> None:
    """Take a version out of the lake for good, with everything derived from it."""
    from stoa.commons.lake import reader, writing

    writing.remove_version(layout, ref.path)
    reader.forget(layout, ref)


def sweep(layout: Layout, known_paths: Collection[str], older_than: datetime) -> Swept:
    """Remove what killed writers left, and versions not in `known_paths` untouched since `older_than`."""
    from stoa.commons.lake import writing

    return writing.sweep(layout, known_paths, older_than)


def same_content(layout: Layout, one: VersionRef, other: VersionRef) -> bool:
    """Whether two versions hold the same rows in the same columns, in any order."""
    from stoa.commons.lake import hashing

    return hashing.same_content(layout, one, other)


def warm(layout: Layout, ref: VersionRef) -> None:
    """Build what pages and tiles read, so that the first visitor does not wait for it."""
    from stoa.commons.lake import store

    store.ensure(layout, ref)


def forget(layout: Layout, ref: VersionRef) -> None:
    """Delete everything derived from a version; it is built again when somebody asks."""
    from stoa.commons.lake import reader

    reader.forget(layout, ref)


def page(
    layout: Layout,
    ref: VersionRef,
    query: Query,
    limit: int = 50,
    *,
    after: str = "",
    before: str = "",
    offset: int = 0,
) -> Page:
    """The rows of a query behind a token, in front of one, or from an offset (at most 10,000)."""
    from stoa.commons.lake import pages

    return pages.page(layout, ref, query, limit, after=after, before=before, offset=offset)


def count(layout: Layout, ref: VersionRef, query: Query) -> int:
    """How many rows a query has."""
    from stoa.commons.lake import pages

    return pages.count(layout, ref, query)


def records(
    layout: Layout,
    ref: VersionRef,
    query: RecordQuery,
    *,
    limit: int,
    offset: int = 0,
    with_count: bool = False,
) -> Records:
    """At most 32,000 rows from any offset, by several sort columns, words with and, or and not, only different ones."""
    from stoa.commons.lake import records as asked

    return asked.records(layout, ref, query, limit=limit, offset=offset, with_count=with_count)


def count_records(layout: Layout, ref: VersionRef, query: RecordQuery) -> int:
    """How many rows such a query has."""
    from stoa.commons.lake import records as asked

    return asked.count(layout, ref, query)


def stream_records(
    layout: Layout, ref: VersionRef, query: RecordQuery, *, limit: int | None = None, offset: int = 0
) -> Iterator[list[tuple[Any, ...]]]:
    """All rows of such a query in pieces; close the iterator if the reader leaves."""
    from stoa.commons.lake import records as asked

    return asked.stream(layout, ref, query, limit=limit, offset=offset)


def rows_by_number(
    layout: Layout, ref: VersionRef, numbers: Sequence[int], columns: tuple[str, ...] = ()
) -> tuple[tuple[Any, ...], ...]:
    """The rows with these numbers (`_row` first), in the order asked; unknown numbers are left out."""
    from stoa.commons.lake import pages

    return pages.rows_by_number(layout, ref, numbers, columns)


def features(
    layout: Layout, ref: VersionRef, query: Query, limit: int = 10, *, after: str = "", wkb: bool = False
) -> FeaturePage:
    """The rows of a query (at most 10,000) as parts of GeoJSON features; `wkb` gives geometries as WKB."""
    from stoa.commons.lake import features

    return features.page(layout, ref, query, limit, after=after, wkb=wkb)


def feature(layout: Layout, ref: VersionRef, name: str, *, wkb: bool = False) -> FeatureRow | None:
    """The feature of this id, if there is one."""
    from stoa.commons.lake import features

    return features.one(layout, ref, name, wkb=wkb)


def id_column(layout: Layout, ref: VersionRef) -> str:
    """The column whose values are the ids of features; empty where they are the numbers of rows."""
    from stoa.commons.lake import features

    column = features.id_column(layout, ref)
    return column.name if column else ""


def query_sql(layout: Layout, ref: VersionRef, query: Query, *, geometry: str = "", row: bool = False) -> Sql:
    """The whole query as SQL over the table `data` of `connect_reader`, for downloads."""
    from stoa.commons.lake import pages

    return pages.query_sql(layout, ref, query, geometry=geometry, row=row)


@contextmanager
def connect_reader(
    layout: Layout, ref: VersionRef, *, spatial: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only, locked-down DuckDB connection; its table `data` is this version in source order."""
    from stoa.commons.lake import reader

    with reader.reader(layout).cursor(ref, spatial=spatial) as cursor:
        yield cursor


def group(layout: Layout, ref: VersionRef, query: Query, by: GroupBy) -> Groups:
    """One figure for each group, as a chart shows it."""
    from stoa.commons.lake import groups

    return groups.group(layout, ref, query, by)


def facets(layout: Layout, ref: VersionRef, query: Query, columns: tuple[str, ...]) -> tuple[Facet, ...]:
    """The twenty most frequent values of each column (at most 20 columns) among the rows of a query."""
    from stoa.commons.lake import groups

    return groups.facets(layout, ref, query, columns)


def statistics(layout: Layout, ref: VersionRef) -> tuple[ColumnStatistics, ...]:
    """Every column of a version in figures."""
    from stoa.commons.lake import groups

    return groups.statistics(layout, ref)


def compare(
    layout: Layout, old: VersionRef, new: VersionRef, *, limit: int = 50, offset: int = 0
) -> Comparison:
    """What changed from the old to the new version; worked out once, then read page by page."""
    from stoa.commons.lake import comparing

    return comparing.compare(layout, old, new, limit=limit, offset=offset)


def tile(
    layout: Layout, ref: VersionRef, asked: Tile, query: Query | None = None, *, columns: tuple[str, ...] = ()
) -> bytes:
    """One vector tile (layer `data`, id and property `_row`, at most 8 columns); empty where nothing is."""
    from stoa.commons.lake import tiles

    return tiles.tile(layout, ref, asked, query, columns=columns)


def tile_path(layout: Layout, ref: VersionRef, asked: Tile, columns: tuple[str, ...] = ()) -> Path:
    """Where the finished tile without a query is kept; a front may send the file if it is there."""
    from stoa.commons.lake import tiles

    return tiles.tile_path(layout, ref, asked, columns)


def tile_set(ref: VersionRef, bbox: Box, columns: tuple[str, ...] = ()) -> TileSet:
    """What a map must know before it asks for tiles."""
    from stoa.commons.lake import tiles

    return tiles.tile_set(ref, bbox, columns)
