# SPDX-License-Identifier: EUPL-1.2
"""Rolling ten million observations into the lake, and counting a hundred million of them there by series and hour."""

from __future__ import annotations

from datetime import date

from tests.perf.figures import Figure, at_most, shown
from tests.perf.machine import watched
from tests.perf.workshop import answer_of, workshop

from stoa.site import postgres_roles as roles

ANSWERS = ("roll", "roll memory", "history hours")
DAY = date(2031, 5, 6)
ROWS, SERIES = 10_000_000, 2_000
LAKE_ROWS, LAKE_SERIES = 100_000_000, 1_000

_FILL = """
    begin;
    select set_config('app.city', (select id::text from cities_city limit 1), true);
    select observations_make_day('{day}');
    insert into observations_observation (city_id, datastream_id, at, number, received_at)
      select (select id from cities_city limit 1), series, timestamptz '{day} 00:00:00+00' + minute * interval '{step} ms',
             20 + sin(minute / 100.0) * 5 + series % 7, timestamptz '2026-01-01 00:00:00+00'
      from generate_series(0, {each} - 1) minute, generate_series(1, {series}) series;
    commit;
    analyze observations_observation;
"""


def measure(scale: float) -> list[Figure]:
    """The roll in a process of its own, watched; then the questions to files of twelve months."""
    shop, rows = workshop(), int(ROWS * scale)
    each = max(1, rows // SERIES)
    with shop.database() as cluster:
        shop.make_ready()
        cluster.ask(_FILL.format(day=DAY, step=86_400_000 // each, each=each, series=SERIES), roles.DATABASE)
        with shop.started_step("roll_day", day=DAY.isoformat()) as process, watched(process.pid) as peak:
            told = answer_of(process, "roll_day")
        shop.step("fill_town", series=LAKE_SERIES)
        asked = shop.step("ask_history", rows=int(LAKE_ROWS * scale), series=LAKE_SERIES)
    note = f"{told['rows']:,} rows, {told['bytes'] / 2**20:.0f} MiB of Parquet, {told['cpu']:.1f} s of processor time"
    hours_note = (
        f"{int(LAKE_ROWS * scale):,} rows, {asked['groups']:,} groups, by the house's door, best of three;"
        f" {asked['door'] / asked['duckdb_hours']:.1f} x DuckDB alone"
    )
    return [
        at_most("roll", told["seconds"], "s", 60, note),
        at_most("roll memory", peak.mib, "MiB", 1024, "PSS every 50 ms, without PostgreSQL"),
        at_most("history hours", asked["door"], "s", 3, hours_note),
        shown("DuckDB alone, files of hours", asked["duckdb_hours"], "s", "all rows fetched as Arrow"),
        shown("DuckDB alone, single values", asked["duckdb_values"], "s", "counted from all rows"),
        shown("counting those hours once", asked["counting"], "s", "when the twelve files are written"),
        shown("history, one series of a month", asked["month"] * 1000, "ms", f"{asked['month_rows']:,} rows"),
    ]
