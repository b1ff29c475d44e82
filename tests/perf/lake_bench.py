# SPDX-License-Identifier: EUPL-1.2
"""How fast the lake is: each function measures one thing and gives a dict of figures; as a script all.

Every question is asked with other values than the last one, so that no answer comes from memory.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import lake_data

from stoa.commons.lake import door, keyset
from stoa.commons.lake.values import Bucket, Filter, GroupBy, Layout, Measure, Op, Query, Written
from stoa.ground.geometry import LonLat, Tile

KINDS = (
    "Rotlicht",
    "Parken",
    "Tempo",
    "Lärm",
    "Müll",
    "Laub",
    "Licht",
    "Schnee",
    "Baum",
    "Ast",
    "Rad",
    "Bus",
)


def spread(seconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(seconds)
    at = min(len(ordered) - 1, int(len(ordered) * 0.95))
    return {"p50_ms": round(ordered[len(ordered) // 2] * 1000, 1), "p95_ms": round(ordered[at] * 1000, 1)}


def timed(times: int, act: Callable[[int], Any], *, warm: int = 2) -> dict[str, float]:
    """Do it a few times unmeasured, then measured."""
    for n in range(warm):
        act(-1 - n)
    seconds = []
    for n in range(times):
        start = time.perf_counter()
        act(n)
        seconds.append(time.perf_counter() - start)
    return spread(seconds)


def write(layout: Layout, folder: Path, rows: int = 1_000_000) -> dict[str, Any]:
    """The table of twenty columns with points, and the houses; their `Written` under `table` and `houses`."""
    found: dict[str, Any] = {}
    for name, staged, columns in (
        ("table", lake_data.table(folder, rows), lake_data.TABLE_COLUMNS),
        ("houses", lake_data.polygons(folder, rows // 5), lake_data.POLYGON_COLUMNS),
    ):
        start = time.perf_counter()
        written = door.write_version(layout, staged, path=f"bench/{name}", columns=columns, key=("id",))
        found[f"{name}_write_s"] = round(time.perf_counter() - start, 2)
        start = time.perf_counter()
        door.warm(layout, written.ref)
        found[f"{name}_warm_s"] = round(time.perf_counter() - start, 2)
        found[name] = written
    return found


def question(n: int) -> Query:
    """Filtered and sorted, another one for every number."""
    amount = 5000 + n % 977 + n / 1000
    return Query(
        (Filter("kind", Op.IS, (KINDS[n % len(KINDS)],)), Filter("amount", Op.MORE, (str(amount),))),
        sort="-amount",
    )


def pages(layout: Layout, table: Written, times: int = 40) -> dict[str, dict[str, float]]:
    """Pages of fifty rows with all columns and the number of all rows found."""
    ref = table.ref

    def far(n: int, sort: str) -> str:
        """A token of a row in the middle of the table, so that the page is asked for as a link would."""
        row = door.rows_by_number(layout, ref, [ref.rows // 2 + n])[0]
        value = row[1 + [column.name for column in ref.columns].index(sort)] if sort else None
        return keyset.token(keyset.Place(None if value is None else str(value), row[0]), f"{ref.path} {sort}")

    tokens = {sort: {n: far(n, sort) for n in range(-2, times)} for sort in ("", "count_b", "opened")}
    return {
        "filtered_sorted": timed(times, lambda n: door.page(layout, ref, question(n))),
        "by_row_at_middle": timed(times, lambda n: door.page(layout, ref, Query(), after=tokens[""][n])),
        "by_number_at_middle": timed(
            times, lambda n: door.page(layout, ref, Query(sort="count_b"), after=tokens["count_b"][n])
        ),
        "by_date_at_middle": timed(
            times, lambda n: door.page(layout, ref, Query(sort="opened"), after=tokens["opened"][n])
        ),
        "search": timed(times, lambda n: door.page(layout, ref, Query(text=f"burger {n + 100}"))),
    }


def clients(layout: Layout, table: Written, many: int = 8, each: int = 12) -> dict[str, float]:
    """The filtered and sorted page, asked by several at once without a pause."""
    seconds: list[float] = []

    def ask(client: int) -> None:
        for n in range(each):
            start = time.perf_counter()
            door.page(layout, table.ref, question(10_000 + client * 101 + n * 13))
            seconds.append(time.perf_counter() - start)

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return spread(seconds)


def groups(layout: Layout, table: Written, times: int = 15) -> dict[str, dict[str, float]]:
    """What the charts ask, over all rows but one."""

    def over(n: int) -> Query:
        return Query((Filter("id", Op.NOT, (str(1_000_100 + n),)),))

    asked = {
        "average_by_district": GroupBy("district", Measure.AVERAGE, "amount"),
        "month_split": GroupBy("opened", Measure.AVERAGE, "amount", Bucket.MONTH, "kind"),
        "median_by_street": GroupBy("street", Measure.MEDIAN, "amount"),
    }
    found = {
        name: timed(times, lambda n, by=by: door.group(layout, table.ref, over(n), by))
        for name, by in asked.items()
    }
    facets = ("kind", "state", "district", "team")
    found["facets"] = timed(times, lambda n: door.facets(layout, table.ref, over(n), facets))
    return found


def tiles(layout: Layout, houses: Written, times: int = 20) -> dict[str, dict[str, float]]:
    """Tiles over the town at every zoom: cut anew (`cold`) and read again (`warm`)."""
    assert houses.bbox is not None
    centre, pick, found = houses.bbox.centre, random.Random(1), {}
    columns = ("use", "height", "built")

    def again(tile: Tile) -> bytes:
        return door.tile(layout, houses.ref, tile, columns=columns)

    def cut(tile: Tile) -> bytes:
        door.tile_path(layout, houses.ref, tile, columns).unlink(missing_ok=True)
        return again(tile)

    for zoom in range(10, 17):
        asked = []
        for _ in range(times + 2):
            spot = LonLat(pick.gauss(centre.lon, 0.02), pick.gauss(centre.lat, 0.012))
            asked.append(Tile.at(spot, zoom))
        found[f"z{zoom}_cold"] = timed(times, lambda n, asked=asked: cut(asked[n]))
        found[f"z{zoom}_warm"] = timed(times, lambda n, asked=asked: again(asked[n]))
    return found


def main() -> dict[str, Any]:
    """Measure everything on data made anew in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        layout = Layout(base / "lake", base / "cache")
        written = write(layout, base)
        table, houses = written.pop("table"), written.pop("houses")
        return {
            "write": written,
            "pages": pages(layout, table),
            "eight_clients": clients(layout, table),
            "groups": groups(layout, table),
            "tiles": tiles(layout, houses),
        }


if __name__ == "__main__":
    json.dump(main(), sys.stdout, indent=1)
