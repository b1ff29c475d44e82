# SPDX-License-Identifier: EUPL-1.2
"""The peer for tiles: PostGIS from Debian in a cluster of its own on a Unix socket (`make bench-peers`)."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg
from tests.perf import tipg
from tests.perf.timing import seconds_of

from stoa.commons.lake.engine import quoted, spatial_extension
from stoa.ground.geometry import Tile
from stoa.site.processes import dies_with_parent

USER = "postgres"
_SETTINGS = {
    "listen_addresses": "", "shared_buffers": "256MB", "work_mem": "64MB", "random_page_cost": "1.1",
    "jit": "off", "fsync": "off", "max_parallel_workers_per_gather": "2",
}  # fmt: skip
TILE = """
WITH edge AS (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS e)
SELECT ST_AsMVT(t, 'data', 4096, 'geom', 'id') FROM (
  SELECT id::integer, use, height, built, ST_AsMVTGeom(g, e, 4096, 64, true) AS geom
  FROM houses, edge WHERE g && ST_Expand(e, (ST_XMax(e) - ST_XMin(e)) * 64 / 4096) {large}
) AS t WHERE geom IS NOT NULL"""
_LARGE = (
    "AND greatest(ST_XMax(g) - ST_XMin(g), ST_YMax(g) - ST_YMin(g)) >= (ST_XMax(e) - ST_XMin(e)) / 256 / 2"
)


class NoPeer(Exception):  # noqa: N818 - reads as what it is
    """PostGIS is not on this machine or may not run here."""


@dataclass(frozen=True, slots=True)
class Told:
    """Seconds a tile by zoom."""

    version: str
    all_features: dict[int, list[float]]
    large_features: dict[int, list[float]]
    tipg: dict[int, list[float]]
    """The same over HTTP by tipg; empty where it is not installed."""


def measure_tiles(base: Path, polygons: Path, tiles: dict[int, list[Tile]]) -> Told:
    """The same tiles, each asked of the server; nothing is kept between two."""
    programs = _programs()
    with (
        _server(programs) as sockets,
        psycopg.connect(host=str(sockets), user=USER, dbname="postgres", autocommit=True) as connection,
    ):
        version = _load(connection, base, polygons)
        found: list[dict[int, list[float]]] = [
            {zoom: _asked(connection, listed, large) for zoom, listed in tiles.items()}
            for large in ("", _LARGE)
        ]
        over_http = tipg.measure_tiles(sockets, USER, tiles) if tipg.is_here() else {}
    return Told(version, *found, tipg=over_http)


def _asked(connection: psycopg.Connection[Any], tiles: list[Tile], large: str) -> list[float]:
    query = TILE.format(large=large)

    def ask(n: int) -> None:
        tile = tiles[n]
        connection.execute(query, {"z": tile.z, "x": tile.x, "y": tile.y}, binary=True).fetchone()

    return seconds_of(len(tiles), ask)


def _load(connection: psycopg.Connection[Any], base: Path, polygons: Path) -> str:
    """The polygons in the plane of the web map, so that the server has nothing to transform; indexed, analysed."""
    connection.execute("CREATE EXTENSION postgis")
    connection.execute("CREATE TABLE raw (id bigint, use text, height float8, built int, wkb bytea)")
    text = base / "houses.csv"
    with duckdb.connect() as engine:
        engine.execute(f"LOAD {quoted(str(spatial_extension()))}")
        engine.execute(
            f"COPY (SELECT id, use, height, built, '\\x' || hex(_wkb) FROM read_parquet({quoted(str(polygons))})) "
            f"TO {quoted(str(text))} (FORMAT csv, HEADER false)"
        )
    with connection.cursor().copy("COPY raw FROM STDIN (FORMAT csv)") as copy, text.open("rb") as source:
        while block := source.read(1 << 20):
            copy.write(block)
    text.unlink()
    connection.execute(
        "CREATE TABLE houses AS SELECT id, use, height, built, "
        "ST_Transform(ST_GeomFromWKB(wkb, 4326), 3857)::geometry(Geometry, 3857) AS g FROM raw"
    )
    connection.execute("DROP TABLE raw")
    connection.execute("CREATE INDEX ON houses USING gist (g)")
    connection.execute("VACUUM ANALYZE houses")
    row = connection.execute("SELECT PostGIS_Lib_Version()").fetchone()
    return str(row[0]) if row else "?"


def _programs() -> Path:
    """The newest server of Debian that has PostGIS."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and list(_share(folder).glob("postgis.control")):
            return folder
    raise NoPeer("PostGIS is not installed; `make bench-peers` as root installs it from Debian.")


def _share(programs: Path) -> Path:
    return Path("/usr/share/postgresql") / programs.parent.name / "extension"


@contextmanager
def _server(programs: Path) -> Iterator[Path]:
    """A cluster that lives as long as the block: as root it runs as Debian's user, else as we are."""
    base = Path(tempfile.mkdtemp(prefix="stoa-gis-"))
    given: dict[str, Any] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam(USER)
        os.chown(base, entry.pw_uid, entry.pw_gid)
        given = {"user": USER, "group": entry.pw_gid, "extra_groups": []}
    quiet: dict[str, Any] = {"cwd": base, "stdin": subprocess.DEVNULL, "env": {"LC_ALL": "C.UTF-8"}, **given}
    process = None
    try:
        made = [str(programs / "initdb"), "-D", str(base / "data"), "-U", USER, "-A", "trust", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, **quiet)
        command = [str(programs / "postgres"), "-D", str(base / "data"), "-k", str(base)]
        command += [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            preexec_fn=dies_with_parent(signal.SIGINT), **quiet,
        )  # fmt: skip
        _wait(base)
        yield base
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)
            process.wait(60)
        shutil.rmtree(base, ignore_errors=True)


def _wait(sockets: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(psycopg.OperationalError):
            psycopg.connect(host=str(sockets), user=USER, dbname="postgres").close()
            return
        time.sleep(0.1)
    raise RuntimeError("the PostGIS server does not answer")
