# SPDX-License-Identifier: EUPL-1.2
"""The bars that were agreed, each with the measure that answers it."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from tests.perf.figures import Figure


class MeasureModule(Protocol):
    """A module of this folder that measures."""

    ANSWERS: tuple[str, ...]
    """Names of the bars that it gives figures for."""

    def measure(self, scale: float) -> list[Figure]:
        """The figures; `scale` 1.0 is the size that the bars speak of."""
        ...


BARS = {
    "publish": "1,000,000 rows x 20 messy columns to published: <= 5 x DuckDB's COPY of the clean file (goal 4 x)",
    "publish memory": "peak memory of publishing them <= 1 GiB",
    "table page": "page of the table, filtered and sorted: p95 <= 60 ms on the server",
    "table middle": "page of the table at offset 500,000 by keyset: p95 <= 60 ms",
    "table 8 clients": "page of the table, filtered and sorted, 8 clients: p95 <= 150 ms",
    "table peer": "page of the table faster than Datasette's, as it comes, rows indexed",
    "group": "group-by over all rows through the page's chart: p95 <= 250 ms",
    "tiles cold": "map tile z10..z16 over 200,000 polygons, cold: p95 <= 90 ms at every zoom",
    "tiles warm": "the same tiles, warm: p95 <= 5 ms",
    "tiles peer z12": "tiles at z12 not slower than PostGIS ST_AsMVT",
    "tiles peer z14": "tiles at z14 not slower than PostGIS ST_AsMVT",
    "tiles tipg z12": "tiles at z12 not slower than tipg on PostGIS",
    "tiles tipg z14": "tiles at z14 not slower than tipg on PostGIS",
    "datastore page": "`datastore_search` with filter and sort on 1,000,000 rows: p95 <= 60 ms",
    "datastore count": "how many rows a table has, in constant time: p95 <= 20 ms over HTTP, 1 ms by function",
    "features page": "page of 1,000 features from 1,000,000 points by a box: p95 <= 80 ms over HTTP",
    "features peer": "the same page in a fifth of the time of pygeoapi over GeoParquet",
    "programs at once": "50 programs at once for 60 s: p95 <= 400 ms",
    "programs errors": "50 programs at once for 60 s: no error",
    "start": "`stoa up` warm to first page served <= 6 s",
    "start memory": "resident memory (PSS) of the idle tree <= 450 MiB",
    "search": "search with facets over 20,000 catalogue records: p95 <= 25 ms",
    "dcat export": "DCAT-AP export of 20,000 datasets streams in <= 20 s",
    "dcat memory": "peak memory of that export <= 300 MiB",
    "harvest": "harvest of 20,000 datasets of another catalogue <= 10 min",
    "harvest memory": "peak memory of harvesting them <= 300 MiB",
    "roll": "10,000,000 observations of a day rolled into the lake <= 60 s",
    "roll memory": "peak memory of rolling them <= 1 GiB",
    "history hours": "count, sum, least and most of 100,000,000 observations by series and hour, from the lake <= 3 s",
    "batched": "observations by HTTP, 1,000 a batch, latest values, marks and keys on: >= 80,000/s for 2 minutes",
    "singly": "observations one by one over 64 kept connections, answered after the commit: >= 8,000/s",
    "latest map": "latest of about 5,000 of 100,000 series in a box as GeoJSON: p95 <= 60 ms",
    "year of hours": "a year of hourly buckets of one series: <= 50 ms",
    "news": "from sending to hearing by server-sent events, 1,000/s, 500 subscribers: p99 <= 500 ms",
    "mqtt": "observations over MQTT with QoS 1, acknowledged to the broker after the commit: >= 10,000/s",
    "mqtt news": "from publishing over MQTT to hearing by server-sent events, 1,000/s, 500 subscribers: p99 <= 500 ms",
    "text message": "from posting an observation above a limit to the text message at the gateway: p95 <= 5 s",
    "series count": "`$count` of a series of SensorThings in constant time: p95 <= 20 ms",
    "series deep page": "a page of observations in the middle of all, by its link, within 2 x of the first",
    "download": "whole dataset as CSV within 2 x of DuckDB writing it",
}
"""Name of the bar and what it says. See `belongs`."""

MEASURES = (
    "publish",
    "table",
    "group",
    "tiles",
    "datastore",
    "features",
    "sql",
    "start",
    "search",
    "dcat",
    "harvest",
    "history",
    "download",
    "stream",
    "mqtt",
    "alert",
    "sensorthings",
)
"""Modules, in the order in which they run: the first one makes the dataset that others ask."""
ALONE = frozenset({"stream", "mqtt", "alert", "sensorthings"})
"""Those that begin with an empty portal: each makes a town of its own, and the addresses of two towns are others."""


def measure_module(name: str) -> MeasureModule:
    """The module of a measure."""
    return cast("MeasureModule", import_module(f"tests.perf.{name}"))


def belongs(figure: Figure, bar: str) -> bool:
    """Whether a figure answers a bar: it is called like it, or like it with a comma and more."""
    return bool(figure.bar) and f"{figure.name},".startswith(f"{bar},")


def unanswered(figures: list[Figure], names: tuple[str, ...]) -> list[str]:
    """Which of these bars no figure with a bar belongs to."""
    return [bar for bar in names if not any(belongs(figure, bar) for figure in figures)]
