# SPDX-License-Identifier: EUPL-1.2
"""Binary formats for programs: GeoPackage through GDAL, GeoParquet through DuckDB."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stoa.commons.lake.engine import quoted
from stoa.commons.lake.exports.columns import Field, select
from stoa.commons.lake.exports.values import About
from stoa.commons.lake.values import Sql, VersionRef
from stoa.ground.geometry import Box
from stoa.ground.tables import GEOMETRY
from stoa.standards import geoparquet

if TYPE_CHECKING:
    import duckdb

_BATCH = 20_000


def write_geopackage(
    cursor: duckdb.DuckDBPyConnection,
    path: Path,
    ref: VersionRef,
    *,
    listed: tuple[Field, ...],
    sql: Sql,
    about: About,
) -> None:
    """One layer named after the dataset, its title and description, and the dictionary as a second table."""
    import pyogrio

    has_place = any(field.column is None for field in listed)
    shown = select(tuple(_as_wkb(field) for field in listed), sql.text)
    batches = cursor.execute(shown, list(sql.values)).to_arrow_reader(_BATCH)
    place: dict[str, Any] = {}
    if has_place:
        name = next(field.heading for field in listed if field.column is None)
        place = {"geometry_name": name, "geometry_type": layer_type(ref.geometry_types), "crs": "EPSG:4326"}
    options = {
        "IDENTIFIER": about.title or about.name,
        "DESCRIPTION": _description(about),
        "FID": _fid(listed),
    }
    layer = about.name[:60] or "data"
    pyogrio.write_arrow(
        batches, path, layer=layer, driver="GPKG", layer_metadata=_told(about), **place, **options
    )
    _write_dictionary(path, "dictionary" if layer != "dictionary" else "columns", listed)


def layer_type(types: tuple[str, ...]) -> str:
    """The type of a layer: the only one there is, else `Unknown`, which means any."""
    return types[0] if len(types) == 1 else "Unknown"


def _as_wkb(field: Field) -> Field:
    return field if field.column else Field(field.heading, f"ST_AsWKB({field.sql})", None)


def _fid(listed: tuple[Field, ...]) -> str:
    """A name for GDAL's own row number that no column has."""
    taken = {field.heading.casefold() for field in listed}
    return next(name for name in ("fid", "ogc_fid", "_fid", "_fid_1") if name not in taken)


def _description(about: About) -> str:
    parts = (
        about.description,
        about.publisher,
        about.licence,
        about.licence_link,
        about.source_url,
        about.version,
    )
    return " | ".join(part for part in parts if part)


def _told(about: About) -> dict[str, str]:
    told = {
        "title": about.title,
        "publisher": about.publisher,
        "licence": about.licence_spdx or about.licence,
        "licence_link": about.licence_link,
        "source": about.source_url,
        "version": about.version,
        "issued": about.issued,
    }
    return {name: text for name, text in told.items() if text} or {"title": about.name}


def _write_dictionary(path: Path, layer: str, listed: tuple[Field, ...]) -> None:
    import pyarrow as pa
    import pyogrio

    described = [(field.heading, field.column) for field in listed if field.column]
    table = pa.table(
        {
            "column": pa.array([heading for heading, _ in described], pa.string()),
            "label": pa.array([column.label for _, column in described], pa.string()),
            "kind": pa.array([str(column.kind) for _, column in described], pa.string()),
            "unit": pa.array([column.unit for _, column in described], pa.string()),
            "description": pa.array([column.description for _, column in described], pa.string()),
        }
    )
    pyogrio.write_arrow(table, path, layer=layer, driver="GPKG", append=True)


def write_parquet(
    cursor: duckdb.DuckDBPyConnection,
    path: Path,
    ref: VersionRef,
    query: str,
    values: tuple[Any, ...],
    *,
    bbox: Box | None,
    package: dict[str, Any],
) -> None:
    """A GeoParquet 1.1 file of the rows of a query; the dictionary stands in the file's own metadata."""
    told = {"datapackage": json.dumps(package, ensure_ascii=False)}
    if bbox is not None:
        column = geoparquet.GeoColumn(
            GEOMETRY, geoparquet.CRS84, (), (bbox.west, bbox.south, bbox.east, bbox.north)
        )
        told["geo"] = geoparquet.metadata(GEOMETRY, [column])
    metadata = ", ".join(f"{name}: {quoted(text)}" for name, text in told.items())
    options = f"FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, KV_METADATA {{{metadata}}}"
    cursor.execute(f"COPY ({query}) TO {quoted(str(path))} ({options})", list(values))
