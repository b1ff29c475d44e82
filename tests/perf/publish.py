# SPDX-License-Identifier: EUPL-1.2
"""A messy million rows to published, beside DuckDB's copy of their clean twin."""

from __future__ import annotations

import statistics
from typing import Any

from tests.perf import messy
from tests.perf.figures import Figure, at_most, shown, within
from tests.perf.machine import watched
from tests.perf.workshop import Workshop, answer_of, rows_of, workshop

ANSWERS = ("publish", "publish memory")
RUNS = 3
KINDS = {
    "Angelegt am": "date",
    "Geändert": "datetime",
    "Menge": "integer",
    "Betrag (EUR)": "number",
    "Anteil in Prozent": "number",
    "Erledigt": "boolean",
    "Länge": "number",
    "Beschreibung": "text",
}
"""What must come out, by heading."""


def measure(scale: float) -> list[Figure]:
    """One watched run for the memory, then baseline and ours in turn, so that both meet the same machine."""
    shop, rows = workshop(), rows_of(scale)
    clean, source = messy.write_clean(shop.base, rows), messy.write_messy(shop.base, rows)
    with shop.database():
        shop.make_ready()
        told, peak = _watched(shop, str(source))
        target, floors, ours = str(shop.base / "baseline.parquet"), [], []
        for n in range(RUNS):
            floors.append(shop.step("baseline", source=str(clean), target=target))
            ours.append(shop.publish_messy(f"messy-{n + 1}", rows))
    _check(told, rows)
    floor, spent = (statistics.median(run["seconds"] for run in runs) for runs in (floors, ours))
    parts = ", ".join(
        f"{part} {statistics.median(run[f'{part}_seconds'] for run in ours):.1f} s"
        for part in ("read", "publish")
    )
    runs = "; ".join(
        f"{run['seconds']:.1f} over {floor['seconds']:.1f}" for run, floor in zip(ours, floors, strict=True)
    )
    processor = [statistics.median(run["processor_seconds"] for run in runs) for runs in (floors, ours)]
    about = (
        f"{rows:,} rows, {source.stat().st_size / 1e6:.0f} MB windows-1252; draft, inspection, GeoParquet, "
        f"quality report (score {told['score']}), all rows of the database; {parts}; runs: {runs} s; "
        f"processor time {processor[1]:.1f} over {processor[0]:.1f} s; the goal of 4 x is "
        f"{'reached' if spent <= 4 * floor else 'not reached'}"
    )
    return [
        within("publish", spent, "s", times=5, peer=floor, note=about),
        at_most(
            "publish memory", peak, "MiB", 1024, "PSS of the process tree every 50 ms, without PostgreSQL"
        ),
        shown(
            "size of the GeoParquet",
            told["bytes"] / 1e6,
            "MB",
            f"the baseline's file: {floors[0]['bytes'] / 1e6:.0f} MB",
        ),
    ]


def _check(told: dict[str, Any], rows: int) -> None:
    """A file that was half understood would be quick for the wrong reason."""
    if told["rows"] != rows or told["geometry"] != ["Point"]:
        raise RuntimeError(f"{told['rows']} rows of {rows} with places {told['geometry']} were published")
    wrong = {
        label: told["kinds"].get(label) for label, kind in KINDS.items() if told["kinds"].get(label) != kind
    }
    if wrong:
        raise RuntimeError(f"columns were not understood: {wrong}")


def _watched(shop: Workshop, source: str) -> tuple[dict[str, Any], float]:
    """The first run is not timed: it fills the machine's caches and is looked at every 50 ms."""
    with (
        shop.started_step("publish", slug="messy-watched", path=source) as process,
        watched(process.pid) as peak,
    ):
        told = answer_of(process, "publish")
    shop.published["messy-watched"] = told["path"]
    return told, peak.mib
