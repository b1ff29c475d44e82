# SPDX-License-Identifier: EUPL-1.2
"""Rolling ten million observations into the lake, and counting a hundred million of them there by series and hour."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import duckdb
from tests.perf.figures import Figure, at_most, shown
from tests.perf.machine import watched
from tests.perf.workshop import Workshop, answer_of, workshop

from stoa.commons.history import reading
from stoa.site import postgres_roles as roles

ANSWERS = ("roll", "roll memory", "history hours")
DAY = date(2031, 5, 6)
ROWS, SERIES = 10_000_000, 2_000
LAKE_ROWS, LAKE_SERIES, MONTHS = 100_000_000, 1_000, 12

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
    """The roll in a process of its own, watched; then the question to files of twelve months."""
    shop, rows = workshop(), int(ROWS * scale)
    each = max(1, rows // SERIES)
    with shop.database() as cluster:
        shop.make_ready()
        cluster.ask(_FILL.format(day=DAY, step=86_400_000 // each, each=each, series=SERIES), roles.DATABASE)
        with shop.started_step("roll_day", day=DAY.isoformat()) as process, watched(process.pid) as peak:
            told = answer_of(process, "roll_day")
    note = f"{told['rows']:,} rows, {told['bytes'] / 2**20:.0f} MiB of Parquet, {told['cpu']:.1f} s of processor time"
    return [
        at_most("roll", told["seconds"], "s", 60, note),
        at_most("roll memory", peak.mib, "MiB", 1024, "PSS every 50 ms, without PostgreSQL"),
        *_hours(shop, int(LAKE_ROWS * scale)),
    ]


def _hours(shop: Workshop, rows: int) -> list[Figure]:
    folder = shop.layout.lake / "series" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    each, paths = max(1, rows // LAKE_SERIES // MONTHS), []
    for month in range(MONTHS):
        begins = datetime(2030, 1 + month, 1, tzinfo=UTC)
        path = folder / f"{begins:%Y%m}.parquet"
        with duckdb.connect(config={"threads": 2}) as engine:
            engine.execute(_MONTH.format(begins=begins.isoformat(), each=each, series=LAKE_SERIES, path=path))
        paths.append(str(path.relative_to(shop.layout.lake)))
    began, end = datetime(2030, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    seconds, groups = [], 0
    for _ in range(3):
        started = time.perf_counter()
        groups = reading.hours(shop.layout, paths, begins=began, ends=end).num_rows
        seconds.append(time.perf_counter() - started)
    month_rows = reading.rows(
        shop.layout, paths, series=[7], begins=began, ends=began + timedelta(days=31), most=100_000
    )
    return [
        at_most("history hours", min(seconds), "s", 3, f"{rows:,} rows, {groups:,} groups, best of three"),
        shown("history, one series of a month", _timed(shop, paths, began) * 1000, "ms", f"{month_rows.num_rows:,} rows"),
    ]  # fmt: skip


def _timed(shop: Workshop, paths: list[str], began: datetime) -> float:
    started = time.perf_counter()
    reading.rows(shop.layout, paths, series=[11], begins=began, ends=began + timedelta(days=31), most=100_000)
    return time.perf_counter() - started


_MONTH = """
    SET TimeZone = 'UTC';
    COPY (
      SELECT series AS datastream_id, TIMESTAMPTZ '{begins}' + to_microseconds((step * 2419200000000 // {each})::BIGINT) AS "at",
             NULL::TIMESTAMPTZ AS result_at, NULL::TIMESTAMPTZ AS until,
             round(20 + 5 * sin(step / 50.0) + random(), 2) AS number, NULL::VARCHAR AS text, NULL::VARCHAR AS json,
             2::INTEGER AS quality, NULL::BIGINT AS feature_id, NULL::VARCHAR AS extra,
             TIMESTAMPTZ '{begins}' AS received_at, 0::INTEGER AS revision
      FROM range(1, {series} + 1) s(series), range({each}) t(step) ORDER BY series, step
    ) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 131072)
"""
