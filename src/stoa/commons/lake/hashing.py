# SPDX-License-Identifier: EUPL-1.2
"""One short text that says whether two versions hold the same rows, whatever their order.

The sum of DuckDB's row hashes is order-free and costs a seventh of a stable md5 (TECH 15), but `hash()` is
not promised to be the same in the next release. So the name of the algorithm and the release stand before the
digest, and rows are hashed again when those differ.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from stoa.commons.lake import dictionary
from stoa.commons.lake.engine import engine_name, identifier, open_engine, quoted
from stoa.commons.lake.values import Layout, VersionRef
from stoa.ground.tables import GEOMETRY, ColumnSpec

if TYPE_CHECKING:
    import duckdb

ALGORITHM = "rowsum1"


def prefix() -> str:
    """What stands before the digest of every hash made by this release."""
    return f"{ALGORITHM}:{engine_name()}:"


def row_hash(columns: tuple[ColumnSpec, ...], geometry: str = "", alias: str = "") -> str:
    """An SQL expression for the hash of one row; DuckDB hashes -0.0 as 0.0 and every NaN alike."""
    dot = f"{alias}." if alias else ""
    parts = [dot + identifier(column.name) for column in columns]
    if geometry:
        parts.append(geometry)
    return f"hash({', '.join(parts)})" if parts else "hash(1)"


def finished(columns: tuple[ColumnSpec, ...], *, rows: int, total: int, has_geometry: bool) -> str:
    """The content hash from the number of rows and the sum of their hashes."""
    facts = [[dictionary.described(column) for column in columns], rows, str(total), has_geometry]
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    return prefix() + digest[:40]


def hash_again(layout: Layout, ref: VersionRef) -> str:
    """The content hash of a stored version by the present algorithm and release."""
    file = dictionary.data_file(layout, ref)
    with open_engine(layout, spatial=False) as connection:
        rows, total = sums(connection, f"read_parquet({quoted(str(file))})", ref)
    return finished(ref.columns, rows=rows, total=total, has_geometry=ref.has_geometry)


def sums(connection: duckdb.DuckDBPyConnection, source: str, ref: VersionRef) -> tuple[int, int]:
    """Number of rows and sum of their hashes."""
    expression = row_hash(ref.columns, f"ST_AsWKB({GEOMETRY})" if ref.has_geometry else "")
    row = connection.execute(f"SELECT count(*), coalesce(sum({expression}), 0) FROM {source}").fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def same_content(layout: Layout, one: VersionRef, other: VersionRef) -> bool:
    """Whether two stored versions hold the same rows in the same columns, in any order."""
    if one.rows != other.rows or one.has_geometry != other.has_geometry:
        return False
    if [dictionary.described(c) for c in one.columns] != [dictionary.described(c) for c in other.columns]:
        return False
    hashes = [
        ref.content_hash if ref.content_hash.startswith(prefix()) else hash_again(layout, ref)
        for ref in (one, other)
    ]
    return hashes[0] == hashes[1]
