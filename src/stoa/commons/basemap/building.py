# SPDX-License-Identifier: EUPL-1.2
"""Building the one table of a base map from an extract."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stoa.commons.basemap import reading, refusals, sea
from stoa.commons.basemap.classes import AREAS, LINES, POINTS, UNSEEN_IN_TUNNELS, Rule, number_of_rule
from stoa.commons.basemap.values import About, Place
from stoa.commons.lake.engine import open_engine, quoted
from stoa.commons.lake.levels import large_from
from stoa.commons.lake.values import Layout
from stoa.ground.geometry import WORLD_3857

if TYPE_CHECKING:
    import duckdb

ABOUT = "about.json"
FORMAT = 1
"""A base map of another format is built anew."""
_SOURCES = (("points", POINTS), ("lines", LINES), ("multipolygons", AREAS))
_NORTHMOST = 85.0511
_COLUMNS = (
    "layer, kind, zoom, name, ST_XMin(g) AS _x0, ST_YMin(g) AS _y0, ST_XMax(g) AS _x1, ST_YMax(g) AS _y1, g"
)
Note = Callable[[str], None]


def build(place: Place, extract: Path, note: Note = lambda _text: None) -> About:
    """Build the base map and put it in place of the one before; on a refusal that one stays.

    Raises:
        Refused: `basemap.*`, in words for the operator.
    """
    reading.check(extract)
    place.folder.mkdir(parents=True, exist_ok=True)
    mark = secrets.token_hex(6)
    raw, made = place.folder / f".{mark}.raw", place.folder / f".{mark}.new"
    try:
        shapes, left_out = _filled(place, extract, raw, made, note)
        about = About(
            mark,
            extract.name,
            datetime.now(UTC).isoformat(timespec="seconds"),
            extract.stat().st_mtime_ns,
            shapes,
            left_out,
        )
        made.replace(place.folder / f"{mark}.duckdb")
        _announce(place, about)
    finally:
        for file in place.folder.glob(f".{mark}*"):
            file.unlink(missing_ok=True)
    return about


def _filled(place: Place, extract: Path, raw: Path, made: Path, note: Note) -> tuple[dict[str, int], int]:
    layout = Layout(place.folder, place.cache, place.memory_mib)
    with open_engine(layout, spatial=True, scratch=place.folder / ".spill") as engine:
        engine.execute("SET preserve_insertion_order=false")
        engine.execute(f"ATTACH {quoted(str(raw))} AS raw; ATTACH {quoted(str(made))} AS made")
        engine.execute(
            "CREATE TABLE raw.shape (layer VARCHAR, kind VARCHAR, zoom TINYINT, name VARCHAR, g GEOMETRY);"
            "CREATE TABLE raw.coast (g GEOMETRY)"
        )
        left_out = 0
        for layer, rules in _SOURCES:
            note(layer)
            left_out += _take(engine, extract, layer, rules)
        for area in sea.areas(engine, reading.frame(extract)):
            engine.execute(
                "INSERT INTO raw.shape VALUES ('water', 'sea', 0, NULL, ST_GeomFromWKB(?::BLOB))", [area]
            )
        note("order")
        found = engine.execute(
            "SELECT layer, count(*) FROM raw.shape GROUP BY layer ORDER BY layer"
        ).fetchall()
        if not found:
            raise refusals.empty(extract.name)
        _order(engine)
        return {str(layer): int(count) for layer, count in found}, left_out


def _take(engine: duckdb.DuckDBPyConnection, extract: Path, layer: str, rules: tuple[Rule, ...]) -> int:
    """Put the things of one layer of the file into the table; how many could not be drawn."""
    import duckdb

    wanted = (*rules, sea.COAST) if rules is LINES else rules
    zoom = "zoom"
    if rules is AREAS:  # at least two pixels large
        size = large_from("(ST_XMax(g) - ST_XMin(g)) / 4", "(ST_YMax(g) - ST_YMin(g)) / 4")
        zoom = f"greatest(zoom, {size})"
    left_out = 0
    for batch in reading.pieces(extract, layer, wanted):
        engine.register("batch", batch)
        try:
            engine.execute(f"CREATE OR REPLACE TEMP TABLE taken AS {_recognised(rules, wanted)}")
            engine.execute(
                f"INSERT INTO raw.shape SELECT layer, kind, {zoom}, name, g FROM taken "
                f"WHERE layer <> {quoted(sea.COAST.layer)} AND NOT ST_IsEmpty(g)"
            )
            engine.execute(
                f"INSERT INTO raw.coast SELECT g FROM taken WHERE layer = {quoted(sea.COAST.layer)} AND NOT ST_IsEmpty(g)"
            )
        except duckdb.Error as error:
            raise refusals.broken(extract.name) from error
        finally:
            engine.unregister("batch")
        row = engine.execute("SELECT count(*) FROM taken WHERE g IS NULL OR ST_IsEmpty(g)").fetchone()
        left_out += int(row[0]) if row else 0
    return left_out


def _recognised(rules: tuple[Rule, ...], wanted: tuple[Rule, ...]) -> str:
    """SQL of the things of a batch that a rule fits, with what they are; `g` is null where it cannot be drawn."""
    listed = ", ".join(
        f"({n}, {quoted(rule.layer)}, {quoted(rule.kind)}, {rule.zoom})" for n, rule in enumerate(wanted)
    )
    valid = "ST_CollectionExtract(ST_MakeValid(d), 3)" if rules is AREAS else "d"
    hidden = (
        f" WHERE NOT (coalesce(tunnel, 'no') <> 'no' AND (rule.layer IN {UNSEEN_IN_TUNNELS} OR rule.kind = 'path'))"
        if rules is LINES
        else ""
    )
    return (
        f"SELECT rule.layer, rule.kind, rule.zoom, name, {_on_the_web_map(valid)} AS g "
        f"FROM (SELECT *, {number_of_rule(wanted)} AS fits, TRY(ST_GeomFromWKB({reading.GEOMETRY})) AS d FROM batch) AS thing "
        f"JOIN (VALUES {listed}) AS rule(n, layer, kind, zoom) ON thing.fits = rule.n{hidden}"
    )


def _on_the_web_map(shape: str) -> str:
    """SQL of a shape in EPSG:3857; null for what is broken or lies off the map."""
    inside = f"ST_YMin(d) >= {-_NORTHMOST} AND ST_YMax(d) <= {_NORTHMOST} AND ST_XMin(d) >= -180 AND ST_XMax(d) <= 180"
    moved = f"ST_Transform({shape}, 'EPSG:4326', 'EPSG:3857', always_xy := true)"
    return f"CASE WHEN {inside} THEN TRY({moved}) END"


def _order(engine: duckdb.DuckDBPyConnection) -> None:
    """The final table: neighbours on the map are neighbours in the file, so that a tile reads little."""
    world = f"{{'min_x': {-WORLD_3857}, 'min_y': {-WORLD_3857}, 'max_x': {WORLD_3857}, 'max_y': {WORLD_3857}}}::BOX_2D"
    engine.execute(
        f"CREATE TABLE made.shape AS SELECT {_COLUMNS} FROM raw.shape "
        f"ORDER BY zoom >= 13, ST_Hilbert(ST_Centroid(g), {world})"
    )
    engine.execute("CHECKPOINT made; DETACH made; DETACH raw")


def _announce(place: Place, about: About) -> None:
    """Say which one holds from now on, in one step; then let the older ones go."""
    new = place.folder / f".{about.mark}.json"
    new.write_text(json.dumps({"format": FORMAT, **asdict(about)}, ensure_ascii=False), encoding="utf-8")
    new.replace(place.folder / ABOUT)
    for file in place.folder.glob("*.duckdb"):
        if file.stem != about.mark:
            file.unlink(missing_ok=True)


def about(place: Place) -> About | None:
    """What stands in the folder; None where there is no base map, or one that another release built."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        facts = json.loads((place.folder / ABOUT).read_text(encoding="utf-8"))
        if facts.pop("format") == FORMAT:
            return About(**facts)
    return None
