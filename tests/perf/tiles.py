# SPDX-License-Identifier: EUPL-1.2
"""Vector tiles over a town of 200,000 polygons, cut anew and read again, beside PostGIS."""

from __future__ import annotations

import random
import statistics

from tests.perf import lake_data, postgis, tipg
from tests.perf.figures import Figure, at_most, p95_ms, shown, spread, unmeasured, within
from tests.perf.timing import seconds_of
from tests.perf.workshop import workshop

from stoa.commons.lake import door
from stoa.commons.lake.values import Layout, Written
from stoa.ground.geometry import LonLat, Tile

ANSWERS = ("tiles cold", "tiles warm", "tiles peer z12", "tiles peer z14", "tiles tipg z12", "tiles tipg z14")
POLYGONS = 200_000
TIMES = 24
"""Tiles a zoom; where the town lies in fewer, each is cut several times."""
ZOOMS = range(10, 17)
PEER_ZOOMS = (12, 14)
COLUMNS = ("use", "height", "built")


def measure(scale: float) -> list[Figure]:
    """Ours at every zoom, then the peer on the same tiles."""
    shop, count = workshop(), max(1_000, int(POLYGONS * scale))
    layout = Layout(shop.base / "houses" / "lake", shop.base / "houses" / "cache")
    staged = lake_data.polygons(shop.base, count)
    written = door.write_version(
        layout, staged, path="bench/houses", columns=lake_data.POLYGON_COLUMNS, key=("id",)
    )
    door.warm(layout, written.ref)
    figures, cold = [], {}
    for zoom in ZOOMS:
        tiles = tiles_of_town(written, zoom)
        cold[zoom] = _cold(layout, written, tiles)
        warm = seconds_of(TIMES, lambda n, tiles=tiles: _read(layout, written, tiles[n]))
        sizes = [len(_read(layout, written, tile)) for tile in set(tiles)]
        note = f"{len(set(tiles))} tiles, {statistics.mean(sizes) / 1024:.0f} KiB each; {spread(cold[zoom])}"
        figures += [
            at_most(f"tiles cold, z{zoom}", p95_ms(cold[zoom]), "ms", 90, note),
            at_most(f"tiles warm, z{zoom}", p95_ms(warm), "ms", 5, spread(warm)),
        ]
    return [*figures, *_beside_postgis(written, cold, count)]


def tiles_of_town(written: Written, zoom: int) -> list[Tile]:
    """Seeded tiles that hold something, all different as long as there are enough of them."""
    assert written.bbox is not None
    pick, centre, found = random.Random(zoom), written.bbox.centre, []
    for _ in range(4_000):
        tile = Tile.at(LonLat(pick.gauss(centre.lon, 0.02), pick.gauss(centre.lat, 0.012)), zoom)
        if tile not in found:
            found.append(tile)
        if len(found) == TIMES:
            break
    return [found[n % len(found)] for n in range(TIMES)]


def _read(layout: Layout, written: Written, tile: Tile) -> bytes:
    return door.tile(layout, written.ref, tile, columns=COLUMNS)


def _cold(layout: Layout, written: Written, tiles: list[Tile]) -> list[float]:
    """Nothing kept of a tile: its file is removed before each cut."""

    def cut(n: int) -> None:
        door.tile_path(layout, written.ref, tiles[n], COLUMNS).unlink(missing_ok=True)
        _read(layout, written, tiles[n])

    return seconds_of(TIMES, cut)


def _beside_postgis(written: Written, cold: dict[int, list[float]], count: int) -> list[Figure]:
    try:
        told = postgis.measure_tiles(
            workshop().base, lake_data.polygons(workshop().base, count).path,
            {zoom: tiles_of_town(written, zoom) for zoom in PEER_ZOOMS},
        )  # fmt: skip
    except postgis.NoPeer as missing:
        names = [f"tiles {peer} z{zoom}" for zoom in PEER_ZOOMS for peer in ("peer", "tipg")]
        return [unmeasured(name, str(missing), "<= 1 x") for name in names]
    figures = []
    for zoom in PEER_ZOOMS:
        all_of_them, large = told.all_features[zoom], told.large_features[zoom]
        figures.append(
            within(
                f"tiles peer z{zoom}",
                p95_ms(cold[zoom]),
                "ms",
                times=1,
                peer=p95_ms(all_of_them),
                note=f"PostGIS {told.version} with every feature, geometry stored in EPSG:3857, box index; "
                f"{spread(all_of_them)}; ours {spread(cold[zoom])}",
            )
        )
        figures.append(
            shown(
                f"PostGIS z{zoom} without features under half a pixel",
                p95_ms(large),
                "ms",
                f"what ours leaves out below zoom 14 left out there too; {spread(large)}",
            )
        )
        figures.append(_beside_tipg(zoom, cold[zoom], told))
    return figures


def _beside_tipg(zoom: int, cold: list[float], told: postgis.Told) -> Figure:
    """Ours is the function, theirs comes over HTTP, which takes them a few milliseconds more."""
    name = f"tiles tipg z{zoom}"
    if not told.tipg:
        return unmeasured(name, "tipg is not in .bench; `make bench-peers` puts it there.", "<= 1 x")
    theirs = told.tipg[zoom]
    note = f"tipg {tipg.version()} on the same PostGIS, over HTTP; {spread(theirs)}; ours by function {spread(cold)}"
    return within(name, p95_ms(cold), "ms", times=1, peer=p95_ms(theirs), note=note)
