# SPDX-License-Identifier: EUPL-1.2
"""Seeded tables for the bench of the lake, in the shape that the readers leave."""

from __future__ import annotations

from pathlib import Path

import duckdb

from stoa.commons.lake.engine import quoted, spatial_extension
from stoa.commons.lake.values import StagedTable
from stoa.ground.geometry import Box
from stoa.ground.tables import ColumnSpec, Kind

CITY = Box(7.45, 51.84, 7.80, 52.06)

TABLE = (
    ("id", Kind.INTEGER, "i + 1000000"),
    ("case_no", Kind.TEXT, "'V-' || lpad(((i * 7919) % 1000003)::VARCHAR, 7, '0')"),
    (
        "kind",
        Kind.TEXT,
        "split('Rotlicht Parken Tempo Lärm Müll Laub Licht Schnee Baum Ast Rad Bus', ' ')[1 + h1 % 12]",
    ),
    ("state", Kind.TEXT, "['offen','in Arbeit','erledigt','abgelehnt'][1 + h2 % 4]"),
    ("district", Kind.TEXT, "'Bezirk ' || (h3 % 45)"),
    ("street", Kind.TEXT, "'Straße am Tor ' || (h4 % 4000)"),
    ("house_no", Kind.INTEGER, "CASE WHEN h5 % 20 <> 0 THEN h5 % 180 END"),
    ("opened", Kind.DATE, "DATE '2015-01-01' + (h6 % 4000)::INTEGER"),
    (
        "closed_at",
        Kind.DATETIME,
        "CASE WHEN h7 % 5 <> 0 THEN TIMESTAMPTZ '2015-01-01 06:00:00+00' + to_minutes(h7 % 5000000) END",
    ),
    ("amount", Kind.NUMBER, "CASE WHEN h8 % 9 <> 0 THEN (h8 % 1000000) / 100.0 END"),
    ("speed", Kind.NUMBER, "(h1 % 1200) / 10.0"),
    ("urgent", Kind.BOOLEAN, "h2 % 7 = 0"),
    ("note", Kind.TEXT, "CASE WHEN h3 % 3 = 0 THEN 'Meldung von Bürger ' || (h3 % 99991) || ' am Platz' END"),
    ("team", Kind.TEXT, "'Team ' || chr((65 + h4 % 9)::INTEGER)"),
    ("count_a", Kind.INTEGER, "h5 % 100"),
    ("count_b", Kind.INTEGER, "h6 % 10000"),
    ("share", Kind.NUMBER, "(h7 % 10000) / 10000.0"),
    ("code", Kind.TEXT, "lpad((h8 % 99999)::VARCHAR, 5, '0')"),
    ("lon", Kind.NUMBER, "7.45 + (h1 % 1000000) / 1000000.0 * 0.35"),
    ("lat", Kind.NUMBER, "51.84 + (h2 % 1000000) / 1000000.0 * 0.22"),
)
TABLE_COLUMNS = tuple(ColumnSpec(name, name.title(), kind) for name, kind, _ in TABLE)


def table(folder: Path, rows: int, *, seed: int = 1, places: bool = True) -> StagedTable:
    """A table of twenty columns of every kind; points of the city if asked."""
    file = folder / f"table-{rows}-{seed}-{places}.parquet"
    numbers = ", ".join(f"(hash(i + {seed}, {n}) >> 8)::BIGINT AS h{n}" for n in range(1, 9))
    columns = ", ".join(f"{sql} AS {name}" for name, _, sql in TABLE)
    place = ", lon AS _lon, lat AS _lat" if places else ""
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone='UTC'")
        connection.execute(
            f"COPY (SELECT {columns} {place} "
            f"FROM (SELECT i, {numbers} FROM range({rows}) t(i))) "
            f"TO {quoted(str(file))} (FORMAT parquet, COMPRESSION lz4)"
        )
    return StagedTable(
        file, rows, "lonlat" if places else "none", ("Point",) if places else (), CITY if places else None
    )


POLYGON_COLUMNS = (
    ColumnSpec("id", "Id", Kind.INTEGER),
    ColumnSpec("use", "Use", Kind.TEXT),
    ColumnSpec("height", "Height", Kind.NUMBER, "m"),
    ColumnSpec("built", "Built", Kind.INTEGER),
)


def polygons(folder: Path, rows: int = 200_000, *, seed: int = 1) -> StagedTable:
    """Houses of a town: clustered, turned, with five to nine corners, 8 to 40 m wide."""
    file = folder / f"polygons-{rows}-{seed}.parquet"
    shares = ", ".join(
        f"(hash(i + {seed}, {n}) % 1000003) / 1000003.0 AS {name}" for n, name in enumerate("uvtsr", start=1)
    )
    wobble = "w * (0.75 + ((k * {} + c) % 25) / 100.0)"
    corner = (
        f"ST_Point(x + {wobble.format(37)} * cos(a + 2 * pi() * k / n) / 68500.0, "
        f"y + {wobble.format(53)} * sin(a + 2 * pi() * k / n) / 111200.0)"
    )
    with duckdb.connect() as connection:
        connection.execute(f"LOAD {quoted(str(spatial_extension()))}")
        connection.execute(
            f"""COPY (
            WITH seeds AS (SELECT i, {shares}, (hash(i + {seed}, 6) % 25)::INTEGER AS c,
              5 + (hash(i + {seed}, 7) % 5)::BIGINT AS n FROM range({rows}) q(i)),
            places AS (SELECT *, 7.62 + 0.09 * (u + v + s - 1.5) AS x, 51.95 + 0.055 * (r + v + t - 1.5) AS y,
              4 + 16 * u * u AS w, pi() * v AS a FROM seeds),
            rings AS (SELECT *, list_transform(range(n), lambda k: {corner}) AS ring FROM places)
            SELECT i AS id,
              ['Wohnen','Gewerbe','Garage','Schule'][1 + (i % 4)] AS use, 3 + 20 * u AS height,
              1900 + i % 120 AS built,
              ST_AsWKB(ST_MakePolygon(ST_MakeLine(list_append(ring, ring[1])))) AS _wkb FROM rings
            ) TO {quoted(str(file))} (FORMAT parquet, COMPRESSION lz4)"""
        )
    return StagedTable(file, rows, "wkb", ("Polygon",), CITY)
