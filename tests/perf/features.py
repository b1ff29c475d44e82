# SPDX-License-Identifier: EUPL-1.2
"""Pages of a thousand features by OGC API, beside pygeoapi's; and fifty programs at once for a minute."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import duckdb
from tests.perf import pygeoapi
from tests.perf.figures import Figure, at_most, p95_ms, shown, spread, unmeasured, within
from tests.perf.timing import Caller, calling, seconds_of
from tests.perf.workshop import ROWS, Portal, workshop

from stoa.commons.lake import door as lake
from stoa.commons.lake.engine import quoted, spatial_extension

ANSWERS = ("features page", "features peer", "programs at once", "programs errors")
SLUG = "points"
TIMES, PEER_TIMES = 40, 12
CLIENTS, SECONDS = 50, 60.0
_POINTS = """
SELECT i + 1 AS id, ['Rotlicht', 'Parken', 'Tempo', 'Lärm', 'Müll', 'Laub'][1 + a % 6] AS kind,
  ['offen', 'in Arbeit', 'erledigt', 'abgelehnt'][1 + b % 4] AS state, 'Bezirk ' || (c % 45) AS district,
  (d % 1000000) / 100.0 AS amount, (e % 1200) / 10.0 AS speed, e % 7 = 0 AS urgent,
  round(7.45 + (f % 1000000) / 1000000.0 * 0.35, 6) AS lon, round(51.84 + (g % 1000000) / 1000000.0 * 0.22, 6) AS lat
FROM (SELECT i, {hashes} FROM range({rows}) t(i))
"""


def measure(scale: float) -> list[Figure]:
    """Ours over HTTP through the running portal, then the peer with the same questions, then many at once."""
    shop, rows = workshop(), max(5_000, int(ROWS * scale))
    table, places = _written(shop.base, rows)
    with shop.database():
        shop.make_ready()
        told = shop.step("publish", slug=SLUG, path=str(table))
    lake.warm(shop.layout, lake.read_dictionary(shop.layout, told["path"]).ref)
    with shop.portal() as portal, calling(portal.port) as caller:
        ours = seconds_of(TIMES, lambda n: _page(caller, f"/ogc/collections/{SLUG}/items", n))
        small = seconds_of(TIMES, lambda n: _page(caller, f"/ogc/collections/{SLUG}/items", n, width=0.02))
        crowd = _at_once(portal, min(SECONDS, max(2.0, SECONDS * scale)))
    figures = [
        at_most(
            "features page",
            p95_ms(ours),
            "ms",
            80,
            f"1,000 of {rows:,} points by a box, HTTP; {spread(ours)}",
        ),
        shown(
            "features page, small box",
            p95_ms(small),
            "ms",
            f"about 1,600 hits all over the table; {spread(small)}",
        ),
    ]
    return [*figures, *_beside_pygeoapi(shop.base, places, ours), *crowd]


def _written(base: Path, rows: int) -> tuple[Path, Path]:
    """The points as text for us and as GeoParquet for the peer."""
    table, places = base / "points.csv", base / "points.parquet"
    hashes = ", ".join(f"(hash(i, {n}) >> 8)::BIGINT AS {name}" for n, name in enumerate("abcdefg", start=1))
    asked = _POINTS.format(hashes=hashes, rows=rows)
    with duckdb.connect() as engine:
        engine.execute(f"LOAD {quoted(str(spatial_extension()))}")
        engine.execute(f"CREATE TABLE points AS {asked}")
        engine.execute(f"COPY points TO {quoted(str(table))} (FORMAT csv, HEADER)")
        shaped = "SELECT *, ST_Point(lon, lat) AS geometry FROM points"
        engine.execute(f"COPY ({shaped}) TO {quoted(str(places))} (FORMAT parquet, COMPRESSION zstd)")
    return table, places


def _box(n: int, width: float) -> str:
    pick = random.Random(n)
    west, south = pick.uniform(7.45, 7.79 - width), pick.uniform(51.84, 52.05 - width / 2)
    return f"{west:.6f},{south:.6f},{west + width:.6f},{south + width / 2:.6f}"


def _page(caller: Caller, place: str, n: int, width: float = 0.08) -> bytes:
    """A thousand features of a box that nobody asked for before."""
    asked = urlencode({"bbox": _box(n, width), "limit": "1000", "f": "json"}, safe=",")
    return caller.get(f"{place}?{asked}", must_have=b'"FeatureCollection"')


def _beside_pygeoapi(base: Path, places: Path, ours: list[float]) -> list[Figure]:
    try:
        with pygeoapi.serving(base, places) as caller:
            theirs = seconds_of(PEER_TIMES, lambda n: _page(caller, "/collections/points/items", n), warm=1)
    except pygeoapi.NoPeer as missing:
        return [unmeasured("features peer", str(missing), "<= 0.2 x")]
    note = f"pygeoapi {pygeoapi.version()}, Parquet provider; {spread(theirs)}; ours {spread(ours)}"
    return [within("features peer", p95_ms(ours), "ms", times=0.2, peer=p95_ms(theirs), note=note)]


def _at_once(portal: Portal, seconds: float) -> list[Figure]:
    """Programs that ask this and that without a pause."""
    found: list[float] = []
    troubles: list[str] = []
    end = time.monotonic() + seconds

    def work(client: int) -> None:
        pick = random.Random(client)
        with calling(portal.port) as caller:
            while time.monotonic() < end:
                began = time.perf_counter()
                try:
                    caller.get(_address(pick))
                except (OSError, RuntimeError) as trouble:
                    troubles.append(str(trouble)[:200])
                    return
                found.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    note = f"{CLIENTS} programs for {seconds:.0f} s, {len(found):,} answers; {spread(found) if found else ''}"
    return [
        at_most("programs at once", p95_ms(found) if found else 9_999.0, "ms", 400, note),
        at_most("programs errors", len(troubles), "", 0, "; ".join(troubles[:2])),
    ]


def _address(pick: random.Random) -> str:
    """What programs ask for: descriptions, pages of features and rows, one feature, a count."""
    return pick.choice(
        (
            "/ogc/collections?f=json",
            f"/ogc/collections/{SLUG}?f=json",
            f"/ogc/collections/{SLUG}/items?f=json&limit=20&bbox={_box(pick.randrange(10**6), 0.05)}",
            f"/ogc/collections/{SLUG}/items?f=json&limit=50&kind=Laub",
            f"/ogc/collections/{SLUG}/items/{pick.randrange(1, 5_000)}?f=json",
            f"/api/v1/datasets/{SLUG}",
            f"/api/v1/datasets/{SLUG}/rows?limit=50&f.state.is=offen",
        )
    )
